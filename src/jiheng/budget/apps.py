"""Room budget: 预算批复、资金下达、预算调剂."""

from django.apps import AppConfig


class Budget(AppConfig):
    name = "jiheng.budget"
    label = "budget"
    verbose_name = "预算批复、下达和调剂"

    def ready(self) -> None:
        from jiheng.budget import allocation, approval, summary, transfer  # noqa: F401  (registers)
