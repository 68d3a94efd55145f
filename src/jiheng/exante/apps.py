"""Room exante: 第三章 事前绩效评估."""

from django.apps import AppConfig


class Exante(AppConfig):
    name = "jiheng.exante"
    label = "exante"
    verbose_name = "第三章 事前绩效评估"

    def ready(self) -> None:
        from jiheng.exante import ceiling, priority, procedure, results  # noqa: F401  (registers)
        from jiheng.project import admission, known

        admission.register(results.against_admission)
        known.register(12, "事前评估", results.known)
