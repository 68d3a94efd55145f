"""Changing approved money within the year, and the goals with it (预算调剂、年中新增, art. 21).

The department applies, expenditure reviews, performance re-reviews, budget approves. Where a project's amount or use
changes, its goal passes the same reviews first, as a new version, and comes into force in the act that moves the money.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, Max

from jiheng.budget import lines
from jiheng.budget.allocation import goals_in_force
from jiheng.budget.approval import not_passed
from jiheng.budget.models import Transfer, TransferLine
from jiheng.bureau.models import Organization, Person
from jiheng.bureau.roles import BUDGET, DEPARTMENT, EXPENDITURE, PERFORMANCE
from jiheng.goal.models import Goal
from jiheng.procedure import door
from jiheng.procedure.models import Act, Case
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
from jiheng.project.models import Project


def load(cases: Sequence[UUID]) -> dict[UUID, Transfer]:
    rows = Transfer.objects.filter(case_id__in=cases).select_related("case", "department")
    return {row.case_id: row for row in rows.prefetch_related("lines__project__unit")}


def snapshot(transfer: Transfer) -> dict[str, Any]:
    return {
        "kind": transfer.kind,
        "reason": transfer.reason,
        "lines": [
            [line.project.code, line.project.name, str(line.before), str(line.after)]
            for line in transfer.lines.all()
        ],
    }


def coming(transfer: Transfer) -> dict[UUID, Goal]:
    """The goal of each line that isn't in force yet: a new version, or a new project's first."""
    return coming_goals(transfer.zone_id, [line.project_id for line in transfer.lines.all()], transfer.year)


def coming_goals(zone_id: UUID, projects: Iterable[UUID], year: int) -> dict[UUID, Goal]:
    """The newest goal of each project for the year, where it is still on its way."""
    goals = Goal.objects.filter(zone_id=zone_id, project_id__in=list(projects), year=year)
    goals = goals.select_related("case__zone", "case__department", "case__unit").order_by("version")
    newest = {goal.project_id: goal for goal in goals if goal.project_id}
    return {key: goal for key, goal in newest.items() if goal.case.state not in ("in_force", "superseded")}


def begin(department: Organization, year: int, kind: str, *, by: Person) -> Act:
    """Begins a department's application (step 申请预算调剂)."""
    last = Transfer.objects.filter(zone_id=department.zone_id, department=department, year=year)
    number_ = (last.aggregate(last=Max("number"))["last"] or 0) + 1

    def make(cases: list[Case]) -> None:
        Transfer.objects.create(
            zone_id=department.zone_id,
            case=cases[0],
            department=department,
            year=year,
            number=number_,
            kind=kind,
        )

    title = f"{department.name}{year}年第 {number_} 次预算调剂"
    draft = Case(zone=department.zone, year=year, department=department, code=department.code, title=title)
    return door.start("transfer.open", [draft], by=by, make=make)[0]


def save(
    case: Case,
    kind: str,
    reason: str,
    afters: Mapping[Project, tuple[Decimal, Decimal]],
    *,
    by: Person,
    revision: int,
) -> None:
    """Saves the draft: for each project the money before and after. Raises door.Overtaken."""
    with door.editing(case, by) as held:
        known = Transfer.objects.filter(case=held, revision=revision)
        if not known.update(kind=kind, reason=reason, revision=F("revision") + 1):
            raise door.Overtaken
        record = Transfer.objects.get(case=held)
        record.lines.all().delete()
        TransferLine.objects.bulk_create(
            TransferLine(zone_id=case.zone_id, transfer=record, project=project, before=before, after=after)
            for project, (before, after) in afters.items()
        )
        moved = sum((abs(after - before) for before, after in afters.values()), Decimal(0))
        Case.objects.filter(pk=held.pk).update(amount=moved)


def shown(transfer: Transfer) -> dict[str, Any]:
    """Beside each line the goal that would come into force, and what is out already; the sums."""
    every = list(transfer.lines.all())
    keys = [line.project_id for line in every]
    ask = goals_in_force if transfer.case.state == "approved" else coming_goals
    goals = ask(transfer.zone_id, keys, transfer.year)
    out = lines.passed_on(transfer.zone_id, keys, transfer.year)
    return {
        "lines": [(line, goals.get(line.project_id), out.get(line.project_id)) for line in every],
        "sum_before": sum((line.before for line in every), Decimal(0)),
        "sum_after": sum((line.after for line in every), Decimal(0)),
        "change": sum((line.change for line in every), Decimal(0)),
    }


def _explained(matter: Matter) -> Iterable[Reason]:
    if not matter.record.reason.strip():
        yield Reason("没有写调剂原因", next="请写明为什么调、调到哪里用。", field="reason")
    if not matter.record.lines.all():
        yield Reason("还没有列入要调剂的项目", next="请填写调剂后的金额。", field="lines")


def _sums(matter: Matter) -> Iterable[Reason]:
    transfer: Transfer = matter.record
    change = sum((line.change for line in transfer.lines.all()), Decimal(0))
    fits = {"within": change == 0, "added": change > 0, "cut": change < 0}[transfer.kind]
    if transfer.lines.all() and not fits:
        wanted = {"within": "等于 0", "added": "大于 0", "cut": "小于 0"}[transfer.kind]
        yield Reason(
            f"{transfer.get_kind_display()}的增减合计应{wanted}，现在是 {change:,.2f} 元",
            next="请核对各项目调剂后的金额，或改选类别。",
            field="kind",
        )


def _as_it_stands(matter: Matter) -> Iterable[Reason]:
    """What the lines say of before must still be so, and no less can be left than is out already."""
    transfer: Transfer = matter.record
    every = list(transfer.lines.all())
    keys = [line.project_id for line in every]
    granted = lines.granted(transfer.zone_id, keys, transfer.year)
    out = lines.passed_on(transfer.zone_id, keys, transfer.year)
    for line in every:
        stands = granted.get(line.project_id, Decimal(0))
        if line.before != stands:
            yield Reason(
                f"“{line.project.name}”的批复数已是 {stands:,.2f} 元，不是调剂前所写的 {line.before:,.2f} 元",
                next="请退回部门按现在的批复数重填。",
                field=f"after-{line.project_id}",
            )
        if line.after < out.get(line.project_id, Decimal(0)):
            yield Reason(
                f"“{line.project.name}”已下达 {out[line.project_id]:,.2f} 元，不能调到 {line.after:,.2f} 元",
                next="请改大调剂后的金额，或先作废未签收的下达。",
                field=f"after-{line.project_id}",
            )


def _admitted(matter: Matter) -> Iterable[Reason]:
    """A project that had no money in the year enters the budget by this transfer, and is asked like any other."""
    transfer: Transfer = matter.record
    new = [line.project for line in transfer.lines.all() if line.before == 0]
    for reasons in admission.refusals(new, transfer.year, matter.case.profile_id).values():
        yield from reasons


def _goals_passed(matter: Matter) -> Iterable[Reason]:
    transfer: Transfer = matter.record
    goals = coming(transfer)
    for line in transfer.lines.all():
        goal, whose = goals.get(line.project_id), f"“{line.project.name}”"
        if goal is None:
            what = "绩效目标" if line.before == 0 else "调整后的绩效目标"
            yield Reason(
                f"{whose}没有 {transfer.year} 年{what}，金额或用途不能变",
                next=f"请{line.project.unit.name}编报{what}，审核通过后一并生效。",
                link=line.project.get_absolute_url(),
            )
        elif goal.case.state != "passed":
            yield not_passed(f"{whose}的绩效目标", goal)
        elif goal.money != line.after:
            yield Reason(
                f"{whose}的绩效目标资金 {goal.money:,.2f} 元与调剂后的 {line.after:,.2f} 元不一致",
                next="请退回绩效目标改资金，或退回部门改金额。",
                link=goal.case.get_absolute_url(),
            )


EXPLAINED = Guard("explained", "写明原因、列出项目", 21, _explained)
SUMS = Guard("sums", "增减合计与类别相符", 21, _sums)
AS_IT_STANDS = Guard("as_it_stands", "金额与现在的批复、下达相符", 20, _as_it_stands)
ADMITTED = Guard("admitted", "新列入的项目可以列入预算", 12, _admitted)
GOALS_PASSED = Guard("goals_passed", "每个项目都有审核通过的新目标", 21, _goals_passed)


def _put_in_force(matters: list[Matter], by: Person) -> None:
    """The goals come into force with the money; the versions before go out of force; new projects are budgeted."""
    for matter in matters:
        transfer: Transfer = matter.record
        keys = [line.project_id for line in transfer.lines.all()]
        list(Project.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))
        if moved := list(_as_it_stood(matter)):
            step = PROCEDURES["transfer"].step("approve")
            raise door.Refusal(PROCEDURES["transfer"], step, matter.case, moved)
        goals = coming(transfer).values()
        for name in ("goal", "goal_change"):
            cases = [goal.case for goal in goals if goal.case.procedure == name]
            door.perform_many(f"{name}.adopt", cases, by=by, within=matter.act, all_or_none=True)
        new = Project.objects.filter(
            pk__in=keys, stage__in=(Project.Stage.PROPOSED, Project.Stage.RESERVE)
        )  # fmt: skip
        new.update(stage=Project.Stage.BUDGETED)


def _as_it_stood(matter: Matter) -> Iterable[Reason]:
    """Once more while the projects are held: another transfer or allocation may have come in between."""
    transfer: Transfer = matter.record
    every = list(transfer.lines.all())
    keys = [line.project_id for line in every]
    now = lines.granted(transfer.zone_id, keys, transfer.year)
    out = lines.passed_on(transfer.zone_id, keys, transfer.year)
    for line in every:
        if now.get(line.project_id, Decimal(0)) != line.after:
            yield Reason(
                f"“{line.project.name}”同时办理了另一次调剂", 21, next="请退回部门按现在的批复数重填。"
            )
        if out.get(line.project_id, Decimal(0)) > line.after:
            yield Reason(
                f"“{line.project.name}”同时下达了资金，已超过调剂后的金额",
                20,
                next="请退回部门按现在的下达数重填。",
            )


TRANSFER = register(
    Procedure(
        "transfer",
        "预算调剂",
        "goal",
        states=(
            State("draft", "编制中", editable=DEPARTMENT),
            State("submitted", "待支出科审核"),
            State("reviewed", "待绩效科再审核"),
            State("passed", "待预算科批准"),
            State("approved", "已调剂", "done"),
            State("dropped", "已撤销", "void"),
        ),
        steps=(
            Step("open", "申请预算调剂", (), "draft", DEPARTMENT, (21,), page="transfer-new"),
            Step(
                "submit",
                "报送",
                ("draft",),
                "submitted",
                DEPARTMENT,
                (21,),
                guards=(EXPLAINED, SUMS, AS_IT_STANDS, ADMITTED),
                days="transfer_submit",
            ),
            Step("withdraw", "撤回", ("submitted",), "draft", DEPARTMENT, (21,), optional=True),
            Step("drop", "撤销申请", ("draft",), "dropped", DEPARTMENT, (21,), optional=True),
            Step(
                "review",
                "审核",
                ("submitted",),
                "reviewed",
                EXPENDITURE,
                (8, 21),
                (OPINION,),
                guards=(SUMS, AS_IT_STANDS),
                days="transfer_review",
            ),
            returning("expenditure_return", "submitted", EXPENDITURE, (21,)),
            Step(
                "re_review",
                "再审核",
                ("reviewed",),
                "passed",
                PERFORMANCE,
                (5, 21),
                (OPINION,),
                guards=(GOALS_PASSED,),
                days="transfer_re_review",
            ),
            returning("performance_return", "reviewed", PERFORMANCE, (21,)),
            Step(
                "approve",
                "批准调剂和绩效目标",
                ("passed",),
                "approved",
                BUDGET,
                (6, 16, 21),
                (OPINION,),
                guards=(SUMS, AS_IT_STANDS, ADMITTED, GOALS_PASSED),
                follows=(_put_in_force,),
                days="transfer_approve",
            ),
            returning("budget_return", "passed", BUDGET, (21,)),
        ),
        load=load,
        snapshot=snapshot,
        template="budget/transfer_case.html",
        context=shown,
    )
)
