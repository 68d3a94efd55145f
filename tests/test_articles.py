"""Every article of the regulation that the system carries out today has a test that tells its story.

Which articles those are is told by the steps and screens themselves; which tests tell of them, by pytest's own
collection of the markers ``article(number)``.
"""

import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from jiheng.regulation import articles, coverage

ROOT = Path(__file__).parents[1]
COLLECT = """
import sys, pytest
class Told:
    def pytest_collection_modifyitems(self, items):
        for item in items:
            for marker in item.iter_markers("article"):
                for number in marker.args:
                    print("ARTICLE", number, item.nodeid.split("[")[0], sep="\\t")
sys.exit(pytest.main(["--collect-only", "-q", "-q", "-n", "0", "-p", "no:cacheprovider", *sys.argv[1:]], plugins=[Told()]))
"""


@pytest.fixture(scope="module")
def told() -> dict[int, list[str]]:
    """Article → tests that tell of it, the same function once whatever its parameters."""
    done = subprocess.run(
        [sys.executable, "-c", COLLECT, "tests"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, f"收集测试失败：\n{done.stdout}\n{done.stderr}"
    found: dict[int, dict[str, None]] = defaultdict(dict)
    for line in done.stdout.splitlines():
        if line.startswith("ARTICLE\t"):
            _, number, node = line.split("\t")
            found[int(number)][node] = None
    return {number: list(nodes) for number, nodes in found.items()}


def carried() -> set[int]:
    """The articles carried out today: by a step, or on a screen of their own."""
    steps = {number for each in coverage.governed() for number in each.step.articles}
    return (steps | set(coverage.SCREENS)) - set(coverage.PLANNED)


def table(told: dict[int, list[str]]) -> str:
    lines = []
    for each in articles.ARTICLES:
        tests = told.get(each.number, [])
        state = coverage.PLANNED.get(each.number) or ("" if tests else "没有测试！")
        lines.append(f"第{each.number}条 {each.title}：{len(tests)} 个测试 {state}".rstrip())
        lines += [f"    {node}" for node in tests]
    return "\n".join(lines)


def test_every_article_carried_out_today_has_a_test(told):
    without = sorted(carried() - set(told))
    assert not without, f"这些条款已有步骤或页面，却没有测试：{without}\n{table(told)}"


def test_planned_articles_are_named_and_say_what_is_missing(told):
    everything = {each.number for each in articles.ARTICLES}
    assert carried() | set(coverage.PLANNED) == everything, table(told)
    assert all(words.strip() for words in coverage.PLANNED.values())


def test_tests_tell_only_of_articles_there_are(told):
    assert set(told) <= {each.number for each in articles.ARTICLES}, table(told)
