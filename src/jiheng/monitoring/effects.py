"""Which lights another profile would change (art. 23, 43)."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from uuid import UUID

from django.db.models import Max

from jiheng.bureau.effects import EXAMPLES, Effect, Example, goes_by
from jiheng.bureau.models import Zone
from jiheng.bureau.profile import Values
from jiheng.monitoring import rules
from jiheng.monitoring.models import Report, Row
from jiheng.monitoring.shares import Said, goal_light

AT_ONCE = 5000


def _light(report: Report, rows: list[Said], values: Values) -> str:
    """A report's light by these values (the working is ``reporting``'s)."""
    passed = rules.time_progress(report.goal.year, report.cutoff)
    green, yellow = values.decimal("lights", "goal_green"), values.decimal("lights", "goal_yellow")
    goal = goal_light(rows, passed, green, yellow)
    green, yellow = values.decimal("lights", "green"), values.decimal("lights", "yellow")
    spent = rules.execution_light(report.full_year, report.paid, passed, green=green, yellow=yellow).light
    return rules.worst((goal, spent))


@goes_by("lights")
def _lights(zone: Zone, before: Values, after: Values) -> Iterator[Effect]:
    handed_in = Report.objects.filter(zone=zone).exclude(case__state="draft")
    year = handed_in.aggregate(year=Max("goal__year"))["year"]
    told: dict[UUID, list[Said]] = defaultdict(list)
    texts = Row.objects.filter(zone=zone, report__goal__year=year).order_by()
    for key, *said in texts.values_list(
        "report", "likelihood", "indicator__target", "actual", "indicator__name", "indicator__level1",
        "indicator__level2",
    ).iterator(chunk_size=AT_ONCE):  # fmt: skip
        told[key].append(tuple(said))
    reports = handed_in.filter(goal__year=year).defer("text", "summary")
    ways: Counter[tuple[str, str]] = Counter()
    examples, number = [], 0
    for report in reports.select_related("goal", "case").order_by("case__code").iterator(chunk_size=AT_ONCE):
        number += 1
        was, now = (_light(report, told[report.pk], values) for values in (before, after))
        if was != now:
            ways[was, now] += 1
            if len(examples) < EXAMPLES:
                link = report.case.get_absolute_url()
                title = f"{report.case.title}（截至 {report.cutoff}）"
                examples.append(Example(title, link, rules.WORDS[was], rules.WORDS[now]))
    yield Effect(
        f"{year}年监控的灯" if year else "监控的灯",
        sum(ways.values()),
        number,
        tuple(
            f"{rules.WORDS[was]}变{rules.WORDS[now]} {count} 份" for (was, now), count in ways.most_common()
        ),
        tuple(examples),
    )
