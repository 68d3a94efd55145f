"""Articles 5 to 11: each office's own page says what it has to do, what is late, and whom it waits for."""

import datetime
import re

import pytest
from django.utils.timezone import localdate

from jiheng.procedure.models import Task
from jiheng.procedure.table import PROCEDURES
from jiheng.web.office import before, duties, waiting
from tests.bureau_fixture import advance, make_goal
from tests.rooms import ask_report, in_force, load_figures, words

pytestmark = pytest.mark.article(8)


def by_step(lines):
    return {(line.governed.procedure.key, line.governed.step.key): line for line in lines}


def test_what_is_to_be_done_and_whom_it_waits_for(as_person, bureau):
    office, today = bureau.organizations["expenditure"], localdate()
    here = advance(bureau, make_goal(bureau), ("submit", "unit"), ("confirm", "department"))
    for _ in range(2):
        late = advance(bureau, make_goal(bureau), ("submit", "unit"))
        Task.objects.filter(case=late).update(due=today - datetime.timedelta(days=3))
    mine = by_step(duties(bureau.expenditure, office, today))
    review = mine["goal", "review"]
    assert (review.open, review.late, review.oldest) == (1, 0, Task.objects.get(case=here, step="review").due)
    assert not any(line.governed.step.returns for line in mine.values())
    others = waiting(bureau.expenditure, office, today)
    confirm = others[0]  # what is late comes first
    assert (confirm.governed.step.key, confirm.holders) == ("confirm", ["各部门"])
    assert (confirm.open, confirm.late, confirm.oldest) == (2, 2, today - datetime.timedelta(days=3))
    advance(bureau, here, ("review", "expenditure"))
    review = by_step(duties(bureau.expenditure, office, localdate()))["goal", "review"]
    assert (review.open, review.done) == (0, 1)
    said = words(as_person(bureau.expenditure).get("/office/"))
    assert "支出管理科的工作" in said and "在等别人办2 项" in said and "第8条" in said
    address = re.search(
        r'href="(/work/goal/\?procedure=goal&amp;state=submitted)"',
        as_person(bureau.expenditure).get("/office/").content.decode(),
    )
    assert address, "the number leads to the list behind it"


@pytest.mark.article(7)
def test_the_treasury_waits_for_nobody_whose_work_never_comes_to_it(bureau):
    goal = in_force(bureau)
    load_figures(bureau, goal.project, 500_000)
    ask_report(bureau, goal)
    office = bureau.organizations["treasury"]
    assert not [
        line
        for line in waiting(bureau.treasury, office, localdate())
        if line.governed.procedure.key == "monitoring"
    ]
    done = by_step(duties(bureau.treasury, office, localdate()))["execution", "load"]
    assert (done.done, done.open) == (1, 0)


@pytest.mark.article(5)
@pytest.mark.article(6)
@pytest.mark.article(10)
@pytest.mark.article(11)
@pytest.mark.parametrize(
    "role", ["performance", "budget", "assets", "expenditure", "treasury", "procurement", "general"]
)
def test_offices_see_each_others_pages_with_their_articles(as_person, bureau, role):
    client = as_person(bureau.people[role])
    for other in ("performance", "budget", "assets"):
        place = bureau.organizations[other]
        page = client.get(f"/office/{place.code}/")
        assert page.status_code == 200 and f"{place.name}的工作" in words(page)
    assert {"performance": "第5条", "budget": "第6条"}.get(role, "") in words(client.get("/office/"))


@pytest.mark.parametrize("role", ["department", "unit"])
def test_it_is_for_offices_alone(as_person, bureau, role):
    client = as_person(bureau.people[role])
    assert client.get("/office/").status_code == 404
    assert client.get(f"/office/{bureau.organizations['budget'].code}/").status_code == 404
    assert "本科室" not in words(client.get("/"))


def test_before_tells_the_states_that_lead_to_an_office():
    goal = PROCEDURES["goal"]
    assert {"draft", "submitted"} <= before(goal, {"expenditure"})
    assert before(goal, {"nobody"}) == set()
    assert before(goal, {"department"}) == {"draft", "submitted"}
