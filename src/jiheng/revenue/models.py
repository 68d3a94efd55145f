"""The year's revenue plan by item and what came in month by month (预算收入绩效, art. 7). All money in 元."""

from django.db import models

from jiheng.bureau.keys import new_key
from jiheng.bureau.models import Zone
from jiheng.procedure.models import Case

MONEY = {"max_digits": 18, "decimal_places": 2}


class Kind(models.TextChoices):
    """What a revenue item is, by the classification of revenue and expenditure (政府收支分类科目)."""

    TAX = "tax", "税收收入"
    NON_TAX = "non_tax", "非税收入"


class Plan(models.Model):
    """The plan of a year, as one file (收入计划); a later one needs the one before withdrawn."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    case = models.OneToOneField(Case, models.PROTECT, related_name="revenue_plan")
    year = models.PositiveSmallIntegerField("年度")
    source = models.CharField("来源文件", max_length=200)
    sha256 = models.CharField("文件哈希", max_length=64)
    withdrawn = models.BooleanField("已撤回", default=False)

    class Meta:
        verbose_name = "收入计划"
        constraints = [
            models.UniqueConstraint(
                fields=["zone", "year"], condition=models.Q(withdrawn=False), name="revenue_plan_year"
            )
        ]


class PlanLine(models.Model):
    """One item's plan for the year, and what it brought the year before where that is told."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="lines")
    code = models.CharField("科目编码", max_length=12)
    name = models.CharField("收入项目", max_length=60)
    kind = models.CharField("收入类别", max_length=8, choices=Kind.choices)
    amount = models.DecimalField("计划数（元）", **MONEY)

    class Meta:
        verbose_name = "收入计划项目"
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["zone", "plan", "code"], name="plan_line_once")]


class Month(models.Model):
    """What had come in by the end of a month, as one file, with the treasury's analysis (月度收入分析).

    ``reasons`` says by code why an item is behind the time schedule.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    case = models.OneToOneField(Case, models.PROTECT, related_name="revenue_month")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="months")
    year = models.PositiveSmallIntegerField("年度")
    month = models.PositiveSmallIntegerField("月份")
    source = models.CharField("来源文件", max_length=200)
    sha256 = models.CharField("文件哈希", max_length=64)
    text = models.TextField("分析", blank=True)
    reasons = models.JSONField("慢于进度的原因", default=dict)
    revision = models.PositiveIntegerField("草稿第几次保存", default=0)
    withdrawn = models.BooleanField("已撤回", default=False)

    class Meta:
        verbose_name = "月度收入"
        ordering = ["year", "month"]
        constraints = [
            models.UniqueConstraint(
                fields=["zone", "year", "month"],
                condition=models.Q(withdrawn=False),
                name="revenue_month_once",
            )
        ]


class MonthLine(models.Model):
    """What one item had brought since the year began, and in the same months of the year before."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    month = models.ForeignKey(Month, models.CASCADE, related_name="lines")
    code = models.CharField("科目编码", max_length=12)
    total = models.DecimalField("本年累计（元）", **MONEY)
    before = models.DecimalField("上年同期累计（元）", null=True, **MONEY)

    class Meta:
        verbose_name = "月度收入项目"
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["zone", "month", "code"], name="month_line_once")]
