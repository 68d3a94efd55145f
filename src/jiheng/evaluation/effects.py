"""Which grades and warnings of self-evaluations another profile would change (art. 27, 43)."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from uuid import UUID

from django.db.models import Max, QuerySet

from jiheng.bureau.effects import EXAMPLES, Effect, Example, goes_by
from jiheng.bureau.models import Zone
from jiheng.bureau.profile import Values
from jiheng.evaluation.models import Row, SelfEvaluation
from jiheng.evaluation.recalculating import Total, recalculated
from jiheng.goal.checking import rules_from
from jiheng.indicator.form import Budget, Form, IndicatorRow

AT_ONCE = 5000
LIGHTS = {"red": "红色预警", "yellow": "黄色预警", "": "没有预警"}


def _handed_in(zone: Zone) -> QuerySet[SelfEvaluation]:
    return SelfEvaluation.objects.filter(zone=zone).exclude(case__state="draft")


def _forms(zone: Zone, year: int | None) -> Iterator[tuple[SelfEvaluation, Form]]:
    """A year's self-evaluations that were handed in, as the forms that are scored."""
    rows: dict[UUID, list[IndicatorRow]] = defaultdict(list)
    written = Row.objects.filter(zone=zone, evaluation__goal__year=year).order_by("evaluation", "order")
    for key, level1, level2, name, target, weight, actual, claimed in written.values_list(
        "evaluation", "level1", "level2", "name", "target", "weight", "actual", "claimed"
    ).iterator(chunk_size=AT_ONCE):
        rows[key].append(
            IndicatorRow(
                level1, level2, name, target or None, weight, actual or None, published_score=claimed
            )
        )
    found = _handed_in(zone).filter(goal__year=year).select_related("goal", "case")
    found = found.defer("checks", "achieved", "note", "tasks", "warning_working")
    for each in found.order_by("case__code").iterator(chunk_size=AT_ONCE):
        budget = Budget(full_year=each.full_year, executed=each.executed, weight=each.execution_weight)
        yield (
            each,
            Form("whole" if each.goal.whole else "self_evaluation", budget=budget, rows=tuple(rows[each.pk])),
        )


@goes_by("grades", "scoring")
def _grades(zone: Zone, before: Values, after: Values) -> Iterator[Effect]:
    by, by_new = rules_from(before), rules_from(after)
    grades: list[tuple[SelfEvaluation, Total, Total]] = []
    warnings: Counter[tuple[str, str]] = Counter()
    ways: Counter[tuple[str, str]] = Counter()
    number, year = 0, _handed_in(zone).aggregate(year=Max("goal__year"))["year"]
    whose = f"{year}年" if year else ""
    for each, form in _forms(zone, year):
        number += 1
        was, now = recalculated(form, by), recalculated(form, by_new)
        if (was.total, was.grade) != (now.total, now.grade):
            grades.append((each, was, now))
            ways[was.grade or "未定", now.grade or "未定"] += 1
        if was.warning != now.warning:
            warnings[was.warning, now.warning] += 1
    yield Effect(
        f"{whose}自评的总分和等级",
        len(grades),
        number,
        tuple(
            f"{was}变{now} {count} 份" if was != now else f"等级仍为{was}、总分不同 {count} 份"
            for (was, now), count in ways.most_common()
        ),
        tuple(
            Example(each.case.title, each.case.get_absolute_url(), _told(was), _told(now))
            for each, was, now in grades[:EXAMPLES]
        ),
    )
    yield Effect(
        f"{whose}自评的预警",
        sum(warnings.values()),
        number,
        tuple(f"{LIGHTS[was]}变{LIGHTS[now]} {count} 份" for (was, now), count in warnings.most_common()),
    )


def _told(total: Total) -> str:
    return f"{total.total}（{total.grade or '未定'}）" if total.total is not None else "没有总分"
