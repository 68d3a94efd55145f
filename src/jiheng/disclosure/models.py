"""What a department, or the performance office, has to publish of a year: item by item, project by project (art. 22, 37)."""

from functools import cached_property

from django.db import models

from jiheng.bureau.keys import new_key
from jiheng.bureau.models import Organization, Zone
from jiheng.disclosure.items import ITEMS, WITHHOLDINGS, Item
from jiheng.disclosure.published import Published as Published
from jiheng.disclosure.published import Shelf as Shelf
from jiheng.procedure.models import Case


class Disclosure(models.Model):
    """One item of one department and year that is to be published by ``due`` (公开事项).

    ``source`` is the case by which it came due: the budget, the notice or the evaluation; ``number`` counts a year's
    items of one kind. ``withheld`` with ``word`` asks to publish nothing of it; ``note`` explains what the check for
    personal data found. ``first_on`` is the day it was first published or settled as withheld; ``shown`` says whether
    a version stands on the public site now.
    """

    class Way(models.TextChoices):
        HERE = "here", "在本站公开"
        LINK = "link", "已在其他网站公开，登记网址"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    case = models.OneToOneField(Case, models.PROTECT, related_name="disclosure")
    department = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    year = models.PositiveSmallIntegerField("年度")
    item = models.CharField("事项", max_length=12, choices=[(key, each.label) for key, each in ITEMS.items()])
    number = models.PositiveSmallIntegerField("第几件", default=1)
    source = models.ForeignKey(Case, models.PROTECT, related_name="+", verbose_name="由哪件事起")
    due = models.DateField("公开期限")
    way = models.CharField("公开方式", max_length=8, choices=Way.choices, default=Way.HERE)
    link = models.URLField("公开网址", max_length=500, blank=True)
    withheld = models.CharField(
        "整项不公开的理由", max_length=12, blank=True, choices=[(k, v.label) for k, v in WITHHOLDINGS.items()]
    )
    word = models.TextField("整项不公开的说明", blank=True)
    note = models.TextField("对个人信息提示的说明", blank=True)
    correction = models.TextField("更正说明", blank=True)
    version = models.PositiveSmallIntegerField("公开过几版", default=0)
    first_on = models.DateField("首次公开或核定日", null=True)
    published_on = models.DateField("最近公开日", null=True)
    shown = models.BooleanField("正在公开", default=False)
    revision = models.PositiveIntegerField("第几次保存", default=0)

    class Meta:
        verbose_name = "公开事项"
        constraints = [
            models.UniqueConstraint(
                fields=["zone", "department", "year", "item", "number"], name="disclosure_once"
            )
        ]
        indexes = [models.Index(fields=["zone", "year", "item"], name="disclosure_year")]

    def __str__(self) -> str:
        return self.case.title

    @property
    def is_a(self) -> Item:
        return ITEMS[self.item]

    @property
    def whole(self) -> bool:
        """Whether nothing of it is to be published."""
        rows = self.copies
        return bool(self.withheld) or bool(rows and all(row.withheld for row in rows))

    @cached_property
    def copies(self) -> "list[Entry]":
        return list(self.entries.all())

    @property
    def unsettled(self) -> "list[Entry]":
        """What is marked as withheld and not agreed to yet."""
        return [row for row in self.copies if row.withheld and not row.agreed]

    @property
    def late(self) -> bool:
        """Whether it was settled after its day; what is open yet is told by ``due``."""
        return self.first_on is not None and self.first_on > self.due


class Entry(models.Model):
    """One project's (or whole department's) copy prepared for publishing, frozen from the record.

    ``origin`` is the case it was copied from and ``head`` that case's last act then: when they differ, the record has
    changed since. ``findings`` are [kind, text] of personal data; ``masked`` puts them out of sight. ``withheld`` with
    ``word`` asks not to publish it, ``agreed`` says that the expenditure office agreed.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    disclosure = models.ForeignKey(Disclosure, models.CASCADE, related_name="entries")
    order = models.PositiveSmallIntegerField("序号")
    origin = models.UUIDField("来自哪件事项")
    head = models.CharField("当时最后一步的哈希", max_length=64)
    code = models.CharField("代码", max_length=40)
    name = models.CharField("名称", max_length=200)
    unit = models.CharField("单位", max_length=100, blank=True)
    body = models.JSONField("公开内容")
    findings = models.JSONField("个人信息", default=list)
    masked = models.BooleanField("隐去个人信息", default=False)
    withheld = models.CharField(
        "不公开的理由", max_length=12, blank=True, choices=[(k, v.label) for k, v in WITHHOLDINGS.items()]
    )
    word = models.TextField("不公开的说明", blank=True)
    agreed = models.BooleanField("支出科已同意不公开", default=False)

    stale = False
    """Whether the record has changed since; read by ``procedure.load``."""

    class Meta:
        verbose_name = "公开内容副本"
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["zone", "disclosure", "origin"], name="entry_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def reason(self) -> str:
        """Why it isn't published, with the law."""
        return str(WITHHOLDINGS[self.withheld]) if self.withheld else ""
