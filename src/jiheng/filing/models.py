"""What was put on file with the performance office, as it was that day (备案)."""

from django.db import models

from jiheng.bureau.keys import new_key
from jiheng.bureau.models import Organization, Zone
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
