"""What the engaged experts and institutions delivered for a key evaluation: the one place that knows (art. 14, 39)."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from jiheng.exante.models import Evidence, ExanteEvaluation


@dataclass(frozen=True)
class Delivery:
    """One result of a key evaluation: by whom, with what score, conclusion, amount (元) and report files."""

    party: str
    kind: str
    score: Decimal | None
    conclusion: str
    amount: Decimal | None
    files: tuple[Evidence, ...]


def delivered(case_keys: Iterable[UUID]) -> dict[UUID, list[Delivery]]:
    """What was delivered for each case; a case for which nothing was has an empty list.

    Today it is what the budget office recorded with the report's files.
    """
    keys = list(case_keys)
    found: dict[UUID, list[Delivery]] = {key: [] for key in keys}
    rows = ExanteEvaluation.objects.filter(case_id__in=keys).exclude(key_by="").prefetch_related("evidence")
    for row in rows:
        files = tuple(file for file in row.evidence.all() if file.kind == Evidence.Kind.KEY)
        if files:
            found[row.case_id].append(
                Delivery(row.key_by, row.key_kind, row.key_score, row.key_conclusion, row.key_amount, files)
            )
    return found
