"""Who may see which rows: the one place that says so. What is out of scope answers as if it did not exist."""

from collections.abc import Iterable
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from jiheng.bureau.models import Organization, Person, Post
from jiheng.bureau.roles import EXPENDITURE

M = TypeVar("M", bound=Model)


def posts_of(person: Person) -> list[Post]:
    """The person's posts with their organizations, read once for each person object (so once a request)."""
    if not hasattr(person, "_posts"):
        person._posts = list(  # type: ignore[attr-defined]
            Post.objects.filter(person=person).select_related("organization__parent")
        )
    return person._posts  # type: ignore[attr-defined]


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
