"""Room evaluation: 第六章 绩效评价管理."""

from django.apps import AppConfig


class Evaluation(AppConfig):
    name = "jiheng.evaluation"
    label = "evaluation"
    verbose_name = "第六章 绩效评价管理"

    def ready(self) -> None:
        from jiheng.evaluation import assessing, procedure, spot_check  # noqa: F401  (registers)
        from jiheng.notice import rounds
        from jiheng.project import known

        known.register(27, "自评", assessing.known)
        rounds.counts("evaluation", "evaluation")
