"""Chapter 8, art. 39: experts and institutions, the lots drawn among them, and what they are engaged on."""

import datetime
from decimal import Decimal

from django.db import models

from jiheng.bureau.keys import new_key
from jiheng.bureau.models import Organization, Person, Zone
from jiheng.procedure.models import Case

POINTS = {"max_digits": 5, "decimal_places": 2}


class Party(models.Model):
    """An expert or institution in the register (专家和机构库). Its case tells whether it may be chosen.

    ``fields`` are the fields of expertise, joined with “、”; ``employer`` is the organization an expert works for, or an
    institution belongs to; ``credit`` is out of 100 and moved by ratings alone; barred through the day ``barred_until``.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    case = models.OneToOneField(Case, models.PROTECT, related_name="party")
    organization = models.OneToOneField(Organization, models.PROTECT, related_name="party")
    fields = models.CharField("专业领域", max_length=200)
    title = models.CharField("职称或资质", max_length=100, blank=True)
    employer = models.CharField("所在单位", max_length=100, blank=True)
    credit_code = models.CharField("信用平台编号", max_length=40, blank=True)
    lead = models.CharField("主评人或团队", max_length=100, blank=True)
    note = models.TextField("业绩和说明", blank=True)
    credit = models.DecimalField("信用分", default=Decimal(0), **POINTS)
    barred_until = models.DateField("暂停选用至", null=True)
    barred_for = models.TextField("暂停选用的理由", blank=True)
    revision = models.PositiveIntegerField("资料第几次保存", default=0)

    class Meta:
        verbose_name = "专家或机构"
        ordering = ["organization__code"]
        indexes = [models.Index(fields=["zone", "credit"], name="party_credit")]

    def __str__(self) -> str:
        return self.organization.name

    @property
    def field_list(self) -> list[str]:
        return [each for each in self.fields.split("、") if each]

    def barred(self, day: datetime.date) -> bool:
        return self.barred_until is not None and self.barred_until >= day


class Service(models.Model):
    """A unit the party worked for, which it may not judge for some years (回避)."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    party = models.ForeignKey(Party, models.CASCADE, related_name="services")
    name = models.CharField("服务过的单位", max_length=100)
    first_year = models.PositiveSmallIntegerField("起始年")
    last_year = models.PositiveSmallIntegerField("终止年")

    class Meta:
        verbose_name = "服务经历"
        ordering = ["-last_year", "id"]


class Draw(models.Model):
    """A drawing of lots (抽取): the seed, who was in the pool, who was left out and why, who was drawn.

    ``pool`` is [code, name, lot] in the order drawn; ``left_out`` [code, name, reason]. ``sha256`` of all of it stands in
    the invitations' acts, so that a draw can't be exchanged afterwards.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    subject = models.ForeignKey(Case, models.PROTECT, related_name="draws")
    procedure = models.CharField("委托种类", max_length=24)
    kind = models.CharField("专家或机构", max_length=12)
    field = models.CharField("专业领域", max_length=20, blank=True)
    number = models.PositiveSmallIntegerField("抽取数")
    seed = models.CharField("种子", max_length=64)
    pool = models.JSONField("候选名单")
    left_out = models.JSONField("未列入候选的")
    sha256 = models.CharField("SHA-256", max_length=64)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "抽取"
        ordering = ["-at"]

    @property
    def drawn(self) -> list[list[str]]:
        chosen: list[list[str]] = self.pool[: self.number]
        return chosen


class Engagement(models.Model):
    """What a party is engaged on (委托): a case of some room, of which it sees what is kept in ``shown``.

    ``due`` is the day the work is due; ``shown`` is the subject as it stood at acceptance: {"sections": […], "files": […]}.
    Points are out of 100. ``late`` counts workdays, without those on which it lay with the office.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    case = models.OneToOneField(Case, models.PROTECT, related_name="engagement")
    party = models.ForeignKey(Party, models.PROTECT, related_name="engagements")
    subject = models.ForeignKey(Case, models.PROTECT, related_name="engagements")
    draw = models.ForeignKey(Draw, models.PROTECT, null=True, related_name="engagements")
    due = models.DateField("交成果的日期")
    task = models.TextField("委托事项和要求")
    shown = models.JSONField("交给受托方的材料", null=True)
    score = models.DecimalField("得分", null=True, **POINTS)
    grade = models.CharField("等级", max_length=4, blank=True)
    conclusion = models.CharField("结论", max_length=24, blank=True)
    opinion = models.TextField("专业意见", blank=True)
    delivered_at = models.DateTimeField("交成果的时间", null=True)
    late = models.PositiveSmallIntegerField("迟交工作日", default=0)
    points = models.JSONField("考评得分", null=True)
    quality = models.DecimalField("执业质量得分", null=True, **POINTS)
    quality_grade = models.CharField("执业质量等级", max_length=4, blank=True)
    credit_before = models.DecimalField("考评前信用分", null=True, **POINTS)
    credit_after = models.DecimalField("考评后信用分", null=True, **POINTS)

    class Meta:
        verbose_name = "委托"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.subject.title}（{self.party.organization.name}）"
