"""Room notice: 工作要求、通知和批次."""

from django.apps import AppConfig


class Notice(AppConfig):
    name = "jiheng.notice"
    label = "notice"
    verbose_name = "工作要求、通知和批次"
