"""Room goal: 第四章 绩效目标管理."""

from django.apps import AppConfig


class Goal(AppConfig):
    name = "jiheng.goal"
    label = "goal"
    verbose_name = "第四章 绩效目标管理"

    def ready(self) -> None:
        from jiheng.goal import key_review, library_use, procedure, reviewing  # noqa: F401  (registers)
        from jiheng.indicator import finding, views
        from jiheng.notice import rounds
        from jiheng.project import known

        known.register(18, "目标审核", reviewing.known)
        finding.PAST.append(library_use.earlier)
        views.USES.append(library_use.uses)
        rounds.counts("budget", "goal", whole="whole_goal")
