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
    """Urges all of them in one transaction, in their order; who may not be urged is told with the reasons."""
    kinds: dict[str, list[Case]] = defaultdict(list)
    for receipt in receipts:
        kinds[receipt.case.procedure].append(receipt.case)
    whole = Outcome()
    with transaction.atomic():
        for key, cases in kinds.items():
            part = door.perform_many(f"{key}.urge", cases, by=by, given={"opinion": word})
            whole.acts += part.acts
            whole.refused += part.refused
    return whole
