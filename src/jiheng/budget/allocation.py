"""Passing approved money on to a unit, with the project's goal (资金下达, art. 20).

Expenditure draws it up and issues it, the unit signs for it. What is out can't exceed what was approved.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from jiheng.budget import lines
from jiheng.budget.models import Allocation
from jiheng.bureau.models import Person
from jiheng.bureau.roles import EXPENDITURE, UNIT
from jiheng.goal.models import Goal
from jiheng.procedure import door
from jiheng.procedure.models import Case
from jiheng.procedure.table import (
    WORD,
    Guard,
    Matter,
    Procedure,
    Reason,
    State,
    Step,
    register,
    returning,
    step_named,
)
from jiheng.project.models import Project


def load(cases: Sequence[UUID]) -> dict[UUID, Allocation]:
    """Allocations by case, each with what stands beside its amount (``lines``), read for all of them at once."""
    rows = list(
        Allocation.objects.filter(case_id__in=cases).select_related("case", "project__unit", "goal__case")
    )
    for zone_id, year in {(row.zone_id, row.year) for row in rows}:
        some = [row for row in rows if (row.zone_id, row.year) == (zone_id, year)]
        keys = {row.project_id for row in some}
        granted, out = lines.granted(zone_id, keys, year), lines.passed_on(zone_id, keys, year)
        goals, held = goals_in_force(zone_id, keys, year), lines.held(zone_id, keys)
        for row in some:
            own = row.amount if row.case.state in lines.OUT else Decimal(0)
            row.granted = granted.get(row.project_id, Decimal(0))
            row.out = out.get(row.project_id, Decimal(0)) - own
            row.goes_along = row.goal or goals.get(row.project_id)
            row.held = held.get(row.project_id, [])
    return {row.case_id: row for row in rows}


def snapshot(allocation: Allocation) -> dict[str, Any]:
    return {
        "project": [allocation.project.code, allocation.project.name],
        "amount": str(allocation.amount),
        "goal": str(allocation.goal.case_id) if allocation.goal else "",
        "version": allocation.goal.version if allocation.goal else None,
        "document": allocation.document,
        "note": allocation.note,
    }


def goals_in_force(zone_id: UUID, projects: Iterable[UUID], year: int) -> dict[UUID, Goal]:
    """The goal in force of each project for the year."""
    rows = Goal.objects.filter(
        zone_id=zone_id, project_id__in=list(projects), year=year, case__state="in_force"
    )
    return {row.project_id: row for row in rows.select_related("case").order_by("version") if row.project_id}


def shown(allocation: Allocation) -> dict[str, Any]:
    """Beside the amount, what was approved, what else is out already, and the goal that goes along."""
    return {"granted": allocation.granted, "out": allocation.out, "goal": allocation.goes_along}


def _within_the_line(matter: Matter) -> Iterable[Reason]:
    allocation: Allocation = matter.record
    left = allocation.granted - allocation.out
    if allocation.amount > left:
        yield Reason(
            f"下达 {allocation.amount:,.2f} 元超过可下达的 {left:,.2f} 元"
            f"（批复 {allocation.granted:,.2f} 元，已下达 {allocation.out:,.2f} 元）",
            next="请改小金额；需要增加的，先由部门申请预算调剂。",
            field="amount",
        )


def _with_its_goal(matter: Matter) -> Iterable[Reason]:
    allocation: Allocation = matter.record
    if allocation.goes_along is None:
        yield Reason(
            f"“{allocation.project.name}”没有已批复的 {allocation.year} 年绩效目标，资金不能下达",
            next="请先由部门报送预算，预算科批复预算和绩效目标。",
            link=allocation.project.get_absolute_url(),
        )


def _not_held(matter: Matter) -> Iterable[Reason]:
    yield from matter.record.held


WITHIN_THE_LINE = Guard("within_the_line", "下达金额不超过批复数", 20, _within_the_line)
WITH_ITS_GOAL = Guard("with_its_goal", "绩效目标已经批复，随资金一并下达", 20, _with_its_goal)
NOT_HELD = Guard("not_held", "项目没有被暂缓或停止拨款", 26, _not_held)


def _take_goal(matters: list[Matter]) -> None:
    """The goal in force goes out with the money."""
    for matter in matters:
        matter.record.goal = matter.record.goes_along
    Allocation.objects.bulk_update([matter.record for matter in matters], ["goal"], batch_size=500)


def _stay_within(matters: list[Matter], by: Person) -> None:
    """Asks for the sums, and for a stop of payment, once more while the projects are held, in one order for all.

    Two allocations of one project are two cases: both may have passed by the sums of before. A stop is a third.
    """
    procedure, step = step_named("allocation.issue")
    keys = {matter.record.project_id for matter in matters}
    list(Project.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))
    now = load([matter.case.pk for matter in matters])
    for matter in matters:
        reread = now[matter.case.pk]
        if reread.held:
            raise door.Refusal(procedure, step, matter.case, reread.held)
        if reread.amount + reread.out > reread.granted:
            words = f"同时办理的下达合计 {reread.amount + reread.out:,.2f} 元，超过批复的 {reread.granted:,.2f} 元"
            raise door.Refusal(procedure, step, matter.case, [Reason(words, 20, next="请按剩余金额下达。")])


@dataclass(frozen=True)
class Wanted:
    """What is to be passed on: a project, how much (元), and what for."""

    project: Project
    amount: Decimal
    note: str = ""


def begin(wanted: Sequence[Wanted], year: int, *, by: Person, document: str = "") -> list[Case]:
    """Draws up allocations (step 拟下达资金), all or none; they are issued by another step. Raises door.Refusal."""

    def make(cases: list[Case]) -> None:
        Allocation.objects.bulk_create(
            Allocation(
                zone_id=case.zone_id, case=case, project=each.project, year=year, number=numbers[each.project.pk],
                amount=each.amount, document=document, note=each.note,
            )
            for case, each in zip(cases, wanted, strict=True)
        )  # fmt: skip

    with transaction.atomic():
        keys = [each.project.pk for each in wanted]
        held = Project.objects.select_for_update().filter(pk__in=keys).order_by("pk")
        numbers = dict.fromkeys([project.pk for project in held], 1)
        last = Allocation.objects.filter(zone_id=by.zone_id, project__in=keys, year=year).order_by()
        for key, number in last.values_list("project_id").annotate(Max("number")):
            numbers[key] = number + 1
        drafts = [
            Case(
                zone=by.zone, year=year, department=each.project.department, unit=each.project.unit,
                subject=each.project.pk, code=each.project.code,
                title=f"{each.project.name}（第 {numbers[each.project.pk]} 笔）", amount=each.amount,
            )
            for each in wanted
        ]  # fmt: skip
        return [act.case for act in door.start("allocation.open", drafts, by=by, make=make)]


def save(case: Case, given: Mapping[str, Any], *, by: Person) -> None:
    """Changes the draft: ``amount`` (元), ``document``, ``note``."""
    with door.editing(case, by) as held:
        Allocation.objects.filter(case=held).update(**given)
        Case.objects.filter(pk=held.pk).update(amount=given["amount"])


ALLOCATION = register(
    Procedure(
        "allocation",
        "资金下达",
        "goal",
        states=(
            State("draft", "拟下达", editable=EXPENDITURE),
            State("issued", "待单位签收"),
            State("received", "已签收", "done"),
            State("dropped", "已作废", "void"),
        ),
        steps=(
            Step("open", "拟下达资金", (), "draft", EXPENDITURE, (20,), page="allocation-new"),
            Step(
                "issue",
                "下达资金和绩效目标",
                ("draft",),
                "issued",
                EXPENDITURE,
                (8, 20),
                guards=(WITHIN_THE_LINE, WITH_ITS_GOAL, NOT_HELD),
                writes=(_take_goal,),
                follows=(_stay_within,),
                days="allocation_issue",
            ),
            Step("receive", "签收", ("issued",), "received", UNIT, (20,), days="allocation_receive"),
            returning("return", "issued", UNIT, (20,)),
            Step(
                "drop", "作废", ("draft", "issued"), "dropped", EXPENDITURE, (20,), (WORD,), optional=True
            ),
        ),
        load=load,
        snapshot=snapshot,
        template="budget/allocation_case.html",
        context=shown,
    )
)  # fmt: skip
