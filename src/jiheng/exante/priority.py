"""The list that goes from the expenditure office to the budget office in one act, and stays readable as sent (art. 14)."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from jiheng.bureau.roles import BUDGET, EXPENDITURE
from jiheng.exante import ordering, rules
from jiheng.exante.drafts import plain
from jiheng.exante.models import PriorityList
from jiheng.procedure.models import Act
from jiheng.procedure.table import (
    OPINION,
    Guard,
    Matter,
    Procedure,
    Reason,
    State,
    Step,
    register,
    returning,
)


def load(cases: Sequence[UUID]) -> dict[UUID, PriorityList]:
    rows = PriorityList.objects.filter(case_id__in=cases).select_related("case", "department")
    rows = rows.prefetch_related(
        "rows__evaluation__project__unit", "rows__evaluation__project__department", "rows__evaluation__case"
    )
    return {row.case_id: row for row in rows}


def snapshot(listing: PriorityList) -> dict[str, Any]:
    """The list as plain data: all that is needed to read it as it was sent."""
    ceiling = ordering.ceiling_of(listing)
    return {
        "scope": listing.department.name if listing.department else "全区",
        "year": listing.year,
        "batch": listing.batch,
        "ceiling": None if ceiling is None else str(ceiling),
        "unsupported": ordering.unsupported(listing),
        "rows": [
            {
                "case": str(row.evaluation.case_id),
                "code": row.evaluation.project.code,
                "name": row.evaluation.project.name,
                "unit": row.evaluation.project.unit.name,
                "department": row.evaluation.project.department.name,
                "asked": str(row.evaluation.asked),
                "score": plain(ordering.score_of(row.evaluation)),
                "conclusion": rules.LABELS.get(ordering.conclusion_of(row.evaluation), ""),
                "priority": row.evaluation.get_priority_display(),
                "key": row.evaluation.is_key,
                "suggested": str(ordering.suggested(row.evaluation)),
                "amount": str(row.amount),
                "note": row.note,
            }
            for row in listing.rows.all()
        ],
    }


def sheet(listing: PriorityList) -> dict[str, Any]:
    """The list to be read: as it stands while it is drawn up, afterwards as it was sent, with running sums (元)."""
    found = None
    if listing.case.state != "draft":
        sent = Act.objects.filter(zone_id=listing.zone_id, case_id=listing.case_id, step="send")
        found = sent.order_by("-seq").values_list("record", flat=True).first()
    told: dict[str, Any] = found or snapshot(listing)
    rows, so_far = [], Decimal(0)
    for rank, row in enumerate(told["rows"], 1):
        so_far += Decimal(row["amount"])
        rows.append(row | {"rank": rank, "so_far": so_far})
    ceiling = None if told["ceiling"] is None else Decimal(told["ceiling"])
    return told | {
        "rows": rows,
        "ceiling": ceiling,
        "asked": sum((Decimal(row["asked"]) for row in rows), Decimal(0)),
        "suggested": sum((Decimal(row["suggested"]) for row in rows), Decimal(0)),
        "total": so_far,
        "left": None if ceiling is None else ceiling - so_far,
    }


def shown(listing: PriorityList) -> dict[str, Any]:
    return {"sheet": sheet(listing), "waiting": [line for line in ordering.lines_of(listing) if line.new]}


def _has_rows(matter: Matter) -> Iterable[Reason]:
    if not matter.record.rows.all():
        yield Reason("清单里还没有项目", next="请把已审核的评估列入清单。", field="rows")


def _rows_stand(matter: Matter) -> Iterable[Reason]:
    for row in matter.record.rows.all():
        evaluation, name = row.evaluation, row.evaluation.project.name
        if evaluation.dropped or evaluation.case.state not in ordering.READY:
            yield Reason(
                f"“{name}”的评估已退回或不再申报",
                next="请在清单中勾选不列入，或等重新审核后再送。",
                link=evaluation.case.get_absolute_url(),
            )
        elif ordering.conclusion_of(evaluation) not in (rules.FULL, rules.PART):
            yield Reason(
                f"“{name}”的结论是“不予支持”，不能列入安排建议",
                13,
                next="请勾选不列入。",
                link=evaluation.case.get_absolute_url(),
            )
        elif row.amount > ordering.suggested(evaluation):
            yield Reason(
                f"“{name}”的建议安排 {row.amount:,.2f} 元，超过评估建议的 {ordering.suggested(evaluation):,.2f} 元",
                next="请减到评估建议以内。",
                field=f"amount-{evaluation.pk}",
            )
        elif row.amount <= 0:
            yield Reason(
                f"“{name}”的建议安排是 0",
                next="请填大于 0 的金额，或勾选不列入。",
                field=f"amount-{evaluation.pk}",
            )


def _within_ceiling(matter: Matter) -> Iterable[Reason]:
    ceiling = ordering.ceiling_of(matter.record)
    total = sum((row.amount for row in matter.record.rows.all()), Decimal(0))
    if ceiling is not None and total > ceiling:
        yield Reason(
            f"建议安排合计 {total:,.2f} 元，超过控制数 {ceiling:,.2f} 元",
            next=f"请减少 {total - ceiling:,.2f} 元，或与预算科商量调整控制数。",
            field="rows",
        )


HAS_ROWS = Guard("list_has_rows", "清单列有项目", 14, _has_rows)
ROWS_STAND = Guard("list_rows_stand", "列入的评估都已审核、都支持，金额不超过评估建议", 14, _rows_stand)
WITHIN_CEILING = Guard("list_within_ceiling", "合计不超过控制数（预算科录入了的）", 14, _within_ceiling)

PRIORITY_LIST = register(
    Procedure(
        "priority_list",
        "安排建议清单",
        "exante",
        states=(
            State("draft", "编排中", editable=EXPENDITURE),
            State("sent", "待预算科接收"),
            State("received", "预算科已接收", "done"),
        ),
        steps=(
            Step("open", "编制安排建议清单", (), "draft", EXPENDITURE, (14,), page="priority_list-new"),
            Step(
                "send",
                "送清单",
                ("draft",),
                "sent",
                EXPENDITURE,
                (8, 14),
                (OPINION,),
                guards=(HAS_ROWS, ROWS_STAND, WITHIN_CEILING),
                days="list_send",
            ),
            Step("receive", "接收", ("sent",), "received", BUDGET, (6, 14), (OPINION,), days="list_receive"),
            returning("return", "sent", BUDGET, (14,)),
        ),
        load=load,
        snapshot=snapshot,
        template="exante/priority_case.html",
        context=shown,
    )
)
