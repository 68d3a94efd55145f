"""How fast pages are there for a user: LCP, INP and CLS in headless Chromium with the processor slowed four times.

    python bench/pages.py [--rounds 5]

A demo bureau is made and served just as ``make run`` does, on DATABASE_URL or a fresh SQLite file. Limits are those of
the design: LCP 1.0 s, INP 100 ms, CLS 0.05 (the web's own "good": 2.5 s, 200 ms, 0.1). Each page is opened anew with an
empty cache, then once more with what the browser keeps, as users mostly do; told is the ratio to the limit.
"""

import argparse
import contextlib
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results" / "pages.md"
SLOWED = 4
LIMITS = {"lcp": 1000.0, "inp": 100.0, "cls": 0.05}
PASSWORD = "Demo-2026"
PAGES: tuple[tuple[str, str, str, str], ...] = (
    ("expenditure1", "支出科首页（待办）", "/", "summary"),
    ("expenditure1", "事项清单", "/work/goal/", "#find, input[name=q]"),
    ("expenditure1", "事项页（目标审核）", "/work/goal/?state=confirmed", "summary"),
    ("u101002", "编报绩效目标", "/goal/new/", "input[type=radio]"),
    ("performance1", "指标库", "/indicator/", "input[name=q]"),
    ("leadership1", "领导首页", "/", "summary"),
    ("leadership1", "职责矩阵", "/regulation/matrix/", "summary"),
    ("", "公开站点首页", "/public/", "input[name=q]"),
)
"""Who, what it is called, address, and what is clicked there. On the third the first case of the list is opened."""
WATCH = """
window.seen = {lcp: 0, cls: 0, inp: 0};
new PerformanceObserver(l => l.getEntries().forEach(e => seen.lcp = e.startTime)).observe({type: 'largest-contentful-paint', buffered: true});
new PerformanceObserver(l => l.getEntries().forEach(e => e.hadRecentInput || (seen.cls += e.value))).observe({type: 'layout-shift', buffered: true});
new PerformanceObserver(l => l.getEntries().forEach(e => seen.inp = Math.max(seen.inp, e.duration))).observe({type: 'event', buffered: true, durationThreshold: 16});
"""


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as address:
        found = measure(address, rounds)
    kind = "PostgreSQL" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "SQLite"
    text = report(kind, found, rounds)
    print(text)
    keep(kind, text)
    return 0


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """A demo bureau of its own, served on a free port of this machine alone."""
    jiheng = [sys.executable, "-m", "jiheng"]
    environment = {
        "DATABASE_URL": f"sqlite:///{folder / 'pages.sqlite3'}",
        **os.environ,
        "JIHENG_DATA": str(folder),
        "JIHENG_DEMO": "1",
        "PYTHONPATH": str(ROOT / "src"),
    }
    for command in ("manage migrate -v0", "manage collectstatic --noinput -v0", "demo load"):
        subprocess.run(
            [*jiheng, *command.split()], env=environment, check=True, cwd=ROOT, stdout=subprocess.DEVNULL
        )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([*jiheng, "serve", "--port", str(port)], env=environment, cwd=ROOT)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(150):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{address}/sign-in/", timeout=2)
                break
            time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def measure(address: str, rounds: int) -> dict[str, dict[str, list[float]]]:
    """By page: what each opening took."""
    found: dict[str, dict[str, list[float]]] = {}
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=flags)
        for who, label, path, pressed in PAGES:
            found[label] = {"cold": [], "lcp": [], "inp": [], "cls": []}
            for _ in range(rounds):
                for name, value in once(browser, address, who, path, pressed).items():
                    found[label][name].append(value)
        browser.close()
    return found


def once(browser: Browser, address: str, who: str, path: str, pressed: str) -> dict[str, float]:
    """One visit by somebody whose browser has nothing yet, and the next one."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN", base_url=address)
    page = context.new_page()
    if who:
        sign_in(context.request, who)
    if path.endswith("state=confirmed"):
        page.goto(path)
        path = str(page.locator("main a.jh-row-link").first.get_attribute("href"))
    session = context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
    page.add_init_script(WATCH)
    session.send("Network.clearBrowserCache")
    cold = opened(page, path)["lcp"]
    seen = opened(page, path)
    target = page.locator(f"main {pressed}, header {pressed}").first
    target.click()
    page.wait_for_timeout(500)
    seen["inp"] = page.evaluate("seen.inp")
    context.close()
    return {"cold": cold, **seen}


def sign_in(request: Any, who: str) -> None:
    """Without the page: the form's own fields, typed by nobody."""
    page = request.get("/sign-in/").text()
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    answer = request.post(
        "/sign-in/", form={"csrfmiddlewaretoken": token, "username": who, "password": PASSWORD}
    )
    assert "/sign-in/" not in answer.url, f"{who} could not sign in"


def opened(page: Page, path: str) -> dict[str, float]:
    page.goto("about:blank")
    page.goto(path, wait_until="load")
    page.wait_for_timeout(700)
    seen: dict[str, float] = page.evaluate("({...seen})")
    return seen


def report(kind: str, found: dict[str, dict[str, list[float]]], rounds: int) -> str:
    lines = [
        f"{rounds} 轮取中位；Python {platform.python_version()}，{os.cpu_count()} 核，处理器放慢 {SLOWED} 倍，"
        f"测完时负载 {os.getloadavg()[0]:.1f}。",
        "",
        "| 页面 | 首次打开 LCP（秒） | 再次打开 LCP（秒） | 与上限 1.0 秒之比 | INP（毫秒） | 与上限 100 毫秒之比 | CLS（上限 0.05） |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for label, each in found.items():
        cold, lcp, inp, cls = (statistics.median(each[name]) for name in ("cold", "lcp", "inp", "cls"))
        lines.append(
            f"| {label} | {cold / 1000:.2f} | {lcp / 1000:.2f} | {lcp / LIMITS['lcp']:.2f} "
            f"| {inp:.0f} | {inp / LIMITS['inp']:.2f} | {cls:.3f} |"
        )
    return "\n".join(lines)


def keep(kind: str, text: str) -> None:
    """The figures of this database take the place of the last ones."""
    head = "# 页面快慢\n\n`make bench` 的结果，由 `bench/pages.py` 写出。\n"
    old = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else head
    parts = {part.split("\n", 1)[0]: part.split("\n", 1)[1].strip() for part in old.split("\n## ")[1:]}
    parts[kind] = text
    RESULTS.write_text(
        head + "".join(f"\n## {name}\n\n{part}\n" for name, part in sorted(parts.items())), encoding="utf-8"
    )


if __name__ == "__main__":
    sys.exit(main())
