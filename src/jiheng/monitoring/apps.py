"""Room monitoring: 第五章 绩效监控管理."""

from django.apps import AppConfig
from django.db.models import Q


class Monitoring(AppConfig):
    name = "jiheng.monitoring"
    label = "monitoring"
    verbose_name = "第五章 绩效监控管理"

    def ready(self) -> None:
        from jiheng.monitoring import control, effects, key_monitoring, problem, procedure, reporting, summary  # noqa: F401  (registers)
        from jiheng.notice import rounds
        from jiheng.project import known

        known.register(23, "监控", reporting.known)
        rounds.counts(
            "monitoring",
            "monitoring",
            lambda round: Q(monitoring__cutoff=round.notice.cutoff),
            whole="whole_monitoring",
        )
