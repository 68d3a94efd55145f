"""The calendar of duties: what stands on which day, and the subscription by a secret address (RFC 5545)."""

import datetime
import re

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from jiheng.notice import ics
from jiheng.notice.models import CalendarLink
from jiheng.procedure.models import Task
from tests.bureau_fixture import advance, make_goal
from tests.notice.sending import issued, sign
from tests.rooms import words

pytestmark = pytest.mark.article(24)
NOW = datetime.datetime(2026, 11, 25, 9, 30, tzinfo=datetime.UTC)


def unfolded(text: str) -> list[str]:
    """As a reader of RFC 5545 does it: line ends followed by a space are taken out."""
    assert text.endswith("\r\n")
    return text.replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def unescaped(value: str) -> str:
    return re.sub(r"\\(.)", lambda found: {"n": "\n", "N": "\n"}.get(found[1], found[1]), value)


def test_a_calendar_to_the_letter():
    event = ics.Event("a@jiheng", datetime.date(2026, 12, 31), "报送；附件, 两份; 见\\说明")
    assert ics.calendar("日历", [event], now=NOW) == (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Jiheng//Duties//ZH\r\nCALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\n"
        "X-WR-CALNAME:日历\r\nREFRESH-INTERVAL;VALUE=DURATION:PT12H\r\nX-PUBLISHED-TTL:PT12H\r\n"
        "BEGIN:VEVENT\r\nUID:a@jiheng\r\nDTSTAMP:20261125T093000Z\r\n"
        "DTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20270101\r\n"
        "SUMMARY:报送；附件\\, 两份\\; 见\\\\说明\r\nTRANSP:TRANSPARENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_any_title_is_folded_by_octets_and_reads_back(title):
    text = ics.calendar("日历", [ics.Event("a@jiheng", datetime.date(2026, 1, 1), title)], now=NOW)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert re.sub(r"\r\n", "", text).isprintable() or not title.isprintable()
    (summary,) = [line for line in unfolded(text) if line.startswith("SUMMARY:")]
    plain = title.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(sign for sign in plain if (sign >= " " and sign != "\x7f") or sign == "\n")
    assert unescaped(summary.removeprefix("SUMMARY:")) == kept


@pytest.fixture
def deadline(bureau):
    day = timezone.localdate() + datetime.timedelta(days=20)
    receipts = issued(bureau, deadline=day)
    sign(bureau, receipts["unit"], "unit")
    return day


def test_a_month_has_deadlines_and_my_tasks(as_person, bureau, deadline):
    case = make_goal(bureau)
    due = Task.objects.get(case=case).due
    client = as_person(bureau.unit)
    page = words(client.get(f"/notice/calendar/?month={deadline:%Y-%m}"))
    assert "2026年预算编制通知报送截止" in page
    assert f"提交：{case.title}" in words(client.get(f"/notice/calendar/?month={due:%Y-%m}"))
    assert f"提交：{case.title}" not in words(
        as_person(bureau.unit2).get(f"/notice/calendar/?month={due:%Y-%m}")
    )
    assert client.get("/notice/calendar/?month=2026-13").status_code == 200


def subscribed(client) -> str:
    page = client.post("/notice/calendar/renew/", follow=True).content.decode()
    return re.search(r'value="http://testserver(/notice/calendar/[^"]+\.ics)"', page)[1]


def test_the_subscription_needs_no_sign_in_and_shows_titles_and_days_alone(
    as_person, client, bureau, deadline
):
    secret = advance(bureau, make_goal(bureau), ("submit", "unit"))
    mine = make_goal(bureau)
    address = subscribed(as_person(bureau.unit))
    client.logout()
    response = client.get(address)
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert "no-store" in response["Cache-Control"]
    lines = unfolded(response.content.decode())
    told = dict(line.split(":", 1) for line in lines)
    assert set(told) == {
        "BEGIN", "VERSION", "PRODID", "CALSCALE", "METHOD", "X-WR-CALNAME", "REFRESH-INTERVAL;VALUE=DURATION",
        "X-PUBLISHED-TTL", "UID", "DTSTAMP", "DTSTART;VALUE=DATE", "DTEND;VALUE=DATE", "SUMMARY", "TRANSP", "END",
    }  # fmt: skip
    titles = [line.removeprefix("SUMMARY:") for line in lines if line.startswith("SUMMARY:")]
    assert sorted(titles) == sorted([f"提交：{mine.title}", "2026年预算编制通知报送截止"])
    text = response.content.decode()
    assert f"{deadline:%Y%m%d}" in text and secret.title not in text
    assert mine.code not in text and str(mine.pk) not in text and "/case/" not in text
    assert client.get(address).content == response.content or "DTSTAMP" in text
    uids = [line for line in lines if line.startswith("UID:")]
    assert len(set(uids)) == len(uids) == 2


def test_a_wrong_an_old_and_a_stopped_address_are_as_if_they_did_not_exist(as_person, client, bureau):
    first = subscribed(as_person(bureau.unit))
    second = subscribed(as_person(bureau.unit))
    other = subscribed(as_person(bureau.unit2))
    client.logout()
    assert first != second
    assert [client.get(each).status_code for each in (first, second, other)] == [404, 200, 200]
    link = CalendarLink.objects.get(person=bureau.unit2)
    code = re.search(r"-([0-9a-f]{64})\.ics", second)[1]
    assert client.get(f"/notice/calendar/{link.pk}-{code}.ics").status_code == 404
    assert client.get(second.replace(".ics", "0.ics")).status_code == 404
    as_person(bureau.unit).post("/notice/calendar/stop/")
    client.logout()
    assert client.get(second).status_code == 404
    type(bureau.unit2).objects.filter(pk=bureau.unit2.pk).update(is_active=False)
    assert client.get(other).status_code == 404
