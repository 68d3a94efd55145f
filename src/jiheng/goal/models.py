"""Chapter 4: performance goals and their indicators (绩效目标)."""

from django.db import models
from django.db.models import Q

from jiheng.bureau.keys import new_key
from jiheng.bureau.models import Organization, Zone
from jiheng.procedure.models import Case
from jiheng.project.models import MONEY, Project


class Goal(models.Model):
    """The goal of a project, or of a unit or department as a whole, for one year. Money is in 元.

    A changed goal is a new version (art. 21); ``reason`` says why it was changed.
    """

    class Kind(models.TextChoices):
        PROJECT = "project", "项目绩效目标"
        POLICY = "policy", "政策绩效目标"
        UNIT_WHOLE = "unit_whole", "单位整体支出绩效目标"
        DEPARTMENT_WHOLE = "department_whole", "部门整体支出绩效目标"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    case = models.OneToOneField(Case, models.PROTECT, related_name="goal")
    kind = models.CharField("种类", max_length=20, choices=Kind.choices, default=Kind.PROJECT)
    project = models.ForeignKey(Project, models.PROTECT, null=True, related_name="goals", db_index=False)
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name="部门或单位"
    )
    year = models.PositiveSmallIntegerField("年度")
    version = models.PositiveSmallIntegerField("版本", default=1)
    fiscal = models.DecimalField("财政拨款（元）", default=0, **MONEY)
    other = models.DecimalField("其他资金（元）", default=0, **MONEY)
    text = models.TextField("年度目标", blank=True)
    scheme = models.CharField("权重方案", max_length=24, default="standard")
    note = models.TextField("对提示的说明", blank=True)
    reason = models.TextField("调整原因", blank=True)
    revision = models.PositiveIntegerField("草稿第几次保存", default=0)

    class Meta:
        verbose_name = "绩效目标"
        constraints = [
            models.UniqueConstraint(fields=["zone", "project", "year", "version"], name="goal_version"),
            models.UniqueConstraint(
                fields=["zone", "organization", "kind", "year", "version"], name="goal_whole_version"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("project", "policy"), project__isnull=False, organization__isnull=True)
                | Q(
                    kind__in=("unit_whole", "department_whole"),
                    project__isnull=True,
                    organization__isnull=False,
                ),
                name="goal_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.year}年）"

    @property
    def whole(self) -> bool:
        """Whether it is the goal of a unit or department as a whole (整体支出)."""
        return self.project_id is None

    @property
    def name(self) -> str:
        """What the goal is of: the project's name, or 教育局整体支出."""
        return self.project.name if self.project else f"{self.organization.name}整体支出"

    @property
    def code(self) -> str:
        return self.project.code if self.project else self.organization.code

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


class MainTask(models.Model):
    """One of the year's main tasks of a whole goal, with its money in 元 (年度主要任务)."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    goal = models.ForeignKey(Goal, models.CASCADE, related_name="tasks")
    order = models.PositiveSmallIntegerField("序号")
    name = models.CharField("任务名称", max_length=200)
    content = models.CharField("主要内容", max_length=1000, blank=True)
    fiscal = models.DecimalField("财政拨款（元）", default=0, **MONEY)
    other = models.DecimalField("其他资金（元）", default=0, **MONEY)

    class Meta:
        verbose_name = "年度主要任务"
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["zone", "goal", "order"], name="task_order")]

    def __str__(self) -> str:
        return self.name

    @property
    def money(self):
        return self.fiscal + self.other


class Review(models.Model):
    """The points the expenditure office gave a goal, and what the system had suggested (norms 4, art. 18).

    ``points`` is a list of [key, suggested grade, given grade, points, working]; ``seq`` the number of the act.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    goal = models.ForeignKey(Goal, models.CASCADE, related_name="reviews")
    seq = models.PositiveIntegerField("第几步")
    total = models.DecimalField("总分", max_digits=6, decimal_places=2)
    grade = models.CharField("等级", max_length=4)
    points = models.JSONField("各项", default=list)
    word = models.TextField("改动说明", blank=True)

    class Meta:
        verbose_name = "目标审核评分"
        ordering = ["-seq"]
        constraints = [models.UniqueConstraint(fields=["zone", "goal", "seq"], name="review_once")]


class KeyReview(models.Model):
    """What experts or an institution found in a key review of a goal (重点审核, art. 18); the report is with the act."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    goal = models.ForeignKey(Goal, models.CASCADE, related_name="key_reviews")
    seq = models.PositiveIntegerField("第几步")
    reviewer = models.CharField("专家或机构", max_length=200)
    grade = models.CharField("等级", max_length=4)
    opinion = models.TextField("审核意见", blank=True)

    class Meta:
        verbose_name = "重点审核"
        ordering = ["-seq"]
        constraints = [models.UniqueConstraint(fields=["zone", "goal", "seq"], name="key_review_once")]
