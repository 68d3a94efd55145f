"""Room evaluation: 第六章 绩效评价管理."""

from django.apps import AppConfig


class Evaluation(AppConfig):
    name = "jiheng.evaluation"
    label = "evaluation"
    verbose_name = "第六章 绩效评价管理"

    def ready(self) -> None:
        from jiheng.evaluation import procedure  # noqa: F401  (registers)
        from jiheng.notice import rounds

        rounds.counts("evaluation", "evaluation")
