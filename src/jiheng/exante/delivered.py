"""What the engaged experts and institutions delivered for a key evaluation: the one place that asks (art. 14, 39)."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from jiheng.exante import rules
from jiheng.support import engagement


@dataclass(frozen=True)
class Delivery:
    """What all the engaged of one case brought: their names, the mean of their scores, what they agree on, their reports.

    ``conclusion`` is empty where they differ; ``awaited`` are those who haven't delivered yet.
    """

    parties: tuple[str, ...]
    score: Decimal | None
    conclusion: str
    files: tuple[dict[str, Any], ...]
    awaited: tuple[str, ...]


def delivered(case_keys: Iterable[UUID]) -> dict[UUID, Delivery]:
    """What was delivered for each case, empty where nothing was."""
    keys = list(case_keys)
    results, waiting = engagement.results(keys), engagement.waiting(keys)
    return {key: _together(results.get(key, []), waiting.get(key, [])) for key in keys}


def _together(results: list[engagement.Result], awaited: list[str]) -> Delivery:
    scores = [result.score for result in results if result.score is not None]
    mean = (sum(scores, Decimal(0)) / len(scores)).quantize(rules.CENT, ROUND_HALF_UP) if scores else None
    said = {result.conclusion for result in results}
    files = tuple(
        {
            "name": file.name,
            "size": file.size,
            "sha256": file.sha256,
            "label": f"重点评估报告（{result.party}）",
        }
        for result in results
        for file in result.files
    )
    names = tuple(result.party for result in results)
    return Delivery(names, mean, said.pop() if len(said) == 1 else "", files, tuple(awaited))
