"""Article 7: the treasury plans revenue by item, loads what came in each month, and says why what is slow is slow."""

import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from jiheng.procedure import chain, door
from jiheng.procedure.models import Attachment, Case, Task
from jiheng.revenue import rules
from jiheng.revenue.models import Month, Plan
from jiheng.revenue.rules import Item, Standing
from tests.rooms import file, words

pytestmark = pytest.mark.article(7)
YEAR, MONTH = 2026, 6
PLAN = [("10101", "增值税", 1200), ("10119", "契税", 600), ("10305", "罚没收入", 200)]
TOTALS = [("10101", "增值税", 660, 600), ("10119", "契税", 120, 240), ("10305", "罚没收入", 120, None)]


def book(heads, rows) -> bytes:
    made, out = Workbook(), io.BytesIO()
    for row in (heads, *rows):
        made.active.append(list(row))
    made.save(out)
    return out.getvalue()


def plan_file(rows=PLAN, unit="万元"):
    heads = ("科目编码", "收入项目", f"年初计划数（{unit}）")
    return file("计划.xlsx", book(heads, [*rows, ("", "合计", 2000)]))


def month_file(rows=TOTALS):
    return file("六月.xlsx", book(("科目编码", "收入项目", "本年累计（万元）", "上年同期累计（万元）"), rows))


@pytest.fixture
def treasury(as_person, bureau):
    return as_person(bureau.treasury)


def load_plan(client, **given):
    return client.post("/revenue/plan/new/", {"year": YEAR, "file": plan_file(**given)})


def load_month(client, rows=TOTALS, month=MONTH):
    return client.post("/revenue/month/new/", {"year": YEAR, "month": month, "file": month_file(rows)})


@pytest.fixture
def month(treasury):
    load_plan(treasury)
    load_month(treasury)
    return Month.objects.get()


def test_from_plan_to_report(as_person, bureau, treasury):
    assert load_plan(treasury).status_code == 302
    plan = Plan.objects.get()
    assert [(line.code, line.kind, line.amount) for line in plan.lines.all()] == [
        ("10101", "tax", 12_000_000), ("10119", "tax", 6_000_000), ("10305", "non_tax", 2_000_000),
    ]  # fmt: skip
    assert load_month(treasury).status_code == 302
    month = Month.objects.get()
    said = words(treasury.get(f"/revenue/?year={YEAR}"))
    for told in ("45.00%", "-5.00%", "税收占比86.67%", "慢于进度", "时间进度 50.00%", "43.33%"):
        assert told in said, told
    assert "契税" in said and "20.00%" in said and "-50.00%" in said
    with pytest.raises(door.Refusal) as refused:
        door.perform("revenue_month.report", month.case, by=bureau.treasury)
    assert [reason.text for reason in refused.value.reasons] == ["还没有写分析", "契税慢于进度，没有写原因"]
    page = words(treasury.get(f"/revenue/{month.case_id}/edit/"))
    assert (
        "截至2026年6月底，预算收入累计完成 900.00 万元，为全年计划 2,000.00 万元的 45.00%，慢于时间进度 5.00 个百分点"
        in page
    )
    given = {"text": "分析改过了。", "reason-10119": "交易量下降。", "revision": "0"}
    treasury.post(f"/revenue/{month.case_id}/edit/", given)
    treasury.post(f"/case/{month.case_id}/do/report/", {})
    month.refresh_from_db()
    assert (month.case.state, month.reasons) == ("reported", {"10119": "交易量下降。"})
    told = words(as_person(bureau.leadership).get("/"))
    assert "收入累计完成（1—6 月）900.00 万元" in told and "1 项慢于进度" in told
    read = as_person(bureau.budget)
    assert "分析改过了。" in words(read.get(f"/revenue/?year={YEAR}")) and "交易量下降" in words(
        read.get(f"/revenue/{month.case_id}/paper/")
    )
    assert read.get(f"/revenue/{month.case_id}/paper/?as=docx").content.startswith(b"PK")
    assert Attachment.objects.count() == 2 and list(chain.verify(bureau.zone.pk)) == []


def test_the_chart_marks_what_is_behind(treasury, month):
    load_month(
        treasury,
        [("10101", "增值税", 1200, 1), ("10119", "契税", 500, 1), ("10305", "罚没收入", 150, 1)],
        month=9,
    )
    drawn = treasury.get(f"/revenue/{YEAR}/chart.svg")
    text = drawn.content.decode()
    assert drawn["Content-Type"] == "image/svg+xml" and "<style" not in text and "<script" not in text
    assert text.count(">慢<") == 1 and "6月" in text and "polyline" in text
    assert treasury.get("/revenue/2020/chart.svg").status_code == 404


def test_the_year_as_excel(treasury, month):
    answer = treasury.get(f"/revenue/?year={YEAR}&export=xlsx")
    rows = list(
        load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.iter_rows(values_only=True)
    )
    told = {row[1]: (row[3], row[4], row[5], row[9]) for row in rows[1:]}
    assert told["合计"] == (20_000_000, 9_000_000, "45.00%", "慢于进度")
    assert told["契税"] == (6_000_000, 1_200_000, "20.00%", "慢于进度") and not told["罚没收入"][3]


FAULTS = [
    ([("1010A", "增值税", 1)], "科目编码“1010A”不是 3 至 12 位数字"),
    ([("10101", "", 1)], "收入项目空白"),
    ([("10101", "增值税", "很多")], "“很多”不是金额"),
    ([("10101", "增值税", -1)], "是负数"),
    ([("10101", "增值税", 1), ("10101", "增值税", 2)], "科目 10101 与A2重复"),
    ([("10101", "增值税", 10**12)], "大得不可能"),
]


@pytest.mark.parametrize(("rows", "message"), FAULTS)
def test_a_fault_is_told_at_its_cell_and_nothing_is_entered(treasury, rows, message):
    answer = load_plan(treasury, rows=rows)
    said = words(answer)
    assert answer.status_code == 422 and message in said and "没有载入任何一行" in said
    assert "工作表“Sheet”" in said and not Case.objects.exists()


def test_what_stands_in_the_way_of_loading_is_said(treasury, as_person, bureau):
    assert "列“年初计划数”没有写金额单位" in words(
        treasury.post(
            "/revenue/plan/new/",
            {"year": YEAR, "file": file("a.xlsx", book(("科目编码", "收入项目", "年初计划数"), PLAN))},
        )
    )
    early = load_month(treasury)
    assert early.status_code == 409 and "还没有2026年收入计划" in words(early)
    load_plan(treasury)
    again = load_plan(treasury)
    assert again.status_code == 409 and "2026年已有收入计划" in words(again)
    stranger = load_month(treasury, [*TOTALS, ("10106", "个人所得税", 5, 5)])
    assert stranger.status_code == 422 and "收入计划里没有科目 10106 个人所得税" in words(stranger)
    load_month(treasury)
    twice = load_month(treasury)
    assert twice.status_code == 409 and "2026年6月已经载入过" in words(twice)
    future = treasury.post("/revenue/month/new/", {"year": 2099, "month": 1, "file": month_file()})
    assert "这个月还没有过完" in words(future)
    assert "请选择文件" in words(treasury.post("/revenue/month/new/", {"year": "x", "month": "13"}))
    with pytest.raises(door.Refusal, match="6月的收入按这份计划计算"):
        door.perform("revenue_plan.withdraw", Plan.objects.get().case, by=bureau.treasury, opinion="调整")
    door.perform("revenue_month.withdraw", Month.objects.get().case, by=bureau.treasury, opinion="错了")
    assert not Task.objects.filter(case__procedure="revenue_month").exists()
    door.perform("revenue_plan.withdraw", Plan.objects.get().case, by=bureau.treasury, opinion="调整")
    assert load_plan(treasury).status_code == 302


def test_only_the_treasury_loads_and_only_offices_look(as_person, bureau, month):
    for address in ("/revenue/plan/new/", "/revenue/month/new/"):
        refused = as_person(bureau.budget).get(address)
        assert refused.status_code == 409 and "由国库科载入" in words(refused)
    assert as_person(bureau.budget).get(f"/revenue/{month.case_id}/edit/").status_code == 409
    for person in (bureau.unit, bureau.department):
        client = as_person(person)
        assert client.get("/revenue/").status_code == 409
        assert client.get(f"/case/{month.case_id}/").status_code == 404
        assert client.get(f"/revenue/{month.case_id}/edit/").status_code == 404


def test_two_who_write_at_once_lose_nothing(treasury, month):
    treasury.post(f"/revenue/{month.case_id}/edit/", {"text": "先", "revision": "0"})
    late = treasury.post(f"/revenue/{month.case_id}/edit/", {"text": "后", "revision": "0"})
    assert late.status_code == 409 and "别人保存过" in words(late) and "后" in words(late)
    month.refresh_from_db()
    assert month.text == "先"


def test_the_samples_are_read_back(treasury):
    for kind in ("plan", "month"):
        sheet = load_workbook(io.BytesIO(treasury.get(f"/revenue/{kind}/template.xlsx").content)).active
        assert sheet["A1"].value == "科目编码"


amounts = st.decimals(min_value=0, max_value=10**10, places=2)


@given(st.lists(st.tuples(amounts, amounts), min_size=1, max_size=8), st.integers(1, 12))
def test_sums_and_shares_hold_together(pairs, month):
    items = tuple(
        Item(str(place), "x", "tax" if place % 2 else "non_tax", plan, total, None)
        for place, (plan, total) in enumerate(pairs)
    )
    stands = Standing(month, Decimal("0.95"), items)
    assert stands.tax.total + stands.non_tax.total == stands.whole.total == sum(total for _, total in pairs)
    if stands.tax_share is not None:
        assert 0 <= stands.tax_share <= 1
    for item in items:
        if item.plan and item.total >= item.plan:
            assert not item.is_behind(month, stands.share)  # a plan that is fulfilled is never slow
        if item.is_behind(month, stands.share):
            more = Item(item.code, item.name, item.kind, item.plan, item.plan, None)
            assert not more.is_behind(month, stands.share)
    assert rules.time_progress(12) == 1
