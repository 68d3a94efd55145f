"""Real races: processes with connections of their own press at the same moment, on a database of their own.

Acts can't be deleted, so a test that commits can't clean up; these have a database that is thrown away as a whole.
"""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent.parent


def run(place, *arguments: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.procedure.racer", *arguments],
        env=place,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def answer(process: subprocess.Popen):
    out, _ = process.communicate(timeout=240)
    assert process.returncode == 0
    return json.loads(out)


def prepared(place, count: int, state: str) -> dict:
    budgets = answer(run(place, "prepare", str(count), state))
    goals = [goal for part in budgets.values() for goal in part]
    return {"goal": goals, "budget": list(budgets), "goals_of": budgets}


def race(place, asked: dict, *pressings: list[str]) -> list:
    processes = [run(place, *pressing) for pressing in pressings]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write(json.dumps(asked) + "\n")
        process.stdin.flush()
    return [answer(process) for process in processes]


CHECK = """
import json, sys, django
django.setup()
from jiheng.procedure import chain
from jiheng.procedure.models import Act, Case, Task
asked = json.loads(sys.argv[1])
cases = list(Case.objects.filter(pk__in=asked["goal"] + asked["budget"]))
print(json.dumps({
    "faults": list(chain.verify(cases[0].zone_id)),
    "states": {str(case.pk): case.state for case in cases},
    "acts": [[str(a.case_id), a.step, a.role, a.seq, a.to_state] for a in Act.objects.filter(case__in=cases).order_by("seq")],
    "tasks": [[str(t.case_id), t.step, t.role] for t in Task.objects.filter(case__in=cases)],
}))
"""


def stands(place, asked: dict) -> dict:
    environment = {**place, "DJANGO_SETTINGS_MODULE": "jiheng.settings"}
    told = subprocess.run(
        [sys.executable, "-c", CHECK, json.dumps(asked)],
        env=environment, cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(told.stdout)


def steps(found: dict, step: str) -> Counter:
    return Counter(case for case, name, *_ in found["acts"] if name == step)


def needs_many_writers():
    """SQLite lets one write at a time, so what can only happen between two that write is raced on PostgreSQL."""
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        pytest.skip("SQLite has one writer; raced on PostgreSQL")


def test_two_people_press_at_once_and_one_wins_and_the_other_reads_who_did_it(place):
    asked = prepared(place, 10, "submitted")
    told = race(place, asked, ["press", "goal.confirm:department"], ["press", "goal.confirm:department"])
    done = [each for one in told for each in one if "act" in each]
    refused = [each for one in told for each in one if "act" not in each]
    assert sorted(each["case"] for each in done) == sorted(asked["goal"])
    assert sorted(each["case"] for each in refused) == sorted(asked["goal"])
    assert {each.get("refused", each.get("error")) for each in refused} == {"state"}
    assert all("上一步“确认”由教育局（教育局经办）于20" in each["text"] for each in refused)
    found = stands(place, asked)
    assert found["faults"] == []
    assert steps(found, "confirm") == Counter(asked["goal"])


def test_eight_threads_on_many_cases_lose_nothing_and_double_nothing(place):
    needs_many_writers()
    asked = prepared(place, 25, "submitted")
    four = [
        "press",
        *["goal.confirm:department"] * 2,
        "goal.department_return:department",
        "goal.withdraw:unit",
    ]
    told = [each for one in race(place, asked, four, four) for each in one]
    assert [each for each in told if "error" in each] == []
    assert len(told) == 8 * 25
    found = stands(place, asked)
    assert found["faults"] == []
    moved = steps(found, "confirm") + steps(found, "department_return") + steps(found, "withdraw")
    assert moved == Counter(asked["goal"])
    assert sorted(each["case"] for each in told if "act" in each) == sorted(asked["goal"])
    owed = {"confirmed": ["review", "expenditure"], "draft": ["submit", "unit"]}
    goals = {case: state for case, state in found["states"].items() if case in asked["goal"]}
    assert sorted(task for task in found["tasks"] if task[0] in goals) == sorted(
        [case, *owed[state]] for case, state in goals.items()
    )


def test_two_offices_sign_at_the_same_moment_and_both_signatures_count(place):
    asked = prepared(place, 20, "reviewed")
    both = ["press", "goal.re_review:performance", "goal.re_review:assets"]
    told = [each for one in race(place, asked, both, both) for each in one]
    assert [each for each in told if "error" in each] == []
    found = stands(place, asked)
    assert found["faults"] == []
    assert {found["states"][case] for case in asked["goal"]} == {"passed"}
    signed = Counter((case, role) for case, step, role, *_ in found["acts"] if step == "re_review")
    assert signed == Counter(
        {(case, role): 1 for case in asked["goal"] for role in ("performance", "assets")}
    )
    assert Counter(case for case, *_, to in found["acts"] if to == "passed") == Counter(asked["goal"])


def test_selections_in_opposite_orders_do_not_lock_each_other_out(place):
    needs_many_writers()
    asked = prepared(place, 40, "submitted")
    told = race(place, asked, *[["press_many", "goal.confirm", "department"]] * 3)
    assert sorted(each["acts"] for each in told) == [0, 0, 40]
    assert sum(each["refused"] for each in told) == 80
    assert stands(place, asked)["faults"] == []


@pytest.mark.article(16, 19)
def test_a_budget_approved_while_its_goals_are_returned_is_in_force_with_all_of_them_or_not_at_all(place):
    needs_many_writers()
    asked = prepared(place, 24, "passed")
    told = race(place, asked, ["press", "budget.approve:budget"], ["press", "goal.budget_return:budget"])
    assert [each for one in told for each in one if "error" in each] == []
    found = stands(place, asked)
    assert found["faults"] == []
    for budget, goals in asked["goals_of"].items():
        states = {found["states"][goal] for goal in goals}
        if found["states"][budget] == "approved":
            assert states == {"in_force"}
        else:
            assert "in_force" not in states
            assert "reviewed" in states
    returned = steps(found, "budget_return")
    assert steps(found, "approve") + returned == Counter(
        [*asked["goal"], *(b for b in asked["budget"] if found["states"][b] == "approved")]
    )
