"""Reminders before a day comes: kept in a table of their own, so that reminding again reminds nobody twice (art. 8, 24).

Two kinds of days: a task's due day, and a round's deadline for whoever has not handed in everything. The profile says
how many workdays before; a day missed is made up for on the next, since it is "so many or fewer".
"""

import datetime
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from jiheng.bureau.models import Person, Zone
from jiheng.bureau.profile import in_force, values_of
from jiheng.bureau.scope import organizations_of
from jiheng.bureau.standing import Standing, standing
from jiheng.notice import rounds
from jiheng.notice.models import Receipt, Reminder, Round
from jiheng.procedure.models import Case, Task
from jiheng.procedure.table import PROCEDURES

AT_ONCE = 1000
LOOKED_AT = 200
NAMED = 2
"""So many tasks are named one by one."""


@dataclass(frozen=True)
class Reminded:
    """What a run did: new reminders, those known from before; ``why_not`` when nobody was to be reminded."""

    new: int = 0
    known: int = 0
    why_not: str = ""


def remind(zone: Zone, today: datetime.date) -> Reminded:
    """Reminds everybody in the zone of what falls due; safe to repeat."""
    stands = standing(zone)
    if not stands.works(today):
        return Reminded(why_not=f"{today} 不是工作日，不提醒")
    profile = in_force(zone.pk, today)
    if profile is None:
        return Reminded(why_not="还没有载入局情配置，不知道提前几天提醒")
    values = values_of(profile.pk)
    stages = sorted(values("notice", key) for key in ("first_reminder", "last_reminder"))
    until = stands.workday_after(today, stages[-1])
    wanted = [*_of_tasks(zone, today, until), *_of_rounds(zone, today, until)]
    rows = [
        Reminder(
            zone=zone, organization_id=organization, case_id=case, step=step, due=due, day=today,
            stage=_stage(stands, stages, today, due),
        )
        for organization, case, step, due in wanted
    ]  # fmt: skip
    known = set(
        Reminder.objects.filter(zone=zone, due__range=(today, until)).values_list(
            "organization", "case", "step", "due", "stage"
        )
    )
    new = [
        row for row in rows if (row.organization_id, row.case_id, row.step, row.due, row.stage) not in known
    ]
    Reminder.objects.bulk_create(new, batch_size=AT_ONCE, ignore_conflicts=True)
    return Reminded(len(new), len(rows) - len(new))


def _stage(stands: Standing, stages: list[int], today: datetime.date, due: datetime.date) -> int:
    """Which of the profile's reminders it is time for: the one that is not earlier than the days left."""
    left = stands.workdays_between(today, due)
    return next((stage for stage in stages if left <= stage), stages[-1])


Wanted = tuple[UUID, UUID, str, datetime.date]
"""Organization, case, step (none for a round's deadline), day."""


def _of_tasks(zone: Zone, today: datetime.date, until: datetime.date) -> list[Wanted]:
    tasks = Task.objects.filter(zone=zone, due__range=(today, until), organization__isnull=False).order_by()
    return list(tasks.values_list("organization", "case", "step", "due"))


def _of_rounds(zone: Zone, today: datetime.date, until: datetime.date) -> list[Wanted]:
    near = Round.objects.select_related("zone", "notice").filter(zone=zone, deadline__range=(today, until))
    return [
        (line.receipt.organization_id, line.receipt.case_id, "", round_.deadline)
        for round_ in near
        for line in rounds.lines(round_, rounds.receipts_of(round_))
        if line.behind
    ]


@dataclass(frozen=True)
class Shown:
    """A reminder as its receiver reads it on the home page; without a case it stands for several tasks."""

    what: str
    due: datetime.date
    organization: str
    case: Case | None = None


def shown(person: Person, today: datetime.date) -> list[Shown]:
    """What my organizations were reminded of and still owe, the nearest first.

    Deadlines of rounds stand by name, for nothing else on the page tells of them; tasks only while they are few.
    """
    keys = [organization.pk for organization in organizations_of(person)]
    found = Reminder.objects.filter(zone_id=person.zone_id, organization_id__in=keys, due__gte=today)
    nearest = list(found.select_related("case", "organization").order_by("due", "pk")[:LOOKED_AT])
    still = _still_owed(nearest) if nearest else set()
    told: dict[tuple[UUID, UUID, str], Shown] = {}
    for row in nearest:
        key = (row.organization_id, row.case_id, row.step)
        if key in still:
            step = PROCEDURES[row.case.procedure].step(row.step).label if row.step else "报送"
            told[key] = Shown(step, row.due, row.organization.name, row.case)
    tasks = [each for (_, _, step), each in told.items() if step]
    deadlines = [each for (_, _, step), each in told.items() if not step]
    if len(tasks) > NAMED:
        tasks = [Shown(f"最近的 1 件；快到期的待办共 {len(tasks)} 件", tasks[0].due, "")]
    return sorted([*deadlines, *tasks], key=lambda each: each.due)


def _still_owed(rows: list[Reminder]) -> set[tuple[UUID, UUID, str]]:
    """Those of the reminders whose task is still open, or whose round still waits for the organization."""
    cases = {row.case_id for row in rows}
    tasks: QuerySet[Task] = Task.objects.filter(case_id__in=cases).order_by()
    owed = {
        (organization, case, step)
        for organization, case, step in tasks.values_list("organization", "case", "step")
    }
    receipts = list(Receipt.objects.filter(case_id__in={row.case_id for row in rows if not row.step}))
    rounds.share(receipts)
    behind = {
        (receipt.organization_id, receipt.case_id, "")
        for receipt in receipts
        if receipt.shared.line(receipt).behind  # type: ignore[attr-defined]
    }
    return owed | behind
