"""Room notice: 要求、通知、批次、督促、提醒、日历."""

from django.apps import AppConfig


class Notice(AppConfig):
    name = "jiheng.notice"
    label = "notice"
    verbose_name = "要求与通知"

    def ready(self) -> None:
        from jiheng.notice import procedure, receipt, requirement, signs  # noqa: F401  (registers)
