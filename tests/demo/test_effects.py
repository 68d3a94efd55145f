"""Article 43: before a profile is loaded it is told what it would make of the last year's records; nothing is changed.

On the demo bureau, whose records stand in every state, and against what they themselves say.
"""

import re
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import Max
from django.test import Client
from django.utils import timezone

from jiheng.application.models import Application
from jiheng.bureau.effects import effects
from jiheng.bureau.models import Person, Profile
from jiheng.bureau.profile import Values, in_force, read
from jiheng.evaluation.models import SelfEvaluation
from jiheng.monitoring.models import Report
from jiheng.project.models import Project

pytestmark = pytest.mark.article(43)
SECTIONS = {"grades", "scoring", "lights", "major", "application"}


@pytest.fixture(scope="module")
def text(zone) -> str:
    return in_force(zone.pk, timezone.localdate()).text


@pytest.fixture
def tried(zone, text):
    """The effects of writing a line of the profile anew, by what is looked at."""

    def try_with(*lines: tuple[str, str], sections=SECTIONS):
        changed = text
        for line, value in lines:
            changed, number = re.subn(rf"(?m)^({line} = {{ value = )[^,]+", rf"\g<1>{value}", changed)
            assert number == 1
        values = [Values(read(each)[2]) for each in (text, changed)]
        return {re.sub(r"^\d+年", "", each.what): each for each in effects(zone, *values, sections)}

    return try_with


def handed_in(zone):
    rows = SelfEvaluation.objects.filter(zone=zone).exclude(case__state="draft")
    return rows.filter(goal__year=rows.aggregate(year=Max("goal__year"))["year"])


def test_the_same_values_make_no_difference_and_come_to_what_is_recorded(zone, tried):
    found = tried()
    assert set(found) == {"项目库中是否重大", "监控的灯", "自评的总分和等级", "自评的预警", "结果的应用建议"}
    assert {each.changed for each in found.values()} == {0}
    assert found["自评的总分和等级"].of == handed_in(zone).count() > 20
    year = timezone.localdate().year
    assert (
        found["监控的灯"].of
        == Report.objects.filter(goal__year=year).exclude(case__state="draft").count()
        > 20
    )


def test_raising_the_bound_of_the_best_grade_changes_just_those_in_between(zone, tried):
    effect = tried(('excellent(?= = { value = 90, source = "财预)', "98"))["自评的总分和等级"]
    between = [row for row in handed_in(zone) if row.total is not None and 90 <= row.total < 98 and row.grade]
    assert effect.changed == len(between) > 0
    assert effect.ways == (f"优变良 {len(between)} 份",)
    assert all("（优）" in each.before and "（良）" in each.after for each in effect.examples)


def test_a_stricter_light_changes_reports_and_names_some(zone, tried):
    effect = tried(("green", "1.0"), ("yellow", "0.95"))["监控的灯"]
    assert effect.changed > 0
    assert sum(int(re.search(r"(\d+) 份", way)[1]) for way in effect.ways) == effect.changed
    report = Report.objects.get(case__pk=effect.examples[0].link.strip("/").split("/")[-1])
    assert effect.examples[0].before.startswith({"green": "绿", "yellow": "黄", "red": "红"}[report.light])


def test_another_floor_of_execution_changes_proposals_and_tell_the_money(zone, tried):
    effect = tried(("low_execution", "0.9"))["结果的应用建议"]
    year = handed_in(zone).first().goal.year
    rows = Application.objects.filter(zone=zone, evaluation__goal__year=year)
    assert effect.of == rows.count() > 0
    assert 0 < effect.changed < effect.of
    assert re.fullmatch(r"按规则安排的合计减少 [\d,.]+ 万元", effect.ways[0])


def test_what_is_major_is_counted_in_the_library(zone, tried):
    effect = tried(("amount", "100000000"), ("policy_amount", "100000000"), ("period", "200"))[
        "项目库中是否重大"
    ]
    rows = Project.objects.filter(zone=zone, last_year__gte=timezone.localdate().year)
    assert effect.of == rows.count()
    assert 0 < effect.changed <= rows.filter(total__gte=Decimal(3_000_000)).count()
    assert effect.ways[0].endswith("变为 0 个")


def test_only_rooms_that_go_by_what_differs_are_asked(tried):
    assert list(tried(sections={"days"})) == []
    assert list(tried(sections={"major"})) == ["项目库中是否重大"]


def test_the_page_tells_it_before_anything_is_loaded(zone, text):
    client = Client()
    client.force_login(
        Person.objects.get(username="general1"), backend="django.contrib.auth.backends.ModelBackend"
    )
    changed = text.replace("effective = 2024-01-01", "effective = 2099-01-01").replace(
        "green = { value = 0.8", "green = { value = 0.95", 1
    )
    with transaction.atomic():
        loaded = Profile.objects.count()
        file = SimpleUploadedFile("新配置.toml", changed.encode())
        page = client.post("/bureau/profile/upload/", {"file": file}).content.decode()
        assert Profile.objects.count() == loaded
        transaction.set_rollback(True)
    assert "用最近一年的记录试算" in page and "监控的灯" in page
    assert "自评的总分和等级" not in page
    assert "已经开始的事项不变，新配置只管 2099年1月1日以后开始的" in page
