"""Room procedure: the one door."""

from django.apps import AppConfig


class Procedure(AppConfig):
    name = "jiheng.procedure"
    label = "procedure"
    verbose_name = "一个门"
