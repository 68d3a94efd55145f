"""The table of a goal's steps (chapter 4, art. 16–19)."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from jiheng.bureau.roles import ASSETS, BUDGET, DEPARTMENT, EXPENDITURE, PERFORMANCE, UNIT
from jiheng.goal import checking
from jiheng.goal.models import Goal
from jiheng.procedure.table import OPINION, Guard, Matter, Procedure, Reason, State, Step, register, returning


def load(cases: Sequence[UUID]) -> dict[UUID, Goal]:
    goals = (
        Goal.objects.filter(case_id__in=cases)
        .select_related("project", "case")
        .prefetch_related("indicators")
    )
    return {goal.case_id: goal for goal in goals}


def snapshot(goal: Goal) -> dict[str, Any]:
    """The goal as plain data, as an act keeps it."""
    return {
        "project": str(goal.project_id),
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


def shown(goal: Goal) -> dict[str, Any]:
    """What the case's page shows beside the goal itself."""
    return {"found": checking.checks(goal), "execution_weight": checking.execution_weight(goal.scheme)}


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

GOAL = register(
    Procedure(
        "goal",
        "绩效目标",
        "goal",
        states=(
            State("draft", "编制中", editable=UNIT),
            State("submitted", "待部门确认"),
            State("confirmed", "待支出科审核"),
            State("reviewed", "待再审核"),
            State("passed", "待批复"),
            State("in_force", "已批复", "done"),
        ),
        steps=(
            Step("open", "编报绩效目标", (), "draft", UNIT, (16,), page="goal-new"),
            Step(
                "submit",
                "提交",
                ("draft",),
                "submitted",
                UNIT,
                (16, 18),
                guards=(NO_ERRORS, WARNINGS_ANSWERED),
                days="goal_submit",
            ),
            Step("withdraw", "撤回", ("submitted",), "draft", UNIT, (16,), optional=True),
            Step(
                "confirm",
                "确认",
                ("submitted",),
                "confirmed",
                DEPARTMENT,
                (16, 18),
                (OPINION,),
                days="goal_confirm",
            ),
            returning("department_return", "submitted", DEPARTMENT, (18,)),
            Step(
                "review",
                "审核",
                ("confirmed",),
                "reviewed",
                EXPENDITURE,
                (8, 18),
                (OPINION,),
                guards=(NO_ERRORS,),
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
                "approve",
                "随预算批复",
                ("passed",),
                "in_force",
                BUDGET,
                (6, 16, 19),
                only_with="budget.approve",
            ),
            returning("budget_return", "passed", BUDGET, (19,)),
        ),
        load=load,
        snapshot=snapshot,
        template="goal/case.html",
        context=shown,
    )
)
