"""Chapter 3: ex-ante evaluations, the ceilings they are arranged under, and the lists in which they are ordered."""

from django.db import models

from jiheng.bureau.keys import new_key
from jiheng.bureau.models import Organization, Zone
from jiheng.exante import rules
from jiheng.procedure.models import Case
from jiheng.project.models import MONEY, Project

SCORE = {"max_digits": 5, "decimal_places": 2, "null": True}


class ExanteEvaluation(models.Model):
    """The evaluation of a project or policy before it gets money for a year (事前绩效评估). Money is in 元.

    ``score``, ``conclusion``, ``priority``, ``proposed`` and ``word`` are the expenditure office's (art. 13); ``key_…``
    what a key evaluation found (art. 14); ``final_…`` what holds in the end. ``dropped`` ones were given up.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    case = models.OneToOneField(Case, models.PROTECT, related_name="exante")
    project = models.ForeignKey(Project, models.PROTECT, related_name="exante_evaluations", db_index=False)
    year = models.PositiveSmallIntegerField("申请预算年度")
    background = models.TextField("项目背景和内容", blank=True)
    basis = models.TextField("立项依据", blank=True)
    asked = models.DecimalField("申请金额（元）", default=0, **MONEY)
    word = models.TextField("总体意见", blank=True)
    score = models.DecimalField("审核总分", **SCORE)
    conclusion = models.CharField("审核结论", max_length=8, choices=rules.CONCLUSIONS, blank=True)
    priority = models.CharField("轻重缓急", max_length=8, choices=rules.PRIORITIES, blank=True)
    proposed = models.DecimalField("建议安排（元）", null=True, **MONEY)
    key_reason = models.TextField("选作重点评估的理由", blank=True)
    key_by = models.CharField("重点评估由谁做", max_length=200, blank=True)
    key_kind = models.CharField("专家或机构", max_length=12, blank=True)
    key_score = models.DecimalField("重点评估得分", **SCORE)
    key_conclusion = models.CharField("重点评估结论", max_length=8, choices=rules.CONCLUSIONS, blank=True)
    key_amount = models.DecimalField("重点评估建议（元）", null=True, **MONEY)
    key_word = models.TextField("重点评估意见", blank=True)
    final_score = models.DecimalField("最终得分", **SCORE)
    final_conclusion = models.CharField("最终结论", max_length=8, choices=rules.CONCLUSIONS, blank=True)
    final_amount = models.DecimalField("最终建议安排（元）", null=True, **MONEY)
    concluded_on = models.DateField("评定日期", null=True)
    dropped = models.BooleanField("不再申报", default=False)
    revision = models.PositiveIntegerField("第几次保存", default=0)

    class Meta:
        verbose_name = "事前绩效评估"
        constraints = [
            models.UniqueConstraint(
                fields=["zone", "project", "year"], condition=models.Q(dropped=False), name="exante_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.project.name}（{self.year}年）"

    @property
    def is_key(self) -> bool:
        return bool(self.key_reason)


class PointScore(models.Model):
    """One of the six points of an evaluation: what the department says, and what the expenditure office makes of it."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    evaluation = models.ForeignKey(ExanteEvaluation, models.CASCADE, related_name="points")
    order = models.PositiveSmallIntegerField("序号")
    key = models.CharField("方面", max_length=16)
    text = models.TextField("论证", blank=True)
    self_score = models.DecimalField("自评分", **SCORE)
    score = models.DecimalField("审核评分", **SCORE)
    comment = models.TextField("审核意见", blank=True)

    class Meta:
        verbose_name = "评估方面"
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["zone", "evaluation", "key"], name="exante_point_once")
        ]


class Evidence(models.Model):
    """A file kept with an evaluation's draft: the department's evidence, or a key evaluation's report."""

    class Kind(models.TextChoices):
        REPORT = "report", "部门佐证材料"
        KEY = "key", "重点评估报告"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    evaluation = models.ForeignKey(ExanteEvaluation, models.CASCADE, related_name="evidence")
    kind = models.CharField("种类", max_length=8, choices=Kind.choices)
    name = models.CharField("文件名", max_length=200)
    size = models.PositiveBigIntegerField("字节")
    sha256 = models.CharField("SHA-256", max_length=64)

    class Meta:
        verbose_name = "佐证材料"
        ordering = ["id"]


class Ceiling(models.Model):
    """How much may be arranged for new projects of a department (of the district where it is empty) in a year, in 元."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    case = models.OneToOneField(Case, models.PROTECT, related_name="ceiling")
    department = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+", db_index=False)
    year = models.PositiveSmallIntegerField("年度")
    amount = models.DecimalField("控制数（元）", **MONEY)

    class Meta:
        verbose_name = "安排控制数"
        constraints = [
            models.UniqueConstraint(fields=["zone", "year", "department"], name="exante_ceiling_once"),
            models.UniqueConstraint(
                fields=["zone", "year"],
                condition=models.Q(department__isnull=True),
                name="exante_ceiling_of_district_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}年{self.department or '全区'}安排控制数"


class PriorityList(models.Model):
    """The evaluations of a department (of the district where it is empty) and year in order (安排建议清单, art. 14)."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    case = models.OneToOneField(Case, models.PROTECT, related_name="priority_list")
    department = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+", db_index=False)
    year = models.PositiveSmallIntegerField("年度")
    batch = models.PositiveSmallIntegerField("第几批", default=1)
    revision = models.PositiveIntegerField("第几次保存", default=0)

    class Meta:
        verbose_name = "安排建议清单"
        constraints = [
            models.UniqueConstraint(fields=["zone", "year", "department", "batch"], name="exante_list_once"),
            models.UniqueConstraint(
                fields=["zone", "year", "batch"],
                condition=models.Q(department__isnull=True),
                name="exante_list_of_district_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}年{self.department or '全区'}安排建议清单"


class PriorityRow(models.Model):
    """One evaluation's place and proposed amount (元) in a list."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    list = models.ForeignKey(PriorityList, models.CASCADE, related_name="rows")
    evaluation = models.ForeignKey(ExanteEvaluation, models.PROTECT, related_name="listed")
    rank = models.PositiveIntegerField("次序")
    amount = models.DecimalField("建议安排（元）", **MONEY)
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "清单中的项目"
        ordering = ["rank"]
        constraints = [models.UniqueConstraint(fields=["zone", "list", "evaluation"], name="exante_row_once")]
