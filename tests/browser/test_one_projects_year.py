"""One project's year in the browser, each step as the right person: from the goal to next year's money."""

import io
import re

import openpyxl
import pytest
from django.utils.timezone import localdate
from playwright.sync_api import Page, expect

from jiheng.demo import journey
from tests.browser.walk import do, in_view, look, open_task, sign_in

YEAR = localdate().year
PROJECT = journey.PROJECT_NAME
WAN = f"{(journey.AMOUNT / 10000).normalize():f}"
INDICATORS = (
    ("产出指标", "数量指标", "食堂改扩建面积", "≥1200平方米", "15"),
    ("产出指标", "数量指标", "购置厨房设备", "≥36台", "10"),
    ("产出指标", "质量指标", "工程验收合格率", "=100%", "15"),
    ("产出指标", "时效指标", "按期完工率", "≥95%", "10"),
    ("效益指标", "社会效益指标", "受益师生人数", "≥1500人", "15"),
    ("效益指标", "可持续影响指标", "食堂管理制度", "健全并有效执行", "15"),
    ("满意度指标", "服务对象满意度指标", "师生满意度", "≥90%", "10"),
)
ACTUAL = {
    "食堂改扩建面积": ("1210平方米", 15, ""),
    "购置厨房设备": ("27台", 7.5, "部分设备供货延迟，已签补充协议，次年一季度到货"),
    "工程验收合格率": ("100%", 15, ""),
    "按期完工率": ("96%", 10, ""),
    "受益师生人数": ("1620人", 15, ""),
    "食堂管理制度": ("达成预期指标", 15, ""),
    "师生满意度": ("93%", 10, ""),
}
"""What the unit fills in by hand: points by norm 1.3, 27 ÷ 36 × 10 = 7.50; execution 95 % × 10 = 9.50."""
TOTAL = "97.00"


def as_(page: Page, username: str) -> None:
    sign_in(page, username, journey.PASSWORD)


@pytest.mark.article(2, 3, 16, 18, 19, 23, 24, 27, 28, 29, 33)
def test_a_projects_year(page: Page, tmp_path):
    # The unit enters the goal: begins it from its home page, pastes the indicators as a block from Excel.
    as_(page, journey.UNIT)
    look(page, "01-unit-home")
    page.get_by_role("link", name="编报绩效目标").first.click()
    page.get_by_role("radio", name=re.compile(f"{YEAR}年.*{PROJECT}")).check()
    look(page, "02-goal-new")
    page.get_by_role("button", name="开始编报").click()
    page.get_by_label("财政拨款").fill(WAN)
    page.get_by_label("年度目标").fill(
        "完成食堂改扩建1200平方米并配齐厨房设备，年内投入使用，改善1500名师生就餐条件。"
    )
    paste(page, "#level1-0", "\n".join("\t".join((*row[:4], "")) for row in INDICATORS))
    page.get_by_role("button", name="写入", exact=True).click()
    expect(page.locator("#pasted")).to_have_text(f"已粘贴 {len(INDICATORS)} 行。")
    page.get_by_role("button", name="撤销粘贴").click()
    expect(page.locator("#name-0")).to_have_value("")
    paste(page, "#level1-0", "\n".join("\t".join(row) for row in INDICATORS))
    page.get_by_role("button", name="写入", exact=True).click()
    expect(page.locator("#all")).to_have_text("100")
    in_view(page, "button.btn-primary")
    look(page, "03-goal-edit")
    page.get_by_role("button", name="保存并核对").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("编制中")
    look(page, "04-goal-check")
    do(page, "submit", state="待部门确认")
    goal = page.url

    # The department confirms; expenditure sends it back once, with a reason, straight to the unit.
    as_(page, journey.DEPARTMENT)
    open_task(page, "确认", PROJECT)
    do(page, "confirm", opinion="同意报送", state="待支出科审核")
    as_(page, journey.EXPENDITURE)
    look(page, "05-expenditure-home")
    open_task(page, "审核", PROJECT)
    look(page, "06-goal-review")
    page.locator("summary", has_text="退回").click()
    page.locator('form[action*="/do/expenditure_return/"] button.btn').click()
    expect(page.locator("#jh-errors")).to_be_focused()
    look(page, "07-return-without-reason")
    do(page, "expenditure_return", opinion="设备数量请按学校核定数填写", desk="draft", state="编制中")

    # Corrected by the unit and handed in again, through the same desks.
    as_(page, journey.UNIT)
    page.goto("/")
    expect(page.get_by_text("设备数量请按学校核定数填写")).to_be_visible()
    open_task(page, "提交", PROJECT)
    page.locator('a[href$="/edit/"]').first.click()
    page.locator("#target-1").fill("≥３６ 台")
    page.get_by_role("button", name="保存并核对").click()
    do(page, "submit", state="待部门确认")
    as_(page, journey.DEPARTMENT)
    open_task(page, "确认", PROJECT)
    do(page, "confirm", state="待支出科审核")
    as_(page, journey.EXPENDITURE)
    open_task(page, "审核", PROJECT)
    do(page, "review", opinion="已按意见修改，同意", state="待再审核")

    # Whoever has no business here is told who has, by which article.
    as_(page, journey.TREASURY)
    page.goto(goal)
    expect(page.get_by_text("“再审核会签”由预算绩效管理科、国资金融管理科办理")).to_be_visible()

    # Two sign, in any order; the budget office can't approve the goal by itself, nor the budget before.
    as_(page, journey.ASSETS)
    open_task(page, "再审核会签", PROJECT)
    do(page, "re_review", opinion="完整规范", state="待再审核")
    as_(page, journey.DEPARTMENT)
    open_task(page, "报送", journey.BATCH)
    do(page, "submit", state="待批复")
    budget = page.url
    as_(page, journey.BUDGET)
    page.goto(budget)
    expect(page.get_by_role("button", name="批复预算和绩效目标")).to_be_disabled()
    expect(page.get_by_text(f"“{PROJECT}”的绩效目标还在“待再审核”")).to_be_visible()
    look(page, "08-budget-refused")
    as_(page, journey.PERFORMANCE)
    open_task(page, "再审核会签", PROJECT)
    do(page, "re_review", state="待批复")
    as_(page, journey.BUDGET)
    page.goto(goal)
    expect(page.get_by_text("只随部门预算“批复预算和绩效目标”一并办理").first).to_be_visible()
    page.goto(budget)
    do(page, "approve", opinion="同意", state="已批复")
    look(page, "09-budget-approved")
    page.goto(goal)
    expect(page.locator(".jh-state").first).to_have_text("已批复")
    look(page, "10-goal-in-force")

    # Execution figures come in from a file; a faulty file is refused with its place.
    as_(page, journey.TREASURY)
    code = page_code(page, goal)
    page.goto("/project/execution/new/")
    look(page, "11-execution")
    upload_figures(page, code, "不是数")
    expect(page.get_by_text("没有载入任何一行").first).to_be_visible()
    look(page, "12-execution-faults")
    upload_figures(page, code, f"{journey.AMOUNT * 95 / 100:.2f}")
    expect(page.locator(".jh-state").first).to_have_text("已入账")

    # Performance asks for monitoring; the unit reports values, forecast, causes; lights; expenditure accepts.
    as_(page, journey.PERFORMANCE)
    page.goto(f"/monitoring/round/?cutoff={YEAR}-12-31")
    choose_only(page, PROJECT)
    look(page, "13-monitoring-round")
    page.get_by_role("button", name="布置选中的").click()
    as_(page, journey.UNIT)
    open_task(page, "提交", PROJECT)
    page.locator('a[href$="/edit/"]').first.click()
    for row in page.locator("tbody tr").all():
        name = row.locator("th").inner_text().split("\n")[-1]
        row.locator('[name^="actual-"]').fill(ACTUAL[name][0])
        late = name == "购置厨房设备"
        row.locator('[name^="likelihood-"]').select_option("possible" if late else "certain")
        if late:
            row.locator('[name^="cause-"]').select_option("其他")
            row.locator('[name^="measure-"]').fill("供货延迟，已催交")
    page.get_by_label("存在的问题和改进措施").fill("设备供货延迟，已签补充协议。")
    in_view(page, "button.btn-primary")
    look(page, "14-monitoring-edit")
    page.get_by_role("button", name="保存并核对").click()
    expect(page.locator(".jh-light-yellow").first).to_be_visible()
    do(page, "submit", state="待部门确认")
    as_(page, journey.DEPARTMENT)
    open_task(page, "确认", PROJECT)
    do(page, "confirm", state="待支出科审核")
    as_(page, journey.EXPENDITURE)
    open_task(page, "认可", PROJECT)
    look(page, "15-monitoring-review")
    do(page, "accept", opinion="继续跟踪设备到货", state="已认可")

    # Self-evaluation by the official Excel form: downloaded with goal and money in it, filled in, uploaded.
    as_(page, journey.PERFORMANCE)
    page.goto(f"/evaluation/round/?year={YEAR}")
    choose_only(page, PROJECT)
    page.get_by_role("button", name="布置选中的").click()
    as_(page, journey.UNIT)
    open_task(page, "提交", PROJECT)
    page.locator('a[href$="/edit/"]').first.click()
    with page.expect_download() as told:
        page.get_by_role("link", name="下载自评表").click()
    form = tmp_path / "自评表.xlsx"
    told.value.save_as(form)
    fill_in(form, spoil=True)
    page.get_by_label("填好的自评表").set_input_files(form)
    page.get_by_role("button", name="上传并计分").click()
    expect(page.get_by_text("须改正").first).to_be_visible()
    look(page, "16-self-evaluation-errors")
    page.locator('a[href$="/edit/"]').first.click()
    fill_in(form, spoil=False)
    page.get_by_label("填好的自评表").set_input_files(form)
    page.get_by_role("button", name="上传并计分").click()
    expect(page.locator(".jh-total")).to_contain_text(TOTAL)
    look(page, "17-self-evaluation-scored")
    do(page, "submit", state="待部门确认")
    as_(page, journey.DEPARTMENT)
    open_task(page, "确认", PROJECT)
    do(page, "confirm", state="待支出科审核")
    as_(page, journey.EXPENDITURE)
    open_task(page, "认可", PROJECT)
    look(page, "18-self-evaluation-review")
    do(page, "accept", opinion="得分有据", state="已认可")

    # The result is applied: performance proposes, budget decides and says why where it departs.
    as_(page, journey.PERFORMANCE)
    open_task(page, "提出建议", PROJECT)
    look(page, "19-application")
    do(page, "propose", state="待预算科决定")
    as_(page, journey.BUDGET)
    open_task(page, "决定", PROJECT)
    page.locator('form[action*="/do/decide/"] [name="action"]').select_option("cut")
    page.locator('form[action*="/do/decide/"] [name="amount"]').fill("50")
    page.locator('form[action*="/do/decide/"] button.btn').click()
    expect(page.get_by_text("须写明理由").first).to_be_visible()
    do(page, "decide", opinion="设备已购置大部分，次年只安排尾款", state="已决定")
    look(page, "20-application-decided")

    # All of it is readable in one history, each act with its article.
    page.get_by_role("link", name="项目全年").click()
    for words in (
        "编报绩效目标",
        "退回",
        "再审核会签",
        "批复预算和绩效目标",
        "载入执行数",
        "布置监控",
        "认可",
        "决定",
    ):
        expect(page.get_by_text(words, exact=False).first).to_be_visible()
    history = page.locator("body").inner_text()
    for article in (16, 18, 19, 23, 24, 28, 29, 33):
        assert f"第{article}条" in history, article
    look(page, "21-projects-year")


def paste(page: Page, selector: str, text: str) -> None:
    """Pastes as Excel does: text/plain with tabs and line breaks."""
    page.wait_for_load_state()  # until its scripts listen
    page.locator(selector).evaluate(
        """(field, text) => {
            field.focus();
            const data = new DataTransfer();
            data.setData("text/plain", text);
            field.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        text,
    )


def page_code(page: Page, goal: str) -> str:
    page.goto(goal)
    found = re.search(r"\b\d{8}[A-Z]\d{12}\b", page.locator(".jh-lead").inner_text())
    assert found
    return found.group()


def upload_figures(page: Page, code: str, paid: str) -> None:
    lines = (
        "项目代码,项目名称,年初预算数（元）,全年预算数（元）,全年执行数（元）,截止日期",
        f"{code},{PROJECT},0,{journey.AMOUNT:.2f},{paid},{YEAR}-12-31",
    )
    content = "\n".join(lines).encode("gb18030")
    page.get_by_label("执行数文件").set_input_files(
        {"name": "执行数.csv", "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_role("button", name="核对并载入").click()


def choose_only(page: Page, title: str) -> None:
    page.get_by_label("全选").uncheck()
    page.get_by_role("checkbox", name=title).check()


def fill_in(form, *, spoil: bool) -> None:
    """Fills in the official form as an accountant would; spoiled: a reason is missing and a number is words."""
    book = openpyxl.load_workbook(io.BytesIO(form.read_bytes()))
    sheet = book.active
    column = {}
    for cells in sheet.iter_rows():
        texts = {str(cell.value or "").replace("\n", "").strip(): cell for cell in cells}
        if "三级指标" in texts:
            column = {name: cell.column for name, cell in texts.items()}
            continue
        name = str(sheet.cell(cells[0].row, column["三级指标"]).value or "") if column else ""
        if name in ACTUAL:
            actual, points, reason = ACTUAL[name]
            row = cells[0].row
            sheet.cell(row, next(c for n, c in column.items() if "完成值" in n)).value = (
                "完成" if spoil else actual
            )
            sheet.cell(row, column["得分"]).value = points
            sheet.cell(row, next(c for n, c in column.items() if "偏差" in n)).value = "" if spoil else reason
        first = str(cells[0].value or "").strip()
        if first in ("总分", "合计", "总计") and not spoil:
            sheet.cell(cells[0].row, column["得分"]).value = float(TOTAL)
    for cells in sheet.iter_rows():
        for cell in cells:
            if str(cell.value or "").strip() == "实际完成情况":
                sheet.cell(cell.row + 1, cell.column).value = "食堂主体完工并投入使用，设备到货27台。"
    book.save(form)
