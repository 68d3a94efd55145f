"""Room exchange: 数据导入."""

from django.apps import AppConfig


class Exchange(AppConfig):
    name = "jiheng.exchange"
    label = "exchange"
    verbose_name = "数据导入"

    def ready(self) -> None:
        from jiheng.exchange import procedure, signs  # noqa: F401  (registers)
