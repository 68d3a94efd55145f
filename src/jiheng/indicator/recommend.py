"""Which indicators of the library fit a goal that is being written (art. 38): ranked, with the reason for each.

Pure: no database, no request. Two things are weighed. What goals of similar projects used before, most similar first;
and how near the indicator's own words (name, industry, field) stand to the project's. Similar means sharing rare pairs
of characters in names (Chinese is written without spaces, so pairs serve as words), the same department or field.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

TEN = 10
NEIGHBOURS = 25
"""How many of the most similar goals are asked."""
USED, WORDS, DEPARTMENT, COMMON = 1.0, 0.6, 0.1, 0.08
"""Weights: used by similar goals, own words, usual in the department, used much in general."""
FLOOR = 0.15
"""Goals that are hardly alike, taken together, don't speak as loudly as like ones."""
SAME_LEVEL2 = 4
"""At most so many of one level-2 group among the ten, so that a goal gets its other groups too."""


@dataclass(frozen=True)
class Candidate:
    """An indicator of the library; ``key`` tells it apart."""

    key: Hashable
    level2: str
    name: str
    field: str = ""
    industry: str = ""


@dataclass(frozen=True)
class Past:
    """A goal written before: whose it was and which indicators it used (their keys)."""

    project: str
    department: str
    field: str
    used: frozenset[Hashable]


@dataclass(frozen=True)
class Suggestion:
    candidate: Candidate
    score: float
    why: str


def pairs(text: str) -> Counter[str]:
    """The pairs of neighbouring characters of a text, letters and digits left out of pairs with others."""
    kept = [character for character in text if character.isalnum()]
    return Counter(a + b for a, b in pairwise(kept))


class Recommender:
    """Learns from a bureau's library and its earlier goals once, answers for any number of projects."""

    def __init__(self, candidates: Sequence[Candidate], past: Iterable[Past]) -> None:
        self.candidates = {each.key: each for each in candidates}
        self.past = list(past)
        names = [pairs(each.project) for each in self.past]
        words = {each.key: pairs(f"{each.name} {each.industry} {each.field}") for each in candidates}
        seen = Counter(pair for bag in [*names, *words.values()] for pair in bag)
        total = len(names) + len(words) + 1
        self._rare = {pair: math.log(total / count) for pair, count in seen.items()}
        self._names = [self._weighed(bag) for bag in names]
        self._words = {key: self._weighed(bag) for key, bag in words.items()}
        self._of_pair: dict[str, list[int]] = defaultdict(list)
        for place, bag in enumerate(self._names):
            for pair in bag:
                self._of_pair[pair].append(place)
        self._department: dict[str, Counter[Hashable]] = defaultdict(Counter)
        self._goals_of: Counter[str] = Counter()
        self._common: Counter[Hashable] = Counter()
        for each in self.past:
            self._goals_of[each.department] += 1
            self._department[each.department].update(each.used)
            self._common.update(each.used)

    def ten(
        self,
        project: str,
        department: str = "",
        field: str = "",
        *,
        without: Iterable[str] = (),
        count: int = TEN,
    ) -> list[Suggestion]:
        """The ``count`` most fitting indicators, best first; none whose name is already in ``without``."""
        taken = set(without)
        wish = self._weighed(pairs(project))
        around = self._weighed(pairs(f"{project} {department} {field}"))
        used: dict[Hashable, float] = defaultdict(float)
        because: dict[Hashable, str] = {}
        near = self._similar(wish, department, field)
        whole = max(sum(likeness for likeness, _ in near), FLOOR)
        for likeness, place in near:
            for key in self.past[place].used:
                used[key] += likeness / whole
                because.setdefault(key, f"相近项目“{self.past[place].project}”用过")
        goals = self._goals_of[department]
        most = max(self._common.values(), default=1)
        found = []
        for key, candidate in self.candidates.items():
            if candidate.name in taken:
                continue
            own = _cosine(around, self._words[key])
            if candidate.field:
                own = own + 0.5 if candidate.field == field else own * 0.2
            usual = self._department[department][key] / goals if goals else 0.0
            common = self._common[key] / most
            score = USED * used[key] + WORDS * own + DEPARTMENT * usual + COMMON * common
            why = because.get(key) or (
                f"{department}常用"
                if usual
                else f"属于{candidate.industry or candidate.field}"
                if own
                else "常用指标"
            )
            found.append(Suggestion(candidate, score, why))
        found.sort(key=lambda each: (-each.score, each.candidate.name))
        return _spread(found, count)

    def _similar(self, wish: dict[str, float], department: str, field: str) -> list[tuple[float, int]]:
        """The earlier goals most like this one, with how like they are."""
        shared = {place for pair in wish for place in self._of_pair.get(pair, ())}
        likeness = []
        for place in shared:
            near = _cosine(wish, self._names[place])
            each = self.past[place]
            near *= 1 + 0.3 * (each.department == department) + 0.2 * bool(field and each.field == field)
            likeness.append((near * near, place))
        return sorted(likeness, key=lambda pair: (-pair[0], pair[1]))[:NEIGHBOURS]

    def _weighed(self, bag: Counter[str]) -> dict[str, float]:
        """Each pair by how rare it is, as a vector of length one."""
        weighed = {pair: count * self._rare.get(pair, 0.0) for pair, count in bag.items()}
        length = math.sqrt(sum(weight * weight for weight in weighed.values()))
        return {pair: weight / length for pair, weight in weighed.items() if weight} if length else {}


def by_keyword(candidates: Iterable[Candidate], project: str, count: int = TEN) -> list[Candidate]:
    """What a plain search would give: the indicators whose words share most pairs with the project's name."""
    wish = set(pairs(project))
    shared = [
        (len(wish & set(pairs(f"{each.name} {each.industry} {each.field}"))), each) for each in candidates
    ]
    shared.sort(key=lambda pair: (-pair[0], pair[1].name))
    return [each for _, each in shared[:count]]


def _cosine(one: dict[str, float], other: dict[str, float]) -> float:
    if len(other) < len(one):
        one, other = other, one
    return sum(weight * other.get(pair, 0.0) for pair, weight in one.items())


def _spread(found: Iterable[Suggestion], count: int) -> list[Suggestion]:
    taken: list[Suggestion] = []
    groups: Counter[str] = Counter()
    for each in found:
        if groups[each.candidate.level2] < SAME_LEVEL2:
            groups[each.candidate.level2] += 1
            taken.append(each)
            if len(taken) == count:
                break
    return taken
