"""What holds for every procedure, whichever room it stands in: the regulation's table can't be drawn with holes."""

import re
from itertools import chain
from pathlib import Path

import pytest
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

from jiheng.bureau.roles import ROLES
from jiheng.procedure.table import PROCEDURES, WORKS, Procedure, Step
from jiheng.regulation.articles import ARTICLES

ROOT = Path(__file__).resolve().parent.parent / "src" / "jiheng"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
ALL = [pytest.param(procedure, id=key) for key, procedure in PROCEDURES.items()]
STEPS = [
    pytest.param(procedure, step, id=procedure.name_of(step))
    for procedure in PROCEDURES.values()
    for step in procedure.steps
]
GUARDS = {guard for procedure in PROCEDURES.values() for step in procedure.steps for guard in step.guards}


def url_names(patterns=None) -> set[str]:
    found = set()
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            found |= url_names(pattern.url_patterns)
        elif isinstance(pattern, URLPattern) and pattern.name:
            found.add(pattern.name)
    return found


def reached(procedure: Procedure, start: set[str]) -> set[str]:
    """The states that forward steps lead to from these, and back along returns."""
    seen, waiting = set(start), list(start)
    while waiting:
        state = waiting.pop()
        for step in procedure.steps_from(state):
            leads = {step.target} if isinstance(step.target, str) else before(procedure, state)
            waiting += leads - seen
            seen |= leads
    return seen


def before(procedure: Procedure, state: str) -> set[str]:
    return set(chain.from_iterable(step.source for step in procedure.steps if step.target == state))


def test_there_are_procedures_to_look_at():
    assert {"goal", "budget", "monitoring", "evaluation", "application"} <= set(PROCEDURES)


@pytest.mark.article(3)
@pytest.mark.parametrize(("procedure", "step"), STEPS)
def test_every_step_says_who_by_which_article_and_is_called_in_chinese(procedure: Procedure, step: Step):
    assert step.roles
    assert {role.key for role in step.roles} <= set(ROLES)
    assert step.articles
    assert set(step.articles) <= {article.number for article in ARTICLES}
    assert CHINESE.search(step.label)
    assert all(CHINESE.search(need.label) for need in step.needs)
    assert len({need.key for need in step.needs}) == len(step.needs)


@pytest.mark.parametrize(("procedure", "step"), STEPS)
def test_every_step_has_a_page(procedure: Procedure, step: Step):
    if step.opens and step.only_with:
        pytest.skip("begun by another case's step, never by hand")
    assert step.page in url_names()


@pytest.mark.parametrize("guard", sorted(GUARDS, key=lambda each: each.key), ids=lambda each: each.key)
def test_every_condition_has_its_article_and_can_be_read(guard):
    assert guard.article in {article.number for article in ARTICLES}
    assert CHINESE.search(guard.label)


@pytest.mark.parametrize("procedure", ALL)
def test_every_state_can_be_reached_and_left_or_is_the_end(procedure: Procedure):
    opening = [step for step in procedure.steps if step.opens]
    assert len({step.target for step in opening}) == 1  # whoever begins it, it begins in one place
    states = {state.key for state in procedure.states}
    assert reached(procedure, {opening[0].target}) == states
    for state in procedure.states:
        leads_on = [step for step in procedure.steps_from(state.key) if not (step.returns or step.optional)]
        assert leads_on or state.tone != "open", state.label


@pytest.mark.parametrize("procedure", ALL)
def test_every_state_leads_to_a_good_end(procedure: Procedure):
    done = {state.key for state in procedure.states if state.tone == "done"}
    assert done
    for state in procedure.states:
        if state.tone == "open":
            assert reached(procedure, {state.key}) & done, state.label


@pytest.mark.parametrize("procedure", ALL)
def test_whoever_reviews_can_send_back_with_a_reason(procedure: Procedure):
    """A review is a desk that gets the case from another party and owes a step on it."""
    for state in procedure.states:
        owed = [step for step in procedure.steps_from(state.key) if step.owed or step.only_with]
        givers = {
            role
            for step in procedure.steps
            if step.target == state.key and not step.opens
            for role in step.roles
        }
        reviewers = {role for step in owed for role in step.roles}
        if not owed or state.editable or not givers or givers == reviewers:
            continue
        returns = [step for step in procedure.steps_from(state.key) if step.returns]
        assert returns, f"{procedure.label}“{state.label}”不能退回"
        for step in returns:
            reasons = [need for need in step.needs if need.key == "opinion"]
            assert [need.required for need in reasons] == [True]
        assert {role for step in returns for role in step.roles} == reviewers


@pytest.mark.parametrize("procedure", ALL)
def test_nothing_can_be_sent_back_before_it_was_given(procedure: Procedure):
    opened = procedure.opening().target
    assert [step.key for step in procedure.steps_from(opened) if step.returns] == []


@pytest.mark.parametrize("procedure", ALL)
def test_a_step_that_goes_with_another_names_one_that_exists(procedure: Procedure):
    for step in procedure.steps:
        if step.only_with:
            key, _, name = step.only_with.partition(".")
            outer = PROCEDURES[key].step(name)
            assert outer.follows, f"{step.only_with} 不带出 {procedure.name_of(step)}"


@pytest.mark.parametrize("procedure", ALL)
def test_a_time_limit_is_one_the_profile_has(procedure: Procedure):
    from jiheng.bureau.profile import CATALOGUE

    limits = {parameter.key for parameter in CATALOGUE if parameter.section == "days"}
    assert {step.days for step in procedure.steps if step.days} <= limits


@pytest.mark.parametrize("procedure", ALL)
def test_labels_are_plain_and_told_apart(procedure: Procedure):
    labels = [state.label for state in procedure.states]
    assert len(set(labels)) == len(labels)
    assert procedure.work in dict(WORKS)
    for state in procedure.states:
        steps = procedure.steps_from(state.key)
        for role in {role for step in steps for role in step.roles}:
            own = [step.label for step in steps if role in step.roles]
            assert len(set(own)) == len(own), f"“{state.label}”有两个同名按钮"


def test_labels_of_states_come_from_the_tables_alone():
    """Templates take them from the tables, so that a bureau reads one word for one thing everywhere."""
    labels = {state.label for procedure in PROCEDURES.values() for state in procedure.states}
    alone = re.compile(rf"(?<![\u4e00-\u9fff])({'|'.join(sorted(labels))})(?![\u4e00-\u9fff])")
    repeated = {
        str(template.relative_to(ROOT)): alone.findall(re.sub(r"\{#.*?#\}", "", template.read_text()))
        for template in ROOT.rglob("*.html")
    }
    assert repeated
    assert {name: words for name, words in repeated.items() if words} == {}


def test_only_the_door_moves_a_case():
    """No file outside the door writes an act, a task, or where a case stands."""
    writes = re.compile(
        r"\b(Act|Task)\.objects\.\w*(create|update)\b|\bCase\.objects\.\w*create\b|(INSERT INTO|UPDATE) procedure_"
        r"|\bcase\.(state|closed|round|seq|head|moved_at)\s*(=[^=]|\+=)"
        r"|\bCase\.objects\.[^\n]*\.update\([^)]*\b(state|closed|round|seq|head|moved_at)="
    )
    found = [
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*.py")
        if "migrations" not in path.parts and writes.search(path.read_text())
    ]
    assert found == ["procedure/door.py"]
