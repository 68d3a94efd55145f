"""A department's budget is approved together with the goals of all its lines, in one act (art. 16, 19).

The lines themselves are kept in ``project``.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q

from jiheng.bureau.models import Organization, Person
from jiheng.bureau.roles import BUDGET, DEPARTMENT
from jiheng.exante import ceiling
from jiheng.goal.models import Goal
from jiheng.procedure import door
from jiheng.procedure.answers import next_owed
from jiheng.procedure.models import Case
from jiheng.procedure.table import (
    OPINION,
    PROCEDURES,
    Guard,
    Matter,
    Procedure,
    Reason,
    State,
    Step,
    register,
    returning,
)
from jiheng.project import admission
from jiheng.project.known import beside
from jiheng.project.models import Budget, BudgetLine, Project

ON_APPROVED: list[Callable[[list[Matter], Person], None]] = []
"""What rooms above want done, in the same transaction, when budgets are approved (art. 22)."""


def load(cases: Sequence[UUID]) -> dict[UUID, Budget]:
    budgets = Budget.objects.filter(case_id__in=cases).select_related("case", "department")
    return {budget.case_id: budget for budget in budgets.prefetch_related("lines__project__unit")}


def snapshot(budget: Budget) -> dict[str, Any]:
    return {
        "year": budget.year,
        "batch": budget.batch,
        "lines": [[line.project.code, line.project.name, str(line.amount)] for line in budget.lines.all()],
    }


def newest_goals(zone_id: UUID, projects: Iterable[Any], year: int) -> list[Goal]:
    """The goals of some projects for a year, older versions first (so that a dict keeps the newest)."""
    goals = Goal.objects.filter(zone_id=zone_id, project__in=projects, year=year)
    return list(goals.select_related("case__unit", "case__department", "case__zone").order_by("version"))


def goals_of(budget: Budget) -> dict[UUID, Goal]:
    """The newest goal of each line's project for the budget's year, by project."""
    projects = [line.project_id for line in budget.lines.all()]
    return {goal.project_id: goal for goal in newest_goals(budget.zone_id, projects, budget.year)}


def whole_goals_of(budget: Budget, *kinds: str) -> list[Goal]:
    """The newest whole goal of the department (and of each of its units) for the budget's year."""
    goals = Goal.objects.filter(
        Q(organization=budget.department_id) | Q(organization__parent=budget.department_id),
        zone_id=budget.zone_id,
        kind__in=kinds,
        year=budget.year,
    ).order_by("version")
    newest = {
        goal.organization_id: goal
        for goal in goals.select_related("organization", "case__unit", "case__department", "case__zone")
    }
    return list(newest.values())


def department_whole_goal(budget: Budget) -> Goal | None:
    """The department's own whole goal, without which its budget can't be approved (art. 16, 19)."""
    return next(iter(whole_goals_of(budget, Goal.Kind.DEPARTMENT_WHOLE)), None)


def begin(department: Organization, year: int, batch: str, *, by: Person) -> Budget:
    """Begins a department's budget (step 编制部门预算)."""
    begun: list[Budget] = []

    def make(cases: list[Case]) -> None:
        begun.append(
            Budget.objects.create(
                zone_id=department.zone_id, case=cases[0], department=department, year=year, batch=batch
            )
        )

    title = f"{department.name}{year}年部门预算（{batch}）"
    draft = Case(zone=department.zone, year=year, department=department, code=department.code, title=title)
    door.start("budget.open", [draft], by=by, make=make)
    return begun[0]


def seen(budget: Budget) -> str:
    """A token for the lines as they stand, so that a page opened before somebody else's saving is found out."""
    told = sorted(f"{line.project_id}:{line.amount}" for line in budget.lines.all())
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]


def save(case: Case, lines: Sequence[tuple[Project, Decimal]], *, by: Person, stands: str) -> None:
    """Writes the lines in the place of those that the page showed (``stands``). Raises door.Overtaken."""
    with door.editing(case, by) as held:
        budget = load([held.pk])[held.pk]
        if seen(budget) != stands:
            raise door.Overtaken
        budget.lines.all().delete()
        BudgetLine.objects.bulk_create(
            BudgetLine(zone_id=case.zone_id, budget=budget, project=project, amount=amount)
            for project, amount in lines
        )
        Case.objects.filter(pk=held.pk).update(amount=sum((amount for _, amount in lines), Decimal(0)))


def shown(budget: Budget) -> dict[str, Any]:
    """Beside each line its goal, what bars it, and all that the rooms know of the project (art. 6)."""
    goals, lines = goals_of(budget), list(budget.lines.all())
    projects = [line.project for line in lines]
    barred = admission.refusals(projects, budget.year, budget.case.profile_id)
    heads, known = beside(projects, budget.year)
    rows = [
        (line, goals.get(line.project_id), barred.get(line.project_id, ()), known[line.project_id])
        for line in lines
    ]
    return {
        "lines": rows,
        "heads": heads,
        "total": sum((line.amount for line in lines), Decimal(0)),
        "whole": department_whole_goal(budget),
        "ceiling": ceiling.of(budget.zone_id, budget.department_id, budget.year),
    }


def reply(budget: Budget) -> list[dict[str, Any]]:
    """The reply (批复) to a department: its lines with their goals, and the whole goal (art. 19)."""
    goals, lines = goals_of(budget), list(budget.lines.all())
    whole = department_whole_goal(budget)
    total = sum((line.amount for line in lines), Decimal(0))
    sections: list[dict[str, Any]] = [
        {
            "title": f"关于批复{budget.department.name}{budget.year}年部门预算和绩效目标的通知（{budget.batch}）",
            "text": f"{budget.department.name}：\n你部门报送的{budget.year}年部门预算（{budget.batch}）和绩效目标收悉，"
            f"经审核，批复项目 {len(lines)} 个，合计 {total / 10000:,.2f} 万元，绩效目标随预算一并批复。"
            "请按批复的绩效目标组织实施，预算执行中一般不作调整；确需调整的，按规程第21条办理。",
        },
        {
            "title": "一、批复的项目预算",
            "head": ["项目代码", "项目名称", "单位", "预算数（万元）"],
            "rows": [
                [line.project.code, line.project.name, line.project.unit.name, f"{line.amount / 10000:,.2f}"]
                for line in lines
            ],
            "figures": [3],
        },
    ]
    if whole:
        sections.append(_goal_section("二、部门整体绩效目标", whole))
    for number, line in enumerate(lines, 1):
        if goal := goals.get(line.project_id):
            sections.append(
                _goal_section(f"{'三' if whole else '二'}、（{number}）{line.project.name}", goal)
            )
    return sections


def _goal_section(title: str, goal: Goal) -> dict[str, Any]:
    return {
        "title": title,
        "text": goal.text,
        "head": ["一级指标", "二级指标", "三级指标", "指标值", "分值"],
        "rows": [
            [row.level1, row.level2, row.name, row.target, f"{row.weight:f}"] for row in goal.indicators.all()
        ],
        "figures": [4],
    }


def _has_lines(matter: Matter) -> Iterable[Reason]:
    lines = list(matter.record.lines.all())
    if not lines:
        yield Reason("预算里还没有项目", next="请先把项目列入预算并填写金额。", field="lines")
    for line in lines:
        if line.amount <= 0:
            yield Reason(f"“{line.project.name}”没有填预算数", next="请填写大于 0 的金额。", field="lines")


def _whole_goal_passed(matter: Matter) -> Iterable[Reason]:
    budget: Budget = matter.record
    goal = department_whole_goal(budget)
    if goal is None:
        name = budget.department.name
        yield Reason(
            f"{name}没有 {budget.year} 年部门整体绩效目标，预算不能批复",
            next=f"请{name}编报部门整体绩效目标，审核通过后再批复。",
        )
    elif goal.case.state not in ("passed", "in_force"):
        yield not_passed("部门整体绩效目标", goal)


def not_passed(what: str, goal: Goal) -> Reason:
    """Where a goal stands that should have passed its reviews, and who acts next."""
    state = PROCEDURES[goal.case.procedure].state(goal.case.state)
    return Reason(
        f"{what}还在“{state.label}”",
        next=next_owed(goal.case) or "请核对该项目是否应列入。",
        link=goal.case.get_absolute_url(),
    )


def _admitted(matter: Matter) -> Iterable[Reason]:
    projects = [line.project for line in matter.record.lines.all()]
    barred = admission.refusals(projects, matter.record.year, matter.case.profile_id)
    for project in projects:
        yield from barred.get(project.pk, ())


def _within_ceiling(matter: Matter) -> Iterable[Reason]:
    """New projects together stay under what the budget office set for the department (art. 14)."""
    budget: Budget = matter.record
    limit = ceiling.of(budget.zone_id, budget.department_id, budget.year)
    if limit is None:
        return
    new = sum(
        (
            line.amount
            for line in budget.lines.all()
            if line.project.attribute == Project.Attribute.NEW and line.project.first_year == budget.year
        ),
        Decimal(0),
    )
    if new > limit:
        yield Reason(
            f"新增项目合计 {new:,.2f} 元，超过控制数 {limit:,.2f} 元",
            next="请按安排建议清单的次序压减，或请预算科调整控制数。",
            field="lines",
        )


def _goals_passed(matter: Matter) -> Iterable[Reason]:
    goals = goals_of(matter.record)
    for line in matter.record.lines.all():
        goal = goals.get(line.project_id)
        if goal is None:
            yield Reason(
                f"“{line.project.name}”没有 {matter.record.year} 年绩效目标，预算不能批复",
                next=f"请{line.project.unit.name}编报绩效目标，或从本预算中移出该项目。",
                link=line.project.get_absolute_url(),
            )
        elif goal.case.state != "passed":
            yield not_passed(f"“{line.project.name}”的绩效目标", goal)
        elif goal.money != line.amount:
            yield Reason(
                f"“{line.project.name}”的绩效目标资金 {goal.money:,.2f} 元与预算数 {line.amount:,.2f} 元不一致",
                next="请退回部门改预算数，或退回绩效目标改资金。",
                link=goal.case.get_absolute_url(),
            )


HAS_LINES = Guard("has_lines", "预算列有项目和金额", 16, _has_lines)
ADMITTED = Guard("admitted", "项目可以列入预算（新增重大项目已通过事前评估）", 12, _admitted)
WITHIN_CEILING = Guard("within_ceiling", "新增项目合计不超过控制数", 14, _within_ceiling)
GOALS_PASSED = Guard("goals_passed", "每个项目的绩效目标都已审核通过", 16, _goals_passed)
WHOLE_GOAL_PASSED = Guard("whole_goal_passed", "部门整体绩效目标已审核通过", 16, _whole_goal_passed)


def _put_goals_in_force(matters: list[Matter], by: Person) -> None:
    """Goals come into force with the budget's act, whole goals too, and the projects are budgeted."""
    for matter in matters:
        goals = list(goals_of(matter.record).values())
        wholes = whole_goals_of(matter.record, Goal.Kind.DEPARTMENT_WHOLE, Goal.Kind.UNIT_WHOLE)
        cases = [goal.case for goal in goals]
        cases += [goal.case for goal in wholes if goal.case.state == "passed"]
        for name in ("goal", "whole_goal"):
            some = [case for case in cases if case.procedure == name]
            door.perform_many(f"{name}.approve", some, by=by, within=matter.act, all_or_none=True)
        before = (Project.Stage.PROPOSED, Project.Stage.RESERVE)
        projects = Project.objects.filter(pk__in=[goal.project_id for goal in goals], stage__in=before)
        projects.update(stage=Project.Stage.BUDGETED)


def _tell_rooms_above(matters: list[Matter], by: Person) -> None:
    for told in ON_APPROVED:
        told(matters, by)


BUDGET_PROCEDURE = register(
    Procedure(
        "budget",
        "部门预算",
        "goal",
        states=(
            State("draft", "编制中", editable=DEPARTMENT),
            State("submitted", "待批复"),
            State("approved", "已批复", "done"),
        ),
        steps=(
            Step("open", "编制部门预算", (), "draft", DEPARTMENT, (16,), page="budget-new"),
            Step(
                "submit",
                "报送",
                ("draft",),
                "submitted",
                DEPARTMENT,
                (16,),
                guards=(HAS_LINES, ADMITTED),
                days="budget_submit",
            ),
            Step(
                "approve",
                "批复预算和绩效目标",
                ("submitted",),
                "approved",
                BUDGET,
                (6, 16, 19),
                (OPINION,),
                guards=(HAS_LINES, ADMITTED, WITHIN_CEILING, WHOLE_GOAL_PASSED, GOALS_PASSED),
                follows=(_put_goals_in_force, _tell_rooms_above),
                days="budget_approve",
            ),
            returning("return", "submitted", BUDGET, (19,)),
        ),
        load=load,
        snapshot=snapshot,
        template="budget/budget_case.html",
        context=shown,
    )
)
