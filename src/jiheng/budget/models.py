"""Money after the approval: what is passed on to units, what is moved between lines, what a year's summary says (元)."""

from decimal import Decimal

from django.db import models

from jiheng.bureau.keys import new_key
from jiheng.bureau.models import Organization, Zone
from jiheng.goal.models import Goal
from jiheng.procedure.models import Case
from jiheng.procedure.table import Reason
from jiheng.project.models import MONEY, Project


class Allocation(models.Model):
    """Money of an approved line passed on to the unit, with the project's goal as it then stood (资金下达, art. 20)."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    case = models.OneToOneField(Case, models.PROTECT, related_name="allocation")
    project = models.ForeignKey(Project, models.PROTECT, related_name="+", db_index=False)
    year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveSmallIntegerField("第几笔")
    amount = models.DecimalField("下达金额（元）", **MONEY)
    goal = models.ForeignKey(Goal, models.PROTECT, null=True, related_name="+", verbose_name="随同下达的目标")
    document = models.CharField("下达文号", max_length=60, blank=True)
    note = models.CharField("用途说明", max_length=200, blank=True)

    granted: Decimal
    out: Decimal
    goes_along: "Goal | None"
    held: list[Reason]
    """Read by ``allocation.load``: approved in all (元), out by other allocations (元), the goal that goes along, why none may go (art. 26)."""

    class Meta:
        verbose_name = "资金下达"
        constraints = [
            models.UniqueConstraint(fields=["zone", "project", "year", "number"], name="allocation_once")
        ]

    def __str__(self) -> str:
        return f"{self.project}{self.year}年第 {self.number} 笔资金下达"


class Transfer(models.Model):
    """Approved money moved between a department's lines, added, cut, or given another use (预算调剂, art. 21)."""

    class Kind(models.TextChoices):
        WITHIN = "within", "部门内调剂"
        ADDED = "added", "追加"
        CUT = "cut", "调减"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    case = models.OneToOneField(Case, models.PROTECT, related_name="transfer")
    department = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveSmallIntegerField("第几次")
    kind = models.CharField("类别", max_length=8, choices=Kind.choices, default=Kind.WITHIN)
    reason = models.TextField("调剂原因", blank=True)
    revision = models.PositiveIntegerField("草稿第几次保存", default=0)

    class Meta:
        verbose_name = "预算调剂"
        constraints = [
            models.UniqueConstraint(fields=["zone", "department", "year", "number"], name="transfer_once")
        ]

    def __str__(self) -> str:
        return f"{self.department}{self.year}年第 {self.number} 次预算调剂"


class TransferLine(models.Model):
    """One project's money before and after a transfer; ``goal`` is the goal that comes into force with it, if any."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    transfer = models.ForeignKey(Transfer, models.CASCADE, related_name="lines")
    project = models.ForeignKey(Project, models.PROTECT, related_name="+")
    before = models.DecimalField("调剂前（元）", **MONEY)
    after = models.DecimalField("调剂后（元）", **MONEY)

    class Meta:
        verbose_name = "调剂项目"
        ordering = ["project__code"]
        constraints = [
            models.UniqueConstraint(fields=["zone", "transfer", "project"], name="transfer_line_once")
        ]

    @property
    def change(self) -> Decimal:
        return self.after - self.before


class Summary(models.Model):
    """Goals passed on with money in a year, as summed up at its end and filed (art. 20). ``rows`` are kept as made."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    case = models.OneToOneField(Case, models.PROTECT, related_name="allocation_summary")
    department = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    year = models.PositiveSmallIntegerField("年度")
    rows = models.JSONField("各项目", default=list)

    class Meta:
        verbose_name = "目标下达汇总"
        constraints = [
            models.UniqueConstraint(fields=["zone", "department", "year"], name="allocation_summary_once")
        ]

    def __str__(self) -> str:
        return f"{self.department}{self.year}年绩效目标下达情况汇总"
