"""Organizations and people as somebody may see them, and the changes the general office makes to them (art. 40).

Every function that changes something asks who does it, leaves a line in the log of changes, and tells ``standing``
where offices or charges may have moved.
"""

import secrets
import string
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q, QuerySet

from jiheng.bureau.changes import NotAllowed, Seat, demand, log, separated
from jiheng.bureau.models import Change, Organization, Person, Post
from jiheng.bureau.roles import GENERAL, OFFICE_ROLES, ROLES, Role
from jiheng.bureau.scope import in_bureau, organizations_of
from jiheng.bureau.standing import changed

Kind = Organization.Kind


def organizations(person: Person) -> QuerySet[Organization]:
    """Those the person may see: the bureau all; departments and units the offices and their own; experts none."""
    rows = Organization.objects.filter(zone=person.zone_id)
    own = organizations_of(person)
    if in_bureau(person):
        return rows
    if all(each.engaged for each in own):
        return rows.none()
    departments = {each.pk if each.kind == Kind.DEPARTMENT else each.parent_id for each in own}
    led = [each.pk for each in own if each.kind == Kind.DEPARTMENT]
    units = [each.pk for each in own if each.kind == Kind.UNIT]
    return rows.filter(Q(kind=Kind.OFFICE) | Q(pk__in=departments) | Q(parent__in=led) | Q(pk__in=units))


def people(person: Person) -> QuerySet[Person]:
    """People with a post where the person may see the organization; the bureau sees those without a post too."""
    rows = Person.objects.filter(zone=person.zone_id)
    if in_bureau(person):
        return rows
    return rows.filter(posts__organization__in=organizations(person)).distinct()


def unfilled(zone_id) -> list[Role]:
    """Roles of the regulation that no office of the bureau fills: their steps would have no desk."""
    filled: set[str] = set()
    for roles in Organization.objects.filter(zone=zone_id, kind=Kind.OFFICE).values_list("roles", flat=True):
        filled.update(roles)
    return [role for role in OFFICE_ROLES if role.key not in filled]


def told(organization: Organization) -> dict[str, str]:
    """An organization in the words of the log."""
    return {
        "编码": organization.code,
        "名称": organization.name,
        "承担的职责": "、".join(ROLES[key].label for key in organization.roles),
        "主管部门": organization.parent.name if organization.parent else "",
        "归口科室": organization.charge.name if organization.charge else "",
        "排序": str(organization.order),
    }


def _general_remains(zone_id, *, without_post: Sequence = (), without_person: Sequence = ()) -> bool:
    """Whether somebody could still act for the general office."""
    offices = [
        office.pk
        for office in Organization.objects.filter(zone=zone_id, kind=Kind.OFFICE)
        if GENERAL.key in office.roles
    ]
    posts = Post.objects.filter(zone=zone_id, organization__in=offices, person__is_active=True)
    return posts.exclude(pk__in=without_post).exclude(person__in=without_person).exists()


LAST_GENERAL = "这样就没有人能维护本系统了（规程第40条）。请先为另一个人设综合科岗位。"


@transaction.atomic
def save_organization(organization: Organization, *, by: Person) -> Organization:
    """Adds an organization, or keeps its changes."""
    demand(by)
    known = Organization.objects.select_related("parent", "charge").filter(pk=organization.pk).first()
    organization.zone_id = by.zone_id
    organization.save()
    if known and GENERAL.key in known.roles and not _general_remains(by.zone_id):
        raise NotAllowed(f"综合科职责不能从“{known.name}”撤下：{LAST_GENERAL}")
    log(
        by,
        Change.Kind.ORGANIZATION,
        organization.name,
        f"修改{organization.get_kind_display()}" if known else f"新增{organization.get_kind_display()}",
        before=told(known) if known else None,
        after=told(organization),
    )
    changed(by.zone)
    return organization


def temporary_password() -> str:
    """A password for the first sign-in: easy to read out, three kinds of characters, no look-alikes."""
    letters = "".join(sign for sign in string.ascii_letters if sign not in "lIoO")
    digits = "23456789"
    body = "".join(secrets.choice(letters + digits) for _ in range(9))
    return secrets.choice("ABCDEFGH") + secrets.choice("abcdefgh") + secrets.choice(digits) + body


@transaction.atomic
def add_account(*, by: Person, username: str, name: str) -> Person:
    """A new account that can't be used yet: post and password come from the security administrator (art. 40)."""
    demand(by, Seat.SYSTEM)
    person = Person.objects.create_person(zone=by.zone, username=username, name=name)
    log(
        by,
        Change.Kind.PERSON,
        f"{name}（{username}）",
        "新增账号",
        after={"姓名": name, "账号": username},
    )
    return person


@transaction.atomic
def add_person(
    *, by: Person, username: str, name: str, organization: Organization, title: str
) -> tuple[Person, str]:
    """A new person with a post and a password to be changed at the first sign-in, which is told only here.

    For a bureau without administrators; else it takes two of them (``add_account``).
    """
    demand(by, Seat.SYSTEM)
    if separated(by.zone_id):
        raise NotAllowed("账号由系统管理员新增，岗位和口令由安全保密管理员给（规程第40条）。请两位分别办理。")
    password = temporary_password()
    person = Person.objects.create_person(zone=by.zone, username=username, name=name, password=password)
    post = Post.objects.create(zone=by.zone, person=person, organization=organization, title=title)
    log(
        by,
        Change.Kind.PERSON,
        f"{name}（{username}）",
        "新增人员",
        after={"姓名": name, "账号": username, "岗位": str(post)},
    )
    return person, password


@transaction.atomic
def rename(person: Person, name: str, *, by: Person) -> None:
    demand(by, Seat.SYSTEM)
    before = person.name
    person.name = name
    person.save(update_fields=["name"])
    log(
        by,
        Change.Kind.PERSON,
        f"{name}（{person.username}）",
        "改名",
        before={"姓名": before},
        after={"姓名": name},
    )


def keeps_password(person: Person) -> Seat:
    """Whose work the person's password is: nobody resets their own."""
    return Seat.SYSTEM if person.seat == Seat.SECURITY else Seat.SECURITY


@transaction.atomic
def reset_password(person: Person, *, by: Person) -> str:
    """A new password for somebody who forgot theirs; it must be changed at the next sign-in. Ends their sessions."""
    demand(by, keeps_password(person))
    password = temporary_password()
    person.set_password(password)
    person.must_change_password = True
    person.save(update_fields=["password", "must_change_password"])
    log(by, Change.Kind.PERSON, f"{person.name}（{person.username}）", "重置口令")
    return password


@transaction.atomic
def set_active(person: Person, active: bool, *, by: Person) -> None:
    """Takes an account out of use, or back; what the person did remains."""
    demand(by, Seat.SYSTEM)
    if person.seat:
        raise NotAllowed("管理员的账号不单独停用或启用，请在“三员分立”页更换（规程第40条）。")
    if not active and person.pk == by.pk:
        raise NotAllowed("不能停用自己的账号。请由综合科另一位人员办理。")
    if not active and not _general_remains(by.zone_id, without_person=[person.pk]):
        raise NotAllowed(LAST_GENERAL)
    before = person.is_active
    person.is_active = active
    person.save(update_fields=["is_active"])
    words = {True: "在用", False: "停用"}
    log(
        by,
        Change.Kind.PERSON,
        f"{person.name}（{person.username}）",
        "启用账号" if active else "停用账号",
        before={"状态": words[before]},
        after={"状态": words[active]},
    )


@transaction.atomic
def add_post(person: Person, organization: Organization, title: str, *, by: Person) -> Post:
    demand(by, Seat.SECURITY)
    if person.seat:
        raise NotAllowed(
            f"{person.name}的这个账号是{person.get_seat_display()}，不办业务（规程第40条）。要办业务请另建账号。"
        )
    if Post.objects.filter(zone=by.zone_id, person=person, organization=organization).exists():
        raise NotAllowed(f"{person.name}在{organization.name}已有岗位。")
    post = Post.objects.create(zone=by.zone, person=person, organization=organization, title=title)
    log(by, Change.Kind.POST, f"{person.name}（{person.username}）", "增设岗位", after={"岗位": str(post)})
    changed(by.zone)
    return post


@transaction.atomic
def remove_post(post: Post, *, by: Person) -> None:
    demand(by, Seat.SECURITY)
    if not _general_remains(by.zone_id, without_post=[post.pk]):
        raise NotAllowed(LAST_GENERAL)
    log(
        by,
        Change.Kind.POST,
        f"{post.person.name}（{post.person.username}）",
        "撤销岗位",
        before={"岗位": str(post)},
    )
    post.delete()
    changed(by.zone)
