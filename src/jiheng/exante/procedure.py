"""The table of an ex-ante evaluation's steps (chapter 3, art. 11–15)."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.utils.timezone import localdate

from jiheng.bureau.roles import BUDGET, DEPARTMENT, EXPENDITURE, UNIT
from jiheng.exante import rules
from jiheng.exante.delivered import delivered
from jiheng.exante.drafts import bounds_of, plain
from jiheng.exante.models import ExanteEvaluation
from jiheng.exante.paper import filed_paper
from jiheng.filing.filing import filed
from jiheng.filing.models import Filing
from jiheng.procedure import door
from jiheng.procedure.table import (
    OPINION,
    WORD,
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


def load(cases: Sequence[UUID]) -> dict[UUID, ExanteEvaluation]:
    found = ExanteEvaluation.objects.filter(case_id__in=cases)
    found = found.select_related("case", "project__unit", "project__department")
    return {row.case_id: row for row in found.prefetch_related("points", "evidence")}


def snapshot(evaluation: ExanteEvaluation) -> dict[str, Any]:
    """The evaluation as plain data, as an act keeps it."""
    return {
        "project": [str(evaluation.project_id), evaluation.project.code, evaluation.project.name],
        "year": evaluation.year,
        "background": evaluation.background,
        "basis": evaluation.basis,
        "asked": str(evaluation.asked),
        "points": [
            [row.key, row.text, plain(row.self_score), plain(row.score), row.comment]
            for row in evaluation.points.all()
        ],
        "review": [
            plain(evaluation.score), evaluation.conclusion, evaluation.priority, str(evaluation.proposed),
            evaluation.word,
        ],
        "key": [
            evaluation.key_reason, evaluation.key_by, plain(evaluation.key_score),
            evaluation.key_conclusion, str(evaluation.key_amount), evaluation.key_word,
        ],
        "final": [plain(evaluation.final_score), evaluation.final_conclusion, str(evaluation.final_amount)],
        "evidence": [[file.name, file.size, file.sha256] for file in evaluation.evidence.all()],
    }  # fmt: skip


def shown(evaluation: ExanteEvaluation) -> dict[str, Any]:
    """What the case's page shows beside the evaluation itself."""
    bounds = bounds_of(evaluation.case.profile_id)
    labels = {point.key: point for point in rules.POINTS}
    rows = list(evaluation.points.all())
    selfs = [row.self_score for row in rows if row.self_score is not None]
    return {
        "points": [(labels[row.key], bounds.weights[row.key], row) for row in rows],
        "self_total": sum(selfs) if len(selfs) == len(rows) else None,
        "bounds": bounds,
        "filing": Filing.objects.filter(zone_id=evaluation.zone_id, case_id=evaluation.case_id).first(),
        "evidence": list(evaluation.evidence.all()),
    }


def _once(matter: Matter) -> Iterable[Reason]:
    case = matter.case
    others = ExanteEvaluation.objects.filter(
        zone_id=case.zone.pk, project=case.subject, year=case.year, dropped=False
    )
    for other in others.select_related("case"):
        yield Reason(
            f"“{case.title}”已有 {case.year} 年的事前绩效评估",
            next="请在原来的那一份里办理。",
            link=other.case.get_absolute_url(),
        )


def _filled(matter: Matter) -> Iterable[Reason]:
    record = matter.record
    for name, label in (("background", "项目背景和内容"), ("basis", "立项依据")):
        if not getattr(record, name).strip():
            yield Reason(f"还没有写{label}", next="请在报告中填写。", field=name)
    if record.asked <= 0:
        yield Reason("还没有填申请金额", next="请填大于 0 的金额（万元）。", field="asked")
    labels = {point.key: point.label for point in rules.POINTS}
    for row in record.points.all():
        if not row.text.strip():
            yield Reason(
                f"“{labels[row.key]}”还没有论证", 13, next="请逐条写明理由和数据。", field=f"text-{row.key}"
            )
        if row.self_score is None:
            yield Reason(
                f"“{labels[row.key]}”还没有自评分",
                13,
                next="请在分值以内自评。",
                field=f"self-{row.key}",
            )


def _evidence(matter: Matter) -> Iterable[Reason]:
    if not matter.record.evidence.all():
        yield Reason(
            "还没有佐证材料",
            next="请上传政策文件、测算依据、论证材料等，备案和上级考核时要用。",
            field="evidence",
        )


def _reviewed(matter: Matter) -> Iterable[Reason]:
    record, bounds = matter.record, bounds_of(matter.case.profile_id)
    rows = list(record.points.all())
    scores = {row.key: row.score for row in rows}
    faults = rules.score_faults(scores, {row.key: row.comment for row in rows}, bounds)
    faults += rules.conclusion_faults(
        record.conclusion, rules.total(scores), record.proposed, record.asked, record.word, bounds
    )
    if not record.priority:
        faults.append(
            rules.Fault("priority", "还没有选轻重缓急", "第14条的安排建议要按评估结果和轻重缓急排序。")
        )
    for fault in faults:
        yield Reason(fault.text, next=fault.next, field=fault.field)


def _key_delivered(matter: Matter) -> Iterable[Reason]:
    record, found = matter.record, delivered([matter.case.pk])[matter.case.pk]
    if not found.parties:
        yield Reason(
            "还没有专家或第三方机构交来成果",
            next="请在本页“聘请专家或机构”，成果交来后再办结。",
        )
    if found.awaited:
        yield Reason(
            f"还在等{'、'.join(found.awaited)}的成果",
            next="请等成果交齐，或取消对其的委托。",
        )
    if record.key_score is None:
        yield Reason("还没有填重点评估得分", next="请填 0 至 100 的分数。", field="score")
    faults = rules.conclusion_faults(
        record.key_conclusion,
        record.key_score,
        record.key_amount,
        record.asked,
        record.key_word,
        bounds_of(matter.case.profile_id),
    )
    for fault in faults:
        yield Reason(fault.text, next=fault.next, field=fault.field)


def _none_awaited(matter: Matter) -> Iterable[Reason]:
    if awaited := delivered([matter.case.pk])[matter.case.pk].awaited:
        yield Reason(f"对{'、'.join(awaited)}的委托还没有办完", next="请先取消委托，再改回审核。")


ONCE = Guard("exante_once", "一个项目一年只有一份事前评估", 12, _once)
FILLED = Guard("exante_filled", "报告各项都已填写", 12, _filled)
EVIDENCE = Guard("exante_evidence", "附有佐证材料", 12, _evidence)
REVIEWED = Guard("exante_reviewed", "六个方面都已评分，低分写有意见，结论和金额与评分相符", 13, _reviewed)
NONE_AWAITED = Guard("exante_none_awaited", "没有还在办的委托", 14, _none_awaited)
KEY_DELIVERED = Guard(
    "exante_delivered", "受托专家和机构都已交成果，结论和金额与得分相符", 14, _key_delivered
)

KEY_FIELDS = ("key_reason", "key_by", "key_score", "key_conclusion", "key_amount", "key_word")
FINAL_FIELDS = ("final_score", "final_conclusion", "final_amount", "concluded_on")


def _name_engaged(matters: list[Matter]) -> None:
    """Whose findings the key evaluation rests on is kept with it."""
    found = delivered([matter.case.pk for matter in matters])
    for matter in matters:
        matter.record.key_by = "、".join(found[matter.case.pk].parties)
    ExanteEvaluation.objects.bulk_update([matter.record for matter in matters], ["key_by"])


def _settle(matters: list[Matter]) -> None:
    """What holds in the end: a key evaluation's result, else the review's."""
    for matter in matters:
        record = matter.record
        found = (
            (record.key_score, record.key_conclusion, record.key_amount)
            if record.is_key
            else (record.score, record.conclusion, record.proposed)
        )
        record.final_score, record.final_conclusion, record.final_amount = found
        record.concluded_on = localdate(door.now())
    ExanteEvaluation.objects.bulk_update([matter.record for matter in matters], FINAL_FIELDS)


def _choose(matters: list[Matter]) -> None:
    for matter in matters:
        matter.record.key_reason = str(matter.given["opinion"]).strip()
    ExanteEvaluation.objects.bulk_update([matter.record for matter in matters], ["key_reason"])


def _cancel_key(matters: list[Matter]) -> None:
    for matter in matters:
        record = matter.record
        record.key_reason = record.key_by = record.key_conclusion = record.key_word = ""
        record.key_score = record.key_amount = None
    ExanteEvaluation.objects.bulk_update([matter.record for matter in matters], KEY_FIELDS)


def _drop(matters: list[Matter]) -> None:
    for matter in matters:
        matter.record.dropped = True
    ExanteEvaluation.objects.bulk_update([matter.record for matter in matters], ["dropped"])


def _files(matters: Sequence[Matter]) -> dict[UUID, list[dict[str, Any]]]:
    """The department's evidence, and the reports of a key evaluation."""
    found = delivered([matter.case.pk for matter in matters])
    return {
        matter.case.pk: [
            *(
                {"name": file.name, "size": file.size, "sha256": file.sha256, "label": "部门佐证材料"}
                for file in matter.record.evidence.all()
            ),
            *found[matter.case.pk].files,
        ]
        for matter in matters
    }


def _what(matter: Matter) -> str:
    record = matter.record
    return f"{record.project.name} {record.year}年事前绩效评估（{record.get_final_conclusion_display()}）"


FILED = filed(15, what=_what, paper=filed_paper, evidence=_files)

EXANTE = register(
    Procedure(
        "exante",
        "事前绩效评估",
        "exante",
        states=(
            State("draft", "部门起草", editable=DEPARTMENT),
            State("unit_draft", "单位起草", editable=UNIT),
            State("submitted", "待支出科审核", editable=EXPENDITURE),
            State("reviewed", "待预算科审核"),
            State("key", "重点评估中", editable=BUDGET),
            State("concluded", "已评定", "done"),
            State("dropped", "已不申报", "void"),
        ),
        steps=(
            Step(
                "open",
                "编报事前评估报告",
                (),
                "draft",
                DEPARTMENT,
                (12,),
                guards=(ONCE,),
                page="exante-new",
            ),
            Step("assign", "交单位起草", ("draft",), "unit_draft", DEPARTMENT, (12,), (OPINION,), optional=True),
            Step(
                "hand_in",
                "交部门",
                ("unit_draft",),
                "draft",
                UNIT,
                (12,),
                (OPINION,),
                guards=(FILLED,),
                days="exante_hand_in",
            ),
            Step(
                "submit",
                "报送",
                ("draft",),
                "submitted",
                DEPARTMENT,
                (12, 13),
                (OPINION,),
                guards=(FILLED, EVIDENCE),
                days="exante_submit",
            ),
            Step(
                "drop", "不再申报", ("draft",), "dropped", DEPARTMENT, (12,), (WORD,), writes=(_drop,),
                optional=True,
            ),
            Step(
                "review",
                "审核",
                ("submitted",),
                "reviewed",
                EXPENDITURE,
                (8, 13),
                (OPINION,),
                guards=(REVIEWED,),
                days="exante_review",
            ),
            returning("expenditure_return", "submitted", EXPENDITURE, (13,)),
            Step(
                "accept",
                "同意评估结果",
                ("reviewed",),
                "concluded",
                BUDGET,
                (11, 15),
                (OPINION,),
                writes=(_settle,),
                follows=(FILED,),
                days="exante_accept",
            ),
            Step(
                "choose",
                "选作重点评估",
                ("reviewed",),
                "key",
                BUDGET,
                (14,),
                (
                    Need("opinion", "选择理由", help="如金额大、社会关注高、专业性强"),
                    Need(
                        "material",
                        "交给专家或机构的材料",
                        "files",
                        required=False,
                        help="报告和审核意见会自动交去；要看的佐证材料附在这里",
                    ),
                ),
                writes=(_choose,),
                optional=True,
            ),
            returning("budget_return", "reviewed", BUDGET, (11,)),
            Step(
                "conclude",
                "确认重点评估结果",
                ("key",),
                "concluded",
                BUDGET,
                (11, 14, 15),
                (OPINION,),
                guards=(KEY_DELIVERED,),
                writes=(_name_engaged, _settle),
                follows=(FILED,),
                days="exante_key",
            ),
            Step(
                "cancel_key", "取消选择", ("key",), "reviewed", BUDGET, (14,), (WORD,),
                guards=(NONE_AWAITED,),
                writes=(_cancel_key,), optional=True,
            ),
        ),
        load=load,
        snapshot=snapshot,
        template="exante/case.html",
        context=shown,
    )
)  # fmt: skip
