"""Room monitoring: 第五章 绩效监控管理."""

from django.apps import AppConfig
from django.db.models import Q


class Monitoring(AppConfig):
    name = "jiheng.monitoring"
    label = "monitoring"
    verbose_name = "第五章 绩效监控管理"

    def ready(self) -> None:
        from jiheng.monitoring import procedure  # noqa: F401  (registers)
        from jiheng.notice import rounds

        rounds.counts("monitoring", "monitoring", lambda round: Q(monitoring__cutoff=round.notice.cutoff))
