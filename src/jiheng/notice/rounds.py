"""How far everybody asked in a round has come: counted from cases, in a few queries however many are asked (art. 8, 24).

Rooms above register what is counted for a kind of notice; where none is, only the receipts are counted.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet

from jiheng.bureau.models import Organization, Zone
from jiheng.bureau.roles import DEPARTMENT, UNIT
from jiheng.bureau.standing import standing
from jiheng.notice.kinds import KINDS
from jiheng.notice.models import Receipt, Round
from jiheng.procedure.models import Case
from jiheng.procedure.table import PROCEDURES, Procedure

STANDINGS = {
    "unsigned": "未签收",
    "not_started": "未开始",
    "nothing": "没有要报的",
    "returned": "有退回",
    "filling": "未报齐",
    "handed_in": "已报齐",
    "finished": "全部办结",
    "signed": "签收完",
}
"""Where an organization stands in a round, worst first. ``signed`` where nothing else is counted."""
BEHIND = ("unsigned", "not_started", "returned", "filling")


@dataclass(frozen=True)
class Counted:
    """What is counted for a kind of notice: the cases of a procedure in the round's year, narrowed by ``only``.

    ``whole`` is the procedure of departments as a whole, counted beside it.
    """

    procedure: str
    only: Callable[[Round], Q]
    whole: "Counted | None" = None

    @property
    def table(self) -> Procedure:
        return PROCEDURES[self.procedure]

    @property
    def filling(self) -> list[str]:
        """The states in which whoever was asked is still writing."""
        return [state.key for state in self.table.states if state.editable]

    @property
    def finished(self) -> list[str]:
        return [state.key for state in self.table.states if state.tone == "done"]

    @property
    def handed_in(self) -> list[str]:
        return [state.key for state in self.table.states if state.tone == "open" and not state.editable]

    @property
    def begun_by_asked(self) -> bool:
        """Whether those asked begin the cases; otherwise who has none has nothing to hand in."""
        return any(role in (DEPARTMENT, UNIT) for role in self.table.opening().roles)


COUNTED: dict[str, Counted] = {}


def counts(kind: str, procedure: str, only: Callable[[Round], Q] = lambda _: Q(), *, whole: str = "") -> None:
    """Registers that a round of this kind is measured by the cases of this procedure, and of departments' wholes."""
    if kind not in KINDS:
        raise ValueError(f"no kind of notice is called {kind}")
    COUNTED[kind] = Counted(procedure, only, Counted(whole, only) if whole else None)


@dataclass
class Tally:
    """Numbers of cases of one organization in a round."""

    filling: int = 0
    returned: int = 0
    handed_in: int = 0
    finished: int = 0

    @property
    def all(self) -> int:
        return self.filling + self.returned + self.handed_in + self.finished

    def add(self, other: "Tally") -> None:
        self.filling += other.filling
        self.returned += other.returned
        self.handed_in += other.handed_in
        self.finished += other.finished


@dataclass
class Line:
    """One organization's line in a round."""

    receipt: Receipt
    tally: Tally
    counted: Counted | None
    whole: Tally = field(default_factory=Tally)
    links: dict[str, str] = field(default_factory=dict)
    whole_link: str = ""

    @property
    def organization(self) -> Organization:
        return self.receipt.organization

    @property
    def department(self) -> Organization:
        """The department, or the unit's."""
        own = self.organization
        return own.parent if own.parent_id else own

    @property
    def standing(self) -> str:
        if self.receipt.signed_at is None:
            return "unsigned"
        if self.counted is None:
            return "signed"
        both = Tally()
        both.add(self.tally)
        both.add(self.whole)
        if not both.all:
            return "not_started" if self.counted.begun_by_asked else "nothing"
        if both.returned:
            return "returned"
        if both.filling:
            return "filling"
        return "handed_in" if both.handed_in else "finished"

    @property
    def whole_label(self) -> str:
        """Where the department's own whole stands, in words; nothing where it has none."""
        told = (
            ("returned", "有退回"),
            ("filling", "在填"),
            ("handed_in", "已报"),
            ("finished", "办完"),
        )
        return next((words for name, words in told if getattr(self.whole, name)), "")

    @property
    def label(self) -> str:
        return STANDINGS[self.standing]

    @property
    def behind(self) -> bool:
        return self.standing in BEHIND


def cases_of(round_: Round, counted: Counted) -> QuerySet[Case]:
    """The cases by which a round is measured."""
    cases = Case.objects.filter(zone_id=round_.zone_id, procedure=counted.procedure, year=round_.year)
    return cases.filter(counted.only(round_)).order_by()


def tallies(round_: Round, counted: Counted | None) -> dict[UUID, Tally]:
    """By department and by unit, how many cases stand where: one query."""
    found: dict[UUID, Tally] = defaultdict(Tally)
    if counted is None:
        return found
    back = ExpressionWrapper(Q(round__gt=0), output_field=BooleanField())
    rows = cases_of(round_, counted).annotate(back=back)
    filling, finished, handed_in = set(counted.filling), set(counted.finished), set(counted.handed_in)
    for department, unit, state, returned, number in rows.values_list(
        "department", "unit", "state", "back"
    ).annotate(Count("pk")):
        tally = Tally()
        if state in filling:
            tally = Tally(returned=number) if returned else Tally(filling=number)
        elif state in finished:
            tally = Tally(finished=number)
        elif state in handed_in:
            tally = Tally(handed_in=number)
        for key in {department, unit} - {None}:
            found[key].add(tally)
    return found


def lines(round_: Round, receipts: Iterable[Receipt]) -> list[Line]:
    """Every organization's line, in the bureau's order: a department before its units."""
    shared = Shared(round_)
    return sorted((shared.line(each) for each in _name(round_.zone, receipts)), key=_place)


def _place(line: Line) -> tuple[Any, ...]:
    own, above = line.organization, line.department
    return (above.order, above.code, own.parent_id is not None, own.order, own.code)


def receipts_of(round_: Round) -> QuerySet[Receipt]:
    return Receipt.objects.filter(zone_id=round_.zone_id, round=round_)


def _name(zone: Zone, receipts: Iterable[Receipt]) -> list[Receipt]:
    """Gives the receipts their organizations, which every process knows, instead of reading them anew."""
    known = standing(zone).organizations
    found = list(receipts)
    for receipt in found:
        own = known[receipt.organization_id]
        if own.parent_id:
            own.parent = known[own.parent_id]
        receipt.organization = own
    return found


class Shared:
    """What the receipts of one round have in common, counted when first asked for and then once for all."""

    def __init__(self, round_: Round) -> None:
        self.round = round_
        self._found: tuple[dict[UUID, Tally], dict[UUID, Tally]] | None = None

    def line(self, receipt: Receipt) -> Line:
        counted = COUNTED.get(self.round.kind)
        if self._found is None:
            self._found = tallies(self.round, counted), tallies(self.round, counted and counted.whole)
        found, wholes = (each.get(receipt.organization_id, Tally()) for each in self._found)
        return Line(receipt, found, counted, wholes)


def share(receipts: Sequence[Receipt]) -> None:
    """Gives every receipt its ``shared``: so a guard asked two thousand times counts once."""
    keys = {receipt.round_id for receipt in receipts}
    known = Round.objects.select_related("zone", "notice__case").in_bulk(keys)
    shared = {key: Shared(round_) for key, round_ in known.items()}
    for receipt in receipts:
        receipt.round = known[receipt.round_id]
        receipt.shared = shared[receipt.round_id]  # type: ignore[attr-defined]
    for round_ in known.values():
        _name(round_.zone, (receipt for receipt in receipts if receipt.round_id == round_.pk))
