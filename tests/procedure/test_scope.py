"""Who may act: by post, by charge, by unit; never across zones (art. 4–10)."""

import pytest

from jiheng.bureau import standing
from jiheng.bureau.models import Organization, Person, Post
from jiheng.procedure import door
from jiheng.procedure.models import Case, Task
from tests.bureau_fixture import GOAL_PATH, advance, make_bureau, make_goal

pytestmark = pytest.mark.django_db


def add_office(bureau, code, roles) -> Person:
    office = Organization.objects.create(
        zone=bureau.zone, kind="office", code=code, name=f"科室{code}", roles=roles
    )
    person = Person.objects.create_person(zone=bureau.zone, username=code, name=f"科室{code}经办")
    Post.objects.create(zone=bureau.zone, person=person, organization=office)
    standing.changed(bureau.zone)
    return person


def kinds(name, case, by, **given) -> list[str]:
    with pytest.raises(door.Refusal) as refusal:
        door.perform(name, case, by=by, **given)
    return [reason.kind for reason in refusal.value.reasons]


@pytest.mark.article(8)
def test_only_the_expenditure_office_in_charge_reviews(bureau, goal_case):
    other = add_office(bureau, "090", ["expenditure"])
    advance(bureau, goal_case, *GOAL_PATH.confirmed)
    task = Task.objects.get(case=goal_case)
    assert task.organization == bureau.organizations["expenditure"]
    assert kinds("goal.review", goal_case, other) == ["role"]
    assert kinds("goal.expenditure_return", goal_case, other, opinion="改") == ["role"]


@pytest.mark.article(8)
def test_a_new_charge_counts_from_the_next_act(bureau, goal_case):
    other = add_office(bureau, "090", ["expenditure"])
    advance(bureau, goal_case, *GOAL_PATH.submitted)
    department = bureau.organizations["department"]
    department.charge = other.posts.get().organization
    department.save()
    standing.changed(bureau.zone)
    advance(bureau, goal_case, ("confirm", "department"))
    assert Task.objects.get(case=goal_case).organization == department.charge
    assert kinds("goal.review", goal_case, bureau.expenditure) == ["role"]
    door.perform("goal.review", goal_case, by=other)


def test_one_person_acts_from_the_desk_that_the_step_asks_for(bureau, goal_case):
    person = bureau.department
    Post.objects.create(zone=bureau.zone, person=person, organization=bureau.organizations["unit"])
    submitted = door.perform("goal.submit", goal_case, by=person)
    confirmed = door.perform("goal.confirm", goal_case, by=person)
    assert (submitted.role, submitted.organization_name) == ("unit", "第一小学")
    assert (confirmed.role, confirmed.organization_name) == ("department", "教育局")


@pytest.mark.parametrize(
    ("name", "state", "wrong"),
    [
        ("goal.submit", (), ("unit2", "unit3", "department", "expenditure", "budget", "leadership")),
        ("goal.confirm", GOAL_PATH.submitted, ("unit", "department2", "expenditure", "performance")),
        ("goal.review", GOAL_PATH.confirmed, ("unit", "department", "performance", "assets", "treasury")),
        ("goal.re_review", GOAL_PATH.reviewed, ("expenditure", "budget", "general", "procurement")),
    ],
)
def test_nobody_else_does_a_step(bureau, goal_case, name, state, wrong):
    advance(bureau, goal_case, *state)
    for key in wrong:
        assert kinds(name, goal_case, bureau.people[key]) == ["role"]


def test_somebody_who_is_no_longer_in_office_does_nothing(bureau, goal_case):
    bureau.unit.is_active = False
    assert kinds("goal.submit", goal_case, bureau.unit) == ["role"]


def test_from_another_zone_a_case_does_not_exist(bureau, goal_case):
    other = make_bureau("410782")
    advance(bureau, goal_case, *GOAL_PATH.submitted)
    for key, person in other.people.items():
        for step in ("confirm", "withdraw", "department_return", "review"):
            with pytest.raises(door.Refusal) as refusal:
                door.perform(f"goal.{step}", goal_case, by=person, opinion="x")
            assert [r.text for r in refusal.value.reasons] == ["没有这一事项"], key
        assert not any(answer.allowed for answer in door.offers(goal_case, person))
        with pytest.raises(door.Refusal), door.editing(goal_case, person):
            pass
    assert (
        Case.objects.get(pk=goal_case.pk).seq,
        Case.objects.filter(zone=other.zone).count(),
    ) == (2, 0)


def test_a_post_in_another_zone_opens_no_door(bureau, goal_case):
    other = make_bureau("410782")
    stranger = other.budget
    Post.objects.create(zone=other.zone, person=stranger, organization=bureau.organizations["department"])
    advance(bureau, goal_case, *GOAL_PATH.submitted)
    assert kinds("goal.confirm", goal_case, stranger) == ["role"]
    insider = bureau.treasury
    Post.objects.create(zone=bureau.zone, person=insider, organization=other.organizations["department"])
    assert kinds("goal.confirm", goal_case, insider) == ["role"]


def test_a_selection_across_zones_touches_ones_own_alone(bureau):
    other = make_bureau("410782")
    mine, theirs = make_goal(bureau), make_goal(other)
    outcome = door.perform_many("goal.submit", [theirs, mine], by=bureau.unit)
    assert [act.case_id for act in outcome.acts] == [mine.pk]
    assert [(case.pk, reasons[0].text) for case, reasons in outcome.refused] == [(theirs.pk, "没有这一事项")]


def test_a_case_is_not_begun_in_another_zone(bureau):
    other = make_bureau("410782")
    draft = Case(zone=other.zone, year=2026, unit=other.organizations["unit"], title="越界")
    with pytest.raises(door.Refusal, match="没有这一事项"):
        door.start("goal.open", [draft], by=bureau.unit, make=lambda cases: None)
