"""Writing a requirement or a notice: beginning one through the door, saving its draft."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from jiheng.bureau.models import Organization, Person
from jiheng.notice.kinds import Kind
from jiheng.notice.models import Addressee, Notice, Requirement
from jiheng.procedure import door
from jiheng.procedure.models import Case

REQUIREMENT = ("year", "title", "text")
NOTICE = (*REQUIREMENT, "number", "asks", "deadline", "cutoff", "scope")


def begin_requirement(kind: Kind, typed: Mapping[str, Any], *, by: Person) -> Requirement:
    """The performance office begins a requirement (art. 17, 22, 37)."""
    begun: list[Requirement] = []

    def make(cases: list[Case]) -> None:
        given = _of(typed, REQUIREMENT)
        begun.append(Requirement.objects.create(zone_id=by.zone_id, case=cases[0], kind=kind.key, **given))

    draft = Case(zone=by.zone, year=typed["year"], title=typed["title"])
    with transaction.atomic():
        door.start(f"{kind.carried}.open", [draft], by=by, make=make)
    return begun[0]


def begin_notice(kind: Kind, typed: Mapping[str, Any], *, by: Person) -> Notice:
    """The host office begins a notice."""
    begun: list[Notice] = []

    def make(cases: list[Case]) -> None:
        notice = Notice.objects.create(zone_id=by.zone_id, case=cases[0], kind=kind.key, **_of(typed, NOTICE))
        _choose(notice, typed.get("chosen", ()))
        begun.append(notice)

    draft = Case(zone=by.zone, year=typed["year"], title=typed["title"])
    with transaction.atomic():
        door.start(f"{kind.notice}.open", [draft], by=by, make=make)
    return begun[0]


def save_requirement(case: Case, typed: Mapping[str, Any], *, by: Person) -> None:
    """Raises door.Overtaken when somebody saved it since it was opened."""
    with door.editing(case, by) as held:
        _write(Requirement.objects.select_for_update().get(case=held), REQUIREMENT, typed)


def save_notice(case: Case, typed: Mapping[str, Any], *, by: Person) -> None:
    """Raises door.Overtaken when somebody saved it since it was opened."""
    with door.editing(case, by) as held:
        notice = Notice.objects.select_for_update().get(case=held)
        _write(notice, NOTICE, typed)
        _choose(notice, typed.get("chosen", ()))


def _of(typed: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: typed[name] for name in names if name in typed}


def _write(record: Notice | Requirement, names: tuple[str, ...], typed: Mapping[str, Any]) -> None:
    if typed.get("revision") is not None and typed["revision"] != record.revision:
        raise door.Overtaken
    for name, value in _of(typed, names).items():
        setattr(record, name, value)
    record.revision += 1
    record.save()
    Case.objects.filter(pk=record.case_id).update(title=record.title, year=record.year)


def _choose(notice: Notice, keys: Any) -> None:
    """Those chosen, as far as they are departments or units of the zone; none where all are asked."""
    notice.addressees.all().delete()
    if notice.asks != Notice.Asks.CHOSEN:
        return
    places = Organization.objects.filter(
        zone_id=notice.zone_id, pk__in=list(keys), kind__in=("department", "unit")
    )
    Addressee.objects.bulk_create(
        Addressee(zone_id=notice.zone_id, notice=notice, organization=place) for place in places
    )
