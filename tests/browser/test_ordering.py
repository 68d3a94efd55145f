"""Putting a priority list in order: by mouse, by buttons, by typing, by keyboard, and without any script (art. 14)."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from jiheng.demo import journey
from tests.browser.walk import look, sign_in


def names(page: Page) -> list[str]:
    return page.locator("[data-line] [data-handle] a").all_inner_texts()


@pytest.mark.article(14)
def test_every_way_of_ordering_leads_to_the_same_list(page: Page, chromium: Browser):
    sign_in(page, journey.EXPENDITURE, journey.PASSWORD)
    page.goto("/exante/list/new/")
    page.get_by_label("全区").last.check()
    page.get_by_role("button", name="开始编制").click()
    one, two, three, *rest = names(page)
    lines, said = page.locator("[data-line]"), page.locator("[data-said]")
    lines.nth(2).locator("[data-handle]").drag_to(
        lines.nth(0).locator("[data-handle]"), target_position={"x": 40, "y": 3}
    )
    assert names(page)[:3] == [three, one, two]
    expect(said).to_have_text(f"“{three}”现在排第 1")
    lines.nth(0).get_by_role("button", name=re.compile("下移")).press("Enter")
    assert names(page)[:3] == [one, three, two]
    lines.nth(2).locator("[data-rank]").fill("１")
    lines.nth(2).locator("[data-rank]").press("Enter")
    assert names(page)[:3] == [two, one, three]
    lines.nth(0).locator("[data-rank]").press("Alt+ArrowDown")
    assert names(page)[:3] == [one, two, three]
    lines.nth(2).locator("[data-out]").check()
    lines.nth(0).locator("[data-amount]").fill("1０0")
    total = page.locator("[data-total]").inner_text()
    look(page, "1366-ordering")
    address = page.url
    page.get_by_role("button", name="保存并核对").click()
    expect(page.locator("main")).to_contain_text(f"{total} 万元")
    assert page.locator("tbody td[data-label=项目] a").all_inner_texts() == [one, two, *rest]

    plain = chromium.new_context(java_script_enabled=False, base_url=page.url.split("/case/")[0])
    try:
        plain.add_cookies(page.context.cookies())
        bare = plain.new_page()
        bare.goto(address)
        bare.get_by_label(f"{two}次序").fill("0")
        bare.get_by_role("button", name="保存并核对").click()
        assert bare.locator("tbody td[data-label=项目] a").all_inner_texts() == [two, one, *rest]
    finally:
        plain.close()
