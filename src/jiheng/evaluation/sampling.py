"""Drawing a sample that anybody can repeat: stratified by department and grade, by the lots of a seed (art. 30).

Pure functions. Seats go to strata in proportion to their size by largest remainder; within a stratum the smallest lots
are drawn (``support.rules.draw``: SHA-256 of “seed:code”).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction

from jiheng.support import rules

METHOD = (
    "按部门和自评等级分层；各层抽取数按层内份数占全部的比例分配，先取整数部分，余下名额按余数由大到小分；"
    "抽取数不少于层数时每层至少 1 份，从分得最多于其比例的层让出；"
    "层内按签号（SHA-256(种子:项目代码)）由小到大抽取。种子和名单相同，样本必然相同。"
)


@dataclass(frozen=True)
class Candidate:
    """One accepted self-evaluation that can be drawn. ``code`` is unlike any other's."""

    code: str
    department: str
    grade: str

    @property
    def stratum(self) -> tuple[str, str]:
        return (self.department, self.grade)


@dataclass(frozen=True)
class Stratum:
    """A department's self-evaluations of one grade: how many there are, how many of them are drawn."""

    department: str
    grade: str
    size: int
    seats: int


def number_of(population: int, share: Decimal) -> int:
    """How many a share asks for: rounded up, at least one where there is anything, never more than there are."""
    asked = int((population * share).to_integral_value(ROUND_CEILING))
    return min(max(asked, 1), population)


def allocate(sizes: Mapping[tuple[str, str], int], number: int, seed: str) -> dict[tuple[str, str], int]:
    """Seats of each stratum. Equal remainders are settled by the stratum's own lot."""
    total = sum(sizes.values())
    number = min(max(number, 0), total)
    if not number:
        return dict.fromkeys(sizes, 0)
    quotas = {key: Fraction(number * size, total) for key, size in sizes.items()}
    lots = {key: rules.ticket(seed, "/".join(key)) for key in sizes}
    seats = {key: int(quota) for key, quota in quotas.items()}
    left = number - sum(seats.values())
    order = sorted(sizes, key=lambda key: (seats[key] - quotas[key], lots[key], key))
    for key in order[:left]:
        seats[key] += 1
    if number >= len(sizes):
        for key in sorted(sizes, key=lambda key: (lots[key], key)):
            if not seats[key]:
                richest = max(
                    (each for each in sizes if seats[each] > 1),
                    key=lambda each: (seats[each] - quotas[each], lots[each], each),
                )
                seats[richest] -= 1
                seats[key] = 1
    return seats


def draw(seed: str, candidates: Sequence[Candidate], number: int) -> tuple[list[Stratum], list[Candidate]]:
    """The strata with their seats and the sample, both in order of department, grade and lot."""
    by_stratum: dict[tuple[str, str], dict[str, Candidate]] = defaultdict(dict)
    for candidate in candidates:
        by_stratum[candidate.stratum][candidate.code] = candidate
    seats = allocate({key: len(found) for key, found in by_stratum.items()}, number, seed)
    strata = [Stratum(*key, len(by_stratum[key]), seats[key]) for key in sorted(by_stratum)]
    sample = [
        by_stratum[key][code]
        for key in sorted(by_stratum)
        for code in rules.draw(seed, by_stratum[key], seats[key])
    ]
    return strata, sample
