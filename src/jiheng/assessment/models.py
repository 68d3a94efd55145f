"""Chapter 8: the yearly assessment of departments and units (工作考核), its sheet of scores and its circular (art. 41)."""

from django.db import models

from jiheng.bureau.keys import new_key
from jiheng.bureau.models import Organization, Zone
from jiheng.procedure.models import Case


class Assessment(models.Model):
    """One year's assessment of all departments, or of all units. ``text`` is the circular's own words, if changed."""

    class Kind(models.TextChoices):
        DEPARTMENT = "department", "部门"
        UNIT = "unit", "单位"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    case = models.OneToOneField(Case, models.PROTECT, related_name="assessment")
    year = models.PositiveSmallIntegerField("年度")
    kind = models.CharField("考核对象", max_length=12, choices=Kind.choices)
    text = models.TextField("通报正文", blank=True)
    document = models.CharField("文号", max_length=60, blank=True)
    issued = models.DateField("印发日期", null=True)
    revision = models.PositiveIntegerField("草稿第几次保存", default=0)

    class Meta:
        verbose_name = "工作考核"
        constraints = [models.UniqueConstraint(fields=["zone", "year", "kind"], name="assessment_once")]

    def __str__(self) -> str:
        return f"{self.year}年{self.get_kind_display()}预算绩效管理工作考核"


class Score(models.Model):
    """One department's or unit's line of the sheet.

    ``marks`` holds {item: {points, working, word, cases, more, measured}}; points as text in two places, or None while
    nobody has scored. ``department`` and ``unit`` say who may see it (``bureau.scope``).
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="scores")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    department = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+")
    marks = models.JSONField("各项得分", default=dict)
    total = models.DecimalField("总分", max_digits=6, decimal_places=2, null=True)
    grade = models.CharField("等级", max_length=4, blank=True)
    rank = models.PositiveSmallIntegerField("名次", null=True)

    class Meta:
        verbose_name = "考核得分"
        ordering = ["organization__order", "organization__code"]
        constraints = [
            models.UniqueConstraint(
                fields=["zone", "assessment", "organization"], name="assessment_score_once"
            )
        ]
