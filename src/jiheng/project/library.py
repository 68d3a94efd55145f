"""How a project enters the library (项目库): the unit proposes, the department confirms, expenditure admits (12, 13).

``Project.stage`` is moved here up to the reserve; budget, execution and end follow from other acts.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from jiheng.bureau.roles import DEPARTMENT, EXPENDITURE, UNIT
from jiheng.procedure.table import (
    OPINION,
    WORD,
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

Stage = Project.Stage


def load(cases: Sequence[UUID]) -> dict[UUID, Project]:
    projects = Project.objects.filter(case_id__in=cases).select_related("zone", "unit", "department")
    return {project.case_id: project for project in projects.prefetch_related("years")}


def facts(project: Project) -> dict[str, Any]:
    """The project as plain data: what an act keeps, what an import compares."""
    return {
        "code": project.code,
        "name": project.name,
        "kind": project.kind,
        "fund": project.fund,
        "field": project.field,
        "attribute": project.attribute,
        "first_year": project.first_year,
        "last_year": project.last_year,
        "total": f"{project.total:.2f}",
        "years": {str(each.year): f"{each.amount:.2f}" for each in project.years.all()},
    }


def snapshot(project: Project) -> dict[str, Any]:
    return {**facts(project), "unit": project.unit.code, "stage": project.stage}


def shown(project: Project) -> dict[str, Any]:
    """Beside the facts: whether it is major and why, and what still bars it."""
    case = project.case
    assert case is not None
    return {
        "because": admission.major_because(project, case.profile_id),
        "gated": admission.needs_exante(project, case.profile_id),
        "barred": admission.refusals([project], case.year, case.profile_id).get(project.pk, []),
        "pending": project.stage == Stage.PROPOSED,
    }


def _facts_whole(matter: Matter) -> Iterable[Reason]:
    for wrong in admission.own_faults([matter.record]).get(matter.record.pk, []):
        yield Reason(wrong.message, next=f"{wrong.remedy}。", field=wrong.field)


def _nothing_missing(matter: Matter) -> Iterable[Reason]:
    found = admission.refusals([matter.record], matter.case.year, matter.case.profile_id)
    yield from found.get(matter.record.pk, [])


def _not_budgeted(matter: Matter) -> Iterable[Reason]:
    if matter.record.stage not in (Stage.PROPOSED, Stage.RESERVE):
        yield Reason(
            f"项目库内状态是“{matter.record.get_stage_display()}”，已列入预算或已了结，不能取消入库",
            next="预算执行中要取消的，由预算调剂办理（规程第21条）。",
        )


FACTS_WHOLE = Guard("project_facts", "代码、周期、金额齐全相符", 12, _facts_whole)
NOTHING_MISSING = Guard("admission", "入库条件都已具备", 13, _nothing_missing)
NOT_BUDGETED = Guard("not_budgeted", "还没有列入预算", 12, _not_budgeted)


def _to(stage: Stage) -> Callable[[list[Matter]], None]:
    """Moves projects in the library together with their cases."""

    def write(matters: list[Matter]) -> None:
        for matter in matters:
            matter.record.stage = stage
        Project.objects.filter(pk__in=[matter.record.pk for matter in matters]).update(stage=stage)

    return write


LIBRARY = register(
    Procedure(
        "project",
        "项目入库",
        "exante",
        states=(
            State("draft", "申报编制中", editable=UNIT),
            State("submitted", "待部门确认"),
            State("confirmed", "待入库审核"),
            State("reserve", "已入库", "done"),
            State("refused", "未准入库", "void"),
            State("cancelled", "已取消入库", "void"),
        ),
        steps=(
            Step("open", "申报项目", (), "draft", UNIT, (12,), page="project-new"),
            Step(
                "submit", "提交", ("draft",), "submitted", UNIT, (12,), guards=(FACTS_WHOLE,), days="project_submit"
            ),
            Step("abandon", "放弃申报", ("draft",), "cancelled", UNIT, (12,), (WORD,),
                 writes=(_to(Stage.CANCELLED),), optional=True),
            Step("withdraw", "撤回", ("submitted",), "draft", UNIT, (12,), optional=True),
            Step("confirm", "确认", ("submitted",), "confirmed", DEPARTMENT, (12,), (OPINION,),
                 guards=(FACTS_WHOLE,), days="project_confirm"),
            returning("department_return", "submitted", DEPARTMENT, (12,)),
            Step("admit", "准予入库", ("confirmed",), "reserve", EXPENDITURE, (12, 13), (OPINION,),
                 guards=(NOTHING_MISSING,), writes=(_to(Stage.RESERVE),), days="project_admit"),
            returning("expenditure_return", "confirmed", EXPENDITURE, (13,)),
            Step("refuse", "不予入库", ("confirmed",), "refused", EXPENDITURE, (12, 13), (WORD,),
                 writes=(_to(Stage.REFUSED),), optional=True),
            Step("cancel", "取消入库", ("reserve",), "cancelled", EXPENDITURE, (13,), (WORD,),
                 guards=(NOT_BUDGETED,), writes=(_to(Stage.CANCELLED),), optional=True),
            Step("again", "重新申报", ("refused", "cancelled"), "draft", UNIT, (12,),
                 writes=(_to(Stage.PROPOSED),), optional=True),
        ),
        load=load,
        snapshot=snapshot,
        template="project/library_case.html",
        context=shown,
    )
)  # fmt: skip
