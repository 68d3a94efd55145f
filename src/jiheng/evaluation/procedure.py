"""The table of a self-evaluation's steps (chapter 6, art. 27–29)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from jiheng.bureau.models import Person
from jiheng.bureau.roles import DEPARTMENT, EXPENDITURE, PERFORMANCE, UNIT, Role
from jiheng.evaluation import assessing
from jiheng.evaluation.models import SelfEvaluation
from jiheng.procedure.models import Attachment
from jiheng.procedure.table import (
    OPINION,
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

ON_ACCEPTED: list[Callable[[list[Matter], Person], None]] = []
"""What rooms above want done, in the same transaction, when a self-evaluation is accepted."""

AGAINST_REOPENING: list[Callable[[Matter], Iterable[Reason]]] = []
"""What rooms above say against it: where a result is already applied, it can't be taken back any more."""


def load(cases: Sequence[UUID]) -> dict[UUID, SelfEvaluation]:
    """Self-evaluations by case. One still being filled in is read with the newest execution figures, and scored."""
    found = SelfEvaluation.objects.filter(case_id__in=cases).select_related(
        "case", "goal__project", "goal__organization"
    )
    evaluations = list(found.prefetch_related("rows"))
    assessing.refresh([evaluation for evaluation in evaluations if evaluation.case.state == "draft"])
    return {evaluation.case_id: evaluation for evaluation in evaluations}


def snapshot(evaluation: SelfEvaluation) -> dict[str, Any]:
    return {
        "initial": str(evaluation.initial),
        "full_year": str(evaluation.full_year),
        "executed": str(evaluation.executed),
        "execution_weight": str(evaluation.execution_weight),
        "execution_score": str(evaluation.execution_score),
        "achieved": evaluation.achieved,
        "claimed_total": str(evaluation.claimed_total),
        "total": str(evaluation.total),
        "grade": evaluation.grade,
        "warning": [evaluation.warning, evaluation.warning_working],
        "note": evaluation.note,
        "form": [evaluation.form, evaluation.form_sha256],
        "tasks": evaluation.tasks,
        "checks": evaluation.checks,
        "rows": [
            [row.level1, row.level2, row.name, row.target, row.actual, str(row.weight), str(row.claimed),
             str(row.score), row.reason]
            for row in evaluation.rows.all()
        ],
    }  # fmt: skip


def shown(evaluation: SelfEvaluation) -> dict[str, Any]:
    """How the points of the budget's execution come about, and the evidence handed in, beside the record."""
    rows = list(evaluation.rows.all())
    files = Attachment.objects.filter(zone_id=evaluation.zone_id, case=evaluation.case_id)
    return {
        "rows": rows,
        "files": list(files.order_by("id")),
        "scored": assessing.scored_form(evaluation, rows) if evaluation.total is not None else None,
    }


def _filled(matter: Matter) -> Iterable[Reason]:
    if matter.record.total is None:
        yield Reason("还没有算出总分", next="请上传填好的自评表，或在页面上填写实际完成值。", field="form")
        return
    for row in matter.record.rows.all():
        if row.weight and row.score is None and row.claimed is None:
            yield Reason(
                f"第 {row.order} 行“{row.name}”没有得分",
                next="不能按规则计分的指标，请按达成程度填自评得分。",
                field=f"claimed-{row.pk}",
            )


def _executed(matter: Matter) -> Iterable[Reason]:
    if assessing.figure_of(matter.record) is None:
        yield Reason("还没有全年执行数", next="请国库科载入执行数后再提交；执行数来自一体化系统，不用手填。")


def _no_errors(matter: Matter) -> Iterable[Reason]:
    for check in matter.record.checks:
        if check["level"] == "error":
            how = f"改法：{check['remedy']}。"
            yield Reason(check["message"].removesuffix(how), next=how)


def _warnings_answered(matter: Matter) -> Iterable[Reason]:
    warnings = [check for check in matter.record.checks if check["level"] == "warning"]
    if warnings and not matter.record.note.strip():
        yield Reason(
            f"有 {len(warnings)} 处提示还没有说明",
            next="请改正，或在“对提示的说明”中写明原因。",
            field="note",
        )


def _keep(matters: list[Matter]) -> None:
    """What is handed in is kept as it was read: with the figures and points of this moment."""
    for matter in matters:
        assessing.keep(matter.record, list(matter.record.rows.all()))


EVIDENCE = Need(
    "evidence", "佐证材料", "files", required=False, help="完成值的依据：台账、验收单、问卷汇总等"
)
FILLED = Guard("filled", "自评表已填、每个指标都有得分", 27, _filled)
EXECUTED = Guard("executed", "已有全年执行数", 27, _executed)
NO_ERRORS = Guard("no_errors", "自动校验没有错误", 29, _no_errors)
WARNINGS_ANSWERED = Guard("warnings_answered", "提示都有说明", 29, _warnings_answered)


def _tell_rooms_above(matters: list[Matter], by: Person) -> None:
    for told in ON_ACCEPTED:
        told(matters, by)


def _against_reopening(matter: Matter) -> Iterable[Reason]:
    for against in AGAINST_REOPENING:
        yield from against(matter)


NOT_APPLIED = Guard("not_applied", "结果还没有决定应用", 30, _against_reopening)


def _procedure(key: str, label: str, owner: Role, *, confirm: bool) -> Procedure:
    """A self-evaluation's table: its ``owner`` fills it in, a department confirms a unit's, expenditure reviews."""
    first = "submitted" if confirm else "confirmed"
    states = [State("draft", "自评中", editable=owner)]
    steps = [
        Step("open", "布置自评", (), "draft", PERFORMANCE, (5, 28), page="evaluation-round"),
        Step(
            "submit", "提交", ("draft",), first, owner, (27, 29), (EVIDENCE,),
            guards=(FILLED, EXECUTED, NO_ERRORS, WARNINGS_ANSWERED), writes=(_keep,), days="evaluation_report",
        ),
        Step("withdraw", "撤回", (first,), "draft", owner, (27,), optional=True),
    ]  # fmt: skip
    if confirm:
        states.append(State("submitted", "待部门确认"))
        steps += [
            Step(
                "confirm", "确认", ("submitted",), "confirmed", DEPARTMENT, (29,), (OPINION,),
                days="evaluation_confirm",
            ),
            returning("department_return", "submitted", DEPARTMENT, (29,)),
        ]  # fmt: skip
    states += [State("confirmed", "待支出科审核"), State("accepted", "已认可", "done")]
    steps += [
        Step(
            "accept", "认可", ("confirmed",), "accepted", EXPENDITURE, (8, 29), (OPINION,), guards=(NO_ERRORS,),
            follows=(_tell_rooms_above,), days="evaluation_review",
        ),
        returning("expenditure_return", "confirmed", EXPENDITURE, (29,)),
    ]  # fmt: skip
    if confirm:  # spot checks draw from the units' self-evaluations
        steps.append(
            replace(
                returning("reopen", "accepted", PERFORMANCE, (30,)),
                label="抽查退回",
                guards=(NOT_APPLIED,),
                only_with="spot_check.send",
            )
        )
    return register(
        Procedure(
            key,
            label,
            "evaluation",
            states=tuple(states),
            steps=tuple(steps),
            load=load,
            snapshot=snapshot,
            template="evaluation/case.html",
            context=shown,
        )
    )


SELF_EVALUATION = _procedure(assessing.PROJECT, "单位自评", UNIT, confirm=True)
WHOLE_EVALUATION = _procedure(assessing.WHOLE, "部门整体自评", DEPARTMENT, confirm=False)
PROCEDURES = (assessing.PROJECT, assessing.WHOLE)
