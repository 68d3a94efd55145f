"""The product as a user meets it: a real server process with the demo bureau, and headless Chromium before it."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import environ
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.walk import KIND, SHOTS
from tests.conftest import make_demo

FAILED = pytest.StashKey[bool]()
ROOT = Path(__file__).resolve().parent.parent.parent
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--lang=zh-CN",
]
expect.set_options(timeout=15_000)


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if call.when == "call":
        item.stash[FAILED] = report.failed
    return report


def _demo(folder: Path, request) -> Iterator[str]:
    """A demo bureau of this server's own, of the kind of database the tests run on; taken away afterwards."""
    if KIND == "sqlite":
        shutil.copytree(request.getfixturevalue("demo_folder"), folder, dirs_exist_ok=True)
        yield f"sqlite:///{folder / 'jiheng.sqlite3'}"
        return
    import psycopg

    given = os.environ["DATABASE_URL"]
    name = f"journey_{os.getpid()}"
    kept = environ.Env.db_url_config(given)
    with psycopg.connect(given, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    try:
        url = f"postgres://{kept['USER']}:{kept['PASSWORD']}@{kept['HOST']}:{kept['PORT']}/{name}"
        environment = os.environ | {"DATABASE_URL": url, "JIHENG_DATA": str(folder), "JIHENG_DEMO": "1"}
        make_demo(
            environment, small=True
        )  # the journey begins its own project; the whole demo is SQLite's to show
        yield url
    finally:
        with psycopg.connect(given, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.fixture(scope="session")
def server(served) -> str:
    """The address of a server started just as `make run` starts it."""
    return served[0]


@pytest.fixture
def beside(served):
    """Runs a module of the tests beside the server, on the server's own data."""

    def run(module: str) -> None:
        environment = served[1] | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
        subprocess.run([sys.executable, "-m", module], env=environment, check=True, cwd=ROOT)

    return run


@pytest.fixture(scope="session")
def served(tmp_path_factory, request) -> Iterator[tuple[str, dict[str, str]]]:
    """A server's address and its environment."""
    folder = tmp_path_factory.mktemp("server")
    for url in _demo(folder, request):
        env = os.environ | {"DATABASE_URL": url, "JIHENG_DATA": str(folder), "JIHENG_DEMO": "1"}
        jiheng = Path(sys.executable).with_name("jiheng")
        port = _free_port()
        process = subprocess.Popen(
            [jiheng, "serve", "--port", str(port), "--workers", "1"], env=env, cwd=ROOT
        )
        address = f"http://127.0.0.1:{port}"
        try:
            for _ in range(150):
                try:
                    urllib.request.urlopen(f"{address}/sign-in/", timeout=2)
                    break
                except OSError:
                    assert process.poll() is None, "the server stopped"
                    time.sleep(0.2)
            yield address, env
        finally:
            process.terminate()
            process.wait(timeout=20)
        shutil.rmtree(folder / "static", ignore_errors=True)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Closed after each file: while Playwright runs, its event loop keeps Django from the database in this process."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser, server: str, request) -> Iterator[Page]:
    """A page of 1366×768 that fails the test on any script error or any request that leaves the machine."""
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN", base_url=server)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(f"script: {error}"))
    page.on("console", lambda told: wrong.append(f"console: {told.text}") if _is_fault(told) else None)
    page.on(
        "request", lambda asked: None if asked.url.startswith((server, "data:")) else wrong.append(asked.url)
    )
    yield page
    if request.node.stash.get(FAILED, False):
        SHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SHOTS / f"failed-{request.node.name}.png", full_page=True)
    context.close()
    assert not wrong, wrong


def _is_fault(told) -> bool:
    """Errors of the console, but for the browser's word on an answer of 4xx that the test asked for."""
    return told.type == "error" and "Failed to load resource" not in told.text
