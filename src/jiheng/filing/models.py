"""What was put on file with the performance office, as it was that day (备案)."""

from django.db import models

from jiheng.bureau.keys import new_key
from jiheng.bureau.models import Organization, Person, Zone
from jiheng.procedure.models import Act, Case


class Filing(models.Model):
    """One thing on file (备案): what, of which year, by which article, by which act. Insert only (``bureau.protection``).

    ``frozen`` is the record as it was: ``record`` as the act keeps it, ``paper`` the same as labelled sections that can
    be read without the system, ``acts`` what had been done until then. ``evidence`` lists the files with name, size and
    SHA-256; ``digest`` is the SHA-256 over all of it, so that a dossier made years later can prove it.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    year = models.PositiveSmallIntegerField("年度")
    article = models.PositiveSmallIntegerField("依据条款")
    what = models.CharField("备案内容", max_length=220)
    department = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+", db_index=False)
    unit = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+", db_index=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="filings", db_index=False)
    act = models.ForeignKey(Act, models.PROTECT, related_name="filings", db_index=False)
    frozen = models.JSONField("备案时的记录")
    evidence = models.JSONField("佐证材料", default=list)
    filed_at = models.DateTimeField("备案时间")
    digest = models.CharField("哈希", max_length=64)

    class Meta:
        verbose_name = "备案"
        ordering = ["-filed_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["zone", "act", "article"], name="filing_once")]
        indexes = [
            models.Index(fields=["zone", "year", "article"], name="filing_year"),
            models.Index(fields=["zone", "filed_at"], name="filing_day"),
            models.Index(fields=["zone", "case"], name="filing_case"),
        ]

    def __str__(self) -> str:
        return self.what

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("filing", args=[self.pk])


class Dossier(models.Model):
    """One making of a dossier (佐证包): of a year, perhaps one article or one department, as far as its maker sees.

    ``touched_at`` is renewed while it is being made, so that a process that died is noticed; ``sha256`` is of the
    archive, ``root`` the Merkle root over its list of files.
    """

    class State(models.TextChoices):
        MAKING = "making", "正在制作"
        DONE = "done", "已做好"
        FAILED = "failed", "没有做成"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    year = models.PositiveSmallIntegerField("年度")
    article = models.PositiveSmallIntegerField("依据条款", null=True)
    department = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+", db_index=False)
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.MAKING)
    done = models.PositiveIntegerField("已做几件", default=0)
    total = models.PositiveIntegerField("共几件", default=0)
    problems = models.PositiveIntegerField("缺少或不符的佐证材料", default=0)
    size = models.PositiveBigIntegerField("字节", default=0)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    root = models.CharField("Merkle 根", max_length=64, blank=True)
    fault = models.CharField("没有做成的原因", max_length=200, blank=True)
    created_at = models.DateTimeField("开始时间", auto_now_add=True)
    touched_at = models.DateTimeField("最后动静", auto_now=True)

    class Meta:
        verbose_name = "佐证包"
        ordering = ["-id"]
        indexes = [models.Index(fields=["zone", "person"], name="dossier_person")]

    def __str__(self) -> str:
        parts = [f"{self.year}年"]
        if self.department:
            parts.append(self.department.name)
        if self.article:
            parts.append(f"第{self.article}条")
        return "".join(parts) + "佐证包"

    @property
    def place(self) -> str:
        """Where the archive lies."""
        return f"dossiers/{self.zone_id}/{self.pk}.zip"
