"""Home is one list of what my posts owe, overdue first, in a number of queries that does not grow."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from jiheng.bureau.standing import standing_at
from jiheng.procedure import door
from jiheng.procedure.models import Task
from jiheng.web import queue
from tests.bureau_fixture import GOAL_PATH, advance, make_goal, make_project


def titles(page: str) -> list[str]:
    return re.findall(r'jh-row-link" href="[^"]*queue=1[^"]*"><strong>\w+</strong>\s*(\S+?)</a>', page)


def spread(bureau, case, days):
    Task.objects.filter(case=case).update(
        due=None if days is None else localdate() + datetime.timedelta(days=days)
    )


@pytest.mark.parametrize("count", [3, 300])
def test_home_asks_at_most_eleven_times_however_many_tasks(as_person, bureau, count):
    first = make_goal(bureau)
    task = first.tasks.get()
    Task.objects.bulk_create(
        Task(zone=task.zone, case=first, step="submit", role=f"{task.role}{number}", organization=task.organization,
             due=None if number % 7 == 0 else task.due, opened_at=task.opened_at, opened_by=task.opened_by)
        for number in range(1, count)
    )  # fmt: skip
    client = as_person(bureau.unit)
    standing_at.cache_clear()
    with CaptureQueriesContext(connection) as queries:
        page = client.get("/").content.decode()
    assert len(titles(page)) == min(count, queue.PAGE)
    assert len(queries) <= 11


@pytest.mark.article(24)
def test_overdue_comes_first_and_no_time_limit_last(as_person, bureau):
    for name, days in (("甲", None), ("乙", 9), ("丙", -9), ("丁", 0), ("戊", -2)):
        spread(bureau, make_goal(bureau, make_project(bureau, name=name)), days)
    client = as_person(bureau.unit)
    page = client.get("/").content.decode()
    assert titles(page) == ["丙", "戊", "丁", "乙", "甲"]
    assert "已逾期" in page and "今天到期" in page and "不限时" in page
    assert titles(client.get("/?late=1").content.decode()) == ["丙", "戊"]


def test_walking_through_the_list_meets_every_task_once_both_ways(bureau):
    for name, days in (("甲", None), ("乙", 3), ("丙", 3), ("丁", -1), ("戊", None), ("己", 3)):
        spread(bureau, make_goal(bureau, make_project(bureau, name=name)), days)
    everything = [row.task for row in queue.rows(bureau.unit, queue.Filter(), offset=0, dated=4)]
    assert len(everything) == 6
    forward = [everything[0]]
    while after := queue.following(bureau.unit, queue.Filter(), forward[-1]):
        forward.append(after)
    backward = [everything[-1]]
    while before := queue.preceding(bureau.unit, queue.Filter(), backward[-1]):
        backward.append(before)
    assert forward == everything
    assert backward == everything[::-1]


def test_pages_of_the_list_join_without_gap_where_time_limits_end(bureau, monkeypatch):
    monkeypatch.setattr(queue, "PAGE", 2)
    for name, days in (("甲", 1), ("乙", 2), ("丙", 3), ("丁", None), ("戊", None)):
        spread(bureau, make_goal(bureau, make_project(bureau, name=name)), days)
    read = []
    for offset in (0, 2, 4):
        read += queue.rows(bureau.unit, queue.Filter(), offset=offset, dated=3)[:2]
    assert [row.task.case.title for row in read] == ["甲", "乙", "丙", "丁", "戊"]


@pytest.mark.article(18)
def test_a_returned_goal_tells_why_it_is_back_and_from_whom(as_person, bureau, goal_case):
    advance(bureau, goal_case, *GOAL_PATH.submitted)
    door.perform("goal.department_return", goal_case, by=bureau.department, opinion="满意度指标缺对象")
    page = as_person(bureau.unit).get("/").content.decode()
    assert "退回" in page and "满意度指标缺对象" in page and "教育局经办" in page
    assert titles(as_person(bureau.unit2).get("/").content.decode()) == []


def test_what_may_be_begun_is_offered_to_its_role_alone(as_person, bureau):
    assert "编报绩效目标" in as_person(bureau.unit).get("/").content.decode()
    page = as_person(bureau.performance).get("/").content.decode()
    assert "布置监控" in page and "编报绩效目标" not in page


@pytest.mark.article(4)
def test_leadership_sees_the_whole_instead_of_an_empty_list(as_person, bureau, goal_case):
    spread(bureau, goal_case, -3)
    page = as_person(bureau.leadership).get("/").content.decode()
    assert "全局一览" in page and "没有要办的事" not in page
    assert re.search(r'<td>第一小学</td><td class="num jh-due-over">1</td>', page)
    assert "没有要办的事" in as_person(bureau.general).get("/").content.decode()
