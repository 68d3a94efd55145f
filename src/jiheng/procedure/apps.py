"""Room procedure: the one door."""

from django.apps import AppConfig


class Procedure(AppConfig):
    name = "jiheng.procedure"
    label = "procedure"
    verbose_name = "一个门"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from jiheng.bureau.standing import ON_CHANGED
        from jiheng.procedure.protection import protect
        from jiheng.procedure.rehoming import rehome

        ON_CHANGED.append(rehome)
        post_migrate.connect(protect, sender=self)
