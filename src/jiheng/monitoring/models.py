"""Chapter 5: monitoring reports with their rows and lights (绩效监控), problems, key monitoring, payment control."""

from django.db import models

from jiheng.bureau.keys import new_key
from jiheng.bureau.models import Zone
from jiheng.goal.models import Goal, Indicator
from jiheng.procedure.models import Case
from jiheng.project.models import MONEY, Project


class Light(models.TextChoices):
    """A light of double monitoring (art. 23); the rule stands in ``rules.py``."""

    GREEN = "green", "绿"
    YELLOW = "yellow", "黄"
    RED = "red", "红"
    NONE = "", "—"


class Report(models.Model):
    """A goal's monitoring up to a cut-off day. Execution figures are filled in from their source, in 元."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    case = models.OneToOneField(Case, models.PROTECT, related_name="monitoring")
    goal = models.ForeignKey(Goal, models.PROTECT, related_name="reports")
    cutoff = models.DateField("截止日")
    full_year = models.DecimalField("全年预算数（元）", null=True, **MONEY)
    paid = models.DecimalField("截止日执行数（元）", null=True, **MONEY)
    forecast = models.DecimalField("全年预计执行数（元）", null=True, **MONEY)
    summary = models.TextField("存在问题与措施", blank=True)
    text = models.TextField("改写过的报告正文", blank=True)
    execution_light = models.CharField("执行进度", max_length=8, choices=Light.choices, blank=True)
    goal_light = models.CharField("目标实现", max_length=8, choices=Light.choices, blank=True)
    light = models.CharField("总灯", max_length=8, choices=Light.choices, blank=True)
    revision = models.PositiveIntegerField("草稿第几次保存", default=0)

    class Meta:
        verbose_name = "绩效监控"
        constraints = [models.UniqueConstraint(fields=["zone", "goal", "cutoff"], name="report_once")]


class Row(models.Model):
    """One indicator's value at the cut-off day, its forecast, likelihood, causes and measure."""

    class Likelihood(models.TextChoices):
        CERTAIN = "certain", "确定能"
        POSSIBLE = "possible", "有可能"
        IMPOSSIBLE = "impossible", "完全不可能"

    CAUSES = ("经费保障", "制度保障", "人员保障", "硬件条件保障", "其他")

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    report = models.ForeignKey(Report, models.CASCADE, related_name="rows")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+")
    actual = models.CharField("截止日完成值", max_length=500, blank=True)
    forecast = models.CharField("全年预计完成值", max_length=500, blank=True)
    likelihood = models.CharField("完成目标可能性", max_length=12, choices=Likelihood.choices, blank=True)
    cause = models.CharField("偏差原因", max_length=20, blank=True)
    measure = models.TextField("原因说明与措施", blank=True)
    light = models.CharField("灯", max_length=8, choices=Light.choices, blank=True)

    class Meta:
        verbose_name = "监控指标"
        ordering = ["indicator__order"]
        constraints = [models.UniqueConstraint(fields=["zone", "report", "indicator"], name="row_once")]

    @property
    def texts(self) -> tuple[str, str, str, str, str]:
        """The indicator as ``shares`` reads it."""
        wanted = self.indicator
        return wanted.target, self.actual, wanted.name, wanted.level1, wanted.level2


class Problem(models.Model):
    """A problem found in a monitoring report (art. 24): what, at which indicator, what is demanded, by which day."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    case = models.OneToOneField(Case, models.PROTECT, related_name="problem")
    report = models.ForeignKey(Report, models.PROTECT, related_name="problems")
    indicator = models.ForeignKey(Indicator, models.PROTECT, null=True, related_name="+")
    text = models.TextField("问题")
    demand = models.TextField("整改要求")
    due = models.DateField("整改期限")

    class Meta:
        verbose_name = "监控问题"


class KeyMonitoring(models.Model):
    """A project under key monitoring (财政重点监控, art. 25): why it was chosen, what was found, demanded and done."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    case = models.OneToOneField(Case, models.PROTECT, related_name="key_monitoring")
    project = models.ForeignKey(Project, models.PROTECT, related_name="key_monitorings")
    reason = models.TextField("选择理由")
    light = models.CharField("选入时总灯", max_length=8, choices=Light.choices, blank=True)
    findings = models.TextField("查证情况", blank=True)
    demand = models.TextField("整改要求", blank=True)
    due = models.DateField("整改期限", null=True)
    rectified = models.TextField("整改情况", blank=True)

    class Meta:
        verbose_name = "财政重点监控"


class Control(models.Model):
    """A project's money suspended or stopped (art. 26). ``effective`` is the day of the last of both signatures,
    ``lifted`` the day of the last signature that lifted it; the control stands from the one until before the other.
    """

    class Kind(models.TextChoices):
        SUSPEND = "suspend", "暂缓拨款"
        STOP = "stop", "停止拨款"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    case = models.OneToOneField(Case, models.PROTECT, related_name="control")
    project = models.ForeignKey(Project, models.PROTECT, related_name="controls")
    kind = models.CharField("方式", max_length=8, choices=Kind.choices)
    reason = models.TextField("事由")
    effective = models.DateField("生效日", null=True)
    lifted = models.DateField("解除日", null=True)

    class Meta:
        verbose_name = "暂缓、停止拨款"


class MonitoringSummary(models.Model):
    """A department's summary of one cut-off day (部门监控汇总, art. 24): its figures as they were, and the text.

    ``rows`` are [code, name, unit, full-year budget, paid, goal light, execution light, state]; money in 元.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    case = models.OneToOneField(Case, models.PROTECT, related_name="monitoring_summary")
    year = models.PositiveSmallIntegerField("年度")
    cutoff = models.DateField("截止日")
    rows = models.JSONField("各项目", default=list)
    text = models.TextField("汇总报告", blank=True)
    revision = models.PositiveIntegerField("第几次保存", default=0)

    class Meta:
        verbose_name = "部门监控汇总"

    def __str__(self) -> str:
        return self.case.title
