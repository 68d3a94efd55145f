"""What holds for the repository as a whole, whatever is in it."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import tracked  # noqa: E402

LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def test_no_file_names_a_registry_or_somebodys_machine():
    check = subprocess.run([sys.executable, ROOT / "tools" / "tracked.py"], capture_output=True, text=True)
    assert (check.stdout, check.stderr, check.returncode) == ("", "", 0)


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://" + "pypi" + ".org/simple",
        "https://files." + "pythonhosted" + ".org/packages/x.whl",
        '"resolved": "https://registry.' + "npmjs" + '.org/htmx.org"',
        '<script src="https://cdn.' + "jsdelivr" + '.net/npm/htmx.org"></script>',
        "DATABASE_URL=sqlite:////ro" + "ot/jiheng.sqlite3",
        "/home" + "/someone/jiheng",
        "cd /wo" + "rk/main && make run",
    ],
)
def test_the_search_finds_what_it_looks_for(line):
    assert [number for number, _ in tracked.findings(f"fine\n{line}\n")] == [2]


@pytest.mark.parametrize(
    "line", ["git+https://example.cn/jiheng", "GET /work/ HTTP/1.1", "src/home/views.py"]
)
def test_the_search_leaves_other_lines_alone(line):
    assert tracked.findings(line) == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_locked_package_has_one_version_and_hashes(lock):
    entries = re.split(r"\n(?=\S)", lock.read_text().strip())
    assert [
        entry for entry in entries if not re.match(r"[\w.-]+==\S+[^\n]*\\\n +--hash=sha256:\w{64}", entry)
    ] == []


def test_every_kind_of_requirement_is_locked():
    assert [path.name for path in LOCKS] == ["bench.txt", "lock.txt", "node.txt", "run.txt", "test.txt"]


def test_tests_run_on_the_very_versions_that_serve():
    run, test = (
        set(re.findall(r"^[\w.-]+==\S+", (ROOT / "requirements" / name).read_text(), re.MULTILINE))
        for name in ("run.txt", "test.txt")
    )
    assert run - test == set()


def test_every_declared_package_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    locked = {
        name.lower()
        for name in re.findall(r"^([\w.-]+)==", (ROOT / "requirements/test.txt").read_text(), re.MULTILINE)
    }
    wanted = project["dependencies"] + project["optional-dependencies"]["test"]
    assert {re.match(r"[\w.-]+", line).group().lower() for line in wanted} - locked == set()


def test_every_make_target_says_what_it_is_for():
    makefile = (ROOT / "Makefile").read_text()
    phony = set(re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE).group(1).split())
    helped = set(re.findall(r"^([a-z-]+):.*## \S", makefile, re.MULTILINE))
    assert (phony, helped - phony) == (helped, set())


def test_make_help_lists_every_target():
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    phony = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE).group(1).split()
    assert re.findall(r"^ +make (\S+)", listed, re.MULTILINE) == phony


def test_the_database_asked_for_is_the_one_tested():
    asked = "postgresql" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "sqlite"
    assert connection.vendor == asked
