"""Room regulation: 第一章 总则."""

from django.apps import AppConfig


class Regulation(AppConfig):
    name = "jiheng.regulation"
    label = "regulation"
    verbose_name = "第一章 总则"

    def ready(self) -> None:
        from jiheng.regulation import signs  # noqa: F401  (watches)
