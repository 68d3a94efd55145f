"""Requirements, notices, the rounds they open with everybody's receipt, reminders, and links to one's calendar."""

from django.db import models

from jiheng.bureau.keys import new_key
from jiheng.bureau.models import Organization, Person, Zone
from jiheng.notice.kinds import KINDS, Kind
from jiheng.procedure.models import Case

KEYS = [(kind.key, kind.label) for kind in KINDS.values()]


class Notice(models.Model):
    """A notice (通知). Its number and its day are given by issuing it; ``year`` is the year of the work it asks for."""

    class Asks(models.TextChoices):
        DEPARTMENTS = "departments", "全部部门"
        EVERYBODY = "everybody", "全部部门和单位"
        CHOSEN = "chosen", "选定的部门、单位"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    case = models.OneToOneField(Case, models.PROTECT, related_name="notice")
    kind = models.CharField("种类", max_length=12, choices=KEYS)
    year = models.PositiveSmallIntegerField("工作年度")
    title = models.CharField("标题", max_length=120)
    number = models.CharField("文号", max_length=40, blank=True)
    text = models.TextField("正文", blank=True)
    asks = models.CharField("发给谁", max_length=12, choices=Asks.choices, default=Asks.EVERYBODY)
    chosen = models.ManyToManyField(Organization, through="Addressee", related_name="+")
    deadline = models.DateField("报送时限", null=True)
    cutoff = models.DateField("监控截止日", null=True)
    scope = models.TextField("评价种类和项目", blank=True)
    issued_on = models.DateField("印发日期", null=True)
    revision = models.PositiveIntegerField("草稿第几次保存", default=0)

    class Meta:
        verbose_name = "通知"
        constraints = [
            models.UniqueConstraint(
                fields=["zone", "number"], condition=~models.Q(number=""), name="notice_number"
            )
        ]
        indexes = [models.Index(fields=["zone", "kind", "year"], name="notice_kind")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_a(self) -> Kind:
        return KINDS[self.kind]


class Addressee(models.Model):
    """A department or unit chosen for a notice that doesn't ask all."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    notice = models.ForeignKey(Notice, models.CASCADE, related_name="addressees", db_index=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "受文对象"
        constraints = [
            models.UniqueConstraint(fields=["zone", "notice", "organization"], name="addressee_once")
        ]
        indexes = [models.Index(fields=["notice"], name="addressee_notice")]


class Requirement(models.Model):
    """What the performance office wants a host office's notice to say (工作要求, art. 17, 22, 37)."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    case = models.OneToOneField(Case, models.PROTECT, related_name="requirement")
    kind = models.CharField("随哪种通知", max_length=12, choices=KEYS)
    year = models.PositiveSmallIntegerField("工作年度")
    title = models.CharField("标题", max_length=120)
    text = models.TextField("要求", blank=True)
    notice = models.ForeignKey(Notice, models.PROTECT, null=True, related_name="requirements")
    revision = models.PositiveIntegerField("草稿第几次保存", default=0)

    class Meta:
        verbose_name = "工作要求"
        indexes = [models.Index(fields=["zone", "kind", "year"], name="requirement_kind")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_a(self) -> Kind:
        return KINDS[self.kind]


class Round(models.Model):
    """What an issued notice asks: of whom (its receipts), which work of which year, until when (批次)."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    notice = models.OneToOneField(Notice, models.PROTECT, related_name="round")
    kind = models.CharField("种类", max_length=12, choices=KEYS)
    year = models.PositiveSmallIntegerField("工作年度")
    deadline = models.DateField("报送时限")
    opened_on = models.DateField("开始日")

    class Meta:
        verbose_name = "批次"
        indexes = [models.Index(fields=["zone", "deadline"], name="round_deadline")]

    def __str__(self) -> str:
        return f"{self.year}年{KINDS[self.kind].label}"

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("round", args=[self.pk])

    @property
    def is_a(self) -> Kind:
        return KINDS[self.kind]


class Receipt(models.Model):
    """One organization's part in a round: when it signed for the notice, how often it was urged (签收、督促)."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    case = models.OneToOneField(Case, models.PROTECT, related_name="receipt")
    round = models.ForeignKey(Round, models.PROTECT, related_name="receipts", db_index=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    signed_at = models.DateTimeField("签收时间", null=True)
    urged = models.PositiveSmallIntegerField("督促次数", default=0)
    urged_at = models.DateTimeField("最近督促", null=True)

    class Meta:
        verbose_name = "签收"
        constraints = [models.UniqueConstraint(fields=["zone", "round", "organization"], name="receipt_once")]
        indexes = [
            models.Index(fields=["round"], name="receipt_round"),
            models.Index(fields=["zone", "organization"], name="receipt_organization"),
        ]


class Reminder(models.Model):
    """That an organization was reminded of a day coming up: once for each of the profile's two days before it.

    ``case`` is the task's case or, for a round's deadline, the receipt's; ``stage`` the profile's workdays before.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="+", db_index=False)
    step = models.CharField("步骤", max_length=40, blank=True)
    due = models.DateField("时限")
    stage = models.PositiveSmallIntegerField("提前几个工作日")
    day = models.DateField("提醒日")

    class Meta:
        verbose_name = "提醒"
        constraints = [
            models.UniqueConstraint(
                fields=["zone", "organization", "case", "step", "due", "stage"], name="reminder_once"
            )
        ]
        indexes = [
            models.Index(fields=["zone", "organization", "due"], name="reminder_due"),
            models.Index(fields=["case"], name="reminder_case"),
        ]


class CalendarLink(models.Model):
    """A person's secret address of their calendar. Raising ``serial`` makes the old address worthless."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    person = models.OneToOneField(Person, models.CASCADE, related_name="calendar_link")
    serial = models.PositiveIntegerField("第几次生成", default=1)
    renewed_at = models.DateTimeField("生成时间", auto_now=True)

    class Meta:
        verbose_name = "日历订阅地址"
