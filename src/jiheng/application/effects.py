"""What another rule table would propose for next year's money (art. 33, 43)."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from uuid import UUID

from django.db.models import Max

from jiheng.application.models import Action, Application
from jiheng.application.opening import rates_from, rulings
from jiheng.bureau.effects import EXAMPLES, Effect, Example, goes_by
from jiheng.bureau.models import Zone
from jiheng.bureau.profile import Values
from jiheng.evaluation.models import SelfEvaluation
from jiheng.paper.money import wan


@goes_by("application")
def _proposals(zone: Zone, before: Values, after: Values) -> Iterator[Effect]:
    year = Application.objects.filter(zone=zone).aggregate(year=Max("evaluation__goal__year"))["year"]
    known = Application.objects.filter(zone=zone, evaluation__goal__year=year).select_related("case")
    known = known.select_related("evaluation__goal", "evaluation__case").order_by("case__code")
    cases = {row.evaluation_id: row.case for row in known}
    evaluations: list[SelfEvaluation] = [row.evaluation for row in known]
    if not evaluations:
        yield Effect("结果的应用建议", 0, 0)
        return
    was = rulings(evaluations, rates_from(before))
    now = rulings(evaluations, rates_from(after))
    changed: dict[UUID, Decimal] = defaultdict(Decimal)
    examples = []
    for key, (_, old, _) in was.items():
        new = now[key][1]
        if (old.action, old.amount, old.low) != (new.action, new.amount, new.low):
            changed[key] = new.amount - old.amount
            if len(examples) < EXAMPLES:
                case = cases[key]
                told = (f"{Action(each.action).label} {wan(each.amount)} 万元" for each in (old, new))
                examples.append(Example(case.title, case.get_absolute_url(), *told))
    more = sum(changed.values(), Decimal(0))
    ways = (f"按规则安排的合计{'增加' if more >= 0 else '减少'} {wan(abs(more))} 万元",) if changed else ()
    yield Effect(f"{year}年结果的应用建议", len(changed), len(evaluations), ways, tuple(examples))
