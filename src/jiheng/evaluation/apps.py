"""Room evaluation: 第六章 绩效评价管理."""

from django.apps import AppConfig


class Evaluation(AppConfig):
    name = "jiheng.evaluation"
    label = "evaluation"
    verbose_name = "第六章 绩效评价管理"

    def ready(self) -> None:
        from jiheng.evaluation import (  # noqa: F401  (registers)
            assessing,
            department_evaluation,
            effects,
            engaged,
            finance_evaluation,
            procedure,
            results,
            spot_check,
        )
        from jiheng.notice import rounds
        from jiheng.project import known

        known.register(27, "自评", assessing.known)
        known.register(29, "部门评价", results.known_of_departments)
        known.register(31, "财政评价", results.known_of_finance)
        rounds.counts("evaluation", "evaluation", whole="whole_evaluation")
