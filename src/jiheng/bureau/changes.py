"""Who may change the bureau's set-up, and the line that every change leaves (art. 40)."""

from typing import Any
from uuid import UUID

from jiheng.bureau.models import Change, Organization, Person
from jiheng.bureau.roles import GENERAL
from jiheng.bureau.scope import holds

Seat = Person.Seat


class NotAllowed(Exception):
    """A change of the set-up that can't be made; the message says why, by which article, and what next."""


def separated(zone_id: UUID) -> bool:
    """Whether the bureau has its three administrators (三员分立); they are appointed together."""
    return Person.objects.filter(zone=zone_id).exclude(seat="").exists()


def may_change(person: Person, seat: Seat | None = None) -> str:
    """Why this person can't change the set-up; empty when they can.

    ``seat`` names the administrator whose work it is. While a bureau has no administrators the general office does
    it, and it always does what is no administrator's: offices and their roles, profile, calendar (art. 40).
    """
    if seat and separated(person.zone_id):
        if person.seat == seat:
            return ""
        names = Person.objects.filter(zone=person.zone_id, seat=seat, is_active=True)
        told = "、".join(names.order_by("username").values_list("name", flat=True))
        return f"由{seat.label}{f'（{told}）' if told else ''}办理，三员分立（规程第40条）。如需办理，请联系{seat.label}。"
    if holds(person, [GENERAL]):
        return ""
    offices = [
        office.name
        for office in Organization.objects.filter(zone=person.zone_id, kind=Organization.Kind.OFFICE)
        if GENERAL.key in office.roles
    ]
    return f"由{'、'.join(offices) or GENERAL.label}维护（规程第40条），您可以查看。如需改动，请联系{offices[0] if offices else '局领导指定综合科'}。"


def demand(person: Person, seat: Seat | None = None) -> None:
    """Raises NotAllowed unless the person may."""
    if reason := may_change(person, seat):
        raise NotAllowed(reason)


def log(
    person: Person,
    kind: Change.Kind,
    subject: str,
    label: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> Change:
    """Leaves a line; where before and after both stand, only what differs is kept."""
    before, after = before or {}, after or {}
    if before and after:
        differing = [key for key in before | after if before.get(key) != after.get(key)]
        before = {key: before.get(key) for key in differing}
        after = {key: after.get(key) for key in differing}
    return Change.objects.create(
        zone_id=person.zone_id,
        person=person,
        person_name=person.name,
        kind=kind,
        subject=subject[:160],
        label=label,
        before=before,
        after=after,
    )
