"""What is published, and nothing else: the only tables that the public site reads (art. 22, 37).

A row is a frozen copy made by publishing and deleted by taking back, so that what isn't published can't be reached by
construction. No row names a case, a person or any other key of the inside; addresses are made of public codes.
"""

from django.db import models

from jiheng.bureau.keys import new_key


class Shelf(models.Model):
    """One bureau's public site: its name, and how often and when anything on it changed last (for caches)."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.OneToOneField("bureau.Zone", models.PROTECT, related_name="+")
    code = models.CharField("区划代码", max_length=9, unique=True)
    name = models.CharField("区划", max_length=60)
    bureau = models.CharField("财政局", max_length=80)
    revision = models.PositiveIntegerField("第几次变动", default=0)
    changed_at = models.DateTimeField("最近变动")

    class Meta:
        verbose_name = "公开站点"

    def __str__(self) -> str:
        return self.bureau


class Published(models.Model):
    """One published page: a goal, a self-evaluation, an evaluation, or the link to where it was published.

    ``body`` is the frozen copy (fields in ``fields.py``, money in 元 as text); ``search`` its words; ``slug`` its last
    part of the address. ``source`` tells the inside which disclosure it came from, and is never shown.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey("bureau.Zone", models.PROTECT, related_name="+", db_index=False)
    source = models.UUIDField("来自哪件公开事项")
    zone_code = models.CharField("区划代码", max_length=9)
    year = models.PositiveSmallIntegerField("年度")
    item = models.CharField("事项", max_length=12)
    department_code = models.CharField("部门编码", max_length=21)
    department = models.CharField("部门", max_length=100)
    unit = models.CharField("单位", max_length=100, blank=True)
    code = models.CharField("项目代码", max_length=40, blank=True)
    slug = models.CharField("地址", max_length=60)
    title = models.CharField("标题", max_length=200)
    body = models.JSONField("内容")
    link = models.URLField("公开网址", max_length=500, blank=True)
    search = models.TextField("检索文字")
    version = models.PositiveSmallIntegerField("第几版")
    correction = models.TextField("更正说明", blank=True)
    first_on = models.DateField("首次公开日")
    published_on = models.DateField("公开日")

    class Meta:
        verbose_name = "公开内容"
        ordering = ["item", "code", "slug"]
        constraints = [
            models.UniqueConstraint(
                fields=["zone", "year", "department_code", "item", "slug"], name="published_address"
            )
        ]
        indexes = [
            models.Index(fields=["zone_code", "year", "department_code"], name="published_place"),
            models.Index(fields=["zone_code", "code"], name="published_code"),
            models.Index(fields=["zone", "source"], name="published_source"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def address(self) -> tuple[str, int, str, str, str]:
        """The parts of its public address."""
        return self.zone_code, self.year, self.department_code, self.item, self.slug
