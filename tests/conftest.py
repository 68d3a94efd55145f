"""What tests of every room share: a bureau, a goal begun in it, and a client that signs in."""

import contextlib
import fcntl
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.bureau_fixture import make_bureau, make_goal

ROOT = Path(__file__).resolve().parent.parent
DATABASE = {"db", "transactional_db", "bureau", "zone", "server", "django_db_setup"}


ONCE = (
    "tests/demo/",
    "tests/browser/test_every_page.py",
    "tests/browser/test_goal_by_hand.py",
    "tests/browser/test_one_projects_year.py",
    "tests/browser/test_operations.py",
    "tests/browser/test_ordering.py",
    "tests/browser/test_thirty.py",
    "tests/browser/test_whole_year.py",
    "tests/disclosure/test_public.py",
    "tests/exchange/test_bad_input.py",
    "tests/procedure/test_any_order.py",
    "tests/procedure/test_picture.py",
    "tests/support/test_visibility.py",
)
"""What is tested on SQLite alone: what is read and shown is the same on both. ``make soak`` walks on PostgreSQL too."""


TOGETHER = {
    "tests/demo/": "demo",
    "tests/procedure/test_race.py": "race",
    "tests/notice/test_race.py": "race",
    "tests/operations/test_backup.py": "backup",
    "tests/test_articles.py": "articles",
}
"""What shares something slow to make runs in one worker. The largest groups are begun first."""


def pytest_xdist_make_scheduler(config, log):
    """Each test goes to whichever worker is free, but for those that belong together."""
    from xdist.scheduler import LoadScopeScheduling

    together = TOGETHER | ({"tests/browser/": "browser"} if on_postgresql() else {})

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return next((group for start, group in together.items() if nodeid.startswith(start)), nodeid)

    return Together(config, log)


def on_postgresql() -> bool:
    return os.environ.get("DATABASE_URL", "").startswith("postgres")


def pytest_collection_modifyitems(config, items):
    """On PostgreSQL only what touches the database runs: the rest ran on SQLite a moment ago, the same to the letter."""
    if not on_postgresql() or os.environ.get("JIHENG_TEST_ALL"):
        return
    again = [
        item
        for item in items
        if not item.nodeid.startswith(ONCE)
        and (
            item.get_closest_marker("django_db")
            or item.nodeid.startswith("tests/browser/")
            or DATABASE & set(getattr(item, "fixturenames", ()))
        )
    ]
    kept = set(again)
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = again


@pytest.fixture
def bureau(db):
    return make_bureau()


@pytest.fixture
def goal_case(bureau):
    return make_goal(bureau)


@pytest.fixture
def as_person(client):
    """Signs somebody in and gives the client back: ``as_person(bureau.budget).get("/")``."""

    def sign_in(person):
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


def make_demo(environment: dict[str, str], *, small: bool = False) -> None:
    """Builds the demo bureau just as `make run` does: migrations, files of the pages, data through the door."""
    jiheng = Path(sys.executable).with_name("jiheng")
    for command in (
        "manage migrate -v0",
        "manage collectstatic --noinput -v0",
        f"demo load{' --small' if small else ''}",
    ):
        subprocess.run([jiheng, *command.split()], env=environment, check=True, cwd=ROOT)


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory) -> Path:
    """The demo bureau on SQLite, built once for all workers: its folder is to be copied, not worked in."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    folder = base / "demo"
    with (base / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the others wait for the first
        if not folder.exists():
            making = base / "demo.making"
            making.mkdir()
            url = f"sqlite:///{making / 'jiheng.sqlite3'}"
            make_demo(os.environ | {"DATABASE_URL": url, "JIHENG_DATA": str(making), "JIHENG_DEMO": "1"})
            making.rename(folder)
    return folder


@pytest.fixture(scope="session")
def place(tmp_path_factory, django_db_setup, django_db_blocker):
    """The environment of processes that race: a database beside the tests' own, on the same kind of server."""
    with apart(tmp_path_factory.mktemp("race")) as environment:
        yield environment


@contextlib.contextmanager
def apart(folder: Path) -> Iterator[dict[str, str]]:
    """The environment of processes with an empty database of their own, of the kind the tests run on."""
    environment = {**os.environ, "JIHENG_DATA": str(folder), "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    asked = settings.DATABASES["default"]
    if asked["ENGINE"].endswith("sqlite3"):
        yield {**environment, "DATABASE_URL": f"sqlite:///{folder / 'apart.sqlite3'}"}
        return
    import psycopg

    name = f"apart_{secrets.token_hex(4)}"
    at = {"host": asked["HOST"], "port": asked["PORT"], "user": asked["USER"], "password": asked["PASSWORD"]}
    with psycopg.connect(dbname="postgres", autocommit=True, **at) as server:
        server.execute(f"CREATE DATABASE {name}")
        url = f"postgres://{at['user']}:{at['password']}@{at['host']}:{at['port']}/{name}"
        try:
            yield {**environment, "DATABASE_URL": url}
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")
