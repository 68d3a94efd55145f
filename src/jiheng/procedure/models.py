"""The three tables that carry every room: cases (事项), open duties (待办) and acts (办理).

The database doesn't check the references of acts and tasks (``db_constraint=False``): eight checks an act would lock
the same few rows for everybody. What they name can't be deleted (``bureau.protection``), and ``chain.verify`` finds one
that names nothing (docs/decisions/0009).
"""

from django.db import models

from jiheng.bureau.keys import new_key
from jiheng.bureau.models import Organization, Person, Profile, Zone


class Case(models.Model):
    """Anything that moves through a procedure (事项). Its state is changed by the door alone (``door.py``).

    ``subject`` is what the case is about (a project's key); ``profile`` the bureau profile in force when the case was
    begun, by which it is judged to its end (art. 43); ``head`` the hash of its last act.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    procedure = models.CharField("流程", max_length=24)
    state = models.CharField("状态", max_length=24)
    year = models.PositiveSmallIntegerField("年度")
    department = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+", db_index=False)
    unit = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+", db_index=False)
    subject = models.UUIDField("所办对象", null=True)
    code = models.CharField("编码", max_length=40, blank=True)
    title = models.CharField("事项", max_length=200)
    amount = models.DecimalField("涉及金额（元）", max_digits=18, decimal_places=2, null=True)
    profile = models.ForeignKey(Profile, models.PROTECT, related_name="+", db_index=False)
    round = models.PositiveSmallIntegerField("退回次数", default=0)
    seq = models.PositiveIntegerField("已办步数", default=0)
    head = models.CharField("最后一步的哈希", max_length=64, blank=True)
    closed = models.BooleanField("已办结", default=False)
    moved_at = models.DateTimeField("最后办理时间")

    class Meta:
        verbose_name = "事项"
        ordering = ["-moved_at"]
        indexes = [
            models.Index(fields=["zone", "procedure", "year", "state"], name="case_progress"),
            models.Index(fields=["zone", "department", "procedure", "year"], name="case_department"),
            models.Index(fields=["zone", "unit", "procedure", "year"], name="case_unit"),
            models.Index(fields=["zone", "subject"], name="case_subject"),
            models.Index(fields=["zone", "code"], name="case_code"),
            models.Index(fields=["zone", "moved_at"], name="case_moved"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("case", args=[self.pk])


class Act(models.Model):
    """One performance of a step by one person (办理): history, evidence and audit log at once.

    Insert only: the database itself refuses update and delete (migration 0002). ``given`` is what came with it;
    ``record`` the room's record as it stood after the act, kept where the act could have changed it; ``hash`` chains
    it to the case's act before (``chain.py``).
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="acts", db_index=False, db_constraint=False)
    seq = models.PositiveIntegerField("序号")
    step = models.CharField("步骤", max_length=40)
    label = models.CharField("步骤名", max_length=40)
    articles = models.JSONField("条款")
    from_state = models.CharField("原状态", max_length=24, blank=True)
    to_state = models.CharField("新状态", max_length=24)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    person_name = models.CharField("办理人", max_length=60)
    role = models.CharField("职责", max_length=24)
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    organization_name = models.CharField("办理科室、部门或单位", max_length=100)
    opinion = models.TextField("意见", blank=True)
    given = models.JSONField("一并给出", default=dict)
    record = models.JSONField("办后记录", null=True)
    round = models.PositiveSmallIntegerField("第几次退回后", default=0)
    due = models.DateField("时限", null=True)
    at = models.DateTimeField("时间")
    request = models.UUIDField("请求")
    within = models.UUIDField("随哪一步一并办理", null=True)
    previous = models.CharField("上一步的哈希", max_length=64, blank=True)
    hash = models.CharField("哈希", max_length=64)

    class Meta:
        verbose_name = "办理"
        ordering = ["case", "seq"]
        constraints = [models.UniqueConstraint(fields=["zone", "case", "seq"], name="act_once")]
        indexes = [
            models.Index(fields=["zone", "at"], name="act_day"),
            models.Index(fields=["zone", "organization", "at"], name="act_organization"),
        ]

    def __str__(self) -> str:
        return f"{self.organization_name} {self.label}"

    @property
    def late(self) -> bool:
        from django.utils.timezone import localdate

        return self.due is not None and localdate(self.at) > self.due


class Task(models.Model):
    """One open duty (待办): who owes which step on a case by when. Gone when done; the act remains."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="tasks", db_index=False, db_constraint=False)
    step = models.CharField("步骤", max_length=40)
    role = models.CharField("职责", max_length=24)
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", null=True, db_index=False, db_constraint=False
    )
    due = models.DateField("时限", null=True)
    opened_at = models.DateTimeField("到手时间")
    opened_by = models.ForeignKey(Act, models.PROTECT, related_name="+", db_index=False, db_constraint=False)

    class Meta:
        verbose_name = "待办"
        ordering = ["due", "opened_at"]
        constraints = [models.UniqueConstraint(fields=["zone", "case", "step", "role"], name="task_once")]
        indexes = [
            models.Index(fields=["zone", "organization", "due"], name="task_desk"),
            models.Index(fields=["case"], name="task_case"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.step}"


class Attachment(models.Model):
    """A file given with an act (佐证材料). Its hash stands in the act, so the act proves the file."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="attachments", db_index=False)
    act = models.ForeignKey(Act, models.PROTECT, related_name="attachments", db_index=False)
    need = models.CharField("何种材料", max_length=24)
    name = models.CharField("文件名", max_length=200)
    size = models.PositiveBigIntegerField("字节")
    sha256 = models.CharField("SHA-256", max_length=64)

    class Meta:
        verbose_name = "佐证材料"
        ordering = ["id"]
        indexes = [
            models.Index(fields=["zone", "case"], name="attachment_case"),
            models.Index(fields=["act"], name="attachment_act"),
        ]

    def __str__(self) -> str:
        return self.name
