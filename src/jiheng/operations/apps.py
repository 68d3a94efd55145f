"""Room operations: 运行维护（备份、健康、运行日志）."""

from django.apps import AppConfig


class Operations(AppConfig):
    name = "jiheng.operations"
    label = "operations"
    verbose_name = "运行维护"

    def ready(self) -> None:
        from django.core.signals import got_request_exception

        from jiheng.operations import faults, health  # noqa: F401  (registers)

        got_request_exception.connect(faults.note, dispatch_uid="operations")
