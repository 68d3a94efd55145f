"""The project library: proposed, confirmed, admitted, or told why not (art. 12, 13)."""

import io
from decimal import Decimal

import openpyxl
import pytest

from jiheng.bureau.profile import values_of
from jiheng.procedure import door
from jiheng.procedure.table import Reason
from jiheng.project import admission, entry, rules
from jiheng.project.models import Project, ProjectYear
from tests.bureau_fixture import advance, make_bureau, make_project
from tests.rooms import words

Stage = Project.Stage
FORM = {
    "name": "校园直饮水", "code": "", "category": "T", "kind": "project", "fund": "general", "field": "政府采购",
    "attribute": "continuing", "first_year": "2026", "last_year": "２０２７", "total": "１２０", "seen": "",
    "year": ["2026", "2027", ""], "amount": ["50", "70", ""],
}  # fmt: skip


def propose(client, **changed) -> Project:
    page = client.post("/project/new/", {**FORM, **changed})
    assert page.status_code == 302, words(page)
    return Project.objects.get(case=page.url.split("/")[-2])


def case_of(bureau, client, **changed):
    return propose(client, **changed).case


@pytest.fixture
def asked(monkeypatch):
    """Checks of rooms above are told apart from the project's own: here a list this test fills."""
    found: list[Reason] = []
    checks = [admission._own, lambda projects, year, profile: {each.pk: list(found) for each in projects}]
    monkeypatch.setattr(admission, "CHECKS", checks)
    return found


@pytest.mark.article(12)
def test_a_unit_proposes_a_project_in_the_browser_and_expenditure_admits_it(bureau, as_person, asked):
    project = propose(as_person(bureau.unit))
    assert (project.code, project.total) == ("41078126T000000000001", Decimal(1_200_000))
    assert list(project.years.values_list("year", "amount")) == [(2026, 500_000), (2027, 700_000)]
    assert (project.stage, project.case.title) == (Stage.PROPOSED, "校园直饮水")
    case = advance(bureau, project.case, ("submit", "unit"), ("confirm", "department"))
    assert as_person(bureau.expenditure).get(case.get_absolute_url()).context["barred"] == []
    door.perform("project.admit", case, by=bureau.expenditure, opinion="同意入库")
    project.refresh_from_db()
    assert (project.stage, case.state, case.closed) == (Stage.RESERVE, "reserve", True)
    assert case.acts.get(step="admit").record["stage"] == "reserve"


@pytest.mark.article(12)
def test_what_is_still_missing_bars_admission_with_article_and_remedy(bureau, as_person, asked):
    case = advance(
        bureau, case_of(bureau, as_person(bureau.unit)), ("submit", "unit"), ("confirm", "department")
    )
    asked.append(Reason("重大新增项目没有事前绩效评估结论", 12, next="请部门先申请评估。"))
    with pytest.raises(door.Refusal) as refused:
        door.perform("project.admit", case, by=bureau.expenditure)
    assert str(refused.value) == "重大新增项目没有事前绩效评估结论（规程第12条）请部门先申请评估。"
    page = words(as_person(bureau.unit).get(f"/projects/{case.subject}/"))
    assert "列入 2026 年还缺这些" in page and "请部门先申请评估。" in page
    door.perform("project.refuse", case, by=bureau.expenditure, opinion="先评估")
    assert Project.objects.get(case=case).stage == Stage.REFUSED
    door.perform("project.again", case, by=bureau.unit)
    assert (case.state, Project.objects.get(case=case).stage) == ("draft", Stage.PROPOSED)


@pytest.mark.article(13)
def test_expenditure_takes_back_what_is_not_in_a_budget_and_nothing_else(bureau, as_person, asked):
    path = (("submit", "unit"), ("confirm", "department"), ("admit", "expenditure"))
    first = advance(bureau, case_of(bureau, as_person(bureau.unit)), *path)
    second = advance(bureau, case_of(bureau, as_person(bureau.unit)), *path)
    Project.objects.filter(case=second).update(stage=Stage.BUDGETED)
    door.perform("project.cancel", first, by=bureau.expenditure, opinion="任务取消")
    assert Project.objects.get(case=first).stage == Stage.CANCELLED
    with pytest.raises(door.Refusal, match="库内状态是“预算”，已列入预算或已了结，不能取消入库"):
        door.perform("project.cancel", second, by=bureau.expenditure, opinion="任务取消")
    with pytest.raises(door.Refusal, match="“取消入库”由支出管理科办理"):
        door.perform("project.cancel", second, by=bureau.budget, opinion="任务取消")


@pytest.mark.article(13)
def test_a_return_brings_it_back_to_be_mended(bureau, as_person):
    case = advance(
        bureau, case_of(bureau, as_person(bureau.unit)), ("submit", "unit"), ("confirm", "department")
    )
    door.perform("project.expenditure_return", case, by=bureau.expenditure, opinion="金额偏大")
    door.perform("project.department_return", case, by=bureau.department, opinion="金额偏大")
    client = as_person(bureau.unit)
    seen = client.get(f"/project/case/{case.pk}/edit/").context["seen"]
    kept = {**FORM, "code": case.code, "seen": seen, "total": "100", "amount": ["40", "60", ""]}
    assert client.post(f"/project/case/{case.pk}/edit/", kept).status_code == 302
    case.refresh_from_db()
    assert case.amount == Decimal(1_000_000)
    assert [each.amount for each in ProjectYear.objects.filter(project__case=case)] == [400_000, 600_000]
    again = client.post(f"/project/case/{case.pk}/edit/", kept)
    assert "刚被同单位的人在别处保存过" in words(again)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"name": " "}, "没有写项目名称"),
        ({"code": "4107812"}, "项目代码“4107812”有 7 位，应为 21 位"),
        ({"code": "41078227T00000000000x"}, "第 1–6 位是区划“410782”，不是本区划“410781”"),
        ({"first_year": "26"}, "起始年度“26”不是四位年份"),
        ({"last_year": "2025"}, "结束年度 2025 早于起始年度 2026"),
        ({"total": "很多"}, "项目总额“很多”不是数，单位是万元"),
        ({"total": "121"}, "分年度金额合计 1,200,000.00 元，与项目总额 1,210,000.00 元差 10,000.00 元"),
        ({"amount": ["50", "七十", ""]}, "2027 年金额“七十”不是数"),
        ({"year": ["2026", "2026", ""]}, "2026 年写了两行金额"),
        ({"year": ["2026", "2029", ""]}, "2029 年有金额，但项目周期是 2026–2027 年"),
        ({"total": "", "year": ["", "", ""], "amount": ["", "", ""]}, "没有写项目总额，也没有分年度金额"),
        ({"fund": "lottery"}, "请选择资金性质"),
        ({"amount": ["-50", "170", ""]}, "2026 年金额 -500,000.00 元是负数"),
    ],
)
def test_a_faulty_form_keeps_what_was_typed_and_writes_nothing(bureau, as_person, changed, told):
    page = as_person(bureau.unit).post("/project/new/", {**FORM, **changed})
    assert page.status_code == 422
    assert told in words(page)
    assert page.context["values"]["field"] == "政府采购"
    assert not Project.objects.exists()


def test_a_code_is_taken_once_in_a_zone(bureau, as_person):
    known = make_project(bureau, unit="unit3", name="农技推广")
    page = as_person(bureau.unit).post("/project/new/", {**FORM, "code": known.code})
    assert f"项目代码 {known.code} 已用于农技推广站的“农技推广”" in words(page)
    assert entry.next_code(bureau.zone, 2026, "T") == f"{known.code[:-1]}{int(known.code[-1]) + 1}"


def test_a_project_without_a_case_is_taken_up_by_its_unit_alone(bureau, as_person):
    project = make_project(bureau)
    assert as_person(bureau.unit2).get(f"/project/{project.pk}/propose/").status_code == 404
    assert "由单位申报" in words(as_person(bureau.budget).get("/project/new/"))
    client = as_person(bureau.unit)
    assert "申报这个项目" in words(client.get(project.get_absolute_url()))
    sent = {**FORM, "code": project.code, "name": project.name}
    assert client.post(f"/project/{project.pk}/propose/", sent).status_code == 302
    project.refresh_from_db()
    assert (project.case.procedure, project.case.subject) == ("project", project.pk)


@pytest.mark.article(12)
@pytest.mark.parametrize(
    ("kind", "total", "years", "major"),
    [
        ("project", 5_000_000, 1, True),
        ("project", 4_999_999, 1, False),
        ("policy", 3_000_000, 1, True),
        ("policy", 2_999_999, 1, False),
        ("project", 3_000_000, 5, True),
        ("project", 3_000_000, 4, False),
        ("project", 2_999_999, 9, False),
    ],
)
def test_what_is_major_is_told_by_amount_kind_and_period_of_the_profile(bureau, kind, total, years, major):
    project = make_project(bureau, total=Decimal(total), kind=kind, attribute="new")
    project.last_year = project.first_year + years - 1
    project.save()
    assert admission.is_major(project, bureau.profile.pk) is major
    assert Project.objects.filter(admission.major_rows(bureau.profile.pk)).exists() is major
    assert admission.needs_exante(project, bureau.profile.pk) is major
    project.attribute = Project.Attribute.CONTINUING
    assert admission.needs_exante(project, bureau.profile.pk) is False


def test_a_profile_without_the_newer_values_judges_by_amount_alone(bureau):
    value = {"amount": 100}.get
    assert rules.major_because("policy", Decimal(100), 2026, 2040, value) == [
        "政策总额 0.01 万元，达到 0.01 万元"
    ]
    assert values_of(bureau.profile.pk).get("major", "nothing") is None


def test_the_list_is_filtered_paged_and_exported_as_far_as_one_sees(bureau, as_person):
    wanted = make_project(
        bureau,
        name="智慧校园",
        total=Decimal(6_000_000),
        attribute="new",
        field="政府采购",
        fund="government_fund",
    )
    make_project(bureau, unit="unit3", name="农技推广")
    client = as_person(bureau.budget)
    for query in (
        "major=yes",
        "attribute=new",
        "field=政府采购",
        "fund=government_fund",
        "q=智慧",
        "q=" + wanted.code,
    ):
        page = words(client.get(f"/projects/?{query}"))
        assert "智慧校园" in page and "农技推广" not in page, query
    department = bureau.organizations["department2"]
    page = client.get(
        f"/projects/?department={department.pk}&unit={bureau.organizations['unit3'].pk}&year=2026&stage=proposed"
    )
    assert "农技推广" in words(page) and "智慧校园" not in words(page)
    assert "没有符合条件的项目" in words(client.get("/projects/?year=2031"))
    book = openpyxl.load_workbook(io.BytesIO(client.get("/projects/?major=yes&export=xlsx").getvalue()))
    assert [cell.value for cell in book.active[2]][:4] == [wanted.code, "智慧校园", "101001", "第一小学"]
    assert "农技推广" not in words(as_person(bureau.unit).get("/projects/"))
    other = make_bureau("410782")
    assert "智慧校园" not in words(as_person(other.budget).get("/projects/"))
