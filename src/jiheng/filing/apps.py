"""Room filing: 备案."""

from django.apps import AppConfig


class Filing(AppConfig):
    name = "jiheng.filing"
    label = "filing"
    verbose_name = "备案"
