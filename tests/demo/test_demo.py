"""The demo bureau: enough of everything, at every desk, through the door, and nobody real in it."""

import datetime
import re
from collections import defaultdict

import pytest
from django.db import transaction
from django.utils import timezone

from jiheng.bureau.models import Organization, Person, Zone
from jiheng.demo import journey
from jiheng.demo.load import DemoOff, DemoRefused, load
from jiheng.evaluation.finance_evaluation import KINDS as FINANCE_EVALUATIONS
from jiheng.evaluation.models import SelfEvaluation
from jiheng.goal import checking, drafts
from jiheng.goal.models import Goal
from jiheng.monitoring.models import Report
from jiheng.procedure import chain, door
from jiheng.procedure.models import Act, Case, Task
from jiheng.procedure.table import PROCEDURES
from jiheng.project.models import Budget, Project


def quiet(_: str) -> None:
    """The loader's progress is of no interest here."""


@pytest.fixture
def undone(zone):
    """For tests that go on with the demo: what they do is taken back."""
    with transaction.atomic():
        yield zone
        transaction.set_rollback(True)


def test_enough_of_everything(zone):
    kinds = defaultdict(list)
    for organization in Organization.objects.filter(zone=zone):
        kinds[organization.kind].append(organization)
    assert len(kinds["office"]) == 8  # seven offices and the leadership
    assert len(kinds["department"]) >= 12
    assert len(kinds["unit"]) >= 40
    for department in kinds["department"]:
        assert f"{department.name}本级" in {
            unit.name for unit in kinds["unit"] if unit.parent_id == department.pk
        }
        assert department.charge.roles == ["expenditure"]
    projects = Project.objects.filter(zone=zone)
    assert projects.count() >= 80
    assert all(re.fullmatch(r"\d{8}T\d{12}", project.code) for project in projects)
    assert set(projects.values_list("stage", flat=True)) >= {"reserve", "budgeted", "executing", "closed"}
    year = timezone.localdate().year
    in_force = Goal.objects.filter(zone=zone, case__state="in_force")
    assert in_force.filter(year=year - 1).count() >= 30
    assert in_force.filter(year=year).count() >= 40


def family(key: str) -> str:
    """What stands for a procedure: its like of another kind, where the two differ by who and by article alone."""
    if key.startswith(("goal", "indicator", "engagement", "application", "rectification", "disclosure")):
        return key.partition("_")[0]
    if key in FINANCE_EVALUATIONS:
        return "finance_evaluation"
    return key.rpartition("_")[0] if PROCEDURES[key].page == "notices" else key


def test_every_state_of_every_procedure_is_there(zone):
    cases = Case.objects.filter(zone=zone).values_list("procedure", "state").distinct()
    found = {(family(procedure), state) for procedure, state in cases}
    wanted = {(family(each.key), state.key) for each in PROCEDURES.values() for state in each.states}
    assert wanted <= found
    returned = {
        (family(case.procedure), act.step)
        for act in Act.objects.filter(zone=zone).select_related("case")
        for case in [act.case]
    }
    for procedure in PROCEDURES.values():
        for step in procedure.steps:
            if step.returns:
                assert (family(procedure.key), step.key) in returned, (
                    f"{procedure.key}.{step.key} never happened"
                )
    signed = Task.objects.filter(zone=zone, step="re_review").values_list("case", "role")
    assert {"performance", "assets"} == {role for _, role in signed}
    assert len({case for case, _ in signed}) < len(signed)  # some lack both signatures,
    assert any(len([1 for other, _ in signed if other == case]) == 1 for case, _ in signed)  # some lack one


def test_lights_grades_and_deadlines_are_of_all_kinds(zone):
    year, today = timezone.localdate().year, timezone.localdate()
    assert set(Report.objects.filter(zone=zone, goal__year=year - 1).values_list("light", flat=True)) == {
        "green", "yellow", "red",
    }  # fmt: skip
    accepted = SelfEvaluation.objects.filter(zone=zone, case__state="accepted")
    assert set(accepted.values_list("grade", flat=True)) == {"优", "良", "中", "差"}
    due = Task.objects.filter(zone=zone)
    assert due.filter(due__lt=today).exists()
    assert due.filter(due__range=(today, today + datetime.timedelta(days=7))).exists()
    assert due.filter(due__lt=today).count() < due.count() / 2


def test_the_history_is_whole_and_in_order(zone):
    assert list(chain.verify(zone.pk)) == []
    last: dict = {}
    for act in Act.objects.filter(zone=zone).order_by("case", "seq"):
        assert act.at >= last.get(act.case_id, act.at), (
            f"{act} of {act.case} is earlier than the step before it"
        )
        last[act.case_id] = act.at
    assert max(last.values()) <= timezone.now()
    finished = Act.objects.filter(
        zone=zone, case__procedure="monitoring", case__year=timezone.localdate().year - 1
    )
    assert {act.at.year for act in finished} == {timezone.localdate().year - 1}


@pytest.mark.article(18)
def test_goals_stand_the_checks(zone):
    goals = Goal.objects.filter(zone=zone).select_related("project", "organization", "case")
    goals = goals.prefetch_related("indicators", "tasks")
    for goal in goals:
        assert 6 <= goal.indicators.count() <= 10
        assert len(goal.text) >= 20
        assert [check.message for check in checking.checks(goal)] == []
    kinds = {row.target[0] for goal in goals for row in goal.indicators.all()}
    assert "≥" in kinds and "≤" in kinds and any(not re.match(r"[≥≤\d]", kind) for kind in kinds)


def test_people_are_named_by_post(zone):
    people = Person.objects.filter(zone=zone).prefetch_related("posts__organization")
    assert people.count() >= 70
    for person in people:
        post = person.posts.get()
        assert person.name == f"{post.organization.name}{post.title}"
        assert not re.search(r"\d", person.name)
        assert re.fullmatch(r"[a-z]+\d+", person.username)
        assert not person.must_change_password
    assert people.get(username=journey.UNIT).check_password(journey.PASSWORD)


@pytest.mark.article(16)
def test_a_budget_waits_for_its_missing_goal(zone):
    budget = Budget.objects.get(zone=zone, department__code="111", year=timezone.localdate().year + 1)
    answer = door.may("budget.approve", budget.case, Person.objects.get(username=journey.BUDGET))
    assert [reason.article for reason in answer.reasons] == [16]
    assert "没有" in answer.reasons[0].text and "绩效目标" in answer.reasons[0].text


@pytest.mark.article(16)
def test_the_journey_can_begin(undone):
    year = timezone.localdate().year
    project = Project.objects.get(zone=undone, name=journey.PROJECT_NAME)
    assert project.code == journey.project_code(year)
    assert not Goal.objects.filter(project=project).exists()
    by = {name: Person.objects.get(username=name) for name in journey.EVERYBODY}
    budget = Budget.objects.get(zone=undone, department=project.department, year=year, batch=journey.BATCH)
    assert budget.case.state == "draft"
    assert [(line.project, line.amount) for line in budget.lines.all()] == [(project, journey.AMOUNT)]
    door.perform("budget.submit", budget.case, by=by[journey.DEPARTMENT])
    with pytest.raises(door.Refusal, match=r"没有 \d+ 年绩效目标"):
        door.perform("budget.approve", budget.case, by=by[journey.BUDGET])

    like = Goal.objects.filter(zone=undone, scheme="cost").first()
    typed = drafts.typed_of(like)
    given = {"fiscal": str(journey.AMOUNT / 10000), "text": like.text, "scheme": like.scheme}
    columns = {key: [row[key] for row in typed.rows] for key in drafts.COLUMNS}
    goal = drafts.begin(project, year, by=by[journey.UNIT], typed=drafts.read(given, columns))
    for step, person in (
        ("submit", journey.UNIT),
        ("confirm", journey.DEPARTMENT),
        ("review", journey.EXPENDITURE),
        ("re_review", journey.PERFORMANCE),
        ("re_review", journey.ASSETS),
    ):
        door.perform(f"goal.{step}", goal.case, by=by[person])
    door.perform("budget.approve", budget.case, by=by[journey.BUDGET])
    goal.case.refresh_from_db()
    assert goal.case.state == "in_force"


def test_if_empty_changes_nothing_the_second_time(zone):
    def counts():
        return [model.objects.count() for model in (Zone, Organization, Person, Project, Case, Act, Task)]

    before, last = counts(), Act.objects.order_by("-at", "-id").first().hash
    assert load(if_empty=True, say=quiet) == zone
    assert counts() == before
    assert Act.objects.order_by("-at", "-id").first().hash == last
    with pytest.raises(DemoRefused, match="已有演示区划"):
        load(say=quiet)
    assert counts() == before


def test_refuses_without_demo_mode(db, settings):
    settings.DEMO = False
    with pytest.raises(DemoRefused, match="演示模式已关闭"):
        load(say=quiet)
    with pytest.raises(DemoOff, match="jiheng bureau begin"):  # what `make run` asks for; it goes on
        load(if_empty=True, say=quiet)
    assert not Zone.objects.exists()


def test_can_be_loaded_when_the_year_has_hardly_begun(db):
    now = timezone.make_aware(datetime.datetime(2027, 1, 2, 10, 30))  # noqa: DTZ001
    zone = load(small=True, now=now, say=quiet)
    assert Project.objects.filter(zone=zone).count() >= 20
    assert max(Act.objects.filter(zone=zone).values_list("at", flat=True)) <= now
    assert list(chain.verify(zone.pk)) == []
    assert Goal.objects.filter(zone=zone, year=now.year, case__state="in_force").exists()
