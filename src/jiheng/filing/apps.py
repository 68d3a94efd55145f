"""Room filing: 备案."""

from django.apps import AppConfig


class Filing(AppConfig):
    name = "jiheng.filing"
    label = "filing"
    verbose_name = "备案"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from jiheng.filing.protection import protect

        post_migrate.connect(protect, sender=self)
