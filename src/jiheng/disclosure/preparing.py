"""Copies for the public, made from the records: public fields only, no key of the inside, no name of a person (art. 22, 37).

What a department chose for a copy (withheld, masked) stays with it when the copies are made anew. Money in 元 as text.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.db.models import Q

from jiheng.bureau.models import Organization, Person
from jiheng.disclosure.items import FOR_ONE, WITHHOLDINGS
from jiheng.disclosure.models import Disclosure, Entry
from jiheng.disclosure.rules import findings
from jiheng.evaluation import outline, sheets
from jiheng.evaluation.framework_guards import load as load_evaluations
from jiheng.evaluation.framework_models import Evaluation
from jiheng.evaluation.models import SelfEvaluation
from jiheng.goal.models import Goal
from jiheng.indicator.scoring import percent
from jiheng.procedure import door
from jiheng.procedure.chain import text as keepable
from jiheng.procedure.models import Case
from jiheng.project.models import BudgetLine

LONGEST = 1000
REPORT = ("basic", "overall", "analysis", "suggestions")
"""The sections of an evaluation's report that are for the public; how the work was done names those who did it."""


def _money(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:.2f}"


def _points(points: Decimal | None) -> str:
    return "" if points is None else f"{points.normalize():f}"


def goal_copy(goal: Goal) -> dict[str, Any]:
    """A goal in force: money, text, indicators, the main tasks of a whole one."""
    return {
        "kind": "goal",
        "total": _money(goal.money),
        "fiscal": _money(goal.fiscal),
        "other": _money(goal.other),
        "text": goal.text,
        "indicators": [
            {"level1": row.level1, "level2": row.level2, "indicator": row.name, "target": row.target,
             "weight": _points(row.weight)}
            for row in goal.indicators.all()
        ],
        "tasks": [
            {"name": task.name, "content": task.content, "amount": _money(task.money)}
            for task in goal.tasks.all()
        ],
    }  # fmt: skip


def self_copy(evaluation: SelfEvaluation) -> dict[str, Any]:
    """An accepted self-evaluation: money, points, every indicator with what was reached and why not more."""
    rate = evaluation.executed / evaluation.full_year if evaluation.full_year and evaluation.executed is not None else None  # fmt: skip
    return {
        "kind": "self",
        "initial": _money(evaluation.initial),
        "full_year": _money(evaluation.full_year),
        "executed": _money(evaluation.executed),
        "execution_rate": "" if rate is None else percent(rate),
        "execution_weight": _points(evaluation.execution_weight),
        "execution_score": _points(evaluation.execution_score),
        "text": evaluation.goal.text,
        "achieved": evaluation.achieved,
        "score": _money(evaluation.total),
        "grade": evaluation.grade,
        "indicators": [
            {"level1": row.level1, "level2": row.level2, "indicator": row.name, "target": row.target,
             "actual": row.actual, "weight": _points(row.weight),
             "points": _points(row.claimed if row.score is None else row.score), "reason": row.reason}
            for row in evaluation.rows.all()
        ],
        "tasks": [
            {"name": str(task[0]), "content": str(task[3]), "amount": str(task[1])} for task in evaluation.tasks
        ],
    }  # fmt: skip


def evaluation_copy(evaluation: Evaluation, *, goal: bool) -> dict[str, Any]:
    """A final evaluation by framework; with ``goal`` the goal that was evaluated too (art. 22)."""
    report = outline.report(evaluation)
    aim = outline.goal_of(evaluation) if goal else None
    return {
        "kind": "evaluation",
        "score": _money(evaluation.total),
        "grade": evaluation.grade,
        "parts": [
            {"name": name, "weight": _points(weight), "points": _points(points)}
            for name, weight, points in outline.part_rows(evaluation)
        ],
        "indicators": [
            {"level1": line.item.level1, "level2": line.item.level2, "indicator": line.item.name,
             "target": line.item.target, "actual": line.mark.actual if line.mark else "",
             "weight": _points(line.item.weight), "points": _points(line.mark.score if line.mark else None)}
            for line in sheets.lines(evaluation)
        ],
        "sections": [{"title": outline.SECTIONS[key].partition("、")[2], "text": report[key]} for key in REPORT],
        "problems": [{"problem": row.text, "suggestion": row.suggestion} for row in evaluation.problems.all()],
        "goal": goal_copy(aim) if aim else None,
    }  # fmt: skip


def _goals(disclosure: Disclosure) -> Iterable[tuple[Case, str, dict[str, Any]]]:
    """The goals that the budget's approval put in force; the whole goals stand with the year's first budget alone."""
    wanted = Q(project__in=BudgetLine.objects.filter(budget__case=disclosure.source_id).values("project"))
    if disclosure.number == 1:
        wanted |= Q(organization=disclosure.department_id) | Q(organization__parent=disclosure.department_id)
    goals = Goal.objects.filter(
        wanted, zone_id=disclosure.zone_id, year=disclosure.year, case__state="in_force"
    )
    goals = goals.select_related("case__unit", "case__department", "project", "organization")
    rows = sorted(goals.prefetch_related("indicators", "tasks"), key=lambda goal: (not goal.whole, goal.code))
    return ((goal.case, goal.name, goal_copy(goal)) for goal in rows)


def _selves(disclosure: Disclosure) -> Iterable[tuple[Case, str, dict[str, Any]]]:
    rows = SelfEvaluation.objects.filter(
        zone_id=disclosure.zone_id, goal__year=disclosure.year, case__department=disclosure.department_id,
        case__state="accepted",
    ).select_related("case__unit", "case__department", "goal__project", "goal__organization")  # fmt: skip
    found = sorted(rows.prefetch_related("rows"), key=lambda row: (not row.goal.whole, row.goal.code))
    return ((row.case, row.goal.name, self_copy(row)) for row in found)


def _evaluations(disclosure: Disclosure) -> Iterable[tuple[Case, str, dict[str, Any]]]:
    cases = Case.objects.filter(pk=disclosure.source_id)
    if disclosure.item == "department":
        cases = Case.objects.filter(
            zone_id=disclosure.zone_id, procedure="department_evaluation", state="accepted",
            department=disclosure.department_id, evaluation__year=disclosure.year,
        )  # fmt: skip
    finance = disclosure.item == "finance"
    loaded = load_evaluations(list(cases.values_list("pk", flat=True)))
    for row in sorted(loaded.values(), key=lambda row: (row.case.code, row.case.title)):
        yield (
            row.case,
            row.project.name if row.project else row.case.title,
            evaluation_copy(row, goal=finance),
        )


def copies(disclosure: Disclosure) -> list[Entry]:
    """What the records give to publish now, not saved; the order is that of the pages."""
    gather = {"budget": _goals, "self": _selves}.get(disclosure.item, _evaluations)
    names = names_known(disclosure.zone_id)
    return [
        Entry(
            zone_id=disclosure.zone_id, disclosure=disclosure, order=order, origin=case.pk, head=case.head,
            code=case.code or disclosure.department.code, name=name[:200],
            unit=(case.unit or disclosure.department).name, body=body, findings=findings(body, names),
        )
        for order, (case, name, body) in enumerate(gather(disclosure), 1)
    ]  # fmt: skip


def names_known(zone_id: UUID) -> list[str]:
    """The names of people known here: those who sign in, and the experts."""
    people = Person.objects.filter(zone_id=zone_id).values_list("name", flat=True)
    experts = Organization.objects.filter(zone_id=zone_id, kind=Organization.Kind.EXPERT)
    return [*people, *experts.values_list("name", flat=True)]


def ready(disclosure: Disclosure) -> set[UUID]:
    """The cases that would be copied now."""
    return {entry.origin for entry in copies(disclosure)}


def held(case: Case) -> Disclosure:
    """The record as it stands, while its case is held."""
    rows = Disclosure.objects.select_related("case", "department", "source").prefetch_related("entries")
    return rows.get(case=case)


def prepare(case: Case, *, by: Person) -> list[Entry]:
    """Makes the copies anew from the records; choices stay with what they were made for. Raises Refusal."""
    with door.editing(case, by) as locked:
        disclosure = held(locked)
        before = {entry.origin: entry for entry in disclosure.copies}
        found = copies(disclosure)
        for entry in found:
            if (old := before.get(entry.origin)) is not None:
                entry.masked, entry.withheld, entry.word, entry.agreed = (
                    old.masked, old.withheld, old.word, old.agreed,
                )  # fmt: skip
        disclosure.entries.all().delete()
        Entry.objects.bulk_create(found, batch_size=500)
        disclosure.revision += 1
        disclosure.save(update_fields=["revision"])
    return found


def web_address(text: str) -> bool:
    """Whether the text is an address of a web page."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and "." in parts.netloc and len(text) <= 500


def write(case: Case, given: Mapping[str, str], revision: int | None, *, by: Person) -> dict[str, str]:
    """Saves how it is to be published, what is withheld and why; tells what is wrong by field. Raises Overtaken."""
    faults: dict[str, str] = {}
    with door.editing(case, by) as locked:
        disclosure = held(locked)
        if revision is not None and revision != disclosure.revision:
            raise door.Overtaken
        way = given.get("way", disclosure.way)
        disclosure.way = way if way in Disclosure.Way.values else Disclosure.Way.HERE
        disclosure.link = keepable(given.get("link", "")).strip()[:500]
        if disclosure.link and not web_address(disclosure.link):
            faults["link"] = "网址要以 http:// 或 https:// 开头，照浏览器地址栏抄写"
        elif disclosure.way == Disclosure.Way.LINK and not disclosure.link:
            faults["link"] = "请填写公开的网址"
        whole = given.get("withheld", "")
        disclosure.withheld = whole if whole in WITHHOLDINGS else ""
        disclosure.word = _text(given, "word")
        disclosure.note = _text(given, "note")
        if disclosure.withheld and not disclosure.word:
            faults["word"] = "整项不公开的，写明具体依据和情况"
        for entry in disclosure.copies:
            withheld = given.get(f"withheld-{entry.pk}", "")
            withheld = withheld if withheld in FOR_ONE else ""
            word = _text(given, f"word-{entry.pk}") if withheld else ""
            if (withheld, word) != (entry.withheld, entry.word):
                entry.agreed = False
            entry.withheld, entry.word = withheld, word
            entry.masked = bool(given.get(f"masked-{entry.pk}"))
            if withheld and not word:
                faults[f"word-{entry.pk}"] = f"“{entry.name}”不公开的，写明具体依据和情况"
        if not faults:
            Entry.objects.bulk_update(
                disclosure.copies, ["withheld", "word", "agreed", "masked"], batch_size=500
            )
            disclosure.revision += 1
            disclosure.save()
    return faults


def _text(given: Mapping[str, str], name: str) -> str:
    return keepable(given.get(name, "")).strip()[:LONGEST]
