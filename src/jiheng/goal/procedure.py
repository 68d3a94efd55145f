"""The tables of a goal's steps (chapter 4, art. 16–19, 21).

One way for the goals of units, one for a department's whole goal, which is the department's own and so needs no
confirmation, one for a goal changed within the year. They are made by one function, so that each table stays exact.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from jiheng.bureau.models import Person
from jiheng.bureau.roles import ASSETS, BUDGET, DEPARTMENT, EXPENDITURE, PERFORMANCE, UNIT, Role
from jiheng.goal import checking, reviewing
from jiheng.goal.models import Goal
from jiheng.indicator import finding
from jiheng.procedure import door
from jiheng.procedure.table import (
    GIVER,
    OPINION,
    PROCEDURES,
    REASON,
    Guard,
    Matter,
    Need,
    Procedure,
    Reason,
    State,
    Step,
    register,
    returning,
)

TRANSFER = "transfer.approve"
"""The step, in a room above, that puts a changed goal in force with its money (art. 21)."""

GOALS = ("goal", "whole_goal", "goal_change")
"""The keys of the procedures whose record is a Goal."""

UNREVIEWED = ("draft", "submitted", "confirmed")
"""The states in which a goal waits for its review, be it again."""


def load(cases: Sequence[UUID]) -> dict[UUID, Goal]:
    goals = list(
        Goal.objects.filter(case_id__in=cases)
        .select_related("project", "organization", "case__department", "case__unit")
        .prefetch_related("indicators", "tasks")
    )
    checking.together(goals)
    return {goal.case_id: goal for goal in goals}


def snapshot(goal: Goal) -> dict[str, Any]:
    """The goal as plain data, as an act keeps it; with the points and the key review that the act itself gave."""
    told: dict[str, Any] = {
        "project": str(goal.project_id or goal.organization_id),
        "year": goal.year,
        "version": goal.version,
        "fiscal": str(goal.fiscal),
        "other": str(goal.other),
        "text": goal.text,
        "scheme": goal.scheme,
        "note": goal.note,
        "indicators": [
            [row.level1, row.level2, row.name, row.target, str(row.weight)] for row in goal.indicators.all()
        ],
    }
    if goal.whole:
        told["tasks"] = [
            [task.name, task.content, str(task.fiscal), str(task.other)] for task in goal.tasks.all()
        ]
    if goal.reason:
        told["reason"] = goal.reason
    if review := goal.__dict__.get("_review"):
        told["review"] = {
            "total": str(review.total),
            "grade": review.grade,
            "points": review.points,
            "word": review.word,
        }
    if key_review := goal.__dict__.get("_key_review"):
        told["key_review"] = {"grade": key_review.grade, "reviewer": key_review.reviewer}
    return told


def shown(goal: Goal) -> dict[str, Any]:
    """What the case's page shows beside the goal itself."""
    last = goal.reviews.first()
    review = None if goal.case.state in UNREVIEWED else last
    total, grade = checking.verdict(goal, {})
    return {
        "found": checking.checks(goal),
        "execution_weight": checking.execution_weight(goal.scheme),
        "given": reviewing.given_points(goal) | reviewing.given_key_review(goal),
        "suggested": {"points": checking.suggestions(goal), "total": total, "grade": grade},
        "review": review,
        "last_review": last,
        "points": reviewing.shown_points(review) if review else [],
        "key_reviews": list(goal.key_reviews.all()),
    }


def _no_errors(matter: Matter) -> Iterable[Reason]:
    for check in checking.checks(matter.record):
        if check.level == "error":
            how = f"改法：{check.remedy}。"
            yield Reason(check.message.removesuffix(how), next=how, field=check.cell)


def _warnings_answered(matter: Matter) -> Iterable[Reason]:
    warnings = [check for check in checking.checks(matter.record) if check.level == "warning"]
    if warnings and not matter.record.note.strip():
        yield Reason(
            f"有 {len(warnings)} 处提示还没有说明：{'；'.join(check.message for check in warnings)}",
            next="请改正，或在“对提示的说明”中写明原因。",
            field="note",
        )


NO_ERRORS = Guard("no_errors", "自动校验没有错误", 18, _no_errors)
WARNINGS_ANSWERED = Guard("warnings_answered", "提示都有说明", 18, _warnings_answered)


def _supersede(matters: list[Matter], by: Person) -> None:
    """The version in force until now goes out of force in the act that brings the new one in (art. 21)."""
    for matter in matters:
        goal: Goal = matter.record
        earlier = Goal.objects.filter(
            zone_id=goal.zone_id, project_id=goal.project_id, organization_id=goal.organization_id, kind=goal.kind,
            year=goal.year, version__lt=goal.version, case__state="in_force",
        ).select_related("case")  # fmt: skip
        for each in earlier:
            door.perform(f"{each.case.procedure}.supersede", each.case, by=by, within=matter.act)


def _count_uses(matters: list[Matter], by: Person) -> None:
    """A goal that comes into force counts as a use of each of its indicators (art. 38)."""
    names = [(row.level2, row.name) for matter in matters for row in matter.record.indicators.all()]
    finding.count_uses(by.zone_id, names)


def _reviews() -> tuple[Step, ...]:
    """The two reviews and key review, the same for every goal (art. 18)."""
    key_needs = (reviewing.GRADE, reviewing.REVIEWER)
    return (
        Step(
            "review",
            "审核",
            ("confirmed",),
            "reviewed",
            EXPENDITURE,
            (8, 18),
            (OPINION, *reviewing.POINT_NEEDS),
            guards=(NO_ERRORS, reviewing.WORD_WHERE_CHANGED, reviewing.FIT_FOR_BUDGET),
            writes=(reviewing.keep_points,),
            days="goal_review",
        ),
        returning("expenditure_return", "confirmed", EXPENDITURE, (18,)),
        Step(
            "re_review",
            "再审核会签",
            ("reviewed",),
            "passed",
            PERFORMANCE & ASSETS,
            (10, 18),
            (OPINION,),
            days="goal_re_review",
        ),
        returning("re_review_return", "reviewed", PERFORMANCE & ASSETS, (18,)),
        Step(
            "performance_choose", "选作重点审核", ("passed",), "key_review", PERFORMANCE, (5, 18), (OPINION,), optional=True
        ),
        Step(
            "expenditure_choose", "选作重点审核", ("passed",), "key_review", EXPENDITURE, (8, 18), (OPINION,), optional=True
        ),
        Step(
            "key_conclude",
            "审核通过",
            ("key_review",),
            "passed",
            PERFORMANCE,
            (18,),
            (*key_needs, Need("opinion", "审核意见"), reviewing.REPORT),
            guards=(reviewing.ALL_DELIVERED, reviewing.WITH_REPORT, reviewing.KEY_FIT),
            writes=(reviewing.keep_key_review,),
            days="goal_key_review",
        ),
        Step(
            "key_return",
            "退回",
            ("key_review",),
            GIVER,
            PERFORMANCE,
            (18,),
            (REASON, *key_needs, reviewing.REPORT),
            guards=(reviewing.ALL_DELIVERED, reviewing.WITH_REPORT),
            writes=(reviewing.keep_key_review,),
        ),
    )  # fmt: skip


def _procedure(
    key: str, label: str, owner: Role, begin: Step, *, confirm: bool, ends: Sequence[Step], superseded: bool
) -> Procedure:
    """A goal's table: its ``owner`` writes and submits it, a department confirms a unit's, and ``ends`` bring it in force."""
    first = "submitted" if confirm else "confirmed"
    submit = Step(
        "submit", "提交", ("draft",), first, owner, (16, 18), guards=(NO_ERRORS, WARNINGS_ANSWERED), days="goal_submit"
    )  # fmt: skip
    steps = [begin, submit, Step("withdraw", "撤回", (first,), "draft", owner, (16,), optional=True)]
    states = [State("draft", "编制中", editable=owner)]
    if confirm:
        states.append(State("submitted", "待部门确认"))
        steps += [
            Step(
                "confirm", "确认", ("submitted",), "confirmed", DEPARTMENT, (16, 18), (OPINION,), days="goal_confirm"
            ),
            returning("department_return", "submitted", DEPARTMENT, (18,)),
        ]  # fmt: skip
    states += [
        State("confirmed", "待支出科审核"),
        State("reviewed", "待再审核"),
        State("passed", "待批复"),
        State("key_review", "重点审核中"),
        State("in_force", "已批复", "done"),
    ]
    if superseded:
        states.append(State("superseded", "已被新版替代", "void"))
        steps.append(
            Step(
                "supersede", "由新版替代", ("in_force",), "superseded", BUDGET, (21,), only_with="goal_change.adopt"
            )
        )  # fmt: skip
    return Procedure(
        key,
        label,
        "goal",
        states=tuple(states),
        steps=(*steps, *_reviews(), *ends, returning("budget_return", "passed", BUDGET, (19,))),
        load=load,
        snapshot=snapshot,
        template="goal/case.html",
        context=shown,
    )


def _with_budget() -> Step:
    return Step(
        "approve",
        "随预算批复",
        ("passed",),
        "in_force",
        BUDGET,
        (6, 16, 19),
        only_with="budget.approve",
        follows=(_count_uses,),
    )


def goal_procedures(transfer: str) -> list[Procedure]:
    """The tables of all goals. With ``transfer`` (a step's name) goals can be changed within the year (art. 21)."""
    changes = bool(transfer)
    adopt = Step(
        "adopt", "随预算调剂生效", ("passed",), "in_force", BUDGET, (21,), only_with=transfer, follows=(_supersede, _count_uses)
    )  # fmt: skip
    found = [
        _procedure(
            "goal", "绩效目标", UNIT, Step("open", "编报绩效目标", (), "draft", UNIT, (16,), page="goal-new"),
            confirm=True, ends=[_with_budget(), *([adopt] if changes else [])], superseded=changes,
        ),
        _procedure(
            "whole_goal", "部门整体绩效目标", DEPARTMENT,
            Step("open", "编报部门整体绩效目标", (), "draft", DEPARTMENT, (16,), page="whole_goal-new"),
            confirm=False, ends=[_with_budget()], superseded=False,
        ),
    ]  # fmt: skip
    if changes:
        begin = Step(
            "open", "调整绩效目标", (), "draft", UNIT, (21,), (Need("opinion", "调整原因"),), page="goal_change-new"
        )  # fmt: skip
        found.append(
            _procedure(
                "goal_change", "绩效目标调整", UNIT, begin, confirm=True, ends=[adopt], superseded=True
            )
        )
    return found


for each in goal_procedures(TRANSFER):
    register(each)
GOAL = PROCEDURES["goal"]
