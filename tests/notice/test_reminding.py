"""Reminders before a day comes: by workdays, once for each of the profile's days, and only while something is owed."""

import datetime

import pytest
from django.utils.timezone import localdate

from jiheng import cli
from jiheng.bureau.models import Workday
from jiheng.bureau.standing import changed, standing
from jiheng.notice.models import Reminder
from jiheng.notice.reminding import remind
from jiheng.procedure.models import Task
from tests.notice.sending import issued, sign
from tests.rooms import words

pytestmark = pytest.mark.article(24)


@pytest.fixture
def all_days_work(bureau):
    """Every day of the next weeks is a workday, so that days can be counted on any day of the week."""
    today = localdate()
    days = [today + datetime.timedelta(days=n) for n in range(-3, 40)]
    Workday.objects.bulk_create(Workday(zone=bureau.zone, day=day, works=True) for day in days)
    changed(bureau.zone)
    return today


def of_rounds():
    return Reminder.objects.filter(step="")


def test_a_deadline_is_told_once_for_each_day_of_the_profile(bureau, all_days_work):
    today = all_days_work
    receipts = issued(bureau, deadline=today + datetime.timedelta(days=7))
    assert remind(bureau.zone, today).new == 5  # the five receipts to be signed within two workdays
    assert not of_rounds().exists()
    first = today + datetime.timedelta(days=2)
    remind(bureau.zone, first)
    remind(bureau.zone, first)
    remind(bureau.zone, first + datetime.timedelta(days=1))  # missed nothing, so nothing new
    assert sorted(of_rounds().values_list("stage", "day")) == [(5, first)] * 5
    sign(bureau, receipts["unit"], "unit")
    last = today + datetime.timedelta(days=6)
    remind(bureau.zone, last)
    assert sorted(of_rounds().values_list("stage", "day")) == [(1, last)] * 5 + [(5, first)] * 5


def test_a_morning_that_was_missed_is_made_up_for(bureau, all_days_work):
    issued(bureau, deadline=all_days_work + datetime.timedelta(days=7))
    remind(bureau.zone, all_days_work + datetime.timedelta(days=4))
    assert set(of_rounds().values_list("stage", flat=True)) == {5}


def test_nobody_is_reminded_on_a_day_off(bureau, all_days_work):
    issued(bureau, deadline=all_days_work + datetime.timedelta(days=1))
    Workday.objects.filter(day=all_days_work).update(works=False)
    changed(bureau.zone)
    assert "不是工作日" in remind(bureau.zone, all_days_work).why_not
    assert not Reminder.objects.exists()


def test_make_up_workdays_and_holidays_are_counted_right(bureau):
    """Over a holiday of seven days, five workdays before are not five days before."""
    monday = datetime.date(2026, 9, 28)
    holiday = [datetime.date(2026, 10, day) for day in range(1, 8)]
    Workday.objects.bulk_create(
        [Workday(zone=bureau.zone, day=day, works=False) for day in holiday]
        + [Workday(zone=bureau.zone, day=datetime.date(2026, 10, 10), works=True)]
    )
    changed(bureau.zone)
    assert standing(bureau.zone).workday_after(monday, 5) == datetime.date(2026, 10, 10)
    receipts = issued(bureau)
    Task.objects.all().delete()
    for due, told in ((datetime.date(2026, 10, 10), 5), (datetime.date(2026, 10, 12), 0)):
        type(receipts["unit"].round).objects.update(deadline=due)
        Reminder.objects.all().delete()
        assert remind(bureau.zone, monday).new == told


def test_the_home_page_says_how_many_workdays_are_left_while_it_is_owed(as_person, bureau, all_days_work):
    receipts = issued(bureau, "disclosure", deadline=all_days_work + datetime.timedelta(days=3))
    remind(bureau.zone, all_days_work)
    page = words(as_person(bureau.unit).get("/"))
    assert (
        "快到期了" in page
        and "还有 3 个工作日" in page
        and f"报送　{receipts['unit'].round.notice.title}" in page
    )
    assert "快到期了" not in words(as_person(bureau.budget).get("/"))
    sign(bureau, receipts["unit"], "unit")
    assert "快到期了" not in words(as_person(bureau.unit).get("/"))


def test_the_command_says_what_it_did_and_can_be_repeated(bureau, all_days_work, capsys):
    issued(bureau)
    assert cli.main(["remind"]) == 0
    assert "新提醒 5 件，先前已提醒过的 0 件" in capsys.readouterr().out
    assert cli.main(["remind", "--zone", bureau.zone.code]) == 0
    assert "新提醒 0 件，先前已提醒过的 5 件" in capsys.readouterr().out
    assert Reminder.objects.count() == 5
    assert cli.main(["remind", "--zone", "000000"]) == 2
    assert cli.main(["remind", "--day", "明天"]) == 2
    assert "没有区划 000000" in (told := capsys.readouterr().err) and "“明天”不是日期" in told


def test_many_tasks_are_summed_up_in_one_line_so_that_the_list_stays_in_view(
    as_person, bureau, all_days_work
):
    for year in (2026, 2027, 2028):
        issued(bureau, year=year)
    remind(bureau.zone, all_days_work)
    page = words(as_person(bureau.unit).get("/"))
    assert "还有 2 个工作日" in page and "最近的 1 件；快到期的待办共 3 件" in page
