"""The bureau that tests build on can take a goal into force with its budget."""

import pytest

from tests.bureau_fixture import GOAL_PATH, advance, make_budget, make_goal, make_project


@pytest.mark.article(16)
def test_a_goal_comes_into_force_with_its_budget(bureau):
    project = make_project(bureau)
    goal = advance(bureau, make_goal(bureau, project), *GOAL_PATH.passed)
    advance(bureau, make_budget(bureau, [project]), ("submit", "department"), ("approve", "budget"))
    goal.refresh_from_db()
    assert (goal.state, goal.closed) == ("in_force", True)
