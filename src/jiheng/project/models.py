"""Projects and policies with their amounts by year, department budgets with their lines, and execution figures.

All money is in 元.
"""

from django.db import models

from jiheng.bureau.keys import new_key
from jiheng.bureau.models import Organization, Zone
from jiheng.procedure.models import Case
from jiheng.project.rules import FIELDS

MONEY = {"max_digits": 18, "decimal_places": 2}


class Project(models.Model):
    """A project or policy of a unit (项目、政策), with the 21-character code of the integrated budget system.

    ``stage`` is where it stands in the library (库内状态), moved by the steps of its ``case`` and by what follows from
    budgets and payments. A project that came from the integrated system may have no case: it was let in there.
    """

    class Kind(models.TextChoices):
        PROJECT = "project", "项目"
        POLICY = "policy", "政策"

    class Fund(models.TextChoices):
        GENERAL = "general", "一般公共预算"
        GOVERNMENT_FUND = "government_fund", "政府性基金"
        STATE_CAPITAL = "state_capital", "国有资本经营预算"
        SOCIAL_INSURANCE = "social_insurance", "社会保险基金"

    class Stage(models.TextChoices):
        PROPOSED = "proposed", "申报"
        RESERVE = "reserve", "储备"
        BUDGETED = "budgeted", "预算"
        EXECUTING = "executing", "执行"
        CLOSED = "closed", "结束"
        REFUSED = "refused", "不予入库"
        CANCELLED = "cancelled", "取消"

    class Attribute(models.TextChoices):
        NEW = "new", "新增"
        CONTINUING = "continuing", "延续"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    department = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey(Organization, models.PROTECT, related_name="projects", db_index=False)
    case = models.OneToOneField(Case, models.PROTECT, null=True, related_name="library_project")
    code = models.CharField("项目代码", max_length=21)
    name = models.CharField("项目名称", max_length=200)
    kind = models.CharField("类别", max_length=12, choices=Kind.choices, default=Kind.PROJECT)
    fund = models.CharField("资金性质", max_length=24, choices=Fund.choices, default=Fund.GENERAL)
    field = models.CharField("领域", max_length=40, blank=True, choices=[(each, each) for each in FIELDS])
    attribute = models.CharField(
        "项目属性", max_length=12, choices=Attribute.choices, default=Attribute.CONTINUING
    )
    stage = models.CharField("库内状态", max_length=12, choices=Stage.choices, default=Stage.PROPOSED)
    first_year = models.PositiveSmallIntegerField("起始年度")
    last_year = models.PositiveSmallIntegerField("结束年度")
    total = models.DecimalField("总投资（元）", **MONEY)

    class Meta:
        verbose_name = "项目"
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["zone", "code"], name="project_code")]
        indexes = [
            models.Index(fields=["zone", "department"], name="project_department"),
            models.Index(fields=["zone", "unit"], name="project_unit"),
            models.Index(fields=["zone", "stage"], name="project_stage"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("project", args=[self.pk])


class ProjectYear(models.Model):
    """What a project needs in one year of its period (分年度金额), in 元; the years add up to its total."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="years", db_index=False)
    year = models.PositiveSmallIntegerField("年度")
    amount = models.DecimalField("金额（元）", **MONEY)

    class Meta:
        verbose_name = "分年度金额"
        ordering = ["year"]
        constraints = [models.UniqueConstraint(fields=["zone", "project", "year"], name="project_year_once")]
        indexes = [models.Index(fields=["project"], name="project_year_project")]


class Budget(models.Model):
    """A department's budget of one year, or an addition within the year (部门预算). Its case is approved by art. 19."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    case = models.OneToOneField(Case, models.PROTECT, related_name="budget")
    department = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    year = models.PositiveSmallIntegerField("年度")
    batch = models.CharField("批次", max_length=20, default="年初")

    class Meta:
        verbose_name = "部门预算"
        constraints = [
            models.UniqueConstraint(fields=["zone", "department", "year", "batch"], name="budget_batch")
        ]

    def __str__(self) -> str:
        return f"{self.department}{self.year}年部门预算（{self.batch}）"


class BudgetLine(models.Model):
    """One project's money in a budget (预算项目), in 元."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    budget = models.ForeignKey(Budget, models.CASCADE, related_name="lines")
    project = models.ForeignKey(Project, models.PROTECT, related_name="lines")
    amount = models.DecimalField("预算数（元）", **MONEY)

    class Meta:
        verbose_name = "预算项目"
        ordering = ["project__code"]
        constraints = [models.UniqueConstraint(fields=["zone", "budget", "project"], name="line_once")]


class ExecutionBatch(models.Model):
    """One file, or one call of the interface, with execution figures of the integrated system (执行数批次).

    ``digest`` is of what it says, whatever the file: the same figures are not entered twice. ``number`` is the one the
    sending system gave it, so that a call that is repeated is answered as the first time.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    case = models.OneToOneField(Case, models.PROTECT, related_name="execution_batch")
    year = models.PositiveSmallIntegerField("年度")
    cutoff = models.DateField("截止日")
    source = models.CharField("来源文件", max_length=200)
    sha256 = models.CharField("文件哈希", max_length=64)
    digest = models.CharField("内容哈希", max_length=64, blank=True)
    number = models.CharField("对方批次号", max_length=64, blank=True)
    withdrawn = models.BooleanField("已撤回", default=False)

    class Meta:
        verbose_name = "执行数批次"
        constraints = [
            models.UniqueConstraint(
                fields=["zone", "digest"],
                condition=models.Q(withdrawn=False) & ~models.Q(digest=""),
                name="execution_content_once",
            ),
            models.UniqueConstraint(
                fields=["zone", "number"],
                condition=models.Q(withdrawn=False) & ~models.Q(number=""),
                name="execution_number_once",
            ),
        ]


class ExecutionFigure(models.Model):
    """What a project had and spent up to a day, in 元. Never typed: it comes from a batch.

    ``plan`` is what could be drawn by then (用款计划); None where the source told nothing of it.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    batch = models.ForeignKey(ExecutionBatch, models.CASCADE, related_name="figures")
    project = models.ForeignKey(Project, models.PROTECT, related_name="figures", db_index=False)
    year = models.PositiveSmallIntegerField("年度")
    cutoff = models.DateField("截止日")
    initial = models.DecimalField("年初预算数（元）", **MONEY)
    full_year = models.DecimalField("全年预算数（元）", **MONEY)
    plan = models.DecimalField("用款计划数（元）", null=True, **MONEY)
    paid = models.DecimalField("支付数（元）", **MONEY)

    class Meta:
        verbose_name = "执行数"
        ordering = ["-cutoff", "-id"]
        constraints = [models.UniqueConstraint(fields=["zone", "batch", "project"], name="figure_once")]
        indexes = [models.Index(fields=["zone", "project", "year", "cutoff"], name="figure_project")]

    @property
    def adjustment(self):
        """What was added to or taken from the budget within the year (调整数)."""
        return self.full_year - self.initial
