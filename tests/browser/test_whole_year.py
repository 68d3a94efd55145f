"""A fiscal year of the district around one project's (test_one_projects_year): the budget notice and its receipts, the
offices consulting, leadership instructing, an expert engaged, results before the public, and the dossier at the end.

Together they are the year: all seven offices, a department, units, an expert and the public act in the browser.
"""

import re
import sqlite3
import zipfile
from datetime import timedelta

import pytest
from django.utils.timezone import localdate
from playwright.sync_api import Page, expect

from jiheng.demo import journey
from tests.browser.walk import look, sign_in

YEAR = localdate().year
NOTICE = f"关于做好{YEAR + 1}年部门预算和绩效目标编制的补充通知"
REQUIREMENT = "指标要能量化，成本指标要有依据。"


def as_(page: Page, username: str) -> None:
    sign_in(page, username, journey.PASSWORD)


def press(page: Page, step: str, **given: str) -> None:
    """Presses a step's button on the case's page, with what it asks for, and reads that it was done."""
    form = page.locator(f'form[action*="/do/{step}/"]')
    hidden = page.locator("details", has=form)
    if hidden.count() and hidden.first.get_attribute("open") is None:
        hidden.first.locator("summary").click()
    for name, value in given.items():
        field = form.locator(f'[name="{name}"]')
        kind = field.evaluate("e => e.tagName + (e.type || '')")
        if kind.startswith("SELECT"):
            field.select_option(value)
        elif kind.endswith("file"):
            field.set_input_files(
                {"name": value, "mimeType": "application/pdf", "buffer": b"%PDF-1.4 report"}
            )
        else:
            field.fill(value)
    form.locator("button.btn").click()
    expect(page.locator(".jh-message").first).to_contain_text("已办理")


def first_case(page: Page, address: str) -> str:
    """Opens the first case of a list, and tells its address."""
    page.goto(address)
    link = page.locator("main a[href^='/case/']").first
    found = str(link.get_attribute("href"))
    page.goto(found)
    return found.split("?")[0]


def opened(page: Page, words: str) -> str:
    """From my tasks to the case whose line says the words."""
    page.goto("/")
    page.get_by_role("link", name=re.compile(words)).first.click()
    return page.url.split("?")[0]


def account_of(served, organization: str) -> str:
    """The account of whoever has a post there: people know their own."""
    path = served[1]["DATABASE_URL"].removeprefix("sqlite:///")
    with sqlite3.connect(path) as database:
        (found,) = database.execute(
            "SELECT p.username FROM bureau_person p JOIN bureau_post b ON b.person_id = p.id"
            " JOIN bureau_organization o ON o.id = b.organization_id WHERE o.name = ? ORDER BY p.username LIMIT 1",
            [organization],
        ).fetchone()
    return found


@pytest.mark.article(5, 6, 17)
def test_the_year_begins_with_requirement_notice_and_receipts(page: Page):
    as_(page, journey.PERFORMANCE)
    page.goto("/notice/requirement/budget/new/")
    page.locator('[name="year"]').select_option(str(YEAR + 1))
    page.locator('[name="title"]').fill("补充的目标管理要求")
    page.locator('[name="text"]').fill(REQUIREMENT)
    page.get_by_role("button", name="保存并核对").click()
    press(page, "send")
    as_(page, journey.BUDGET)
    page.goto("/notice/budget/new/")
    page.locator('[name="year"]').select_option(str(YEAR + 1))
    page.locator('[name="title"]').fill(NOTICE)
    page.locator('[name="text"]').fill("请按要求补充报送。")
    page.locator('[name="deadline"]').fill((localdate() + timedelta(days=20)).isoformat())
    page.locator('[name="asks"][value="everybody"]').check()
    page.get_by_role("button", name="保存并核对").click()
    notice = page.url
    expect(page.get_by_text("还没有处理，通知不能印发").first).to_be_visible()
    look(page, "50-notice-refused")
    opened(page, "补充的目标管理要求")
    press(page, "take")
    page.goto(notice)
    expect(page.get_by_text(REQUIREMENT).first).to_be_visible()
    press(page, "issue")
    for username, procedure in (
        (journey.DEPARTMENT, "receipt_budget"),
        (journey.UNIT, "unit_receipt_budget"),
    ):
        as_(page, username)
        page.goto(f"/?procedure={procedure}")
        page.get_by_role("link", name=re.compile(f"签收.*{NOTICE}")).first.click()
        press(page, "sign")


@pytest.mark.article(4, 11, 42)
def test_offices_settle_what_the_regulation_leaves_open_and_answer_leadership(page: Page):
    as_(page, journey.EXPENDITURE)
    case = first_case(page, "/work/goal/?procedure=goal&state=in_force")
    page.get_by_role("link", name="发起协商").click()
    page.get_by_label("协商事项").fill("服务采购的验收由谁组织，规程没有写。")
    page.get_by_label("采购评审管理科").check()
    page.get_by_label("国资金融管理科").check()
    look(page, "51-consultation-new")
    page.locator("main form button.btn-primary").click()
    consultation = page.url
    expect(page.get_by_text("还没有答复").first).to_be_visible()
    for username in ("procurement1", journey.ASSETS):
        as_(page, username)
        opened(page, "答复意见")
        press(page, "answer", opinion="由使用单位组织，采购评审管理科派人参加。")
    as_(page, journey.EXPENDITURE)
    page.goto(consultation)
    press(page, "settle", opinion="由使用单位组织验收，采购评审管理科派人参加。")
    as_(page, "leadership1")
    page.goto(case)
    expect(page.get_by_text("由使用单位组织验收").first).to_be_visible()
    page.locator(f'a[href*="{case.split("/")[-2]}/instruct/"]').click()
    page.locator("#text").fill("验收情况请在年底前报我。")
    page.get_by_label("支出管理科").check()
    page.locator("main form button.btn-primary").click()
    instruction = page.url
    look(page, "52-instruction")
    as_(page, journey.EXPENDITURE)
    page.goto(instruction)
    press(page, "answer", opinion="已通知单位，十二月中旬验收。")
    as_(page, "leadership1")
    page.goto(instruction)
    press(page, "accept")
    as_(page, journey.UNIT)
    assert page.goto(instruction).status == 404


@pytest.mark.article(39)
def test_an_expert_accepts_delivers_and_is_rated(page: Page, served):
    as_(page, journey.PERFORMANCE)
    case = first_case(page, "/work/support/?procedure=engagement_exante&state=invited")
    expert = page.locator(".jh-lead").inner_text()
    name = next(word for word in re.split(r"[\s　]+", expert) if "专家" in word)
    as_(page, account_of(served, name))
    page.goto(case)
    press(page, "accept", declared="none")
    page.goto(case)
    look(page, "53-engaged")
    form = page.locator('form[action*="/do/deliver/"]')
    given = {"score": "86", "opinion": "依据充分，成本测算可再细化。", "report": "评审报告.pdf"}
    if form.locator('[name="conclusion"]').count():
        given["conclusion"] = str(form.locator('[name="conclusion"] option').nth(1).get_attribute("value"))
    press(page, "deliver", **given)
    assert page.goto("/work/goal/").status == 404
    as_(page, journey.BUDGET)
    page.goto(case)
    press(page, "rate", plan="90", process="90", report="95")


@pytest.mark.article(22, 37)
def test_a_department_publishes_and_the_public_reads(page: Page, served):
    as_(page, journey.PERFORMANCE)
    case = first_case(page, "/work/goal/?procedure=disclosure_budget&state=due")
    department = next(
        word for word in re.split(r"[\s　]+", page.locator(".jh-lead").inner_text()) if word.endswith("局")
    )
    as_(page, account_of(served, department))
    page.goto(case)
    page.locator('main a[href$="/edit/"]').first.click()
    page.locator('button[name="prepare"]').click()
    page.get_by_role("button", name="保存并核对").click()
    page.goto(case)
    press(page, "publish")
    page.context.clear_cookies()
    page.goto("/public/")
    page.locator(f"main a[href$='/{YEAR}/']").first.click()
    page.get_by_role("link", name=department).first.click()
    expect(page.locator("main")).to_contain_text("绩效目标")
    look(page, "54-public")


@pytest.mark.article(15, 20, 25, 36, 40)
def test_the_year_ends_in_a_dossier(page: Page, tmp_path):
    as_(page, journey.GENERAL)
    page.goto("/import/connections/")
    page.get_by_label("对接的系统").fill("预算管理一体化系统")
    page.get_by_label("责任人").select_option(index=1)
    page.get_by_role("button", name="建立并显示令牌").click()
    expect(page.get_by_text("只显示这一次")).to_be_visible()
    as_(page, journey.PERFORMANCE)
    page.goto("/filing/missing/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("备案缺项")
    page.get_by_role("link", name="佐证包").click()
    page.get_by_label("年度").select_option(str(YEAR - 1))
    page.get_by_role("button", name="制作佐证包").click()
    link = page.get_by_role("link", name="下载")
    expect(link).to_be_visible(timeout=60_000)
    look(page, "55-dossier")
    with page.expect_download() as told:
        link.click()
    target = tmp_path / "佐证包.zip"
    told.value.save_as(target)
    with zipfile.ZipFile(target) as opened_zip:
        names = opened_zip.namelist()
    assert {"目录.xlsx", "缺项.csv", "校验说明.txt", "SHA256SUMS", "MERKLE-ROOT"} <= set(names)
    assert sum(name.endswith("备案.pdf") for name in names) > 20
