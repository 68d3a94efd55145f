"""Going through the product as one of the demo's people: what several browser tests do alike."""

import os
import re
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

ROOT = Path(__file__).resolve().parent.parent.parent
KIND = "postgresql" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "sqlite"
WANTED = bool(os.environ.get("JIHENG_SCREENSHOTS"))
"""Whether a picture of every page is taken: left out, a run is much shorter. Of what failed there always is one."""
SHOTS = Path(os.environ.get("JIHENG_SCREENSHOTS") or ROOT / "var" / "screenshots") / KIND
AXE = Axe()
SAME = {"exclude": [["tbody tr:nth-child(n+7)"], [".jh-files li:nth-child(n+7)"], ["#jh-nav"]]}
"""What axe need not read again: rows like those above them, and the navigation, which it reads on the first page."""


SESSIONS: dict[str, list] = {}
"""By username, the cookies of whoever signed in already: one server serves all tests of a process."""


def sign_in(page: Page, username: str, password: str) -> None:
    """Signs in by typing, whoever was signed in before; a second time by the session that there still is."""
    page.context.clear_cookies()
    if known := SESSIONS.get(username):
        page.context.add_cookies(known)
        page.goto("/")
        if "/sign-in/" not in page.url:
            return
    page.goto("/sign-in/")
    page.get_by_label("账号").fill(username)
    page.get_by_label("口令").fill(password)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("登录")
    SESSIONS[username] = page.context.cookies()


def look(page: Page, name: str, *, axe: bool = True) -> None:
    """Axe finds nothing wrong with the page, it fits its width, and its picture is taken where these are wanted."""
    if axe:
        found = AXE.run(page, context=None if name.endswith("home") else SAME)
        assert found.violations_count == 0, f"{name}: {found.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"), f"{name} scrolls sideways"
    if WANTED:
        SHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SHOTS / f"{name}.png")


def in_view(page: Page, selector: str) -> None:
    """The next action is on the first screen, without scrolling."""
    page.evaluate("scrollTo(0, 0)")
    expect(page.locator(selector).first).to_be_in_viewport(ratio=1)


def press(page: Page, key: str) -> None:
    """A key, once the page's scripts listen: a click or a key before may have led to a new page."""
    page.wait_for_load_state()
    page.keyboard.press(key)


def open_task(page: Page, step: str, title: str) -> None:
    """From my tasks on the home page to the case."""
    page.goto("/")
    page.get_by_role("link", name=re.compile(f"{step}.*{title}")).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)


def do(page: Page, step: str, *, opinion: str = "", state: str, **given: str) -> None:
    """Does one step on the case's page, reads that it was done, and sees the case in the state it leads to.

    Whoever came from the list of tasks is led on to the next one; so the case is opened again.
    """
    case = re.sub(r"do/[^/]+/$", "", page.url.split("?")[0])
    form = page.locator(f'form[action*="/do/{step}/"]')
    hidden = page.locator("details", has=form)
    if hidden.count() and hidden.first.get_attribute("open") is None:
        hidden.first.locator("summary").click()
    elif not step.endswith("return"):
        in_view(page, f'form[action*="/do/{step}/"] button.btn')
    if opinion:
        form.locator('[name="opinion"]').fill(opinion)
    for name, value in given.items():
        field = form.locator(f'[name="{name}"]')
        field.select_option(value) if field.evaluate("e => e.tagName") == "SELECT" else field.fill(value)
    form.locator("button.btn").click()
    expect(page.locator(".jh-message")).to_contain_text("已办理")
    page.goto(case)
    expect(page.locator(".jh-state").first).to_have_text(state)
