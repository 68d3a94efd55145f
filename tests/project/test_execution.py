"""Articles 7 and 23: execution figures come in as a whole file from the treasury office, never typed."""

import io
from decimal import Decimal

import pytest
from openpyxl import Workbook, load_workbook

from jiheng.paper.execution_figures import TEMPLATE_HEADINGS
from jiheng.procedure import chain, door, files
from jiheng.procedure.models import Act, Attachment, Case
from jiheng.project.execution import latest
from jiheng.project.models import ExecutionBatch, ExecutionFigure, Project
from tests.bureau_fixture import make_project
from tests.rooms import (
    JULY,
    MILLION,
    ask_evaluation,
    ask_report,
    file,
    in_force,
    load_figures,
    words,
)

pytestmark = [pytest.mark.article(7), pytest.mark.article(23)]
NEW = "/project/execution/new/"


def line(project, **changed):
    given = {
        "code": project.code, "name": project.name, "initial": "1000000", "adjustment": "", "full_year": "1000000",
        "plan": "", "paid": "400000", "day": "2026-07-31",
    }  # fmt: skip
    return [*(given | changed).values()]


def csv(*rows, headings=TEMPLATE_HEADINGS, encoding="utf-8") -> bytes:
    return "\r\n".join(",".join(f'"{cell}"' for cell in row) for row in (headings, *rows)).encode(encoding)


def xlsx(*rows) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in (TEMPLATE_HEADINGS, *rows):
        book.active.append(list(row))
    book.save(out)
    return out.getvalue()


def upload(client, content, name="执行数.csv"):
    return client.post(NEW, {"file": file(name, content)})


@pytest.fixture
def two(bureau):
    return make_project(bureau, name="校舍维修"), make_project(bureau, unit="unit3", name="种子补贴")


@pytest.mark.parametrize("kind", ["utf-8", "utf-8-sig", "gb18030", "xlsx"])
def test_a_file_of_the_integrated_system_enters_as_one_batch_in_one_act(as_person, bureau, two, kind):
    rows = [line(two[0], paid="400,000.50" if kind != "xlsx" else 400000.5), line(two[1], paid="0")]
    content = xlsx(*rows) if kind == "xlsx" else csv(*rows, encoding=kind)
    response = upload(as_person(bureau.treasury), content, "执行数.xlsx" if kind == "xlsx" else "执行数.csv")
    batch = ExecutionBatch.objects.get()
    assert response["Location"] == f"/case/{batch.case_id}/"
    assert sorted(batch.figures.values_list("project__name", "initial", "full_year", "paid")) == [
        ("校舍维修", MILLION, MILLION, Decimal("400000.50")),
        ("种子补贴", MILLION, MILLION, Decimal(0)),
    ]
    assert (batch.cutoff, batch.year) == (JULY, 2026)
    (act,) = Act.objects.all()
    assert (act.step, act.organization_name, act.record["paid"], act.record["rows"]) == (
        "load",
        "国库科",
        "400000.50",
        2,
    )
    assert act.record["sha256"] == batch.sha256
    assert batch.case.amount == Decimal("400000.50")
    assert "400,000.50" not in words(response)
    assert list(chain.verify(bureau.zone.pk)) == []


def test_amounts_in_ten_thousand_are_kept_in_yuan(as_person, bureau, two):
    headings = [heading.replace("（元）", "（万元）") for heading in TEMPLATE_HEADINGS]
    content = csv(line(two[0], initial="", full_year="100", paid="12.345678"), headings=headings)
    upload(as_person(bureau.treasury), content)
    figure = ExecutionFigure.objects.get()
    assert (figure.initial, figure.full_year, figure.paid) == (MILLION, MILLION, Decimal("123456.78"))


def test_who_spends_is_in_execution_who_does_not_stays(as_person, bureau, two):
    Project.objects.update(stage="budgeted")
    upload(as_person(bureau.treasury), csv(line(two[0]), line(two[1], paid="0")))
    stages = dict(Project.objects.values_list("name", "stage"))
    assert stages == {"校舍维修": "executing", "种子补贴": "budgeted"}


CODE = "41078126T99999999999X"
FAULTS = [
    ({"code": CODE}, f"第 2 行：项目库里没有代码为 {CODE} 的项目。请核对代码，或先把项目列入项目库"),
    ({"code": "41078126T"}, "项目代码“41078126T”有 9 位，应为 21 位字母数字"),
    ({"code": "4.10781E+20"}, "被 Excel 改成了科学计数法"),
    ({"name": ""}, "项目名称空白"),
    ({"paid": "四十万"}, "“四十万”不是金额"),
    ({"paid": ""}, "支付数（全年执行数）空白"),
    ({"full_year": "-5"}, "“-5”是负数"),
    ({"full_year": "99999999999999999999"}, "全年预算数“99999999999999999999”元大得不可能。请核对金额和单位"),
    ({"paid": "1E+30"}, "“1E+30”不是金额"),
    ({"day": "七月底"}, "截止日期“七月底”读不成日期"),
    ({"day": "2026-02-30"}, "截止日期“2026-02-30”读不成日期"),
    ({"day": ""}, "截止日期空白"),
]


def test_one_fault_stops_the_whole_file_and_is_told_at_its_place(as_person, bureau, two):
    for changed, message in FAULTS:
        response = upload(as_person(bureau.treasury), csv(line(two[0], **changed), line(two[1])))
        said = words(response)
        assert response.status_code == 422
        assert "没有载入任何一行" in said and message in said
        assert "第 2 行" in said
        assert not ExecutionBatch.objects.exists() and not Case.objects.exists()


def test_all_faults_of_a_file_are_told_at_once(as_person, bureau, two):
    content = csv(line(two[0], paid="甲"), line(two[1], full_year="乙", day="丙"))
    said = words(upload(as_person(bureau.treasury), content))
    assert "有 3 处要改" in said and all(f"“{sign}”" in said for sign in "甲乙丙")


def test_one_batch_has_one_day(as_person, bureau, two):
    response = upload(as_person(bureau.treasury), csv(line(two[0]), line(two[1], day="2026-08-31")))
    assert response.status_code == 422
    assert "有几个截止日期；一批只能是一个截止日。请分开导出" in words(response)
    assert not ExecutionBatch.objects.exists()


def test_a_project_stands_in_a_file_once(as_person, bureau, two):
    response = upload(as_person(bureau.treasury), csv(line(two[0]), line(two[0], paid="5")))
    assert response.status_code == 422 and "重复" in words(response)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("空.csv", b"", "“空.csv”读不了：没有找到标题行"),
        ("只有标题.csv", csv(), "文件里没有一行执行数"),
        ("乱码.csv", "项目代码,全年执行数".encode("utf-16"), "“乱码.csv”读不了："),
        ("坏.csv", b"\xff\xfe\xff\xff\xff,\xff", "“坏.csv”读不了：CSV 的编码既不是 UTF-8 也不是 GB18030"),
        ("网页.csv", b"<html><table></table></html>", "文件其实是网页，不是 CSV"),
        ("坏.xlsx", b"PK\x03\x04 not a package", "“坏.xlsx”读不了："),
        ("无单位.csv", csv(headings=["项目代码", "项目名称", "年初预算数", "全年预算数", "全年执行数", "截止日期"]), "没有写金额单位"),
        ("少列.csv", csv(headings=["项目代码", "项目名称", "全年执行数（元）"]), "缺少列：调整后（全年）预算数、截止日期"),
    ],
)  # fmt: skip
def test_a_file_that_can_not_be_read_says_why(as_person, bureau, db, name, content, message):
    response = upload(as_person(bureau.treasury), content, name)
    assert response.status_code == 422 and message in words(response)
    assert not Case.objects.exists()


def test_no_file_and_a_file_too_big_are_told(as_person, bureau, settings):
    client = as_person(bureau.treasury)
    assert "请选择从一体化系统导出的执行数文件" in words(client.post(NEW))
    settings.UPLOAD_LIMIT = 1000
    response = upload(client, b"0" * 1001)
    assert response.status_code == 422 and "超过 20 MB" in words(response)


def test_a_long_file_name_is_kept_as_far_as_it_fits(as_person, bureau, two):
    response = upload(as_person(bureau.treasury), csv(line(two[0])), "执" * 230 + ".csv")
    assert response.status_code == 302
    assert ExecutionBatch.objects.get().source == "执" * 196 + ".csv"


def test_the_same_file_is_not_counted_twice_but_again_after_withdrawal(as_person, bureau, two):
    client = as_person(bureau.treasury)
    content = csv(line(two[0]))
    upload(client, content)
    again = upload(client, content, "换了名字.csv")
    assert again.status_code == 422
    assert "换了名字.csv：内容和已载入的“执行数.csv”（截至 2026-07-31）完全相同，不需要再载" in words(again)
    batch = ExecutionBatch.objects.get()
    without = client.post(f"/case/{batch.case_id}/do/withdraw/", {"opinion": " "})
    assert without.status_code == 422 and "请填写说明" in words(without)
    client.post(f"/case/{batch.case_id}/do/withdraw/", {"opinion": "导错了月份"})
    batch.refresh_from_db()
    assert batch.withdrawn and latest([two[0].pk], 2026) == {}
    assert upload(client, content).status_code == 302
    assert latest([two[0].pk], 2026)[two[0].pk].paid == Decimal(400000)
    assert list(chain.verify(bureau.zone.pk)) == []


def test_the_newest_cut_off_day_counts_whatever_the_order_of_loading(bureau, two):
    project = two[0]
    load_figures(bureau, project, 900_000)
    load_figures(bureau, project, 300_000, cutoff=JULY)
    assert latest([project.pk], 2026)[project.pk].paid == 900_000
    assert latest([project.pk], 2026, JULY)[project.pk].paid == 300_000
    assert latest([project.pk], 2025) == {}
    load_figures(bureau, project, 950_000)
    assert latest([project.pk], 2026)[project.pk].paid == 950_000


def test_only_the_treasury_loads_and_withdraws(as_person, bureau, two):
    case = load_figures(bureau, two[0], 1)
    for person in ("budget", "performance", "leadership", "expenditure", "department", "unit"):
        client = as_person(bureau.people[person])
        for response in (client.get(NEW), upload(client, csv(line(two[0])))):
            said = words(response)
            assert response.status_code == 409
            assert "执行数由国库科载入" in said and "第7条" in said
            assert "载入后在项目和监控、自评中自动带入" in said
        with pytest.raises(door.Refusal, match="“整批撤回”由国库科办理"):
            door.perform("execution.withdraw", case, by=bureau.people[person], opinion="撤")
    assert ExecutionBatch.objects.count() == 1


def test_the_template_is_read_back_when_filled(as_person, bureau, two):
    client = as_person(bureau.treasury)
    book = load_workbook(io.BytesIO(client.get("/project/execution/template.xlsx").content))
    book.active.append([two[0].code, two[0].name, 900000, 100000, 1000000, None, 250000, "2026-07-31"])
    out = io.BytesIO()
    book.save(out)
    assert upload(client, out.getvalue(), "样表.xlsx").status_code == 302
    assert ExecutionFigure.objects.get().paid == Decimal(250000)


def test_figures_show_on_the_batch_the_project_the_report_and_the_evaluation(as_person, bureau):
    goal = in_force(bureau)
    case = load_figures(bureau, goal.project, "612345.67", cutoff=JULY)
    assert "61.23" in words(as_person(bureau.treasury).get(f"/case/{case.pk}/"))
    report, evaluation = ask_report(bureau, goal), ask_evaluation(bureau, goal)
    assert (report.full_year, report.paid) == (MILLION, Decimal("612345.67"))
    assert (evaluation.full_year, evaluation.executed) == (MILLION, Decimal("612345.67"))
    client = as_person(bureau.unit)
    for address in (
        f"/case/{report.case_id}/",
        f"/monitoring/{report.case_id}/edit/",
        f"/case/{evaluation.case_id}/",
        f"/evaluation/{evaluation.case_id}/edit/",
        f"/projects/{goal.project_id}/",
    ):
        said = words(client.get(address))
        assert "61.23" in said and "100.00" in said, address


def test_initial_and_adjustment_make_the_full_year(as_person, bureau, two):
    short = [heading for heading in TEMPLATE_HEADINGS if not heading.startswith("全年预算数")]
    row = line(two[0], initial="900000", adjustment="-100000.5")
    del row[4]
    upload(as_person(bureau.treasury), csv(row, headings=short))
    figure = ExecutionFigure.objects.get()
    assert (figure.full_year, figure.adjustment) == (Decimal("799999.50"), Decimal("-100000.50"))
    wrong = line(two[1], initial="900000", adjustment="50000")
    said = words(upload(as_person(bureau.treasury), csv(wrong)))
    assert (
        "第 2 行第 5 列：全年预算数 1,000,000.00 元，与年初预算数 900,000.00 元加调整数 50,000.00 元相差 50,000.00 元"
        in said
    )
    assert ExecutionFigure.objects.count() == 1


def test_amounts_in_ten_thousand_may_differ_by_their_last_place(as_person, bureau, two):
    headings = [heading.replace("（元）", "（万元）") for heading in TEMPLATE_HEADINGS]
    near = line(two[0], initial="33.33", adjustment="33.33", full_year="66.67", paid="1")
    assert upload(as_person(bureau.treasury), csv(near, headings=headings)).status_code == 302
    far = line(two[1], initial="33.33", adjustment="33.33", full_year="66.68", paid="1")
    assert upload(as_person(bureau.treasury), csv(far, headings=headings)).status_code == 422


def test_headings_of_the_interface_are_read_as_yuan_with_plans(as_person, bureau, two):
    names = ["pro_code", "pro_name", "initial", "adjustment", "full_year", "plan", "paid", "as_of"]
    row = line(two[0], initial="900000", adjustment="100000", plan="500000")
    upload(as_person(bureau.treasury), csv(row, headings=names, encoding="gb18030"))
    figure = ExecutionFigure.objects.get()
    assert (figure.initial, figure.full_year, figure.plan, figure.paid) == (900000, MILLION, 500000, 400000)


def test_the_same_figures_in_another_file_change_nothing(as_person, bureau, two):
    client = as_person(bureau.treasury)
    upload(client, csv(line(two[0]), line(two[1])))
    other = xlsx(line(two[1], paid=400000), line(two[0], paid="400,000.00"))
    again = upload(client, other, "另一种.xlsx")
    assert again.status_code == 422 and "完全相同，不需要再载" in words(again)
    assert ExecutionBatch.objects.count() == 1 and Act.objects.count() == 1


def test_what_came_is_kept_as_it_came(as_person, bureau, two):
    client = as_person(bureau.treasury)
    content = csv(line(two[0]))
    upload(client, content)
    (kept,) = Attachment.objects.all()
    assert (kept.name, kept.sha256) == ("执行数.csv", ExecutionBatch.objects.get().sha256)
    assert files.read(kept.zone_id, kept.sha256) == content


def test_a_batch_is_told_beside_the_one_before(as_person, bureau, two):
    client = as_person(bureau.treasury)
    upload(client, csv(line(two[0], day="2026-06-30"), line(two[1], paid="5000", day="2026-06-30")))
    new = make_project(bureau, unit="unit2", name="取暖改造")
    upload(client, csv(line(two[0], paid="650000", plan="700000"), line(new, paid="1")), "七月.csv")
    first, second = ExecutionBatch.objects.order_by("cutoff")
    assert "本年第一批" in words(client.get(f"/case/{first.case_id}/"))
    said = words(client.get(f"/case/{second.case_id}/"))
    assert (
        "3 个项目有变化，支付合计相差 24.50 万元" in said
    )  # 25 万元 and 1 元 more, 5,000 元 no longer there
    assert "上批没有" in said and "上批有、本批没有的项目（1 个）" in said and "种子补贴" in said
    listed = words(client.get("/project/execution/"))
    assert (
        listed.index("2026-07-31") < listed.index("2026-06-30") and "24.50" in listed and "七月.csv" in listed
    )
    book = load_workbook(
        io.BytesIO(b"".join(client.get(f"/project/execution/{second.case_id}.xlsx").streaming_content))
    )
    rows = [[cell.value for cell in row] for row in book.active.iter_rows(min_row=2)]
    told = {row[1]: (row[6], row[7], row[9], row[10], row[11]) for row in rows}
    assert told == {
        "校舍维修": (700000, 650000, 400000, 250000, "有变化"),
        "取暖改造": (None, 1, None, 1, "上批没有"),
        "种子补贴": (None, None, 5000, -5000, "本批没有"),
    }
    refused = as_person(bureau.unit).get("/project/execution/")
    assert refused.status_code == 409 and "本单位的执行数在项目页上看" in words(refused)
    assert as_person(bureau.unit).get(f"/project/execution/{second.case_id}.xlsx").status_code == 302
