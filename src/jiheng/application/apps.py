"""Room application: 第七章 结果应用管理."""

from django.apps import AppConfig


class Application(AppConfig):
    name = "jiheng.application"
    label = "application"
    verbose_name = "第七章 结果应用管理"

    def ready(self) -> None:
        from jiheng.application import (  # noqa: F401  (registers)
            effects,
            opening,
            procedure,
            rectification,
            result_summary,
        )
        from jiheng.application.known import known
        from jiheng.project.known import register

        register(33, "结果应用", known)
