"""Who may see which rows: the one place that says so. What is out of scope answers as if it did not exist."""

from collections.abc import Iterable
from typing import TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from jiheng.bureau.models import Delegation, Organization, Person, Post
from jiheng.bureau.roles import EXPENDITURE

M = TypeVar("M", bound=Model)


def posts_of(person: Person) -> list[Post]:
    """The posts the person acts from, read once for each person object (so once a request).

    Their own first, then those they stand in for today (art. 40): such a post tells by ``person`` whose it is.
    """
    if person.seat:
        return []  # an administrator does no business (art. 40)
    if not hasattr(person, "_posts"):
        today = timezone.localdate()
        standing_in = Delegation.objects.filter(
            substitute=person, first__lte=today, last__gte=today, ended_at=None, post__person__is_active=True
        )
        own_or_not = Q(person=person) | Q(pk__in=standing_in.values("post"))
        found = Post.objects.filter(own_or_not).select_related("organization__parent", "person")
        person._posts = sorted(  # type: ignore[attr-defined]
            found, key=lambda post: post.person_id != person.pk
        )
    return person._posts  # type: ignore[attr-defined]


def stands_in(person: Person, organization: Organization) -> Person | None:
    """For whom the person acts in this organization; None where they have a post of their own there."""
    there = [post for post in posts_of(person) if post.organization_id == organization.pk]
    if not there or any(post.person_id == person.pk for post in there):
        return None
    return there[0].person


def acting_name(person: Person, organization: Organization) -> str:
    """The name an act is kept under: one's own, and for whom one stood in."""
    absent = stands_in(person, organization)
    return f"{person.name}（代{absent.name}）" if absent else person.name


def sees(person: Person, *, department: str = "department", unit: str = "unit") -> Q:
    """A condition on rows that carry a zone, a department and a unit (named by their field paths).

    Offices of the bureau see the zone; an expenditure office sees the departments under its charge (归口), and what
    belongs to none; a department sees its own and its units'; a unit sees its own, and so does an expert or an
    institution, whose own are its engagements alone (art. 39).
    """
    seen = Q(pk__in=[])
    for post in posts_of(person):
        organization = post.organization
        if organization.kind == Organization.Kind.OFFICE:
            if set(organization.roles) == {EXPENDITURE.key}:
                charged = Q(**{f"{department}__charge": organization})
                seen |= (
                    charged
                    | Q(**{f"{department}__isnull": True})
                    | Q(**{f"{department}__charge__isnull": True})
                )
            else:
                return Q(zone_id=person.zone_id)
        elif organization.kind == Organization.Kind.DEPARTMENT:
            seen |= Q(**{department: organization})
        else:
            seen |= Q(**{unit: organization})
    return Q(zone_id=person.zone_id) & seen


def visible(
    rows: QuerySet[M], person: Person, *, department: str = "department", unit: str = "unit"
) -> QuerySet[M]:
    """The rows of ``rows`` that ``person`` may see."""
    return rows.filter(sees(person, department=department, unit=unit))


def only_engaged(person: Person) -> bool:
    """Whether the person is here as an expert or institution alone, and so sees engagements and nothing else."""
    posts = posts_of(person)
    return bool(posts) and all(post.organization.engaged for post in posts)


def in_bureau(person: Person) -> bool:
    """Whether the person belongs to the bureau itself: to one of its offices, or as one of its administrators."""
    return bool(person.seat) or any(
        each.kind == Organization.Kind.OFFICE for each in organizations_of(person)
    )


def organizations_of(person: Person) -> list[Organization]:
    return [post.organization for post in posts_of(person)]


def role_keys(person: Person) -> set[str]:
    """All roles the person fills through any post."""
    keys: set[str] = set()
    for organization in organizations_of(person):
        keys.update(organization.fills)
    return keys


def holds(person: Person, roles: Iterable) -> bool:
    return bool(role_keys(person) & {role.key for role in roles})
