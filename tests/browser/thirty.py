"""Thirty self-evaluations of the demo, filled in by their units and confirmed by their departments, to be reviewed.

Run as a module beside a server, on the server's own data (``JIHENG_DATA``, ``DATABASE_URL``).
"""

import os
from decimal import Decimal

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiheng.settings")

import django

django.setup()

from django.utils import timezone  # noqa: E402

from jiheng.bureau.models import Organization, Person, Zone  # noqa: E402
from jiheng.demo.values import reached  # noqa: E402
from jiheng.evaluation import assessing  # noqa: E402
from jiheng.evaluation.models import SelfEvaluation  # noqa: E402
from jiheng.procedure import door  # noqa: E402

NUMBER = 30


def clerk(place: Organization) -> Person:
    return (
        Person.objects.filter(posts__organization=place).select_related("zone").order_by("username").first()
    )


def main() -> None:
    zone = Zone.objects.get()
    performance = Person.objects.select_related("zone").get(username="performance1")
    goals = [each for each in assessing.to_evaluate(zone, timezone.localdate().year) if not each.whole]
    done = 0
    for act in assessing.open_evaluations(goals, by=performance):
        case = act.case
        evaluation = SelfEvaluation.objects.get(case=case)
        if done == NUMBER or assessing.figure_of(evaluation) is None:
            continue
        rows, claimed = {}, {}
        for row in evaluation.rows.all():
            value = reached(row.target, Decimal(1))
            rows[str(row.pk)] = {"actual": value.text, "reason": ""}
            claimed[str(row.pk)] = None if value.share is None else row.weight
        assessing.save(
            case, by=clerk(case.unit), rows=rows, claimed=claimed, achieved="年度任务已经完成，效益达到预期。",
            note="工程款按合同在次年结算。",
        )  # fmt: skip
        door.perform("evaluation.submit", case, by=clerk(case.unit))
        door.perform("evaluation.confirm", case, by=clerk(case.department))
        done += 1
    assert done == NUMBER, done


if __name__ == "__main__":
    main()
