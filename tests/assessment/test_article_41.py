"""Article 41: departments are assessed once a year, by measured and scored items, three offices sign, a circular tells."""

import datetime
import io
import itertools
from decimal import Decimal

import pytest
from docx import Document as WordFile
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from jiheng.assessment import rules, sheet
from jiheng.assessment.models import Assessment, Score
from jiheng.filing.models import Filing
from jiheng.procedure import door
from jiheng.procedure.models import Act, Case, Task
from tests.bureau_fixture import advance, make_goal
from tests.rooms import words

pytestmark = pytest.mark.article(41)


def begun(bureau, year=2026, kind="department") -> Assessment:
    case = sheet.begin(bureau.zone, year, kind, by=bureau.performance).case
    return Assessment.objects.select_related("case__zone").get(case=case)


def score_of(assessment, code) -> Score:
    return next(each for each in sheet.scores_of(assessment) if each.organization.code == code)


def scored(client, bureau, assessment, points="10", word="", **more):
    given = {"revision": str(Assessment.objects.get(pk=assessment.pk).revision), **more}
    for score in assessment.scores.all():
        given |= {
            f"organization-{score.organization_id}": points,
            f"word-organization-{score.organization_id}": word,
        }
    return client.post(f"/assessment/{assessment.case_id}/edit/", given)


def test_what_can_be_measured_is_measured_from_the_acts(bureau):
    early, late = make_goal(bureau), make_goal(bureau)
    advance(bureau, early, ("submit", "unit"))
    advance(bureau, late, ("submit", "unit"))
    Task.objects.filter(case__in=[early, late]).update(due=datetime.date(2026, 12, 31))
    advance(bureau, early, ("confirm", "department"))
    Task.objects.filter(case=late).update(due=datetime.date(2026, 1, 5))
    assessment = begun(bureau)
    mark = score_of(assessment, "101").marks["on_time"]
    done = Act.objects.filter(role__in=("department", "unit"), due__year=2026).count()
    assert mark["working"].startswith(f"到期 {done + 1} 件，按时 {done} 件")
    assert [why for _, _, why in mark["cases"]] == ["“确认”应于 2026-01-05，还没有办"]
    full = Decimal(20)
    assert mark["points"] == f"{rules.points(full, done, done + 1):.2f}"
    other = score_of(assessment, "102").marks["on_time"]
    assert (other["points"], other["working"].split("，")[0]) == ("20.00", "本年没有到期的事项")


def test_a_years_assessment_from_scoring_to_the_circular(as_person, bureau):
    refused = as_person(bureau.budget).post("/assessment/new/", {"assessment": "2026:department"})
    assert refused.status_code == 409 and "工作考核由预算绩效管理科开展" in words(refused)
    assessment = begun(bureau)
    case = assessment.case
    with pytest.raises(door.Refusal) as again:
        sheet.begin(bureau.zone, 2026, "department", by=bureau.performance)
    assert "一年一次" in str(again.value.reasons[0])
    reasons = door.may("assessment.submit", case, bureau.performance).reasons
    assert {reason.article for reason in reasons} == {41} and "没有打分" in reasons[0].text
    client = as_person(bureau.performance)
    wrong = scored(client, bureau, assessment, "11")
    assert wrong.status_code == 422 and "的得分“11”不是 0 至 10 的数" in words(wrong)
    scored(client, bureau, assessment, "8")
    assert "有扣分，没有写依据" in door.may("assessment.submit", case, bureau.performance).reasons[0].text
    assert scored(client, bureau, assessment, "8", "没有专人负责。").status_code == 302
    assert as_person(bureau.department).get(f"/assessment/{case.pk}/").status_code == 404
    advance(bureau, case, ("submit", "performance"))
    frozen = Score.objects.filter(assessment=assessment).values_list("organization__code", "total")
    before = dict(frozen)
    Task.objects.update(due=datetime.date(2026, 1, 5))
    make_goal(bureau)
    assert {score.organization.code: score.total for score in sheet.scores_of(assessment)} == before
    door.perform("assessment.return", case, by=bureau.treasury, opinion="请核对。")
    advance(bureau, case, ("submit", "performance"))
    for office in ("performance", "budget", "treasury"):
        assert Case.objects.get(pk=case.pk).state == "submitted"
        advance(bureau, case, ("sign", office))
    door.perform("assessment.issue", case, by=bureau.performance, document="平财绩〔2027〕3号")
    assert Filing.objects.get().case_id == case.pk
    client = as_person(bureau.department)
    said = words(client.get(f"/assessment/{case.pk}/"))
    assert "平财绩〔2027〕3号" in said and "农业农村局" in said
    own, other = (bureau.organizations[key] for key in ("department", "department2"))
    assert "没有专人负责。" in words(client.get(f"/assessment/{case.pk}/{own.pk}/"))
    assert client.get(f"/assessment/{case.pk}/{other.pk}/").status_code == 404
    answer = client.get(f"/assessment/{case.pk}/circular/?as=docx")
    book = WordFile(io.BytesIO(b"".join(answer) if answer.streaming else answer.content))
    text = [paragraph.text for paragraph in book.paragraphs]
    assert "平财绩〔2027〕3号" in text and "关于2026年度部门预算绩效管理工作考核结果的通报" in text
    answer = client.get(f"/assessment/{case.pk}/?export=xlsx")
    rows = list(load_workbook(io.BytesIO(b"".join(answer))).active.values)
    assert rows[0][:2] == ("名次", "部门") and {row[1] for row in rows[1:]} == {"教育局", "农业农村局"}


@given(
    full=st.decimals(0, 100, places=2), good=st.integers(0, 50), total=st.integers(0, 50),
    off=st.decimals(0, 20, places=1),
)  # fmt: skip
def test_points_stay_within_their_item_and_more_that_is_right_never_costs(full, good, total, off):
    points = rules.points(full, good, total, off)
    assert 0 <= points <= full
    assert rules.points(full, good + 1, total, off) >= points
    assert rules.points(full, good, total, off + 1) <= points


@given(st.lists(st.decimals(0, 100, places=2), min_size=1, max_size=30))
def test_ranks_follow_the_totals(totals):
    ranks = rules.ranks(totals)
    pairs = sorted(zip(totals, ranks, strict=True), reverse=True)
    assert pairs[0][1] == 1
    for (high, first), (low, second) in itertools.pairwise(pairs):
        assert (first == second) == (high == low) and first <= second


@pytest.mark.parametrize(
    ("total", "name"), [("90", "优"), ("89.99", "良"), ("80", "良"), ("60", "中"), ("59.99", "差")]
)
def test_grades_change_exactly_at_their_bounds(total, name):
    assert rules.grade(Decimal(total), [Decimal(90), Decimal(80), Decimal(60)]) == name
