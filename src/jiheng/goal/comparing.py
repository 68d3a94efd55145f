"""Two versions of a goal side by side: what was added, taken out, changed (art. 21).

A version is what an act kept of the goal, or what the goal says now; both are the plain data of ``procedure.snapshot``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any

from django.utils.timezone import localtime

from jiheng.bureau.models import Person
from jiheng.bureau.scope import visible
from jiheng.goal.drafts import plain
from jiheng.goal.models import Goal
from jiheng.goal.procedure import snapshot
from jiheng.indicator.weights import SCHEMES
from jiheng.paper.money import wan
from jiheng.procedure.models import Act, Case
from jiheng.procedure.table import PROCEDURES

SAME, CHANGED, ADDED, REMOVED = "未变", "改动", "新增", "删去"
ALIKE = 0.5
"""Names that share at least so much are taken for one indicator renamed."""


@dataclass(frozen=True)
class Version:
    """One version that can be compared: ``key`` names it in an address."""

    key: str
    label: str
    record: Mapping[str, Any]


@dataclass(frozen=True)
class Fact:
    """A field on both sides. ``left`` and ``right`` are pieces: (whether it differs, text)."""

    label: str
    mark: str
    left: list[tuple[bool, str]]
    right: list[tuple[bool, str]]


@dataclass(frozen=True)
class Row:
    """A line of a table on both sides; ``cells`` are (left, right, whether they differ)."""

    mark: str
    cells: list[tuple[str, str, bool]]


def versions(goal: Goal, person: Person) -> list[Version]:
    """Every version of what this is the goal of: each as it was handed in, and as it stands now, oldest first."""
    goals = Goal.objects.filter(
        zone_id=goal.zone_id, kind=goal.kind, project_id=goal.project_id, organization_id=goal.organization_id,
        year=goal.year, case__in=visible(Case.objects.all(), person),
    )  # fmt: skip
    goals = goals.select_related("project", "organization", "case").prefetch_related("indicators", "tasks")
    found = []
    for each in goals.order_by("version"):
        submitted = Act.objects.filter(zone_id=goal.zone_id, case=each.case, step="submit").order_by("seq")
        for number, act in enumerate(submitted, 1):
            label = f"第 {each.version} 版第 {number} 次提交（{localtime(act.at):%Y-%m-%d %H:%M}）"
            found.append(Version(act.pk.hex, label, act.record or {}))
        state = PROCEDURES[each.case.procedure].state(each.case.state).label
        found.append(Version(each.pk.hex, f"第 {each.version} 版现在的内容（{state}）", snapshot(each)))
    return found


def usual(found: Sequence[Version], goal: Goal) -> tuple[Version, Version]:
    """What is compared where nothing is chosen: the goal now, and what was handed in or in force before it."""
    place = next(index for index, each in enumerate(found) if each.key == goal.pk.hex)
    earlier = [each for each in found[:place] if each.record != found[place].record]
    return (earlier[-1] if earlier else found[max(0, place - 1)]), found[place]


def facts(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Fact]:
    """Money, texts and scheme of both."""
    found = []
    for key, label in (
        ("fiscal", "财政拨款（万元）"),
        ("other", "其他资金（万元）"),
        ("text", "年度目标"),
        ("scheme", "权重方案"),
        ("note", "对提示的说明"),
        ("reason", "调整原因"),
    ):
        old, new = (_shown(key, record.get(key)) for record in (before, after))
        if not old and not new:
            continue
        left, right = pieces(old, new)
        found.append(Fact(label, _mark(old, new), left, right))
    return found


def _shown(key: str, value: Any) -> str:
    if value in (None, ""):
        return ""
    if key in ("fiscal", "other"):
        return wan(Decimal(value))
    return SCHEMES[value].label if key == "scheme" and value in SCHEMES else str(value)


def _mark(old: str, new: str) -> str:
    return SAME if old == new else ADDED if not old else REMOVED if not new else CHANGED


def pieces(old: str, new: str) -> tuple[list[tuple[bool, str]], list[tuple[bool, str]]]:
    """Both texts cut where they differ; the pieces of each side put together are that side's text."""
    left: list[tuple[bool, str]] = []
    right: list[tuple[bool, str]] = []
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if i != j:
            left.append((kind != "equal", old[i:j]))
        if k != m:
            right.append((kind != "equal", new[k:m]))
    return left, right


def rows(before: Sequence[Sequence[str]], after: Sequence[Sequence[str]], name: int) -> list[Row]:
    """The lines of a table on both sides, in the new one's order, what was taken out where it stood.

    Lines are the same where the column ``name`` is the same; of the rest, those whose names are most alike.
    """
    pairs: dict[int, int] = {}
    free = list(range(len(before)))
    for place, line in enumerate(after):
        same = next((i for i in free if plain(before[i][name]) == plain(line[name])), None)
        if same is not None:
            pairs[place] = same
            free.remove(same)
    for place, line in enumerate(after):
        if place in pairs:
            continue
        likely = [
            (SequenceMatcher(None, before[i][name], line[name], autojunk=False).ratio(), -i) for i in free
        ]
        if likely and max(likely)[0] >= ALIKE:
            pairs[place] = -max(likely)[1]
            free.remove(pairs[place])
    found: list[tuple[tuple[int, int], Row]] = []
    anchor = {pairs[place]: place for place in pairs}
    for place, line in enumerate(after):
        old = before[pairs[place]] if place in pairs else None
        cells = [(o, n, old is None or o != n) for o, n in zip(old or [""] * len(line), line, strict=True)]
        mark = ADDED if old is None else CHANGED if any(cell[2] for cell in cells) else SAME
        found.append(((place, 0), Row(mark, cells)))
    for gone in free:
        after_place = next((anchor[i] for i in range(gone - 1, -1, -1) if i in anchor), -1)
        found.append(((after_place, 1 + gone), Row(REMOVED, [(cell, "", True) for cell in before[gone]])))
    return [row for _, row in sorted(found, key=lambda each: each[0])]


def table(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Row]:
    """The indicators of both."""
    return rows(before.get("indicators", []), after.get("indicators", []), 2)


def tasks(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Row]:
    """The main tasks of both, money in 万元."""
    both = [
        [
            [name, content, _shown("fiscal", fiscal), _shown("other", other)]
            for name, content, fiscal, other in r.get("tasks", [])
        ]
        for r in (before, after)
    ]
    return rows(both[0], both[1], 0)
