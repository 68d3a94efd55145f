"""Article 40 in the browser: the general office backs up, tries the backup, verifies the record and reads the log."""

import pytest
from playwright.sync_api import Page, expect

from jiheng.demo import journey
from tests.browser.walk import look, sign_in


@pytest.mark.article(40)
def test_the_general_office_backs_up_and_proves_that_it_can_be_restored(page: Page, server):
    sign_in(page, "general1", journey.PASSWORD)
    page.get_by_role("link", name="系统运行").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("系统运行")
    expect(page.get_by_role("row", name="备份 须马上办")).to_contain_text("还没有做过备份")
    look(page, "health")
    page.get_by_role("link", name="备份和恢复").click()
    page.get_by_role("button", name="现在备份").click()
    row = page.get_by_role("row").filter(has_text="jiheng-")
    trial = row.get_by_role("button", name="试恢复")
    trial.click(timeout=30_000)
    expect(row).to_contain_text("能恢复", timeout=30_000)
    look(page, "backups")
    page.goto("/operations/runs/")
    page.get_by_role("button", name="核验办理记录").click()
    expect(page.get_by_role("status")).to_contain_text("已开始核验")
    done = page.get_by_role("row").filter(has_text="都完整")
    for _ in range(30):
        if done.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(done).to_contain_text("完成")
    page.goto("/operations/")
    expect(page.get_by_role("row", name="试恢复", exact=False)).to_contain_text("逐表相符")
