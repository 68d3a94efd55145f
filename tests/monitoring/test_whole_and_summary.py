"""Articles 23 and 24: a department reports on itself as a whole, its reports are told in words and on paper, and it
sums up a round for the expenditure office."""

import io

import openpyxl
import pytest
from docx import Document as WordFile

from jiheng.monitoring import reporting
from jiheng.monitoring.models import MonitoringSummary, Problem, Report
from jiheng.procedure import door
from jiheng.procedure.models import Case, Task
from tests.bureau_fixture import advance
from tests.monitoring.filling import filled
from tests.rooms import JULY, ask_report, file, in_force, load_figures, words

pytestmark = pytest.mark.article(24)


@pytest.fixture
def project(bureau) -> Report:
    """A report of a project that spent little by July: a red light."""
    goal = in_force(bureau)
    load_figures(bureau, goal.project, 200_000, cutoff=JULY)
    return ask_report(bureau, goal)


@pytest.fixture
def whole(bureau, project) -> Report:
    (goal,) = [each for each in reporting.to_monitor(bureau.zone, 2026, JULY) if each.whole]
    (act,) = reporting.open_reports([goal], JULY, by=bureau.performance)
    return Report.objects.select_related("case").get(case_id=act.case_id)


def fill(client, report, **changed):
    address = "monitoring/whole" if report.case.procedure == "whole_monitoring" else "monitoring"
    report.refresh_from_db()
    return client.post(f"/{address}/{report.case_id}/edit/", filled(report, **changed))


def test_a_department_reports_on_itself(as_person, bureau, whole):
    case = whole.case
    assert (case.procedure, case.unit, case.title) == ("whole_monitoring", None, "教育局整体支出")
    assert (whole.full_year, whole.paid) == (1_000_000, 200_000)  # the sum of its projects
    assert [task.organization for task in Task.objects.filter(case=case)] == [case.department]
    assert fill(as_person(bureau.department), whole, summary="支付滞后，已催办。").status_code == 302
    with pytest.raises(door.Refusal, match="“提交”由教育局办理"):
        door.perform("whole_monitoring.submit", case, by=bureau.unit)
    advance(bureau, case, ("submit", "department"))
    assert case.state == "confirmed"  # nobody has to confirm what is the department's own
    made = as_person(bureau.expenditure).post(
        "/monitoring/problem/new/",
        {"report": str(case.pk), "days": "5", "line": "execution", "text-execution": "支付慢", "demand-execution": "加快"},
    )  # fmt: skip
    assert made.status_code == 302
    problem = Problem.objects.select_related("case").get().case
    assert (problem.procedure, problem.unit) == ("whole_problem", None)
    evidence = [file("支付凭证.txt", "三成".encode())]
    door.perform(
        "whole_problem.report", problem, by=bureau.department, opinion="已支付三成。", evidence=evidence
    )
    advance(bureau, problem, ("verify", "expenditure"))
    assert problem.state == "closed"


def test_the_text_is_drafted_from_the_figures_until_somebody_rewrites_it(as_person, bureau, project):
    client = as_person(bureau.unit)
    page = words(client.get(f"/monitoring/{project.case_id}/edit/"))
    assert "执行 20.00 万元，执行率 20.00%，时间进度 58.33%，执行进度红灯" in page
    fill(
        client,
        project,
        likelihood_2="possible",
        cause_2="经费保障",
        measure_2="增拨经费",
        summary="支付滞后。",
    )
    project.refresh_from_db()
    assert project.text == ""  # what was not rewritten follows the figures
    page = words(client.get(f"/monitoring/{project.case_id}/paper/"))
    assert "1 个指标落后，原因为经费保障 1 个：“验收合格率”" in page and "增拨经费" in page
    fill(client, project, summary="支付滞后。", text="一、按要求重写。")
    project.refresh_from_db()
    assert project.text == "一、按要求重写。"
    assert "一、按要求重写。" in words(client.get(f"/monitoring/{project.case_id}/paper/"))
    fill(client, project, summary="支付滞后。", text="一、按要求重写。", again="1")
    project.refresh_from_db()
    assert project.text == ""


@pytest.mark.article(23)
def test_the_report_is_a_word_file_and_the_official_table(as_person, bureau, project):
    client = as_person(bureau.unit)
    fill(
        client,
        project,
        likelihood_2="possible",
        cause_2="经费保障",
        measure_2="增拨经费",
        summary="支付滞后。",
    )
    answer = client.get(f"/monitoring/{project.case_id}/paper/?as=docx")
    book = WordFile(io.BytesIO(b"".join(answer) if answer.streaming else answer.content))
    assert any("2026年绩效监控报告" in paragraph.text for paragraph in book.paragraphs)
    assert [cell.text for cell in book.tables[0].rows[1].cells] == ["100.00", "20.00", "20.00%", "—"]
    answer = client.get(f"/monitoring/{project.case_id}/form.xlsx")
    content = b"".join(answer) if answer.streaming else answer.content
    (head, *rows) = openpyxl.load_workbook(io.BytesIO(content)).active.values
    assert rows[1][head.index("三级指标")] == "验收合格率" and rows[1][head.index("经费保障")] == "√"
    stranger = as_person(bureau.unit2)
    assert stranger.get(f"/monitoring/{project.case_id}/paper/").status_code == 404
    assert stranger.get(f"/monitoring/{project.case_id}/form.xlsx").status_code == 404


def test_a_department_sums_up_its_round_and_expenditure_sees_who_has_not(as_person, bureau, project):
    assert "没有汇总" in words(as_person(bureau.expenditure).get("/monitoring/summary/"))
    refused = as_person(bureau.expenditure).post("/monitoring/summary/new/")
    assert refused.status_code == 409 and "监控汇总由各部门办理" in words(refused)
    place = bureau.organizations["department"]
    began = as_person(bureau.department).post("/monitoring/summary/new/", {"round": f"{place.pk}:{JULY}"})
    assert began.status_code == 302
    case = Case.objects.get(procedure="monitoring_summary")
    page = words(as_person(bureau.department).get(f"/monitoring/summary/{case.pk}/edit/"))
    assert "本部门共 1 个绩效目标纳入监控，项目全年预算 100.00 万元，执行 20.00 万元，执行率 20.00%" in page
    (reason,) = door.may("monitoring_summary.submit", case, bureau.department).reasons
    assert "监控报告还没有报到支出管理科" in reason.text and reason.article == 24
    fill(as_person(bureau.unit), project, summary="支付滞后，已催办。")
    advance(bureau, project.case, ("submit", "unit"), ("confirm", "department"))
    as_person(bureau.department).post(
        f"/monitoring/summary/{case.pk}/edit/", {"revision": "0", "text": "", "again": "1"}
    )
    advance(bureau, case, ("submit", "department"))
    record = MonitoringSummary.objects.get()
    (row,) = record.rows
    assert row[0] == "项目" and row[4:8] == ["1000000.00", "200000.00", "green", "red"]
    assert "需要关注的项目。" in record.text and "支付滞后，已催办。" in record.text
    door.perform("monitoring_summary.return", case, by=bureau.expenditure, opinion="请写明措施的期限。")
    text = record.text + "\n六、期限：八月底前。"
    as_person(bureau.department).post(f"/monitoring/summary/{case.pk}/edit/", {"revision": "1", "text": text})
    advance(bureau, case, ("submit", "department"), ("accept", "expenditure"))
    assert "六、期限：八月底前。" in words(
        as_person(bureau.expenditure).get(f"/monitoring/summary/{case.pk}/paper/")
    )
    assert "没有汇总" not in words(as_person(bureau.expenditure).get("/monitoring/summary/"))
    assert as_person(bureau.unit).get(f"/monitoring/summary/{case.pk}/paper/").status_code == 404
    again = as_person(bureau.department).post("/monitoring/summary/new/", {"round": f"{place.pk}:{JULY}"})
    assert again.status_code == 422 and "请选择要汇总的一期" in words(again)
