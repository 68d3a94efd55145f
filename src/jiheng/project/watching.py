"""Payments that should not have been made, told when figures come in (art. 26).

Rooms above know which projects' money is stopped and since when; they register a watch here. A payment is the increase
of a project's paid figure (元) since the figure before it of the same year.
"""

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from jiheng.project.execution import latest
from jiheng.project.models import Project


@dataclass(frozen=True)
class Payment:
    """What was paid for a project after ``since`` (None: since the year began) until ``until``."""

    project: Project
    before: Decimal
    since: datetime.date | None
    paid: Decimal
    until: datetime.date

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


def flags(
    zone_id: UUID, year: int, cutoff: datetime.date, paid: Iterable[tuple[Project, Decimal]]
) -> list[Flag]:
    """What stands against figures up to a cut-off day, given as (project, paid), whether entered yet or not."""
    rows = list(paid)
    before = latest([project.pk for project, _ in rows], year, cutoff - datetime.timedelta(days=1))
    payments = []
    for project, amount in rows:
        figure = before.get(project.pk)
        payment = Payment(
            project, figure.paid if figure else Decimal(0), figure.cutoff if figure else None, amount, cutoff
        )
        if payment.increase > 0:
            payments.append(payment)
    return [flag for watch in WATCHES for flag in watch(zone_id, payments)]
