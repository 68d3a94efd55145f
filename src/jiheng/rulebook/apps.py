"""Room rulebook: 制度文件（第1、5、6、9条）."""

from django.apps import AppConfig


class Rulebook(AppConfig):
    name = "jiheng.rulebook"
    label = "rulebook"
    verbose_name = "制度文件"

    def ready(self) -> None:
        from jiheng.rulebook import procedure  # noqa: F401  (registers)
