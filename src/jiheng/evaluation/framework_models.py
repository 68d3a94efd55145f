"""Department and finance evaluations (art. 27, 29, 31, 32): framework, scores, evidence, comments, problems, report."""

from decimal import Decimal

from django.db import models

from jiheng.bureau.keys import new_key
from jiheng.bureau.models import Zone
from jiheng.evaluation.frameworks import KINDS, METHODS, PARTS
from jiheng.procedure.models import Case
from jiheng.project.models import Project

POINTS = {"max_digits": 6, "decimal_places": 2}


class Evaluation(models.Model):
    """An evaluation by framework (部门评价、财政评价). Who is evaluated is the case's department (and unit).

    ``framework`` is [label, version, source] of the framework copied; ``known`` what was known when it was chosen, as
    [label, value]; ``report`` the sections of the report that were rewritten by hand, by key; ``amount`` in 元.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    case = models.OneToOneField(Case, models.PROTECT, related_name="evaluation")
    kind = models.CharField("评价对象", max_length=12, choices=list(KINDS.items()))
    project = models.ForeignKey(Project, models.PROTECT, null=True, related_name="evaluations")
    year = models.PositiveSmallIntegerField("评价年度")
    framework = models.JSONField("指标体系框架")
    reasons = models.JSONField("选择理由", default=list)
    reason = models.TextField("选择说明", blank=True)
    known = models.JSONField("选择时的情况", default=list)
    purpose = models.TextField("评价目的和范围", blank=True)
    approach = models.TextField("评价方法和标准", blank=True)
    schedule = models.TextField("进度和人员安排", blank=True)
    report = models.JSONField("改写过的报告段落", default=dict)
    total = models.DecimalField("总分", null=True, **POINTS)
    grade = models.CharField("等级", max_length=4, blank=True)
    due = models.DateField("提意见的期限", null=True)
    finished_on = models.DateField("定稿日期", null=True)
    revision = models.PositiveIntegerField("第几次保存", default=0)

    class Meta:
        verbose_name = "绩效评价"
        indexes = [models.Index(fields=["zone", "year", "kind"], name="evaluation_year_kind")]

    def __str__(self) -> str:
        return self.case.title


class Item(models.Model):
    """One third-level item of an evaluation's own copy of the framework; ``weight`` in points out of 100.

    ``origin`` says where it came from: the framework, the project's goal, or the plan.
    """

    class Origin(models.TextChoices):
        FRAMEWORK = "framework", "框架"
        GOAL = "goal", "绩效目标"
        PLAN = "plan", "方案增设"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="items")
    order = models.PositiveSmallIntegerField("序号")
    part = models.CharField("部分", max_length=12, choices=list(PARTS.items()))
    level1 = models.CharField("一级指标", max_length=40)
    level2 = models.CharField("二级指标", max_length=60)
    name = models.CharField("三级指标", max_length=200)
    weight = models.DecimalField("分值", **POINTS)
    method = models.CharField("计分办法", max_length=12, choices=list(METHODS.items()))
    points = models.JSONField("要点", default=list)
    target = models.CharField("指标值", max_length=500, blank=True)
    standard = models.TextField("评分标准", blank=True)
    evidence = models.CharField("佐证要求", max_length=500, blank=True)
    figure = models.CharField("系统数", max_length=12, blank=True)
    origin = models.CharField("来源", max_length=12, choices=Origin.choices, default=Origin.FRAMEWORK)

    class Meta:
        verbose_name = "评价指标"
        ordering = ["order"]

    def __str__(self) -> str:
        return self.name


class Sheet(models.Model):
    """One scoring sheet (打分表): that of whoever evaluates (``final``), or of one engaged expert or institution."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="sheets")
    engagement = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+")
    name = models.CharField("打分人", max_length=100)
    final = models.BooleanField("定分", default=False)
    total = models.DecimalField("总分", null=True, **POINTS)
    revision = models.PositiveIntegerField("第几次保存", default=0)

    class Meta:
        verbose_name = "打分表"
        ordering = ["-final", "id"]
        constraints = [
            models.UniqueConstraint(fields=["zone", "evaluation", "engagement"], name="sheet_once"),
            models.UniqueConstraint(
                fields=["zone", "evaluation"], condition=models.Q(final=True), name="sheet_final_once"
            ),
        ]


class Mark(models.Model):
    """An item's score on one sheet, with its working. ``mean``: taken over as the mean of the engaged ones' sheets.

    ``ratings`` are the shares of the key points, or the one share of an indicator without a number.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    sheet = models.ForeignKey(Sheet, models.CASCADE, related_name="marks")
    item = models.ForeignKey(Item, models.CASCADE, related_name="marks")
    ratings = models.JSONField("要点评定", default=list)
    actual = models.CharField("实际值", max_length=500, blank=True)
    mean = models.BooleanField("取平均分", default=False)
    score = models.DecimalField("得分", null=True, **POINTS)
    working = models.JSONField("计分过程", default=list)
    comment = models.TextField("评分说明", blank=True)

    class Meta:
        verbose_name = "得分"
        constraints = [models.UniqueConstraint(fields=["zone", "sheet", "item"], name="mark_once")]


class EvidenceRequest(models.Model):
    """What the evaluated are asked to add or explain (补充资料要求); sent by the office that leads, then answered."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="requests")
    text = models.TextField("要补充的资料或要说明的问题")
    asked_by = models.CharField("提出人", max_length=100)
    sent_on = models.DateField("送出日期", null=True)
    answer = models.TextField("答复", blank=True)
    answered_on = models.DateField("答复日期", null=True)

    class Meta:
        verbose_name = "补充资料要求"
        ordering = ["id"]


class SiteNote(models.Model):
    """What was seen, counted or said on the spot (现场记录)."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="notes")
    day = models.DateField("日期")
    place = models.CharField("地点", max_length=100)
    people = models.CharField("在场人员", max_length=200, blank=True)
    text = models.TextField("记录")
    author = models.CharField("记录人", max_length=100)

    class Meta:
        verbose_name = "现场记录"
        ordering = ["day", "id"]


class EvaluationProblem(models.Model):
    """A problem that the evaluation found, with what is suggested (评价发现的问题): what result application goes by."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="problems")
    order = models.PositiveSmallIntegerField("序号")
    text = models.TextField("问题")
    suggestion = models.TextField("建议")

    class Meta:
        verbose_name = "评价发现的问题"
        ordering = ["order"]


class EvaluatedComment(models.Model):
    """What the evaluated say to the draft report, kept beside it, and how it was answered (交换意见)."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="comments")
    order = models.PositiveSmallIntegerField("序号")
    text = models.TextField("意见")
    accepted = models.BooleanField("采纳", null=True)
    reply = models.TextField("答复和理由", blank=True)

    class Meta:
        verbose_name = "被评方意见"
        ordering = ["order"]


def final_sheet(evaluation: Evaluation) -> Sheet:
    """The sheet whose scores count; every evaluation has one from its beginning."""
    return next(sheet for sheet in evaluation.sheets.all() if sheet.final)


def total_of(marks: list[Mark]) -> Decimal | None:
    """The sum of a sheet's scores, or nothing while one is missing."""
    if not marks or any(mark.score is None for mark in marks):
        return None
    return sum((mark.score for mark in marks if mark.score is not None), Decimal(0))
