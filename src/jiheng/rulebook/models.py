"""Documents that the bureau's work rests on: those from above, its own rules, common rules of a field (art. 1, 5, 6, 9)."""

from django.db import models

from jiheng.bureau.keys import new_key
from jiheng.bureau.models import Zone
from jiheng.procedure.models import Case
from jiheng.project.rules import FIELDS


class RuleDocument(models.Model):
    """One edition of a document (制度文件). Another edition names the one it ``replaces`` and stands from its own day.

    ``text`` may be empty where a file says it all; the files are those of the acts. ``field`` is one of art. 9's, for
    common rules alone.
    """

    class Kind(models.TextChoices):
        BASIS = "basis", "上级文件"
        OWN = "bureau", "本局制度"
        COMMON = "common", "共性制度"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    case = models.OneToOneField(Case, models.PROTECT, related_name="rule_document")
    kind = models.CharField("类别", max_length=8, choices=Kind.choices)
    field = models.CharField("领域", max_length=40, blank=True, choices=[(each, each) for each in FIELDS])
    number = models.CharField("文号", max_length=40, blank=True)
    issuer = models.CharField("印发机关", max_length=100)
    title = models.CharField("标题", max_length=200)
    effective = models.DateField("施行日期", null=True)
    text = models.TextField("正文", blank=True)
    note = models.CharField("用在何处", max_length=200, blank=True)
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="replaced_by", db_index=False
    )
    revision = models.PositiveIntegerField("草稿第几次保存", default=0)

    class Meta:
        verbose_name = "制度文件"
        ordering = ["kind", "-effective", "-id"]
        indexes = [models.Index(fields=["zone", "kind", "effective"], name="rule_document_kind")]

    def __str__(self) -> str:
        return f"{self.title}（{self.number}）" if self.number else self.title
