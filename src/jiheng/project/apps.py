"""Room project: 项目与预算."""

from django.apps import AppConfig


class Project(AppConfig):
    name = "jiheng.project"
    label = "project"
    verbose_name = "项目与预算"

    def ready(self) -> None:
        from jiheng.project import effects, library, procedure  # noqa: F401  (register)
