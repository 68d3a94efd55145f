"""Room support: 第八章 支撑保障."""

from django.apps import AppConfig


class Support(AppConfig):
    name = "jiheng.support"
    label = "support"
    verbose_name = "第八章 支撑保障"

    def ready(self) -> None:
        from jiheng.support import party  # noqa: F401  (registers)
