"""Room consultation: 协商和批示."""

from django.apps import AppConfig


class Consultation(AppConfig):
    name = "jiheng.consultation"
    label = "consultation"
    verbose_name = "协商和批示"

    def ready(self) -> None:
        from jiheng.consultation import procedure  # noqa: F401  (registers)
