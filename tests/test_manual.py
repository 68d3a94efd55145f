"""The manual tells what the product does: its tables of steps are generated, its links and accounts exist."""

import re
import sys
from pathlib import Path

import pytest

from jiheng import cli
from jiheng.demo import journey
from jiheng.demo.tables import organizations
from jiheng.procedure.table import PROCEDURES

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import manual_tables  # noqa: E402

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.article(3)
def test_the_tables_of_steps_are_those_of_the_procedures():
    assert manual_tables.PAGE.read_text(encoding="utf-8") == manual_tables.text(), (
        "run .venv/bin/python tools/manual_tables.py"
    )


def test_every_step_stands_in_the_tables_once_for_each_of_its_roles():
    steps = manual_tables.text().split("## 自动校验")[0]
    rows = [line for line in steps.splitlines() if re.match(r"\| (?!事项|---)", line)]
    assert len(rows) == sum(len(step.roles) for each in PROCEDURES.values() for step in each.steps)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_within_the_repository_leads_somewhere(page):
    targets = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    broken = [
        target
        for target in targets
        if not re.match(r"[a-z]+:", target) and not (page.parent / target).exists()
    ]
    assert broken == []


def test_the_accounts_of_the_walk_are_those_of_the_demo():
    told = (ROOT / "docs/manual/one-year.md").read_text(encoding="utf-8")
    people = set(journey.EVERYBODY) - {journey.EXPENDITURE_CHIEF}
    assert {name for name in people if f"`{name}`" not in told} == set()
    assert journey.PROJECT_NAME in told
    assert f"`{journey.PASSWORD}`" in told
    assert organizations()["zone"]["bureau"] in told


def test_every_command_is_told_in_the_page_on_operations():
    told = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    assert [command.name for command in cli.COMMANDS if f"jiheng {command.name}" not in told] == []


def test_every_variable_that_is_read_is_told_in_the_page_on_operations_and_no_other():
    told = set(re.findall(r"`((?:JIHENG_|DATABASE_)\w+)", (ROOT / "docs/operations.md").read_text("utf-8")))
    source = "".join(path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py"))
    read = set(re.findall(r'"((?:JIHENG_|DATABASE_URL)\w*)"', source))
    assert told == read


def test_decisions_have_numbers_of_their_own_and_stand_in_the_index():
    folder = ROOT / "docs/decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    pages = sorted(path.name for path in folder.glob("[0-9]*.md"))
    assert [page[:4] for page in pages] == [f"{n:04}" for n in range(1, len(pages) + 1)]
    assert [page for page in pages if f"]({page})" not in index] == []
