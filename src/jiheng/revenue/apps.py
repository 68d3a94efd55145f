"""Room revenue: 预算收入绩效."""

from django.apps import AppConfig


class Revenue(AppConfig):
    name = "jiheng.revenue"
    label = "revenue"
    verbose_name = "第二章 预算收入绩效"

    def ready(self) -> None:
        from jiheng.revenue import procedure  # noqa: F401  (registers)
