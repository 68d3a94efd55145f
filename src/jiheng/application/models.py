"""Chapter 7: how a result bears on next year's money (结果应用)."""

from decimal import Decimal

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
    """One result's application: what the rule says, what performance proposes, what budget decides. Money in 元.

    ``result`` is the department's or finance evaluation by which the rule went, where there is one; ``low`` to ``high``
    is what the rule leaves open. A department's whole result has no project: its money is the department's ceiling.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    case = models.OneToOneField(Case, models.PROTECT, related_name="application")
    evaluation = models.OneToOneField(SelfEvaluation, models.PROTECT, related_name="application")
    year = models.PositiveSmallIntegerField("应用于哪一年度")
    base = models.DecimalField("基数（元）", **MONEY)
    ruled = models.CharField("按规则", max_length=8, choices=Action.choices)
    ruled_amount = models.DecimalField("按规则安排（元）", **MONEY)
    low = models.DecimalField("按规则最低（元）", null=True, **MONEY)
    high = models.DecimalField("按规则最高（元）", null=True, **MONEY)
    result = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+", verbose_name="依据的评价")
    working = models.JSONField("依据与算式", default=list)
    proposed = models.CharField("绩效科建议", max_length=8, choices=Action.choices, blank=True)
    proposed_amount = models.DecimalField("建议安排（元）", null=True, **MONEY)
    decided = models.CharField("预算科决定", max_length=8, choices=Action.choices, blank=True)
    decided_amount = models.DecimalField("决定安排（元）", null=True, **MONEY)

    class Meta:
        verbose_name = "结果应用"

    @property
    def span(self) -> tuple[Decimal, Decimal]:
        """From the least to the most that the rule leaves open (元)."""
        low = self.ruled_amount if self.low is None else self.low
        return low, self.ruled_amount if self.high is None else self.high

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


class Rectification(models.Model):
    """What a department is to put right after an evaluation (整改), in writing, by a day (art. 34, 35).

    ``source`` is the evaluation's case; ``document`` the notice's number; ``report`` what the department reports in all.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    case = models.OneToOneField(Case, models.PROTECT, related_name="rectification")
    source = models.ForeignKey(Case, models.PROTECT, related_name="rectifications")
    result = models.CharField("评价结果", max_length=100, blank=True)
    document = models.CharField("通知文号", max_length=60, blank=True)
    demand = models.TextField("整改要求", blank=True)
    due = models.DateField("整改期限", null=True)
    report = models.TextField("整改和结果应用情况", blank=True)
    revision = models.PositiveIntegerField("第几次保存", default=0)

    class Meta:
        verbose_name = "评价整改"

    def __str__(self) -> str:
        return self.case.title


class RectificationItem(models.Model):
    """One problem to be put right, what is demanded, and what was done about it."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    rectification = models.ForeignKey(Rectification, models.CASCADE, related_name="items")
    order = models.PositiveSmallIntegerField("序号")
    problem = models.TextField("问题")
    demand = models.TextField("整改要求", blank=True)
    done = models.BooleanField("已整改到位", null=True)
    answer = models.TextField("整改情况", blank=True)

    class Meta:
        verbose_name = "整改问题"
        ordering = ["order"]


class ResultSummary(models.Model):
    """Projects adjusted, cut and cancelled by results in a year, as summed up and filed at its end (art. 36).

    ``rows`` are kept as made. ``year`` is the year in which it was decided; the money is of the year after.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    case = models.OneToOneField(Case, models.PROTECT, related_name="result_summary")
    year = models.PositiveSmallIntegerField("年度")
    rows = models.JSONField("各项目", default=list)

    class Meta:
        verbose_name = "结果应用汇总"
        constraints = [models.UniqueConstraint(fields=["zone", "year"], name="result_summary_once")]

    def __str__(self) -> str:
        return f"{self.year}年绩效结果应用情况汇总"
