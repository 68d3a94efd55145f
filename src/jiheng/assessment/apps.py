"""Room assessment: 工作考核和通报."""

from django.apps import AppConfig


class Assessment(AppConfig):
    name = "jiheng.assessment"
    label = "assessment"
    verbose_name = "第八章 工作考核"

    def ready(self) -> None:
        from jiheng.assessment import procedure  # noqa: F401  (registers)
