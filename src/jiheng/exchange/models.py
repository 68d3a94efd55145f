"""One file given for import: what was found in it before anything is written, and what became of it."""

import hashlib

from django.db import models

from jiheng.bureau.keys import new_key
from jiheng.bureau.models import Person, Zone
from jiheng.procedure.models import Case


class Import(models.Model):
    """An uploaded file (导入批次). It has a case only when it was confirmed; until then only its giver sees it.

    ``shown`` are the first lines with what would change, ``faults`` up to 5,000 of ``fault_count``. ``touched_at`` is
    renewed while somebody works on it, so that a process that died is noticed.
    """

    class State(models.TextChoices):
        READING = "reading", "正在核对"
        CHECKED = "checked", "已核对"
        FAULTY = "faulty", "有错误"
        WRITING = "writing", "正在写入"
        DONE = "done", "已写入"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    case = models.OneToOneField(Case, models.PROTECT, null=True, related_name="import_file")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField("导入什么", max_length=12)
    name = models.CharField("文件名", max_length=200)
    size = models.PositiveIntegerField("字节")
    sha256 = models.CharField("SHA-256", max_length=64)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.READING)
    done = models.PositiveIntegerField("已读行数", default=0)
    rows = models.PositiveIntegerField("总行数", default=0)
    new = models.PositiveIntegerField("新增", default=0)
    changed = models.PositiveIntegerField("改动", default=0)
    unchanged = models.PositiveIntegerField("没有变化", default=0)
    fault_count = models.PositiveIntegerField("错误数", default=0)
    faults = models.JSONField("错误", default=list)
    notes = models.JSONField("说明", default=list)
    shown = models.JSONField("前若干行", default=list)
    created_at = models.DateTimeField("上传时间", auto_now_add=True)
    touched_at = models.DateTimeField("最后动静", auto_now=True)

    class Meta:
        verbose_name = "导入批次"
        ordering = ["-id"]
        indexes = [models.Index(fields=["zone", "person"], name="import_person")]

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> str:
        """Where the file lies until it is confirmed (then it is evidence) or swept away."""
        return f"imports/{self.zone_id}/{self.pk}"


class Connection(models.Model):
    """A system that may send figures by the interface (对接), e.g. the integrated budget system, norms 10.

    It shows a bearer token of which only the hash is kept. Whatever it sends is entered by ``person``, through the
    door, as if they had given it on the page: a connection may no more than its person.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    name = models.CharField("对接的系统", max_length=60)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="责任人")
    token = models.CharField("令牌的哈希", max_length=64, unique=True)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)
    used_at = models.DateTimeField("最近使用", null=True)
    revoked_at = models.DateTimeField("停用时间", null=True)

    class Meta:
        verbose_name = "系统对接"
        ordering = ["revoked_at", "name", "id"]
        indexes = [models.Index(fields=["zone", "name"], name="connection_zone")]

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def hashed(token: str) -> str:
        """A token has 256 random bits: one round of a plain hash is enough."""
        return hashlib.sha256(token.encode()).hexdigest()
