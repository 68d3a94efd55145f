"""Room bureau: 第二章 职责分工."""

from django.apps import AppConfig


class Bureau(AppConfig):
    name = "jiheng.bureau"
    label = "bureau"
    verbose_name = "第二章 职责分工"
