"""Chapter 2: the bureau. Zones, organizations with the roles they fill, people with their posts, the profile."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from jiheng.bureau.keys import new_key
from jiheng.bureau.roles import ENGAGED, LEADERSHIP, NAMED, OFFICE, ROLES, Role


class Zone(models.Model):
    """One bureau's territory (区划). Every other row belongs to a zone, and no foreign key crosses zones."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    code = models.CharField("区划代码", max_length=9, unique=True)
    name = models.CharField("区划", max_length=60)
    bureau = models.CharField("财政局", max_length=80)
    revision = models.PositiveIntegerField("组织与日历的版本", default=1)

    def __str__(self) -> str:
        return self.bureau


class Organization(models.Model):
    """An office of the bureau (科室), a department (部门), a unit (单位), an expert (专家) or an institution (第三方机构).

    One table, because a task, an act and a post each belong to one organization of whichever kind; an expert is an
    organization of one person.
    ``roles`` says which roles of the regulation an office fills; ``parent`` is a unit's department;
    ``charge`` is the expenditure office in charge of a department (归口).
    """

    class Kind(models.TextChoices):
        OFFICE = "office", "科室"
        DEPARTMENT = "department", "部门"
        UNIT = "unit", "单位"
        EXPERT = "expert", "专家"
        INSTITUTION = "institution", "第三方机构"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="organizations")
    kind = models.CharField("类别", max_length=12, choices=Kind.choices)
    code = models.CharField("编码", max_length=21)
    name = models.CharField("名称", max_length=100)
    roles = models.JSONField("承担的职责", default=list, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="units")
    charge = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="charged")
    order = models.PositiveIntegerField("排序", default=0)

    class Meta:
        ordering = ["order", "code"]
        constraints = [models.UniqueConstraint(fields=["zone", "code"], name="organization_code")]
        indexes = [models.Index(fields=["zone", "kind", "order"], name="organization_kind")]

    def __str__(self) -> str:
        return self.name

    @property
    def role_keys(self) -> tuple[str, ...]:
        """The roles this organization fills; a department or a unit fills its own, whoever is engaged one role."""
        if self.kind == self.Kind.OFFICE:
            return tuple(self.roles)
        return (ENGAGED.key,) if self.engaged else (self.kind,)

    @property
    def fills(self) -> tuple[str, ...]:
        """The roles it fills in matters: its own, and for an office (leadership apart) those that any office may fill."""
        if self.kind == self.Kind.OFFICE and self.roles != [LEADERSHIP.key]:
            return (*self.roles, OFFICE.key, NAMED.key)
        return self.role_keys

    @property
    def engaged(self) -> bool:
        """Whether this is an expert or an institution (art. 39)."""
        return self.kind in (self.Kind.EXPERT, self.Kind.INSTITUTION)


class People(BaseUserManager):
    """Makes people; passwords are hashed with argon2."""

    def get_queryset(self):
        """People come with their zone: every page asks for it, so it is not worth a query of its own."""
        return super().get_queryset().select_related("zone")

    def get_by_natural_key(self, username):
        return self.get(username=username)

    def create_person(self, *, zone: Zone, username: str, name: str, password: str | None = None, **given):
        person = self.model(zone=zone, username=username, name=name, **given)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    """Somebody who signs in. What they may do follows from their posts, never from the person.

    The three administrators (三员) have no post and do no business: each has a ``seat`` instead
    (``bureau.administrators``, art. 40).
    """

    class Seat(models.TextChoices):
        SYSTEM = "system", "系统管理员"
        SECURITY = "security", "安全保密管理员"
        AUDIT = "audit", "安全审计员"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="people")
    username = models.CharField("账号", max_length=60, unique=True)
    name = models.CharField("姓名", max_length=60)
    is_active = models.BooleanField("在用", default=True)
    must_change_password = models.BooleanField("首次登录须改口令", default=True)
    seat = models.CharField("三员中的哪一员", max_length=8, choices=Seat.choices, blank=True, default="")

    objects = People()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: list[str] = []

    class Meta:
        ordering = ["username"]
        indexes = [models.Index(fields=["zone", "username"], name="person_zone")]
        constraints = [
            models.UniqueConstraint(
                fields=["zone", "seat"],
                condition=models.Q(is_active=True) & ~models.Q(seat=""),
                name="one_in_each_seat",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """A person's place in an organization. Through it the person acts with that organization's roles."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="posts")
    person = models.ForeignKey(Person, models.CASCADE, related_name="posts")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="posts")
    title = models.CharField("岗位", max_length=40, default="经办")

    class Meta:
        ordering = ["organization__order"]
        constraints = [models.UniqueConstraint(fields=["zone", "person", "organization"], name="post_once")]

    def __str__(self) -> str:
        return f"{self.organization.name}{self.title}"

    def roles(self) -> list[Role]:
        return [ROLES[key] for key in self.organization.role_keys]


class Delegation(models.Model):
    """Who acts from a post while its holder is away (代办, art. 40), from a day to a day, both included.

    Whatever the substitute does is kept under both names. ``ended`` is the day from which it no longer counts.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    post = models.ForeignKey(Post, models.CASCADE, related_name="delegations")
    substitute = models.ForeignKey(Person, models.PROTECT, related_name="delegations")
    first = models.DateField("从哪天起")
    last = models.DateField("到哪天止")
    reason = models.CharField("事由", max_length=100)
    created_at = models.DateTimeField("设定时间", auto_now_add=True)
    ended_at = models.DateTimeField("提前收回", null=True)

    class Meta:
        verbose_name = "代办"
        ordering = ["-first", "-id"]
        indexes = [models.Index(fields=["substitute", "last"], name="delegation_substitute")]

    def __str__(self) -> str:
        return f"{self.substitute.name}代{self.post.person.name}（{self.post.organization.name}）"


class Profile(models.Model):
    """What this bureau sets differently from others (局情配置), by its day of effect (art. 43).

    ``values`` holds {section: {key: {"value": …, "source": …}}} as ``profile.py`` has checked it. A row is never
    changed: a correction is a new version, so that a case begun under the old one can still be judged by it.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="profiles")
    effective = models.DateField("生效日")
    version = models.PositiveIntegerField("同日第几版", default=1)
    name = models.CharField("名称", max_length=100)
    values = models.JSONField("参数")
    text = models.TextField("原文（TOML）")
    loaded_at = models.DateTimeField("载入时间", auto_now_add=True)

    class Meta:
        ordering = ["-effective", "-version"]
        constraints = [models.UniqueConstraint(fields=["zone", "effective", "version"], name="profile_day")]

    def __str__(self) -> str:
        return f"{self.name}（{self.effective} 起）"


class Workday(models.Model):
    """A day that departs from Monday-to-Friday: a public holiday, or a make-up workday (调休上班)."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.CASCADE, related_name="workdays")
    day = models.DateField("日期")
    works = models.BooleanField("上班")
    name = models.CharField("说明", max_length=40, blank=True)

    class Meta:
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["zone", "day"], name="workday_day")]


class Change(models.Model):
    """One change of the bureau's own set-up: who changed what when, before and after (art. 40).

    Insert only: the database itself refuses update and delete (``bureau.protection``).
    """

    class Kind(models.TextChoices):
        ORGANIZATION = "organization", "机构"
        PERSON = "person", "人员"
        POST = "post", "岗位"
        PROFILE = "profile", "局情配置"
        WORKDAY = "workday", "工作日"
        CONNECTION = "connection", "系统对接"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField("时间", auto_now_add=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    person_name = models.CharField("办理人", max_length=60)
    kind = models.CharField("类别", max_length=12, choices=Kind.choices)
    subject = models.CharField("对象", max_length=160)
    label = models.CharField("改动", max_length=40)
    before = models.JSONField("改前", default=dict)
    after = models.JSONField("改后", default=dict)

    class Meta:
        verbose_name = "改动"
        ordering = ["-at"]
        indexes = [models.Index(fields=["zone", "at"], name="change_at")]

    def __str__(self) -> str:
        return f"{self.label} {self.subject}"
