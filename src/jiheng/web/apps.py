"""Room web: 界面."""

from django.apps import AppConfig


class Web(AppConfig):
    name = "jiheng.web"
    label = "web"
    verbose_name = "界面"
