"""The library of indicators (art. 38): common, core and individual ones, by field and industry, with their standard."""

from typing import Any

from django.db import models

from jiheng.bureau.keys import new_key
from jiheng.bureau.models import Zone
from jiheng.bureau.roles import ROLES
from jiheng.procedure.models import Case


class Proposal(models.Model):
    """Indicators that were proposed together and are published by one countersign (指标发布, art. 38).

    ``goal`` is the case they were proposed from, if any; ``word`` says what they are for.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    case = models.OneToOneField(Case, models.PROTECT, related_name="indicator_proposal")
    goal = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+", verbose_name="从哪个目标提出")
    word = models.CharField("说明", max_length=300, blank=True)

    class Meta:
        verbose_name = "指标发布"


class LibraryIndicator(models.Model):
    """One indicator of the library (指标库的指标). ``owner`` is the role that keeps it by art. 9.

    ``code`` tells it apart in the zone; where a workbook gives none it is made from levels, name, unit, field and
    industry (``library.code_of``), so that the same line is the same indicator. ``reference`` is a value with its
    sign as people write it (≥95%), ``source`` the service or expenditure standard it is tied to.
    """

    class Kind(models.TextChoices):
        QUANTITATIVE = "quantitative", "定量"
        QUALITATIVE = "qualitative", "定性"

    class Direction(models.TextChoices):
        HIGHER_BETTER = "higher-better", "正向"
        LOWER_BETTER = "lower-better", "反向"
        BOUND = "bound", "约束"

    class Standard(models.TextChoices):
        """What kind of standard the reference value is, where ``source`` names one: goals are held against it."""

        SERVICE = "service", "公共服务标准"
        EXPENDITURE = "expenditure", "支出标准"

    class Status(models.TextChoices):
        PROPOSED = "proposed", "待会签"
        PUBLISHED = "published", "已发布"
        RETIRED = "retired", "已停用"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    code = models.CharField("指标编码", max_length=40)
    level1 = models.CharField("一级指标", max_length=40)
    level2 = models.CharField("二级指标", max_length=60)
    name = models.CharField("指标名称", max_length=200)
    kind = models.CharField("指标性质", max_length=12, choices=Kind.choices, default=Kind.QUANTITATIVE)
    unit = models.CharField("计量单位", max_length=20, blank=True)
    direction = models.CharField("方向", max_length=16, choices=Direction.choices, blank=True)
    reference = models.CharField("参考值", max_length=200, blank=True)
    field = models.CharField("领域", max_length=40, blank=True)
    industry = models.CharField("行业", max_length=40, blank=True)
    source = models.CharField("取值依据", max_length=200, blank=True)
    standard = models.CharField("标准类别", max_length=12, choices=Standard.choices, blank=True)
    owner = models.CharField("牵头职责", max_length=24)
    status = models.CharField("状态", max_length=12, choices=Status.choices, default=Status.PROPOSED)
    version = models.PositiveIntegerField("版本", default=1)
    used = models.PositiveIntegerField("引用次数", default=0)
    proposal = models.ForeignKey(
        "Proposal", models.PROTECT, null=True, related_name="indicators", verbose_name="发布"
    )

    class Meta:
        verbose_name = "指标"
        ordering = ["level1", "level2", "code"]
        constraints = [models.UniqueConstraint(fields=["zone", "code"], name="library_indicator_code")]
        indexes = [
            models.Index(fields=["zone", "status", "level1", "level2"], name="library_indicator_level")
        ]

    def __str__(self) -> str:
        return self.name


REVISED = (
    "level1",
    "level2",
    "name",
    "kind",
    "unit",
    "direction",
    "reference",
    "industry",
    "source",
    "standard",
)
"""What a revision may change, and what each edition keeps."""
_FIELDS: dict[str, Any] = {
    key: LibraryIndicator._meta.get_field(key) for key in (*REVISED, "field", "owner", "status")
}
SAID = {key: str(field.verbose_name) for key, field in _FIELDS.items()}


def told(key: str, value: str) -> str:
    """A value of an indicator as users read it."""
    if key == "owner" and value in ROLES:
        return ROLES[value].label
    return str(dict(_FIELDS[key].choices or ()).get(value, value)) or "（空）"


class Revision(models.Model):
    """What a published indicator is to become, or that it is to be retired; until it is signed the indicator stays in use.

    ``changes`` has the old and the new value of each field. One that was imported has no ``proposal`` before the
    performance office puts it to its countersign.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    indicator = models.ForeignKey(
        LibraryIndicator, models.PROTECT, related_name="revisions", verbose_name="修订哪一条"
    )
    proposal = models.ForeignKey(
        Proposal, models.PROTECT, null=True, related_name="revisions", verbose_name="发布"
    )
    changes = models.JSONField("修订后的内容")

    class Meta:
        verbose_name = "指标修订"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"修订：{self.indicator}"

    @classmethod
    def waiting(cls) -> models.QuerySet["Revision"]:
        """Those neither signed nor refused, put to sign or not."""
        return cls.objects.filter(models.Q(proposal=None) | models.Q(proposal__case__state="proposed"))

    @property
    def told(self) -> list[tuple[str, str, str]]:
        """What it changes: label, as it was, as it is to be, both as users read them."""
        return [(SAID[key], told(key, old), told(key, new)) for key, (old, new) in self.changes.items()]


class IndicatorEdition(models.Model):
    """An indicator as it was published by one countersign (art. 38): old versions stay readable."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    indicator = models.ForeignKey(LibraryIndicator, models.PROTECT, related_name="editions", db_index=False)
    version = models.PositiveIntegerField("版本")
    values = models.JSONField("内容")
    case = models.ForeignKey(
        Case, models.PROTECT, related_name="+", db_index=False, verbose_name="经哪次会签"
    )
    published_on = models.DateField("发布日期")

    class Meta:
        verbose_name = "指标的版本"
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["zone", "indicator", "version"], name="indicator_edition_version")
        ]

    @property
    def shown(self) -> list[tuple[str, str]]:
        """Label and value of what it said."""
        return [(SAID[key], told(key, value)) for key, value in self.values.items() if key in SAID and value]
