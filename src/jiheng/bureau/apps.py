"""Room bureau: 第二章 职责分工."""

from django.apps import AppConfig


class Bureau(AppConfig):
    name = "jiheng.bureau"
    label = "bureau"
    verbose_name = "第二章 职责分工"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from jiheng.bureau.protection import insert_only, protect

        insert_only("bureau_change", ("id",), words="changes are insert only")
        post_migrate.connect(protect, sender=self)
