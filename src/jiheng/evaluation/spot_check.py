"""The table of a spot check's steps: drawn and re-scored, differences sent, signed for (art. 30).

A self-evaluation whose re-score differs by more than the profile's bound goes back to its unit when the differences
are sent; one whose result the budget office has already applied does not, and its row says so.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from jiheng.bureau.models import Person
from jiheng.bureau.roles import BUDGET, EXPENDITURE, PERFORMANCE
from jiheng.evaluation.models import SpotCheck, SpotItem
from jiheng.procedure import door
from jiheng.procedure.table import OPINION, Guard, Matter, Procedure, Reason, State, Step, register, returning


def load(cases: Sequence[UUID]) -> dict[UUID, SpotCheck]:
    found = SpotCheck.objects.filter(case_id__in=cases).select_related("case")
    return {check.case_id: check for check in found.prefetch_related("items__evaluation__case__department")}


def snapshot(check: SpotCheck) -> dict[str, Any]:
    """The whole draw and all differences, so that the act alone lets anybody repeat and check them."""
    return {
        "year": check.year,
        "number": check.number,
        "seed": check.seed,
        "method": check.method,
        "strata": check.strata,
        "population": check.population,
        "bound": str(check.bound),
        "items": [
            {
                "code": item.evaluation.case.code,
                "case": str(item.evaluation.case_id),
                "original": item.original,
                "points": item.points,
                "total": None if item.total is None else str(item.total),
                "grade": item.grade,
                "word": item.word,
                "earlier": item.earlier,
                "returned": item.returned,
                "outcome": item.outcome,
            }
            for item in check.items.all()
        ],
    }


def shown(check: SpotCheck) -> dict[str, Any]:
    """Sample and differences; grades and points of what isn't re-scored yet are kept back."""
    items = list(check.items.all())
    for item in items:
        item.check_of = check
    open_ = [item for item in items if item.total is None]
    drawn = {item.evaluation.case.code for item in items}
    return {
        "items": items,
        "open": open_,
        "beyond": sum(item.beyond for item in items),
        "strata": [] if open_ else check.strata,
        "population": [
            {"code": code, "name": name, "department": department, "grade": "" if open_ else grade, "case": case,
             "drawn": code in drawn}
            for code, name, department, grade, case in check.population
        ],
    }  # fmt: skip


def _all_scored(matter: Matter) -> Iterable[Reason]:
    left = [item for item in matter.record.items.all() if item.total is None]
    if left:
        names = "、".join(f"“{item.evaluation.case.title}”" for item in left[:3])
        yield Reason(
            f"还有 {len(left)} 份没有复核：{names}{'等' if len(left) > 3 else ''}", next="请逐份复核打分。"
        )


ALL_SCORED = Guard("spot_all_scored", "抽中的都已复核打分", 30, _all_scored)


def _send_back(matters: list[Matter], by: Person) -> None:
    """Self-evaluations beyond the bound go back to their units; where that is refused, the row says why."""
    for matter in matters:
        items = {}
        for item in matter.record.items.all():
            item.check_of = matter.record
            if item.beyond and not item.returned:
                items[item.evaluation.case_id] = item
        for item in items.values():
            opinion = (
                f"抽查复核 {item.total:.2f} 分，与自评 {item.original_total:.2f} 分相差 {abs(item.difference):.2f} 分，"
                f"超过 {matter.record.bound:.2f} 分。{item.word or '请核对完成值和得分后重报。'}"
            )
            outcome = door.perform_many(
                "evaluation.reopen", [item.evaluation.case], by=by, within=matter.act,
                given={"opinion": opinion, "desk": "draft"},
            )  # fmt: skip
            item.returned = bool(outcome.acts)
            item.outcome = (
                "已退回单位重报" if outcome.acts else "；".join(str(each) for each in outcome.refused[0][1])
            )[:500]
        SpotItem.objects.bulk_update(items.values(), ["returned", "outcome"])


SPOT_CHECK = register(
    Procedure(
        "spot_check",
        "抽查复核",
        "evaluation",
        states=(
            State("drawn", "复核打分中", editable=PERFORMANCE),
            State("sent", "待预算科、支出科签收差异"),
            State("received", "差异已签收", "done"),
        ),
        steps=(
            Step("open", "抽取样本", (), "drawn", PERFORMANCE, (5, 30), page="spot_check-new"),
            Step(
                "send", "送差异表", ("drawn",), "sent", PERFORMANCE, (30,), (OPINION,), guards=(ALL_SCORED,),
                follows=(_send_back,), days="spot_send",
            ),
            Step(
                "receive", "签收差异", ("sent",), "received", BUDGET & EXPENDITURE, (6, 8, 30), (OPINION,),
                days="spot_receive",
            ),
            returning("return", "sent", BUDGET & EXPENDITURE, (30,)),
        ),
        load=load,
        snapshot=snapshot,
        template="evaluation/spot_case.html",
        context=shown,
    )
)  # fmt: skip
