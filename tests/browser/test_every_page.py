"""Every page that can be opened, as somebody who works on it: axe finds nothing, at a desk's width and a phone's."""

import re

import pytest
from playwright.sync_api import Page

from jiheng.demo import journey
from tests.browser.walk import KIND, look, sign_in

WALKS = {
    journey.EXPENDITURE: [
        "/",
        "/work/goal/",
        "/work/monitoring/?state=confirmed",
        "/projects/",
        "/search/?q=养老",
        "/work/exante/?state=submitted",
        "/budget/allocation/new/",
        "/budget/summary/new/",
        "/exante/list/new/",
        "/notice/?kind=monitoring",
        "/monitoring/summary/",
        "/monitoring/problem/new/",
        "/monitoring/control/",
        "/work/monitoring/?procedure=monitoring_summary",
        "/application/lines/",
        "/application/summary/new/",
        "/work/evaluation/?procedure=department_evaluation",
        "/work/application/?procedure=rectification",
        "/disclosure/",
    ],
    journey.PERFORMANCE: [
        "/work/application/",
        "/monitoring/round/",
        "/evaluation/round/",
        "/evaluation/finance/new/",
        "/assessment/",
        "/assessment/new/",
        "/work/support/?procedure=assessment",
        "/filing/",
        "/filing/missing/",
        "/filing/dossier/",
        "/indicator/",
    ],
    journey.BUDGET: [
        "/work/goal/?procedure=budget",
        "/budget/new/",
        "/work/support/?procedure=consultation",
        "/exante/ceilings/",
        "/notice/budget/new/",
        "/office/",
    ],
    journey.TREASURY: [
        "/revenue/",
        "/revenue/month/new/",
        "/work/monitoring/?procedure=revenue_month",
        "/project/execution/",
        "/project/execution/new/",
        "/work/monitoring/?procedure=execution",
    ],
    journey.GENERAL: [
        "/bureau/",
        "/bureau/people/",
        "/bureau/people/new/",
        "/bureau/delegations/",
        "/bureau/administrators/",
        "/bureau/profile/",
        "/bureau/profile/upload/",
        "/bureau/workdays/",
        "/bureau/changes/",
        "/import/units/",
        "/import/connections/",
        "/bureau/organization/new/unit/",
    ],
    journey.UNIT: [
        "/",
        "/project/new/",
        "/goal/new/",
        "/work/evaluation/",
        "/evaluation/together/",
        "/notice/",
        "/notice/calendar/",
    ],
    journey.DEPARTMENT: [
        "/",
        "/monitoring/summary/new/",
        "/evaluation/department/new/",
        "/exante/new/",
        "/budget/new/",
        "/budget/transfer/new/",
        "/password/",
        "/disclosure/",
        "/project/execution/new/",
    ],
    "leadership1": [
        "/",
        "/work/support/?procedure=instruction",
        "/regulation/",
        "/regulation/18/",
        "/regulation/4/",
        "/rulebook/",
        "/regulation/matrix/",
        "/procedure/",
        "/procedure/goal/",
        "/procedure/application/",
        "/nowhere/",
        "/public/",
        "/public/410799/search/",
        "/public/410799/dictionary/",
    ],
}
"""Whose pages, and which. From every list the first case in it is opened too."""
FIRST = (
    "main a[href^='/case/'], main a[href^='/projects/0'], main a[href^='/notice/round/'],"
    " main a[href^='/public/']"
)


@pytest.mark.skipif(KIND == "postgresql", reason="pages look the same on either database; once is enough")
@pytest.mark.parametrize("username", WALKS)
def test_pages(page: Page, username):
    sign_in(page, username, journey.PASSWORD)
    opened: list[str] = []
    coming = list(WALKS[username])
    while coming:
        address = coming.pop(0)
        page.set_viewport_size({"width": 1366, "height": 768})
        page.goto(address)
        if address != "/" and address in WALKS[username]:
            first = page.locator(FIRST)
            link = str(first.first.get_attribute("href")) if first.count() else ""
            if link and link not in opened + coming:
                coming.append(link)
        opened.append(address)
        name = re.sub(r"\W+", "-", re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "one", address)).strip("-") or "home"
        look(page, f"1366-{username}-{name}")
        page.set_viewport_size({"width": 390, "height": 844})
        # A phone shows the same words and colours: axe reads there what differs most, a case and the first page.
        case = next((each for each in opened if "/case/" in each), "")
        look(page, f"390-{username}-{name}", axe=address in ("/", case))


def test_sign_in_pages(page: Page):
    for width, height in ((1366, 768), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        page.goto("/sign-in/")
        look(page, f"{width}-sign-in")
