"""Room operations: 运行维护（备份、健康、运行日志）."""

from django.apps import AppConfig


class Operations(AppConfig):
    name = "jiheng.operations"
    label = "operations"
    verbose_name = "运行维护"

    def ready(self) -> None:
        from django.core.signals import got_request_exception

        from jiheng.bureau.protection import insert_only, kept
        from jiheng.operations import faults, health  # noqa: F401  (registers)

        insert_only(
            "operations_run", ("id",), words="runs that are over are kept", open="OLD.state = 'running'"
        )
        kept("axes_accesslog", words="sign-ins are kept")
        got_request_exception.connect(faults.note, dispatch_uid="operations")
