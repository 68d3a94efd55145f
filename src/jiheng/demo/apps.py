"""Room demo: 演示局."""

from django.apps import AppConfig


class Demo(AppConfig):
    name = "jiheng.demo"
    label = "demo"
    verbose_name = "演示局"
