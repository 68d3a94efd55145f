"""The regulation as data, and that every step rests on it."""

import subprocess
import sys
from pathlib import Path

import pytest

from jiheng.bureau.roles import ROLES
from jiheng.procedure.table import PROCEDURES
from jiheng.regulation import articles, coverage

ALL = [each.number for each in articles.ARTICLES]
SHARED = Path(__file__).parents[3] / "shared" / "regulation"


def test_nine_chapters_hold_forty_three_articles_without_gap():
    assert list(range(1, 44)) == ALL
    assert [n for c in articles.CHAPTERS for n in range(c.first, c.last + 1)] == ALL
    assert [c.number for c in articles.CHAPTERS] == list(range(1, 10))
    assert (articles.article(18).chapter.label, articles.article(18).chapter.title) == (
        "第四章",
        "绩效目标管理",
    )


@pytest.mark.parametrize("number", [0, 44, -1])
def test_an_unknown_number_raises(number):
    with pytest.raises(articles.UnknownArticle, match=f"规程没有第{number}条，只有第1条至第43条"):
        articles.article(number)


def test_parties_are_roles_or_outsiders():
    named = {key for each in articles.ARTICLES for key in each.parties}
    assert named - set(ROLES) - set(articles.OUTSIDERS) == set()


def test_summaries_are_our_own_words():
    """No run of 16 signs of the regulation stands in a title or a summary."""
    found = sorted(SHARED.glob("*.txt"))
    if not found:
        pytest.skip("规程全文不随代码提交，只在有它的机器上核对")
    text = "".join(found[0].read_text().split())
    copied = [
        (each.number, words[i : i + 16])
        for each in articles.ARTICLES
        for words in ["".join(each.summary.split())]
        for i in range(len(words) - 15)
        if words[i : i + 16] in text
    ]
    assert copied == []


def test_articles_need_nothing_but_python():
    code = "import sys, jiheng.regulation.articles; sys.exit(any(m.split('.')[0] == 'django' for m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.article(3)
def test_every_article_named_in_a_step_exists():
    named = {
        (f"{procedure.key}.{step.key}", number)
        for procedure in PROCEDURES.values()
        for step in procedure.steps
        for number in step.articles
    }
    assert named and {place for place in named if place[1] not in ALL} == set()
    guarded = {g.article for p in PROCEDURES.values() for s in p.steps for g in s.guards}
    assert guarded and guarded <= set(ALL)


@pytest.mark.article(3)
def test_every_article_has_a_step_or_a_screen_or_a_stated_reason_and_no_reason_is_stale():
    carried = {n for each in coverage.governed() for n in each.step.articles} | set(coverage.SCREENS)
    assert carried | set(coverage.PLANNED) == set(ALL)
    assert carried & set(coverage.PLANNED) == set()
