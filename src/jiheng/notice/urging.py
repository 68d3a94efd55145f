"""Urging those who are late, one or many: each urging is an act of its own on the receipt (art. 8, 41)."""

from collections import defaultdict
from collections.abc import Sequence

from django.db import transaction

from jiheng.bureau.models import Person
from jiheng.notice.models import Receipt
from jiheng.procedure import door
from jiheng.procedure.door import Outcome
from jiheng.procedure.models import Case


def urge(receipts: Sequence[Receipt], word: str, *, by: Person) -> Outcome:
    """Urges all of them in one transaction; who may not be urged is told with the reasons."""
    steps: dict[str, list[Case]] = defaultdict(list)
    for case in Case.objects.filter(pk__in=[receipt.case_id for receipt in receipts]):
        step = "urge_again" if case.state == "urged" else "urge"
        steps[f"{case.procedure}.{step}"].append(case)
    whole = Outcome()
    with transaction.atomic():
        for name, cases in steps.items():
            part = door.perform_many(name, cases, by=by, given={"opinion": word})
            whole.acts += part.acts
            whole.refused += part.refused
    return whole
