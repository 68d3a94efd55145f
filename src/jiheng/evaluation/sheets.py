"""Scoring sheets: what was typed for each item becomes points with their working; several sheets are laid side by side.

Points in two places. The figures of the record are worked out anew until the evaluation is sent on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from jiheng.evaluation import marking
from jiheng.evaluation.framework_models import Evaluation, Item, Mark, Sheet, final_sheet, total_of
from jiheng.evaluation.measured import Measured, measured
from jiheng.goal.checking import rules_of
from jiheng.indicator import scoring
from jiheng.procedure import door

RATES = ("rate", "ceiling", "change")
WRITTEN = ("ratings", "actual", "comment", "mean", "score", "working")


@dataclass
class Typed:
    """What was typed for one item."""

    ratings: list[str] = field(default_factory=list)
    actual: str = ""
    comment: str = ""
    mean: bool = False


def others(evaluation: Evaluation) -> list[Sheet]:
    """The sheets of the engaged, in the order they began."""
    return [sheet for sheet in evaluation.sheets.all() if not sheet.final]


def scores_by_item(evaluation: Evaluation) -> dict[Any, list[tuple[str, Decimal]]]:
    """What the engaged gave each item, by name; only whole sheets count."""
    found: dict[Any, list[tuple[str, Decimal]]] = {}
    for sheet in others(evaluation):
        if sheet.total is None:
            continue
        for mark in sheet.marks.all():
            if mark.score is not None:
                found.setdefault(mark.item_id, []).append((sheet.name, mark.score))
    return found


def marked(
    item: Item,
    typed: Typed,
    evaluation: Evaluation,
    known: Mapping[str, Measured],
    given: Mapping[Any, Sequence[tuple[str, Decimal]]],
) -> marking.Marked:
    """An item's points by its method."""
    if typed.mean:
        return marking.by_mean(item.weight, given.get(item.pk, []))
    if item.figure in known:
        figure = known[item.figure]
        return marking.by_rate(item.weight, item.method, figure.rate, told=figure.told)
    if item.method == "points":
        return marking.by_points(item.weight, item.points, typed.ratings)
    if item.method in RATES:
        rate = marking.ratio_of(typed.actual)
        return marking.Marked(None) if rate is None else marking.by_rate(item.weight, item.method, rate)
    rating = typed.ratings[0] if typed.ratings else ""
    rules = rules_of(evaluation.case.profile_id)
    names = (item.level1, item.level2, item.name)
    return marking.by_goal(item.weight, names, item.target, typed.actual, rating, rules)


def save(
    evaluation: Evaluation, sheet: Sheet, typed: Mapping[str, Typed], revision: int | None
) -> Decimal | None:
    """Keeps a sheet as typed, by the item's key, and its points; returns the total, if all are there."""
    if sheet._state.adding:
        sheet.save()
    sheet = Sheet.objects.select_for_update().get(pk=sheet.pk)
    if revision is not None and revision != sheet.revision:
        raise door.Overtaken
    known = measured(evaluation)
    given = scores_by_item(evaluation) if sheet.final else {}
    marks = {mark.item_id: mark for mark in sheet.marks.all()}
    kept: list[Mark] = []
    for item in evaluation.items.all():
        told = typed.get(str(item.pk), Typed())
        mark = marks.get(item.pk) or Mark(zone_id=sheet.zone_id, sheet=sheet, item=item)
        result = marked(item, told, evaluation, known, given)
        mark.ratings, mark.actual, mark.comment = told.ratings, told.actual, told.comment
        mark.mean, mark.score, mark.working = told.mean, result.value, list(result.working)
        kept.append(mark)
    Mark.objects.bulk_create([mark for mark in kept if mark._state.adding])
    Mark.objects.bulk_update([mark for mark in kept if mark.item_id in marks], WRITTEN, batch_size=200)
    sheet.total, sheet.revision = total_of(kept), sheet.revision + 1
    sheet.save()
    return sheet.total


def typed_of(mark: Mark) -> Typed:
    return Typed(list(mark.ratings), mark.actual, mark.comment, mark.mean)


def refresh(evaluation: Evaluation) -> None:
    """Works the final sheet's points out anew by the newest figures of the record (not saved)."""
    known = measured(evaluation)
    given = scores_by_item(evaluation)
    items = {item.pk: item for item in evaluation.items.all()}
    sheet = final_sheet(evaluation)
    marks = [mark for mark in sheet.marks.all() if mark.item_id in items]
    for mark in marks:
        result = marked(items[mark.item_id], typed_of(mark), evaluation, known, given)
        mark.score, mark.working = result.value, list(result.working)
    sheet.total = total_of(marks) if len(marks) == len(items) else None


def keep(evaluation: Evaluation) -> None:
    """Saves the final sheet's points, the total and the grade as they stand at this moment."""
    refresh(evaluation)
    sheet = final_sheet(evaluation)
    sheet.save(update_fields=["total"])
    Mark.objects.bulk_update(sheet.marks.all(), ["score", "working"], batch_size=200)
    evaluation.total = sheet.total
    evaluation.grade = scoring.grade(sheet.total, rules_of(evaluation.case.profile_id)) or ""
    evaluation.save(update_fields=["total", "grade"])


@dataclass(frozen=True)
class Line:
    """An item with its final mark, and how far the engaged ones' scores lie apart."""

    item: Item
    mark: Mark | None
    given: Sequence[tuple[str, Decimal]]
    spread: marking.Spread | None

    @property
    def lost(self) -> bool:
        return bool(self.mark and self.mark.score is not None and self.mark.score < self.item.weight)


def lines(evaluation: Evaluation) -> list[Line]:
    """Every item in order, with its score and the spread of what the engaged gave."""
    marks = {mark.item_id: mark for mark in final_sheet(evaluation).marks.all()}
    given = scores_by_item(evaluation)
    return [
        Line(
            item,
            marks.get(item.pk),
            given.get(item.pk, ()),
            marking.spread([score for _, score in given.get(item.pk, ())]),
        )
        for item in evaluation.items.all()
    ]


def total_spread(evaluation: Evaluation) -> marking.Spread | None:
    """How far the engaged ones' totals lie apart."""
    return marking.spread([sheet.total for sheet in others(evaluation) if sheet.total is not None])
