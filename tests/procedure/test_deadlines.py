"""Time limits run on workdays: public holidays don't count, make-up workdays do."""

import datetime

import pytest
from django.utils import timezone

from jiheng.bureau import standing
from jiheng.bureau.models import Workday
from jiheng.bureau.profile import values_of
from jiheng.procedure import door
from jiheng.procedure.models import Act, Task
from tests.bureau_fixture import GOAL_PATH, advance

pytestmark = pytest.mark.django_db


def day(month: int, number: int) -> datetime.date:
    return datetime.date(2026, month, number)


@pytest.fixture
def calendar(bureau):
    """National Day 2026: 1–7 October off, Saturday 10 October worked; Sunday 27 September worked."""
    Workday.objects.bulk_create(
        [Workday(zone=bureau.zone, day=day(10, n), works=False, name="国庆节") for n in range(1, 8)]
        + [Workday(zone=bureau.zone, day=d, works=True, name="调休上班") for d in (day(9, 27), day(10, 10))]
    )
    standing.changed(bureau.zone)
    return standing.standing(bureau.zone)


@pytest.fixture
def at(db):
    tokens = []

    def set_clock(month, number, hour=10):
        tokens.append(
            door.clock.set(timezone.make_aware(datetime.datetime(2026, month, number, hour)))  # noqa: DTZ001
        )

    yield set_clock
    for token in reversed(tokens):
        door.clock.reset(token)


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (day(9, 24), 1, day(9, 25)),
        (day(9, 25), 1, day(9, 27)),  # a Sunday that is worked
        (day(9, 25), 2, day(9, 28)),
        (day(9, 30), 1, day(10, 8)),  # the first day after the holiday
        (day(9, 30), 3, day(10, 10)),  # a Saturday that is worked
        (day(9, 30), 4, day(10, 12)),
        (day(10, 3), 1, day(10, 8)),
        (day(11, 6), 1, day(11, 9)),  # an ordinary weekend
    ],
)
def test_the_workday_after(calendar, start, count, end):
    assert calendar.workday_after(start, count) == end
    assert calendar.workdays_between(start, end) == count


def test_a_desk_has_its_workdays(bureau, goal_case, calendar, at):
    days = values_of(goal_case.profile_id)("days", "goal_confirm")
    at(9, 30)
    advance(bureau, goal_case, *GOAL_PATH.submitted)
    workdays = [day(10, 8), day(10, 9), day(10, 10), day(10, 12), day(10, 13)]
    assert Task.objects.get(case=goal_case).due == workdays[days - 1]


def test_the_day_is_the_day_in_china(bureau, goal_case, calendar):
    token = door.clock.set(datetime.datetime(2026, 9, 28, 17, 30, tzinfo=datetime.UTC))  # 29th, 1:30
    try:
        advance(bureau, goal_case, *GOAL_PATH.submitted)
    finally:
        door.clock.reset(token)
    days = values_of(goal_case.profile_id)("days", "goal_confirm")
    assert Task.objects.get(case=goal_case).due == calendar.workday_after(day(9, 29), days)


@pytest.mark.parametrize("step", ["confirm", "department_return"])
def test_an_act_keeps_the_limit_it_was_done_under_and_whether_it_was_late(
    bureau, goal_case, calendar, at, step
):
    at(9, 1)
    advance(bureau, goal_case, *GOAL_PATH.submitted)
    due = Task.objects.get(case=goal_case).due
    at(due.month, due.day, 23)
    in_time = door.perform(f"goal.{step}", goal_case, by=bureau.department, opinion="意见")
    assert (Act.objects.get(pk=in_time.pk).due, in_time.late) == (due, False)
    door.perform(
        *(("goal.expenditure_return", goal_case) if step == "confirm" else ("goal.submit", goal_case)),
        by=bureau.expenditure if step == "confirm" else bureau.unit,
        opinion="再来",
    )
    due = Task.objects.get(case=goal_case).due
    at(due.month, due.day, 0)
    door.clock.set(door.now() + datetime.timedelta(days=1))
    late = door.perform(f"goal.{step}", goal_case, by=bureau.department, opinion="意见")
    assert (late.due, late.late) == (due, True)


def test_a_calendar_changed_counts_from_the_next_task(bureau, goal_case, calendar, at):
    at(9, 1)
    advance(bureau, goal_case, *GOAL_PATH.submitted)
    before = Task.objects.get(case=goal_case).due
    door.perform("goal.withdraw", goal_case, by=bureau.unit)
    Workday.objects.create(zone=bureau.zone, day=day(9, 2), works=False, name="临时放假")
    standing.changed(bureau.zone)
    advance(bureau, goal_case, *GOAL_PATH.submitted)
    assert Task.objects.get(case=goal_case).due == calendar.workday_after(before, 1)
