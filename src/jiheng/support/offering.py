"""Which kinds of work experts and institutions are engaged for, and which cases they may be engaged on (art. 39).

A room above offers its cases: ``engagement.offer("goal", kind="engagement_goal", states=("reviewed",), brief=…)``.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from jiheng.bureau.roles import ASSETS, BUDGET, EXPENDITURE, PERFORMANCE, Role
from jiheng.procedure.table import Reason

Section = dict[str, Any]
"""What the engaged get to read: {"title", "facts": [[label, value]], "text", "head": […], "rows": [[…]]}."""


@dataclass(frozen=True)
class Kind:
    """One kind of engagement: who engages, by which articles, and what is to be delivered.

    ``conclusions`` are the words to choose from; without them the grade that follows from the score is the conclusion.
    """

    key: str
    label: str
    role: Role
    articles: tuple[int, ...]
    conclusions: tuple[tuple[str, str], ...] = ()
    scored: bool = True


KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind(
            "engagement_exante",
            "重点评估委托",
            BUDGET,
            (14, 39),
            (("support", "予以支持"), ("part", "部分支持"), ("refuse", "不予支持")),
        ),
        Kind(
            "engagement_goal",
            "目标重点审核委托",
            PERFORMANCE,
            (18, 39),
            (("pass", "予以通过"), ("amend", "修改后通过"), ("refuse", "不予通过")),
            scored=False,
        ),
        Kind("engagement_finance", "财政评价委托", PERFORMANCE, (31, 39)),
        Kind("engagement_capital", "国资和基金评价委托", ASSETS, (32, 39)),
        Kind("engagement_insurance", "社保基金评价委托", EXPENDITURE, (32, 39)),
    )
}


@dataclass(frozen=True)
class Offer:
    """On which cases a kind of engagement is possible: those of a procedure, while they stand in one of ``states``.

    ``brief`` tells the case's record as sections for the engaged to read; it is kept as it stood at acceptance. Where
    the engaged work on pages of their own, ``page`` names the first of these (by the engagement's case), ``known`` what
    these already say of the delivery, and ``ready`` why it can't be delivered yet.
    """

    procedure: str
    kind: Kind
    states: tuple[str, ...]
    brief: Callable[[Any], list[Section]]
    page: str = ""
    known: Callable[[Any], dict[str, Any]] = lambda engagement: {}
    ready: Callable[[Any, dict[str, Any]], Iterable[Reason]] = lambda engagement, given: ()


OFFERS: dict[str, Offer] = {}
"""By the procedure of the case that is judged."""


def facts(title: str, *pairs: tuple[str, Any]) -> Section:
    """A section of labelled facts; what is empty says so."""
    return {"title": title, "facts": [[label, str(value or "未填写")] for label, value in pairs]}


def table(title: str, head: list[str], rows: list[list[Any]]) -> Section:
    """A section that is a table."""
    return {"title": title, "head": head, "rows": [[str(cell) for cell in row] for row in rows]}
