"""Chapter 6: self-evaluations with their rows and scores (单位自评)."""

from decimal import Decimal

from django.db import models

from jiheng.bureau.keys import new_key
from jiheng.bureau.models import Zone
from jiheng.evaluation import framework_models as framework_models  # its tables are this room's too
from jiheng.goal.models import Goal
from jiheng.procedure.models import Case
from jiheng.project.models import MONEY


class SelfEvaluation(models.Model):
    """A unit's evaluation of one goal at the year's end. Points are recomputed by rule, never taken on trust.

    ``claimed`` figures are what the uploaded form said; ``checks`` what the checks of norm 15 found; ``warning`` the
    light of norm 13; ``tasks`` of a whole goal are [name, budget, spent, what was done] with money in 元.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    case = models.OneToOneField(Case, models.PROTECT, related_name="self_evaluation")
    goal = models.ForeignKey(Goal, models.PROTECT, related_name="self_evaluations")
    initial = models.DecimalField("年初预算数（元）", null=True, **MONEY)
    full_year = models.DecimalField("全年预算数（元）", null=True, **MONEY)
    executed = models.DecimalField("全年执行数（元）", null=True, **MONEY)
    execution_weight = models.DecimalField("执行率分值", max_digits=6, decimal_places=2, default=10)
    execution_score = models.DecimalField("执行率得分", max_digits=6, decimal_places=2, null=True)
    achieved = models.TextField("实际完成情况", blank=True)
    claimed_total = models.DecimalField("表内总分", max_digits=6, decimal_places=2, null=True)
    total = models.DecimalField("总分", max_digits=6, decimal_places=2, null=True)
    grade = models.CharField("等级", max_length=8, blank=True)
    warning = models.CharField("预警", max_length=6, blank=True)
    warning_working = models.JSONField("预警的算式", default=list)
    tasks = models.JSONField("年度主要任务完成情况", default=list)
    checks = models.JSONField("校验", default=list)
    note = models.TextField("对提示的说明", blank=True)
    form = models.CharField("自评表文件", max_length=200, blank=True)
    form_sha256 = models.CharField("自评表文件哈希", max_length=64, blank=True)
    revision = models.PositiveIntegerField("草稿第几次保存", default=0)

    class Meta:
        verbose_name = "单位自评"
        constraints = [models.UniqueConstraint(fields=["zone", "goal"], name="self_evaluation_once")]


class Row(models.Model):
    """One indicator's actual value, claimed and recomputed score, with the working."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    evaluation = models.ForeignKey(SelfEvaluation, models.CASCADE, related_name="rows")
    order = models.PositiveSmallIntegerField("序号")
    level1 = models.CharField("一级指标", max_length=40)
    level2 = models.CharField("二级指标", max_length=60)
    name = models.CharField("三级指标", max_length=200)
    target = models.CharField("指标值", max_length=500)
    actual = models.CharField("实际完成值", max_length=500, blank=True)
    weight = models.DecimalField("分值", max_digits=6, decimal_places=2)
    claimed = models.DecimalField("自评得分", max_digits=6, decimal_places=2, null=True)
    score = models.DecimalField("得分", max_digits=6, decimal_places=2, null=True)
    reason = models.TextField("偏差原因分析及改进措施", blank=True)
    working = models.JSONField("计分过程", default=list)

    class Meta:
        verbose_name = "自评指标"
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["zone", "evaluation", "order"], name="self_row_order")]


class SpotCheck(models.Model):
    """A sample of a year's accepted self-evaluations, scored again (抽查复核, art. 30): what was drawn from, and how.

    ``population`` has [code, name, department, grade, case] of each that could be drawn, ``strata`` [department, grade,
    size, seats]; ``bound`` is in points.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    case = models.OneToOneField(Case, models.PROTECT, related_name="spot_check")
    year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveIntegerField("抽取数")
    seed = models.CharField("种子", max_length=64)
    method = models.TextField("方法")
    strata = models.JSONField("分层")
    population = models.JSONField("总体")
    bound = models.DecimalField("退回的分差", max_digits=6, decimal_places=2)

    class Meta:
        verbose_name = "抽查复核"


class SpotItem(models.Model):
    """One self-evaluation drawn: what it said then, what the re-scorer found without seeing that, what came of it.

    ``original`` has total, grade and points by row; ``points`` [row, points, comment]; ``earlier`` what an earlier
    re-score said, where the table came back. ``outcome`` says why it was or wasn't sent back.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    check_of = models.ForeignKey(SpotCheck, models.CASCADE, related_name="items")
    order = models.PositiveIntegerField("序号")
    evaluation = models.ForeignKey(SelfEvaluation, models.PROTECT, related_name="spot_items")
    original = models.JSONField("原自评")
    points = models.JSONField("复核打分", default=list)
    total = models.DecimalField("复核总分", max_digits=6, decimal_places=2, null=True)
    grade = models.CharField("复核等级", max_length=8, blank=True)
    word = models.TextField("复核说明", blank=True)
    round = models.PositiveIntegerField("第几轮复核", default=0)
    earlier = models.JSONField("以前的复核", default=list)
    returned = models.BooleanField("已退回单位", default=False)
    outcome = models.CharField("处理", max_length=500, blank=True)

    class Meta:
        verbose_name = "抽中的自评"
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["zone", "check_of", "evaluation"], name="spot_item_once")
        ]

    @property
    def original_total(self) -> Decimal:
        return Decimal(self.original["total"])

    @property
    def difference(self) -> Decimal | None:
        """The re-score less the self-evaluation, in points; nothing before it is scored."""
        return None if self.total is None else self.total - self.original_total

    @property
    def beyond(self) -> bool:
        return self.difference is not None and abs(self.difference) > self.check_of.bound
