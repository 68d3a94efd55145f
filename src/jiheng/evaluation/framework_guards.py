"""What department and finance evaluations have in common in their tables: records, snapshots, conditions, writes."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.timezone import localdate

from jiheng.bureau.models import Person
from jiheng.bureau.profile import values_of
from jiheng.bureau.standing import standing
from jiheng.evaluation import evaluating, frameworks, outline, sheets
from jiheng.evaluation.framework_models import Evaluation, final_sheet
from jiheng.procedure import door
from jiheng.procedure.table import Guard, Matter, Reason
from jiheng.support import engagement

ON_FINAL: list[Callable[[list[Matter], Person], None]] = []
"""What rooms above want done, in the same transaction, when an evaluation becomes final (art. 33-35)."""

FRESH = ("planning", "scoring", "asked", "final")
"""Where points follow the newest figures of the record."""
TEXTS = {"purpose": "评价目的和范围", "approach": "评价方法和标准", "schedule": "进度和人员安排"}


def load(cases: Sequence[UUID]) -> dict[UUID, Evaluation]:
    """Evaluations by case with all that belongs to them; those still worked on stand by the newest figures."""
    found = Evaluation.objects.filter(case_id__in=cases).select_related(
        "case__department", "case__unit", "project__unit", "project__department"
    )
    rows = list(
        found.prefetch_related(
            "items", "sheets__marks", "requests", "notes", "problems", "comments", "sheets__engagement"
        )
    )
    for row in rows:
        if row.case.state in FRESH:
            sheets.refresh(row)
    return {row.case_id: row for row in rows}


def snapshot(evaluation: Evaluation) -> dict[str, Any]:
    """All of it as plain data: an act alone proves plan, points, evidence, comments and report."""
    items = {item.pk: item for item in evaluation.items.all()}
    return {
        "kind": evaluation.kind,
        "project": str(evaluation.project_id or ""),
        "framework": evaluation.framework,
        "reasons": evaluation.reasons,
        "reason": evaluation.reason,
        "known": evaluation.known,
        "plan": {key: getattr(evaluation, key) for key in evaluating.TEXTS},
        "items": [
            [item.part, item.level1, item.level2, item.name, str(item.weight), item.method, item.points,
             item.target, item.standard, item.evidence, item.figure, item.origin]
            for item in items.values()
        ],
        "sheets": [
            {
                "name": sheet.name,
                "final": sheet.final,
                "total": _text(sheet.total),
                "marks": [
                    [items[mark.item_id].order, mark.ratings, mark.actual, mark.mean, _text(mark.score),
                     mark.comment]
                    for mark in sorted(sheet.marks.all(), key=lambda mark: items[mark.item_id].order)
                ],
            }
            for sheet in evaluation.sheets.all()
        ],
        "requests": [
            [row.asked_by, row.text, str(row.sent_on or ""), row.answer, str(row.answered_on or "")]
            for row in evaluation.requests.all()
        ],
        "notes": [[row.day.isoformat(), row.place, row.people, row.text, row.author] for row in evaluation.notes.all()],
        "problems": [[row.text, row.suggestion] for row in evaluation.problems.all()],
        "comments": [[row.text, row.accepted, row.reply] for row in evaluation.comments.all()],
        "report": evaluation.report,
        "total": _text(evaluation.total),
        "grade": evaluation.grade,
        "due": evaluation.due.isoformat() if evaluation.due else "",
    }  # fmt: skip


def _text(points: Decimal | None) -> str | None:
    return None if points is None else f"{points:.2f}"


def shown(evaluation: Evaluation) -> dict[str, Any]:
    """What the case's page shows of an evaluation beside the record."""
    return {
        "lines": sheets.lines(evaluation),
        "parts": outline.part_rows(evaluation),
        "others": sheets.others(evaluation),
        "total_spread": sheets.total_spread(evaluation),
        "now": final_sheet(evaluation).total,
        "subject_url": evaluation.project.get_absolute_url() if evaluation.project else "",
    }


def planned(article: int) -> Guard:
    """The plan is written and its weights are right."""

    def check(matter: Matter) -> Iterable[Reason]:
        evaluation = matter.record
        floor = values_of(matter.case.profile_id).decimal("evaluation", "outcome_floor")
        floor = floor if evaluation.kind in ("project", "policy") else Decimal(0)
        rows = [(item.part, item.weight) for item in evaluation.items.all()]
        for told in frameworks.faults(rows, floor):
            yield Reason(told, article, next="请在评价方案里调整分值。", field="rows")
        for key, label in TEXTS.items():
            if not getattr(evaluation, key).strip():
                yield Reason(f"还没有写{label}", article, next="请在评价方案里填写。", field=key)

    return Guard(
        "evaluation_planned", "方案写全，分值合计 100 分，项目和政策的产出、效益不低于下限", article, check
    )


def scored(article: int) -> Guard:
    """Every item has its points; what was taken off says why."""

    def check(matter: Matter) -> Iterable[Reason]:
        lines = sheets.lines(matter.record)
        open_ = [line.item for line in lines if line.mark is None or line.mark.score is None]
        if open_:
            names = "、".join(item.name for item in open_[:3])
            more = "等" if len(open_) > 3 else ""
            yield Reason(
                f"还有 {len(open_)} 个指标没有得分：{names}{more}", article, next="请在打分表里评完。",
                field=f"item-{open_[0].pk}",
            )  # fmt: skip
        for line in lines:
            if line.lost and line.mark and not line.mark.comment.strip():
                yield Reason(
                    f"“{line.item.name}”有扣分，没有写评分说明", article, next="请写明扣分的事实和依据。",
                    field=f"comment-{line.item.pk}",
                )  # fmt: skip

    return Guard("evaluation_scored", "每个指标都有得分，扣分的都写了评分说明", article, check)


def problems_listed(article: int) -> Guard:
    """Points were taken off, so there is a problem, with a suggestion."""

    def check(matter: Matter) -> Iterable[Reason]:
        lost = [line for line in sheets.lines(matter.record) if line.lost]
        if lost and not matter.record.problems.all():
            yield Reason(
                "有扣分，还没有列出问题和建议", article, next="请在“取证、现场和问题”页逐条列出，整改和结果应用要用。",
                field="problems",
            )  # fmt: skip

    return Guard("evaluation_problems", "有扣分的列出了问题和建议", article, check)


def delivered(article: int) -> Guard:
    """Nobody engaged is awaited any more."""

    def check(matter: Matter) -> Iterable[Reason]:
        if awaited := engagement.waiting([matter.case.pk]).get(matter.case.pk):
            yield Reason(
                f"还在等{'、'.join(awaited)}的成果", article, next="请等成果交齐，或取消对其的委托。"
            )

    return Guard("evaluation_delivered", "受托的专家和机构都已交成果", article, check)


def answered(article: int) -> Guard:
    """Every comment of the evaluated has its answer."""

    def check(matter: Matter) -> Iterable[Reason]:
        for comment in matter.record.comments.all():
            if comment.accepted is None or not comment.reply.strip():
                yield Reason(
                    f"第 {comment.order} 条意见还没有答复是否采纳和理由", article, next="请逐条答复。",
                    field=f"reply-{comment.pk}",
                )  # fmt: skip

    return Guard("evaluation_answered", "被评方的意见逐条答复", article, check)


def commented(article: int) -> Guard:
    """The time to comment is over."""

    def check(matter: Matter) -> Iterable[Reason]:
        due = matter.record.due
        if due and localdate(door.now()) <= due:
            yield Reason(f"提意见的期限到 {due:%Y-%m-%d}", article, next="期限过了才能按无意见处理。")

    return Guard("evaluation_comment_over", "提意见的期限已过", article, check)


def keep(matters: list[Matter]) -> None:
    """Points, total and grade are kept as they stand when the evaluation is sent on."""
    for matter in matters:
        sheets.keep(matter.record)


def set_due(matters: list[Matter]) -> None:
    """The day until which the evaluated may comment stands in the record, and is shown with the draft."""
    for matter in matters:
        days = values_of(matter.case.profile_id)("days", "finance_comment")
        matter.record.due = standing(matter.case.zone).workday_after(localdate(door.now()), days)
        matter.record.save(update_fields=["due"])


def send_requests(matters: list[Matter]) -> None:
    """What is asked and not sent yet goes out."""
    for matter in matters:
        for row in matter.record.requests.all():
            if row.sent_on is None:
                row.sent_on = localdate(door.now())
                row.save(update_fields=["sent_on"])


def take_answers(matters: list[Matter]) -> None:
    """What was sent and is answered now is dated."""
    for matter in matters:
        for row in matter.record.requests.all():
            if row.sent_on and row.answered_on is None:
                row.answered_on = localdate(door.now())
                row.save(update_fields=["answered_on"])


def finish(matters: list[Matter]) -> None:
    """The result is final: points, total, grade and the day."""
    for matter in matters:
        sheets.keep(matter.record)
        matter.record.finished_on = localdate(door.now())
        matter.record.save(update_fields=["finished_on"])


def tell_rooms_above(matters: list[Matter], by: Person) -> None:
    """The result is final: rooms above go on with it."""
    for told in ON_FINAL:
        told(matters, by)
