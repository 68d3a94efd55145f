"""Article 21: a goal changed within the year is a new version, passes the same reviews, comes into force with its money."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiheng.bureau.roles import BUDGET, UNIT
from jiheng.goal import beginning, comparing, drafts
from jiheng.goal.models import Goal
from jiheng.goal.procedure import goal_procedures
from jiheng.procedure import chain, door
from jiheng.procedure.models import Case
from jiheng.procedure.table import PROCEDURES, Procedure, State, Step
from jiheng.project.models import BudgetLine
from tests.bureau_fixture import GOAL_PATH, advance, make_goal
from tests.goal.page import form
from tests.rooms import in_force, words

pytestmark = pytest.mark.article(21)


TRANSFER_GOALS: dict = {}


def adopt(matters, by):
    """What a transfer does on approval: its goals come into force with it."""
    for matter in matters:
        for case in TRANSFER_GOALS[matter.case.pk]:
            door.perform(f"{case.procedure}.adopt", case, by=by, within=matter.act)


TRANSFER = Procedure(
    "transfer",
    "预算调剂",
    "goal",
    states=(State("draft", "编制中", editable=UNIT), State("approved", "已调剂", "done")),
    steps=(
        Step("open", "申请调剂", (), "draft", UNIT, (21,)),
        Step("approve", "批准调剂", ("draft",), "approved", BUDGET, (21,), follows=(adopt,)),
    ),
    load=lambda keys: {key: SimpleNamespace(pk=key) for key in keys},
    snapshot=lambda record: {},
)
"""The least a transfer can be: what it asks itself is the transfer's own story."""


@pytest.fixture
def transfers(monkeypatch):
    """Goals as they are once there are transfers."""
    for procedure in (TRANSFER, *goal_procedures("transfer.approve")):
        monkeypatch.setitem(PROCEDURES, procedure.key, procedure)
    monkeypatch.setattr(beginning, "TRANSFER", "transfer.approve")


def approve_transfer(bureau, *goals):
    case = Case(zone=bureau.zone, year=2026, department=goals[0].department, unit=goals[0].unit, title="调剂")
    door.start("transfer.open", [case], by=bureau.unit, make=lambda cases: None)
    held = Case.objects.get(pk=case.pk)
    TRANSFER_GOALS[held.pk] = goals
    return door.perform("transfer.approve", held, by=bureau.budget)


def change(as_person, bureau, goal, **changed):
    """The unit begins a change of a goal on its page and writes the new version."""
    client = as_person(bureau.unit)
    Goal.objects.filter(pk=goal.pk).update(year=beginning._years()[0])
    begun = client.post("/goal/change/new/", {"goal": str(goal.pk), "opinion": "建设内容减少"})
    new = Goal.objects.select_related("case").get(version=goal.version + 1, project=goal.project)
    assert begun["Location"] == f"/goal/{new.case_id}/edit/"
    client.post(begun["Location"], form(revision="1", **changed))
    return Goal.objects.select_related("case").get(pk=new.pk)


def test_a_changed_goal_passes_the_same_reviews_and_takes_the_place_of_the_old_with_the_transfer(
    transfers, as_person, bureau
):
    old = in_force(bureau)
    new = change(as_person, bureau, old, fiscal="80", target_0="≥1000平方米")
    assert (new.case.procedure, new.reason) == ("goal_change", "建设内容减少")
    assert new.case.acts.get(step="open").opinion == "建设内容减少"
    with pytest.raises(door.Refusal, match="要在“待批复”时办理"):
        door.perform("goal_change.adopt", new.case, by=bureau.budget)
    advance(bureau, new.case, *GOAL_PATH.passed)
    with pytest.raises(door.Refusal, match="只随预算调剂“批准调剂”一并办理"):
        door.perform("goal_change.adopt", new.case, by=bureau.budget)
    assert Case.objects.get(pk=old.case_id).state == "in_force"
    act = approve_transfer(bureau, new.case)
    states = {case.pk: case.state for case in Case.objects.filter(pk__in=[old.case_id, new.case_id])}
    assert states == {old.case_id: "superseded", new.case_id: "in_force"}
    assert {each.request for each in (new.case.acts.last(), old.case.acts.last())} == {act.request}
    assert list(chain.verify(bureau.zone.pk)) == []
    assert "≥1200平方米" in words(as_person(bureau.unit).get(f"/case/{old.case_id}/"))


def test_a_goal_is_changed_once_at_a_time_and_never_without_a_reason(transfers, as_person, bureau):
    old = in_force(bureau)
    new = change(as_person, bureau, old)
    client = as_person(bureau.unit)
    assert "没有可以调整的绩效目标" in words(client.get("/goal/change/new/"))
    refused = client.post("/goal/change/new/", {"goal": str(old.pk), "opinion": " "})
    assert refused.status_code == 422 and "请写明调整原因" in words(refused)
    with pytest.raises(door.Refusal, match="请填写调整原因"):
        drafts.begin_change(Goal.objects.select_related("case").get(pk=new.pk), "", by=bureau.unit)


def test_a_new_projects_goal_comes_into_force_with_a_transfer_too(transfers, bureau):
    case = advance(bureau, make_goal(bureau), *GOAL_PATH.passed)
    approve_transfer(bureau, case)
    assert Case.objects.get(pk=case.pk).state == "in_force" and not BudgetLine.objects.exists()


def test_until_there_are_transfers_the_page_says_so(as_person, bureau):
    assert "预算调剂还没有启用" in words(as_person(bureau.unit).get("/goal/change/new/"))
    assert "goal_change" not in PROCEDURES


def test_a_returned_draft_is_shown_beside_what_was_handed_in(as_person, bureau, goal_case):
    advance(bureau, goal_case, *GOAL_PATH.confirmed)
    door.perform("goal.expenditure_return", goal_case, by=bureau.expenditure, opinion="改", desk="draft")
    client = as_person(bureau.unit)
    fifth = ("产出指标", "数量指标", "操场", "≥1个", "10")
    page = form(text="完成校舍维修和操场，改善办学条件。", target_0="≥1500平方米", name_3="受益的学生人数")
    for key, value in zip(drafts.COLUMNS, fifth, strict=True):
        page[key][4] = value
    client.post(f"/goal/{goal_case.pk}/edit/", page)
    said = words(client.get(f"/goal/{goal_case.pk}/compare/"))
    assert "第 1 版第 1 次提交" in said and "第 1 版现在的内容（编制中）" in said
    for told in (
        "改动年度目标",
        "≥1200平方米 改为→ ≥1500平方米",
        "受益学生人数 改为→ 受益的学生人数",
        "共 5 处不同",
    ):
        assert told in said, told
    html = client.get(f"/goal/{goal_case.pk}/compare/").content.decode()
    assert "<ins>和操场</ins>" in html and ">新增<" in html and ">删去<" in html
    assert as_person(bureau.unit2).get(f"/goal/{goal_case.pk}/compare/").status_code == 404


def test_old_versions_stay_readable_and_any_two_can_be_compared(transfers, as_person, bureau):
    old = in_force(bureau)
    new = change(as_person, bureau, old, target_0="≥1000平方米")
    said = words(as_person(bureau.performance).get(f"/goal/{new.case_id}/compare/"))
    assert "≥1200平方米 改为→ ≥1000平方米" in said and "建设内容减少" in said
    turned = {"left": new.pk.hex, "right": old.pk.hex}
    assert "≥1000平方米 改为→ ≥1200平方米" in words(
        as_person(bureau.budget).get(f"/goal/{old.case_id}/compare/", turned)
    )


names = st.text("甲乙丙丁", max_size=4)
tables = st.lists(st.tuples(names, names), max_size=6)


@given(tables, tables)
def test_nothing_is_lost_in_a_comparison(before, after):
    found = comparing.rows([list(line) for line in before], [list(line) for line in after], 0)
    left = [tuple(cell[0] for cell in row.cells) for row in found if row.mark != comparing.ADDED]
    right = [tuple(cell[1] for cell in row.cells) for row in found if row.mark != comparing.REMOVED]
    assert (sorted(left), right) == (sorted(before), list(after))
    assert all((row.mark == comparing.SAME) == (not any(cell[2] for cell in row.cells)) for row in found)


@given(names, names)
def test_pieces_put_together_are_the_text(old, new):
    left, right = comparing.pieces(old, new)
    assert ("".join(text for _, text in left), "".join(text for _, text in right)) == (old, new)
