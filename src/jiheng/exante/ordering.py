"""Putting evaluations in order for a list of a department or of the district (art. 14). Money in 元."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from jiheng.bureau.models import Organization, Person
from jiheng.bureau.roles import EXPENDITURE
from jiheng.bureau.scope import posts_of
from jiheng.exante import ceiling, rules
from jiheng.exante.drafts import TEN_THOUSAND, wan
from jiheng.exante.models import ExanteEvaluation, PriorityList, PriorityRow
from jiheng.paper.typed import number
from jiheng.procedure import door
from jiheng.procedure.chain import text as keepable
from jiheng.procedure.models import Case

READY = ("reviewed", "key", "concluded")
"""Where an evaluation stands once the expenditure office has reviewed it."""


def suggested(evaluation: ExanteEvaluation) -> Decimal:
    """The amount the evaluation itself proposes: the final one, or the review's while there is none."""
    found = evaluation.final_amount if evaluation.final_amount is not None else evaluation.proposed
    return found or Decimal(0)


def conclusion_of(evaluation: ExanteEvaluation) -> str:
    return evaluation.final_conclusion or evaluation.conclusion


def score_of(evaluation: ExanteEvaluation) -> Decimal:
    found = evaluation.final_score if evaluation.final_score is not None else evaluation.score
    return found or Decimal(0)


def evaluations(zone_id: UUID, department_id: UUID | None, year: int) -> QuerySet[ExanteEvaluation]:
    """The reviewed evaluations of a department (of the district for None) for a year."""
    rows = ExanteEvaluation.objects.filter(zone_id=zone_id, year=year, dropped=False, case__state__in=READY)
    if department_id:
        rows = rows.filter(project__department_id=department_id)
    return rows.select_related("project__unit", "project__department", "case")


def candidates(zone_id: UUID, department_id: UUID | None, year: int) -> list[ExanteEvaluation]:
    """Those that support and stand in no list of the same scope yet, the most urgent and best first."""
    listed = PriorityRow.objects.filter(list__department=department_id) if department_id else (
        PriorityRow.objects.filter(list__department__isnull=True)
    )  # fmt: skip
    listed = listed.filter(zone_id=zone_id, list__year=year)
    rows = evaluations(zone_id, department_id, year).exclude(pk__in=listed.values("evaluation"))
    order = [key for key, _ in rules.PRIORITIES]
    supported = [row for row in rows if conclusion_of(row) in (rules.FULL, rules.PART)]
    return sorted(
        supported,
        key=lambda row: (order.index(row.priority or order[-1]), -score_of(row), row.project.code),
    )


def unsupported(listing: PriorityList) -> int:
    """How many evaluations of the list's scope end with 不予支持 and so have no place in it."""
    rows = evaluations(listing.zone_id, listing.department_id, listing.year)
    return sum(conclusion_of(row) == rules.NONE for row in rows)


def free(person: Person) -> list[tuple[Organization | None, int, int]]:
    """Which lists the person may begin: department (None for the district), year, how many evaluations wait."""
    offices = [
        post.organization for post in posts_of(person) if EXPENDITURE.key in post.organization.role_keys
    ]
    if not offices:
        return []
    this_year = timezone.localdate().year
    years = (this_year, this_year + 1)
    kinds = Organization.Kind
    departments = Organization.objects.filter(zone_id=person.zone_id, kind=kinds.DEPARTMENT)
    charged = departments.filter(Q(charge__in=offices) | Q(charge__isnull=True))
    waiting = ExanteEvaluation.objects.filter(
        zone_id=person.zone_id, year__in=years, dropped=False, case__state__in=READY
    )
    with_some = set(waiting.values_list("project__department", "year"))
    open_lists = set(
        PriorityList.objects.filter(zone_id=person.zone_id, year__in=years, case__state="draft").values_list(
            "department", "year"
        )
    )
    found: list[tuple[Organization | None, int, int]] = []
    for year in years:
        places = [each for each in charged.order_by("order", "code") if (each.pk, year) in with_some]
        for place in [*places, None]:
            key = place.pk if place else None
            if (key, year) not in open_lists and (count := len(candidates(person.zone_id, key, year))):
                found.append((place, year, count))
    return found


def begin(department: Organization | None, year: int, *, by: Person) -> PriorityList:
    """Begins a list with everything that waits (step 编制安排建议清单)."""
    scope = PriorityList.objects.filter(zone_id=by.zone_id, year=year, department=department)
    batch = (scope.aggregate(last=Max("batch"))["last"] or 0) + 1
    waiting = candidates(by.zone_id, department.pk if department else None, year)
    begun: list[PriorityList] = []

    def make(cases: list[Case]) -> None:
        row = PriorityList.objects.create(
            zone_id=by.zone_id, case=cases[0], department=department, year=year, batch=batch
        )
        PriorityRow.objects.bulk_create(
            PriorityRow(zone_id=by.zone_id, list=row, evaluation=each, rank=rank, amount=suggested(each))
            for rank, each in enumerate(waiting, 1)
        )
        begun.append(row)

    title = f"{year}年{department.name if department else '全区'}安排建议清单"
    draft = Case(
        zone=by.zone,
        year=year,
        department=department,
        code=department.code if department else "",
        title=title if batch == 1 else f"{title}（第{batch}批）",
        amount=sum((suggested(each) for each in waiting), Decimal(0)),
    )
    door.start("priority_list.open", [draft], by=by, make=make)
    return begun[0]


@dataclass
class Line:
    """One evaluation on the page where a list is ordered, with what was typed for it."""

    evaluation: ExanteEvaluation
    rank: str
    amount: str
    note: str = ""
    left_out: bool = False
    new: bool = False

    @property
    def suggested(self) -> Decimal:
        return suggested(self.evaluation)

    @property
    def score(self) -> Decimal:
        return score_of(self.evaluation)

    @property
    def conclusion(self) -> str:
        return rules.LABELS.get(conclusion_of(self.evaluation), "")


def lines_of(listing: PriorityList) -> list[Line]:
    """The list as it is saved, then what has come since (not yet in it)."""
    rows = listing.rows.select_related("evaluation__project__unit", "evaluation__case").order_by("rank")
    lines = [Line(row.evaluation, str(row.rank), wan(row.amount), row.note) for row in rows]
    for each in candidates(listing.zone_id, listing.department_id, listing.year):
        lines.append(Line(each, str(len(lines) + 1), wan(suggested(each)), left_out=True, new=True))
    return lines


@dataclass
class Typed:
    """What was typed on the page of a list: its lines in the order they are to have, and the faults by field."""

    lines: list[Line]
    faults: dict[str, str]


def read(lines: Sequence[Line], given: Mapping[str, Any]) -> Typed:
    """Takes rank, amount, note and 不列入 of each line; equal ranks keep the order they stood in."""
    faults: dict[str, str] = {}
    ranks: dict[UUID, Decimal] = {}
    for line in lines:
        key, name = line.evaluation.pk, line.evaluation.project.name
        line.rank = str(given.get(f"rank-{key}", "")).strip()
        line.amount = str(given.get(f"amount-{key}", "")).strip()
        line.note = keepable(str(given.get(f"note-{key}", ""))).strip()
        line.left_out = f"out-{key}" in given
        if line.left_out:
            ranks[key] = Decimal(10**9)
            continue
        rank, amount = number(line.rank), number(line.amount)
        if rank is None or rank < 0 or rank >= 10**6:
            faults[f"rank-{key}"] = f"“{name}”的次序“{line.rank}”不是数"
        else:
            ranks[key] = rank
        if amount is None or amount < 0 or amount != round(amount, 6) or amount >= 10**9:
            faults[f"amount-{key}"] = f"“{name}”的建议安排“{line.amount}”不是不小于 0 的数，单位是万元"
        if len(line.note) > 200:
            faults[f"note-{key}"] = f"“{name}”的说明超过 200 个字"
    if faults:
        return Typed(list(lines), faults)
    return Typed(sorted(lines, key=lambda line: ranks[line.evaluation.pk]), faults)


def save(case: Case, lines: Iterable[Line], *, by: Person, revision: int | None = None) -> PriorityList:
    """Saves the order while the list may be written. Raises Refusal, or door.Overtaken."""
    taken = [line for line in lines if not line.left_out]
    with door.editing(case, by) as held:
        listing = PriorityList.objects.select_for_update().get(case=held)
        if revision is not None and revision != listing.revision:
            raise door.Overtaken
        listing.rows.all().delete()
        rows = [
            PriorityRow(
                zone_id=case.zone_id,
                list=listing,
                evaluation=line.evaluation,
                rank=rank,
                amount=(number(line.amount) or Decimal(0)) * TEN_THOUSAND,
                note=line.note,
            )
            for rank, line in enumerate(taken, 1)
        ]
        PriorityRow.objects.bulk_create(rows)
        listing.revision += 1
        listing.save(update_fields=["revision"])
        Case.objects.filter(pk=held.pk).update(amount=sum((row.amount for row in rows), Decimal(0)))
    return listing


def ceiling_of(listing: PriorityList) -> Decimal | None:
    return ceiling.of(listing.zone_id, listing.department_id, listing.year)
