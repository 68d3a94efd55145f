"""Article 29: thirty self-evaluations are read, accepted or returned with the keyboard alone, each on one screen."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from jiheng.demo import journey
from tests.browser.walk import look, press, sign_in

RETURNED = (6, 13, 27)


@pytest.mark.article(29)
def test_thirty_self_evaluations_are_reviewed_by_keyboard_alone(page: Page, beside):
    beside("tests.browser.thirty")
    sign_in(page, journey.EXPENDITURE, journey.PASSWORD)
    page.goto(f"/work/evaluation/?state=confirmed&year={timezone.localdate().year}&sort=code")
    page.get_by_label(re.compile("符合条件的全部")).focus()
    press(page, "Space")
    page.get_by_role("button", name="逐件审阅").focus()
    press(page, "Enter")
    where = page.locator(".jh-crumbs")
    expect(where).to_contain_text("审阅第 1 件，共 30 件")
    look(page, "thirty-first")
    for number in range(1, 31):
        expect(where).to_contain_text(f"已办 {number - 1} 件" if number > 1 else "审阅第 1 件")
        if number <= 3:  # goal, points, grade and what is to be done are seen without scrolling
            for seen in ("#self", ".jh-total", "#jh-main-act", "table tbody tr:last-child"):
                expect(page.locator(seen).first).to_be_in_viewport()
        if number in RETURNED:
            press(page, "2")
            expect(page.locator("details.jh-return textarea")).to_be_focused()
            page.keyboard.type("完成值没有注明数据来源，请补充佐证后重报")
            press(page, "Control+Enter")
        else:
            press(page, "1")
    expect(page.get_by_role("heading", level=1)).to_have_text("都看完了")
    expect(page.locator(".jh-lead")).to_contain_text("办理了 30 件：认可 27 件、退回 3 件")
