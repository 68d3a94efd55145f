"""The calendar of days that depart from Monday to Friday (调休), by which all time limits are counted."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction

from jiheng.bureau.changes import demand, log
from jiheng.bureau.models import Change, Person, Workday, Zone
from jiheng.bureau.standing import changed


@dataclass
class Seeded:
    """What seeding did: days added, days that were there already and stay as they are, years nobody knows yet."""

    added: int = 0
    kept: int = 0
    unknown: list[int] = field(default_factory=list)

    def __str__(self) -> str:
        said = [f"新增 {self.added} 天"]
        if self.kept:
            said.append(f"已有的 {self.kept} 天未动")
        if self.unknown:
            years = "、".join(str(year) for year in self.unknown)
            said.append(f"{years} 年的放假安排不在随附的日历中，请按国务院办公厅通知逐日录入")
        return "，".join(said) + "。"


def published(year: int) -> dict[datetime.date, tuple[bool, str]] | None:
    """The days of a year that depart from Monday to Friday, with their names; None for a year not known."""
    from chinese_calendar import constants

    if not any(day.year == year for day in constants.holidays):
        return None
    names = {each.value: each.chinese for each in constants.Holiday}
    found = {
        day: (False, names.get(name, name))
        for day, name in constants.holidays.items()
        if day.year == year and day.weekday() < 5
    }
    found |= {
        day: (True, f"{names.get(name, name)}调休上班")
        for day, name in constants.workdays.items()
        if day.year == year and day.weekday() >= 5
    }
    return found


@transaction.atomic
def seed_workdays(zone: Zone, years: Iterable[int]) -> Seeded:
    """Adds the published days of these years. Days entered by hand stay; a year nobody knows is told, not guessed."""
    seeded = Seeded()
    for year in years:
        days = published(year)
        if days is None:
            seeded.unknown.append(year)
            continue
        there = set(Workday.objects.filter(zone=zone, day__year=year).values_list("day", flat=True))
        new = [Workday(zone=zone, day=d, works=w, name=n) for d, (w, n) in days.items() if d not in there]
        Workday.objects.bulk_create(new)
        seeded.added += len(new)
        seeded.kept += len(there)
    if seeded.added:
        changed(zone)
    return seeded


@transaction.atomic
def seed(years: Iterable[int], *, by: Person) -> Seeded:
    """Seeding by the general office, with its line in the log."""
    demand(by)
    years = list(years)
    seeded = seed_workdays(by.zone, years)
    log(
        by,
        Change.Kind.WORKDAY,
        "、".join(f"{year}年" for year in years),
        "装入放假安排",
        after={"结果": str(seeded)},
    )
    return seeded


@transaction.atomic
def set_day(day: datetime.date, works: bool, name: str, *, by: Person) -> Workday:
    """Enters or changes one day."""
    demand(by)
    words = {True: "上班", False: "休息"}
    known = Workday.objects.filter(zone=by.zone_id, day=day).first()
    before = {"安排": words[known.works], "说明": known.name} if known else None
    kept, _ = Workday.objects.update_or_create(zone=by.zone, day=day, defaults={"works": works, "name": name})
    log(
        by,
        Change.Kind.WORKDAY,
        day.isoformat(),
        "修改工作日" if known else "新增工作日",
        before=before,
        after={"安排": words[works], "说明": name},
    )
    changed(by.zone)
    return kept


@transaction.atomic
def remove_day(workday: Workday, *, by: Person) -> None:
    """Takes a day out, so that it is what its weekday says."""
    demand(by)
    log(
        by,
        Change.Kind.WORKDAY,
        workday.day.isoformat(),
        "删除工作日",
        before={"安排": "上班" if workday.works else "休息", "说明": workday.name},
    )
    workday.delete()
    changed(by.zone)
