"""Room exante: 第三章 事前绩效评估."""

from django.apps import AppConfig


class Exante(AppConfig):
    name = "jiheng.exante"
    label = "exante"
    verbose_name = "第三章 事前绩效评估"
