"""Payments and fund-use plans that should not have come, told when figures come in (art. 26).

Rooms above know which projects' money is stopped and since when; they register a watch here. A payment is the increase
of a project's paid figure (元) since the figure before it of the same year, a new plan that of its fund-use plan.
"""

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

from jiheng.project.execution import latest
from jiheng.project.models import Project


@dataclass(frozen=True)
class Payment:
    """What was paid for a project, or could newly be drawn (``planned``), after ``since`` until ``until``.

    ``since`` is None where nothing is known before: since the year began.
    """

    project: Project
    before: Decimal
    since: datetime.date | None
    paid: Decimal
    until: datetime.date
    planned: bool = False

    @property
    def what(self) -> str:
        return "用款计划" if self.planned else "支付"

    @property
    def increase(self) -> Decimal:
        return self.paid - self.before


@dataclass(frozen=True)
class Flag:
    """A payment with what stands against it, and where to read on."""

    payment: Payment
    text: str
    link: str


Watch = Callable[[UUID, Sequence[Payment]], list[Flag]]
WATCHES: list[Watch] = []


def register(watch: Watch) -> Watch:
    """Makes a watch known; each room does so once when the application starts."""
    WATCHES.append(watch)
    return watch


class Figure(Protocol):
    """A line of figures, entered or not (execution.Entry, models.ExecutionFigure)."""

    project: Project
    paid: Decimal
    plan: Decimal | None


def increases(
    figure: Figure, before: Figure | None, since: datetime.date | None, until: datetime.date
) -> list[Payment]:
    """The payment and the new plan that a figure tells of, against the one before it."""
    found = [Payment(figure.project, before.paid if before else Decimal(0), since, figure.paid, until)]
    if figure.plan is not None:
        known = before.plan if before and before.plan is not None else Decimal(0)
        found.append(Payment(figure.project, known, since, figure.plan, until, planned=True))
    return [payment for payment in found if payment.increase > 0]


def flags(zone_id: UUID, year: int, cutoff: datetime.date, figures: Iterable[Any]) -> list[Flag]:
    """What stands against figures (each a ``Figure``) up to a cut-off day, whether entered yet or not."""
    rows = list(figures)
    before = latest([row.project.pk for row in rows], year, cutoff - datetime.timedelta(days=1))
    payments = []
    for row in rows:
        known = before.get(row.project.pk)
        payments += increases(row, known, known.cutoff if known else None, cutoff)
    return [flag for watch in WATCHES for flag in watch(zone_id, payments)]
