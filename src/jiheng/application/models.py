"""Chapter 7: how a result bears on next year's money (结果应用)."""

from django.db import models

from jiheng.bureau.keys import new_key
from jiheng.bureau.models import Zone
from jiheng.evaluation.models import SelfEvaluation
from jiheng.procedure.models import Case
from jiheng.project.models import MONEY


class Action(models.TextChoices):
    """What a result leads to; ``rules.py`` proposes one, the budget office decides."""

    KEEP = "keep", "继续安排"
    CUT = "cut", "压减"
    CANCEL = "cancel", "取消"
    ADJUST = "adjust", "调整政策"


class Application(models.Model):
    """One result's application: what the rule says, what performance proposes, what budget decides. Money in 元."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    case = models.OneToOneField(Case, models.PROTECT, related_name="application")
    evaluation = models.OneToOneField(SelfEvaluation, models.PROTECT, related_name="application")
    year = models.PositiveSmallIntegerField("应用于哪一年度")
    base = models.DecimalField("基数（元）", **MONEY)
    ruled = models.CharField("按规则", max_length=8, choices=Action.choices)
    ruled_amount = models.DecimalField("按规则安排（元）", **MONEY)
    working = models.JSONField("依据与算式", default=list)
    proposed = models.CharField("绩效科建议", max_length=8, choices=Action.choices, blank=True)
    proposed_amount = models.DecimalField("建议安排（元）", null=True, **MONEY)
    decided = models.CharField("预算科决定", max_length=8, choices=Action.choices, blank=True)
    decided_amount = models.DecimalField("决定安排（元）", null=True, **MONEY)

    class Meta:
        verbose_name = "结果应用"

    @property
    def lines(self) -> list[tuple[str, str, object, object]]:
        """Rule, proposal and decision as far as they are there: label, action, amount, change against the base."""
        rows = (
            ("按规则", self.ruled, self.ruled_amount),
            ("绩效科建议", self.proposed, self.proposed_amount),
            ("预算科决定", self.decided, self.decided_amount),
        )
        return [
            (label, Action(action).label, amount, amount - self.base)
            for label, action, amount in rows
            if action
        ]
