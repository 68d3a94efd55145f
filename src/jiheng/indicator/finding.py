"""Finding indicators in the library: by words and filters for its list, the most fitting for a goal (art. 38)."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from uuid import UUID

from django.db.models import Count, F, Max, Q, QuerySet

from jiheng.indicator.models import LibraryIndicator
from jiheng.indicator.recommend import Candidate, Past, Recommender, Suggestion, pairs

MANY = 3000
"""A library up to so large is weighed whole; of a larger one, what is used most and what shares words with the project."""

Status = LibraryIndicator.Status
PAST: list[Callable[[UUID], tuple[object, Callable[[], Iterable[Past]]]]] = []
"""How the room of goals tells what earlier goals used: a stamp that changes with them, and the goals themselves."""


def searched(rows: QuerySet[LibraryIndicator], words: str) -> QuerySet[LibraryIndicator]:
    """The indicators in which every word occurs, in whichever field."""
    for word in words.split()[:6]:
        rows = rows.filter(
            Q(name__icontains=word) | Q(industry__icontains=word) | Q(level2__icontains=word)
            | Q(source__icontains=word) | Q(code__iexact=word)
        )  # fmt: skip
    return rows


def published(zone_id: UUID, field: str = "") -> QuerySet[LibraryIndicator]:
    """What may be used in a goal: published, common to all or of the project's field."""
    fields = ("", field) if field else ("",)
    return LibraryIndicator.objects.filter(zone_id=zone_id, status=Status.PUBLISHED, field__in=fields)


def fitting(
    zone_id: UUID, project: str, department: str, field: str = "", *, without: Sequence[str] = ()
) -> list[tuple[LibraryIndicator, Suggestion]]:
    """The ten most fitting published indicators for a project, best first, with why."""
    rows = published(zone_id, field)
    size = rows.order_by().aggregate(count=Count("pk"), used=Max("used"))
    newest = rows.order_by("-pk").values_list("pk", flat=True).first()
    if size["count"] > MANY:
        keys = _near(rows, f"{project} {department}")
        recommender = _learned(zone_id, rows.filter(pk__in=keys))
    else:
        stamp = (size["count"], newest, size["used"], *(ask(zone_id)[0] for ask in PAST))
        recommender = _kept(zone_id, field, stamp)
    ten = recommender.ten(project, department, field, without=without)
    found = LibraryIndicator.objects.in_bulk([each.candidate.key for each in ten])
    return [(found[each.candidate.key], each) for each in ten if each.candidate.key in found]


@lru_cache(maxsize=16)
def _kept(zone_id: UUID, field: str, stamp: tuple[object, ...]) -> Recommender:
    """What was learned stays good while neither the library nor the goals have changed (``stamp``)."""
    return _learned(zone_id, published(zone_id, field))


def _learned(zone_id: UUID, rows: QuerySet[LibraryIndicator]) -> Recommender:
    candidates = [
        Candidate(key, level2, name, field, industry)
        for key, level2, name, field, industry in rows.order_by("pk").values_list(
            "pk", "level2", "name", "field", "industry"
        )
    ]
    by_name = {(each.level2, each.name): each.key for each in candidates}
    past = [
        Past(each.project, each.department, each.field, frozenset(by_name[name] for name in each.used if name in by_name))
        for ask in PAST
        for each in ask(zone_id)[1]()
    ]  # fmt: skip
    return Recommender(candidates, past)


def _near(rows: QuerySet[LibraryIndicator], words: str) -> list[UUID]:
    """Of a large library: what is used most, and what shares a pair of characters with the project."""
    alike = Q()
    for pair in list(pairs(words))[:16]:
        alike |= Q(name__contains=pair) | Q(industry__contains=pair)
    most = rows.filter(used__gt=0).order_by("-used", "pk").values_list("pk", flat=True)[: MANY // 2]
    near = rows.filter(alike).order_by("-used", "pk").values_list("pk", flat=True)[: MANY // 2]
    return list({*most, *near})


def count_uses(zone_id: UUID, names: Iterable[tuple[str, str]]) -> None:
    """Counts that published indicators (level 2, name) were used in goals that came into force."""
    times = Counter(names)
    by_count: dict[int, list[tuple[str, str]]] = {}
    for name, count in times.items():
        by_count.setdefault(count, []).append(name)
    for count, some in by_count.items():
        known = LibraryIndicator.objects.filter(
            zone_id=zone_id, name__in={name for _, name in some}
        ).order_by()
        keys = [
            key
            for key, level2, name in known.values_list("pk", "level2", "name")
            if (level2, name) in set(some)
        ]
        LibraryIndicator.objects.filter(pk__in=keys).update(used=F("used") + count)
