"""Chapter 4: performance goals and their indicators (绩效目标)."""

from django.db import models

from jiheng.bureau.keys import new_key
from jiheng.bureau.models import Zone
from jiheng.procedure.models import Case
from jiheng.project.models import MONEY, Project


class Goal(models.Model):
    """The goal of a project for one year; a changed goal is a new version (art. 21). Money is in 元."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    case = models.OneToOneField(Case, models.PROTECT, related_name="goal")
    project = models.ForeignKey(Project, models.PROTECT, related_name="goals", db_index=False)
    year = models.PositiveSmallIntegerField("年度")
    version = models.PositiveSmallIntegerField("版本", default=1)
    fiscal = models.DecimalField("财政拨款（元）", default=0, **MONEY)
    other = models.DecimalField("其他资金（元）", default=0, **MONEY)
    text = models.TextField("年度目标", blank=True)
    scheme = models.CharField("权重方案", max_length=24, default="standard")
    note = models.TextField("对提示的说明", blank=True)
    revision = models.PositiveIntegerField("草稿第几次保存", default=0)

    class Meta:
        verbose_name = "绩效目标"
        constraints = [
            models.UniqueConstraint(fields=["zone", "project", "year", "version"], name="goal_version")
        ]

    def __str__(self) -> str:
        return f"{self.project.name}（{self.year}年）"

    @property
    def money(self):
        return self.fiscal + self.other


class Indicator(models.Model):
    """One indicator of a goal (绩效指标). ``target`` is kept as it was written, such as “≥50个”."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    goal = models.ForeignKey(Goal, models.CASCADE, related_name="indicators")
    order = models.PositiveSmallIntegerField("序号")
    level1 = models.CharField("一级指标", max_length=40)
    level2 = models.CharField("二级指标", max_length=60)
    name = models.CharField("三级指标", max_length=200)
    target = models.CharField("指标值", max_length=500)
    weight = models.DecimalField("分值", max_digits=6, decimal_places=2)

    class Meta:
        verbose_name = "绩效指标"
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["zone", "goal", "order"], name="indicator_order")]

    def __str__(self) -> str:
        return self.name
