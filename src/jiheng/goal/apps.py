"""Room goal: 第四章 绩效目标管理."""

from django.apps import AppConfig


class Goal(AppConfig):
    name = "jiheng.goal"
    label = "goal"
    verbose_name = "第四章 绩效目标管理"

    def ready(self) -> None:
        from jiheng.goal import key_review, procedure, reviewing  # noqa: F401  (registers)
        from jiheng.notice import rounds
        from jiheng.project import known

        known.register(18, "目标审核", reviewing.known)
        rounds.counts("budget", "goal")
