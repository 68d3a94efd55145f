"""Who has published what: each department by item, how far late, and whom the expenditure office may urge (art. 22, 37)."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from jiheng.bureau.models import Organization, Person, Zone
from jiheng.bureau.scope import visible
from jiheng.disclosure.items import ITEMS, Item
from jiheng.disclosure.models import Disclosure, Entry
from jiheng.disclosure.procedure import mark_stale
from jiheng.notice import rounds
from jiheng.notice.kinds import KINDS
from jiheng.notice.models import Receipt, Round
from jiheng.procedure.table import PROCEDURES

STANDINGS = {
    "late": "逾期没有公开",
    "open": "没有到期",
    "taken": "现在没有公开",
    "stale": "与记录不一致",
    "settled_late": "逾期办结",
    "settled": "按期办结",
}
"""How an item stands, worst first."""


def standing_of(record: Disclosure, today: datetime.date) -> str:
    """Where an item stands, against its day."""
    if record.first_on is None:
        return "late" if record.due < today else "open"
    if not record.shown and record.case.state != "withheld":
        return "taken"
    if record.way == Disclosure.Way.HERE and any(
        entry.stale for entry in record.copies if not entry.withheld
    ):
        return "stale"
    return "settled_late" if record.late else "settled"


@dataclass
class Cell:
    """One item of a department: its record and where it stands."""

    record: Disclosure
    standing: str

    @property
    def label(self) -> str:
        return STANDINGS[self.standing]

    @property
    def state(self) -> str:
        case = self.record.case
        if case.state == "due" and self.record.version:
            return "正在更正"
        return PROCEDURES[case.procedure].state(case.state).label


@dataclass
class Row:
    """A department with its items; ``urged`` counts how often it was urged for them."""

    department: Organization
    cells: dict[str, list[Cell]] = field(default_factory=lambda: defaultdict(list))
    urged: int = 0

    @property
    def columns(self) -> list[tuple[Item, list[Cell]]]:
        return [(item, self.cells.get(key, [])) for key, item in ITEMS.items()]

    @property
    def standings(self) -> set[str]:
        return {cell.standing for cells in self.cells.values() for cell in cells}


def seen(person: Person) -> QuerySet[Disclosure]:
    """The items that the person may see."""
    rows = Disclosure.objects.filter(zone_id=person.zone_id)
    return visible(rows, person, department="case__department", unit="case__unit")


def matrix(person: Person, year: int, today: datetime.date) -> list[Row]:
    """Every department with something to publish of the year; three queries, however many."""
    light = Prefetch("entries", Entry.objects.only("disclosure", "origin", "head", "withheld"))
    found = list(seen(person).filter(year=year).select_related("case", "department").prefetch_related(light))
    mark_stale(found)
    rows: dict[UUID, Row] = {}
    for record in sorted(found, key=lambda each: (each.item, each.number)):
        row = rows.setdefault(record.department_id, Row(record.department))
        row.cells[record.item].append(Cell(record, standing_of(record, today)))
    for receipt in _receipts(person, year, rows):
        rows[receipt.organization_id].urged += receipt.urged
    return sorted(rows.values(), key=lambda row: (row.department.order, row.department.code))


def _receipts(person: Person, year: int, departments: Iterable[UUID]) -> list[Receipt]:
    kinds = {item.round for item in ITEMS.values() if item.round}
    return list(
        Receipt.objects.filter(
            zone_id=person.zone_id, round__kind__in=kinds, round__year=year, organization__in=list(departments)
        ).select_related("round", "organization", "case")
    )  # fmt: skip


@dataclass(frozen=True)
class Urging:
    """Departments that may be urged in one round, all at once."""

    round: Round
    receipts: list[Receipt]

    @property
    def label(self) -> str:
        return KINDS[self.round.kind].label


def urgings(person: Person, year: int, rows: Sequence[Row]) -> list[Urging]:
    """By the year's newest round of each kind, the departments that are late with what it asks and are still behind."""
    found = []
    for kind in dict.fromkeys(item.round for item in ITEMS.values() if item.round):
        round_ = (
            Round.objects.filter(zone_id=person.zone_id, kind=kind, year=year)
            .order_by("-opened_on", "-pk")
            .first()
        )
        if round_ is None:
            continue
        late = {
            row.department.pk
            for row in rows
            for key, cells in row.cells.items()
            if ITEMS[key].round == kind and any(cell.standing == "late" for cell in cells)
        }
        asked = rounds.receipts_of(round_).filter(organization__in=late)
        receipts = [line.receipt for line in rounds.lines(round_, asked) if line.behind]
        if receipts:
            found.append(Urging(round_, receipts))
    return found


@dataclass(frozen=True)
class Owed:
    """An item that a department had to settle by ``due``, and when it first did."""

    department: UUID
    case: UUID
    title: str
    due: datetime.date
    first_on: datetime.date | None

    @property
    def in_time(self) -> bool:
        return self.first_on is not None and self.first_on <= self.due


def owed(zone: Zone, year: int, today: datetime.date) -> list[Owed]:
    """The departments' items of a year whose day has come, and those settled before it (art. 22, 37, 41).

    An item is settled by being published or by the expenditure office's agreement to withhold it; finance evaluations
    are the performance office's own and don't count. What was taken back later was published in time all the same.
    """
    rows = Disclosure.objects.filter(zone=zone, year=year).exclude(item="finance").order_by("due", "pk")
    found = [
        Owed(*row) for row in rows.values_list("department_id", "case_id", "case__title", "due", "first_on")
    ]
    return [each for each in found if each.first_on is not None or each.due < today]
