"""What stands for a whole zone between two changes of its organizations or calendar: organizations and days off.

``Zone.revision`` is raised with each such change and is read together with the case that is being acted on, so
that a process may keep this in memory and still never act on what is out of date.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from django.db.models import F

from jiheng.bureau.models import Organization, Workday, Zone
from jiheng.bureau.roles import DEPARTMENT, ENGAGED, EXPENDITURE, NAMED, UNIT, Role


@dataclass(frozen=True)
class Standing:
    """The zone, its offices by role, every organization by key, and the days that depart from Monday to Friday."""

    zone: Zone
    offices: dict[str, tuple[Organization, ...]]
    days: dict[datetime.date, bool]
    organizations: dict[UUID, Organization]

    def works(self, day: datetime.date) -> bool:
        """Whether the bureau works on this day; make-up workdays count (调休)."""
        return self.days.get(day, day.weekday() < 5)

    def workday_after(self, day: datetime.date, count: int) -> datetime.date:
        """The ``count``-th workday after ``day``."""
        while count > 0:
            day += datetime.timedelta(days=1)
            count -= self.works(day)
        return day

    def workdays_between(self, first: datetime.date, last: datetime.date) -> int:
        """How many workdays lie after ``first`` up to ``last``; negative when ``last`` comes before."""
        if last < first:
            return -self.workdays_between(last, first)
        return sum(self.works(first + datetime.timedelta(days=n)) for n in range(1, (last - first).days + 1))

    def holder(self, role: Role, *, unit_id: UUID | None, department: Organization | None) -> UUID | None:
        """Which organization fills ``role`` for a matter of this unit and department; None when nobody does.

        The unit of an engagement is the expert or institution engaged (art. 39), that of what an office is asked the
        office (art. 4, 42).
        """
        if role in (UNIT, ENGAGED, NAMED):
            return unit_id
        if role == DEPARTMENT:
            return department.id if department else None
        if role == EXPENDITURE and department and department.charge_id:
            return department.charge_id
        offices = self.offices.get(role.key, ())
        return offices[0].id if offices else None


@lru_cache(maxsize=512)
def standing_at(zone_id: UUID, revision: int) -> Standing:
    """The zone's offices and calendar as of this revision."""
    offices: dict[str, list[Organization]] = {}
    organizations = {row.pk: row for row in Organization.objects.filter(zone_id=zone_id)}
    for office in organizations.values():
        for key in office.roles if office.kind == Organization.Kind.OFFICE else ():
            offices.setdefault(key, []).append(office)
    days = dict(Workday.objects.filter(zone_id=zone_id).values_list("day", "works"))
    zone = Zone.objects.get(pk=zone_id)
    return Standing(zone, {key: tuple(found) for key, found in offices.items()}, days, organizations)


def standing(zone: Zone) -> Standing:
    """The zone's offices and calendar as of ``zone.revision``."""
    return standing_at(zone.id, zone.revision)


ON_CHANGED: list[Callable[[Zone], object]] = []
"""What rooms above want done, in the same transaction, when a zone's organizations or calendar have changed."""


def changed(zone: Zone) -> None:
    """To be called by whatever changes organizations, posts' offices or workdays of a zone."""
    Zone.objects.filter(pk=zone.pk).update(revision=F("revision") + 1)
    zone.refresh_from_db(fields=["revision"])
    for told in ON_CHANGED:
        told(zone)
