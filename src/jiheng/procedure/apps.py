"""Room procedure: the one door."""

from django.apps import AppConfig


class Procedure(AppConfig):
    name = "jiheng.procedure"
    label = "procedure"
    verbose_name = "一个门"

    def ready(self) -> None:
        from jiheng.bureau.standing import ON_CHANGED
        from jiheng.procedure.rehoming import rehome

        ON_CHANGED.append(rehome)
