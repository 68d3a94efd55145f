"""Room disclosure: 信息公开 (art. 22, 37)."""

from django.apps import AppConfig


class Disclosure(AppConfig):
    name = "jiheng.disclosure"
    label = "disclosure"
    verbose_name = "信息公开"

    def ready(self) -> None:
        from jiheng.disclosure import opening, procedure  # noqa: F401  (registers)
