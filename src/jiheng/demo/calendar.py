"""When things happened in the demo: everything is reckoned from today, so that the demo never looks stale.

Nothing lies in the future: whatever the plan says, an act is kept with the present at the latest.
"""

import contextlib
import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from django.utils import timezone

from jiheng.bureau.models import Zone
from jiheng.bureau.standing import standing
from jiheng.procedure import door

CUTOFFS = ((7, 31), (10, 31))


@dataclass
class Calendar:
    """The demo's days. ``year`` is this year; last year is finished, next year is in preparation."""

    zone: Zone
    now: datetime.datetime
    random: Random

    @property
    def today(self) -> datetime.date:
        return timezone.localdate(self.now)

    @property
    def year(self) -> int:
        return self.today.year

    def ago(self, workdays: int) -> datetime.date:
        """The workday that lies so many workdays before today (today itself for 0)."""
        day, stands = self.today, standing(self.zone)
        while workdays > 0:
            day -= datetime.timedelta(days=1)
            workdays -= stands.works(day)
        return day

    def cutoffs(self) -> list[datetime.date]:
        """The cut-off days of this year whose figures have come in; early in the year, a recent day instead."""
        days = [datetime.date(self.year, month, day) for month, day in CUTOFFS]
        past = [day for day in days if day + datetime.timedelta(days=5) <= self.today]
        recent = self.today.replace(day=1) - datetime.timedelta(days=1)
        first = datetime.date(self.year, 1, 1)
        return past or [recent if recent > first else max(first, self.today - datetime.timedelta(days=5))]

    @contextlib.contextmanager
    def at(self, day: datetime.date, hour: int | None = None) -> Iterator[datetime.datetime]:
        """Lets the door's clock stand on ``day`` within office hours, but never later than the present."""
        hour = self.random.randint(9, 16) if hour is None else hour
        moment = timezone.make_aware(
            datetime.datetime.combine(day, datetime.time(hour, self.random.randint(0, 59)))
        )
        token = door.clock.set(min(moment, self.now))
        try:
            yield moment
        finally:
            door.clock.reset(token)
