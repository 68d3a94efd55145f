"""Chapter 1: the regulation's own text by edition and day of effect (art. 1, 43)."""

from django.db import models

from jiheng.bureau.keys import new_key
from jiheng.bureau.models import Zone


class Edition(models.Model):
    """The regulation's full text as loaded from one file, in force from a day on (art. 43).

    A correction of the text is a new version of the same day; the newest version of the latest day that has come is
    in force. ``basis`` says where the day of effect was taken from.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    name = models.CharField("名称", max_length=120)
    effective = models.DateField("生效日")
    version = models.PositiveIntegerField("同日第几版", default=1)
    basis = models.CharField("生效日依据", max_length=80)
    source = models.CharField("文件名", max_length=200)
    sha256 = models.CharField("SHA-256", max_length=64)
    loaded_at = models.DateTimeField("载入时间", auto_now_add=True)

    class Meta:
        verbose_name = "规程版本"
        ordering = ["-effective", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["zone", "effective", "version"], name="edition_day"),
            models.UniqueConstraint(fields=["zone", "sha256"], name="edition_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.effective} 起）"


class ArticleText(models.Model):
    """One article's paragraphs in an edition."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    edition = models.ForeignKey(Edition, models.CASCADE, related_name="articles", db_index=False)
    number = models.PositiveSmallIntegerField("条")
    paragraphs = models.JSONField("款")

    class Meta:
        verbose_name = "条文"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["zone", "edition", "number"], name="article_text_once")
        ]

    def __str__(self) -> str:
        return f"第{self.number}条"

    @property
    def identified(self) -> list[tuple[str, str]]:
        """Paragraphs with the stable ids by which they can be linked to: ``art_18__para_2``."""
        return [(f"art_{self.number}__para_{n}", text) for n, text in enumerate(self.paragraphs, 1)]
