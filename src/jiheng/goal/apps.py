"""Room goal: 第四章 绩效目标管理."""

from django.apps import AppConfig


class Goal(AppConfig):
    name = "jiheng.goal"
    label = "goal"
    verbose_name = "第四章 绩效目标管理"

    def ready(self) -> None:
        from jiheng.goal import budget, procedure  # noqa: F401  (registers)
        from jiheng.notice import rounds

        rounds.counts("budget", "goal")
