"""The sheet of an assessment: opened for everybody, measured anew while in draft, scored by hand, frozen when submitted.

Nobody types a measured figure; what is scored by hand says why where points are taken off (art. 41).
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from jiheng.assessment import rules, scheme
from jiheng.assessment.measures import MEASURES, Measured, Question
from jiheng.assessment.models import Assessment, Score
from jiheng.bureau.models import Organization, Person, Zone
from jiheng.bureau.profile import Values, values_of
from jiheng.paper.typed import number
from jiheng.procedure import door
from jiheng.procedure.chain import text as keepable
from jiheng.procedure.models import Act, Case
from jiheng.procedure.table import Reason

MOST_CASES = 50
"""How many cases that were not as they should be a sheet keeps for each item; how many more there are it says."""
LONGEST, WORD = 20_000, 500


def begin(zone: Zone, year: int, kind: str, *, by: Person) -> Act:
    """Opens a year's assessment of all departments or all units. Raises Refusal where there is one already."""
    from jiheng.assessment.procedure import ASSESSMENT

    label = Assessment.Kind(kind).label
    draft = Case(zone=zone, year=year, title=f"{year}年{label}预算绩效管理工作考核")

    def make(cases: list[Case]) -> None:
        assessment = Assessment.objects.create(zone=zone, case=cases[0], year=year, kind=kind)
        places = Organization.objects.filter(zone=zone, kind=kind).select_related("parent")
        scores = [
            Score(
                zone=zone, assessment=assessment, organization=place, department=place.parent or place,
                unit=place if kind == Organization.Kind.UNIT else None,
            )
            for place in places
        ]  # fmt: skip
        Score.objects.bulk_create(scores)
        _keep(measured(assessment, scores))

    with transaction.atomic():
        list(Zone.objects.select_for_update().filter(pk=zone.pk).values_list("pk"))
        there = Assessment.objects.filter(zone=zone, year=year, kind=kind).select_related("case")
        if (other := there.first()) is not None:
            reason = Reason(
                f"{year}年的{label}考核已经有了，一年一次", 41, next="请在那一件里办理。",
                link=other.case.get_absolute_url(),
            )  # fmt: skip
            raise door.Refusal(ASSESSMENT, ASSESSMENT.opening(), draft, [reason])
        return door.start("assessment.open", [draft], by=by, make=make)[0]


def items_of(assessment: Assessment) -> tuple[scheme.Item, ...]:
    """The items by the profile under which the assessment was begun (art. 43)."""
    return scheme.items(values_of(assessment.case.profile_id))


def measured(assessment: Assessment, scores: Sequence[Score]) -> Sequence[Score]:
    """The scores with measured items as the acts stand now, totals, grades and ranks; nothing is saved."""
    values = values_of(assessment.case.profile_id)
    asked = Question(assessment.case.zone, assessment.kind, assessment.year, localdate(door.now()))
    items = scheme.items(values)
    for item in items:
        found = MEASURES[item.measure](asked) if item.measured else {}
        for score in scores:
            if item.measured:
                score.marks[item.key] = _mark(item, found.get(score.organization_id, Measured()), values)
            else:
                mark = score.marks.get(item.key) or {}
                score.marks[item.key] = {
                    "points": None if mark.get("measured") else mark.get("points"),
                    "word": mark.get("word", ""),
                    "working": "",
                    "cases": [],
                    "more": 0,
                    "measured": False,
                }
    return ranked(scores, items, values)


def _mark(item: scheme.Item, found: Measured, values: Values) -> dict[str, Any]:
    step = values.decimal("assessment", "urge_step")
    off = step * found.urged
    share = rules.points(item.full, found.good, found.total)
    points = rules.points(item.full, found.good, found.total, off)
    words = item.told.format(total=found.total, good=found.good, rate=rules.percent(found.good, found.total))
    working = f"{words if found.total else item.none}，满分 {item.full:f}，得 {share:.2f}"
    if off:
        working += f"；被督促 {found.urged} 次，每次扣 {step:f} 分，得 {points:.2f}"
    return {
        "points": f"{points:.2f}",
        "word": "",
        "working": working,
        "cases": [list(case) for case in found.cases[:MOST_CASES]],
        "more": max(len(found.cases) - MOST_CASES, 0),
        "measured": True,
    }


def ranked(scores: Sequence[Score], items: Sequence[scheme.Item], values: Values) -> Sequence[Score]:
    """Totals of what is scored so far; grades and ranks once every item of everybody is."""
    bounds = [values.decimal("assessment", f"from_{key}") for key in ("excellent", "good", "fair")]
    for score in scores:
        given = [score.marks.get(item.key, {}).get("points") for item in items]
        score.total = sum((Decimal(points) for points in given if points is not None), Decimal(0))
        score.grade = "" if None in given else rules.grade(score.total, bounds)
        score.rank = None
    if all(score.grade for score in scores):
        totals = [score.total or Decimal(0) for score in scores]
        for score, rank in zip(scores, rules.ranks(totals), strict=True):
            score.rank = rank
    return scores


def _keep(scores: Sequence[Score]) -> None:
    Score.objects.bulk_update(scores, ["marks", "total", "grade", "rank"])


def scores_of(assessment: Assessment) -> list[Score]:
    """The sheet as it counts: measured anew while in draft, as frozen afterwards; by rank, then in the bureau's order."""
    scores = list(assessment.scores.select_related("organization", "department"))
    if assessment.case.state == "draft":
        measured(assessment, scores)
    return sorted(scores, key=lambda score: score.rank or 0)


def write(
    case: Case, given: Mapping[str, str], revision: int | None, *, by: Person
) -> tuple[list[Score], dict[str, str]]:
    """Keeps what was scored by hand and the circular's text; a point that can't be is told by field and not kept."""
    faults: dict[str, str] = {}
    with door.editing(case, by) as held:
        assessment = Assessment.objects.select_related("case__zone").get(case=held)
        if revision is not None and revision != assessment.revision:
            raise door.Overtaken
        scores = list(assessment.scores.select_related("organization", "department"))
        measured(assessment, scores)
        for score in scores:
            for item in items_of(assessment):
                if not item.measured:
                    _read(score, item, given, faults)
        ranked(scores, items_of(assessment), values_of(held.profile_id))
        if not faults:
            _keep(scores)
            assessment.text = keepable(given.get("text", assessment.text)).strip()[:LONGEST]
            assessment.revision += 1
            assessment.save(update_fields=["text", "revision"])
    return scores, faults


def field_of(score: Score, item: scheme.Item) -> str:
    """The name of the field in which an item is scored by hand."""
    return f"{item.key}-{score.organization_id}"


def _read(score: Score, item: scheme.Item, given: Mapping[str, str], faults: dict[str, str]) -> None:
    name, mark = field_of(score, item), score.marks[item.key]
    if name not in given:
        return
    typed = keepable(given[name]).strip()
    mark["word"] = keepable(given.get(f"word-{name}", mark["word"])).strip()[:WORD]
    points = number(typed) if typed else None
    if typed and (points is None or not 0 <= points <= item.full or points != round(points, 2)):
        faults[name] = (
            f"{score.organization.name}“{item.name}”的得分“{typed}”不是 0 至 {item.full:f} 的数（最多两位小数）"
        )
        mark["points"], mark["typed"] = None, typed
        return
    mark["points"] = None if points is None else f"{points:.2f}"


def left(scores: Sequence[Score], items: Sequence[scheme.Item]) -> list[tuple[Score, scheme.Item, str]]:
    """What still has to be scored by hand, and points taken off without a word: whose, which item, what is missing."""
    found = []
    for item in items:
        for score in scores:
            mark = score.marks.get(item.key, {})
            if mark.get("points") is None:
                found.append((score, item, "没有打分"))
            elif not mark["measured"] and Decimal(mark["points"]) < item.full and not mark["word"]:
                found.append((score, item, "有扣分，没有写依据"))
    return found


def freeze(assessment: Assessment) -> None:
    """Keeps the sheet as the acts stand at this moment; from now on nothing is measured anew."""
    scores = list(assessment.scores.select_related("organization"))
    _keep(measured(assessment, scores))
