"""The table of a result's application: performance proposes, budget decides (chapter 7, art. 5, 6, 33)."""

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal, DecimalException
from typing import Any
from uuid import UUID

from jiheng.application.models import Action, Application, ResultSummary
from jiheng.application.rules import CENT
from jiheng.bureau.models import Person
from jiheng.bureau.roles import BUDGET, EXPENDITURE, PERFORMANCE
from jiheng.evaluation import assessing
from jiheng.exante import ceiling
from jiheng.procedure.table import Guard, Matter, Need, Procedure, Reason, State, Step, register, returning
from jiheng.project.execution import TOO_MUCH


def load(cases: Sequence[UUID]) -> dict[UUID, Application]:
    found = Application.objects.filter(case_id__in=cases)
    found = found.select_related(
        "case__department", "evaluation__goal__project", "evaluation__case", "result"
    )
    return {row.case_id: row for row in found}


def snapshot(application: Application) -> dict[str, Any]:
    return {
        "year": application.year,
        "base": str(application.base),
        "ruled": [application.ruled, str(application.ruled_amount)],
        "span": [str(amount) for amount in application.span],
        "result": str(application.result_id or ""),
        "working": application.working,
        "proposed": [application.proposed, str(application.proposed_amount)],
        "decided": [application.decided, str(application.decided_amount)],
    }


def amount_of(given: Any) -> Decimal | None:
    """The amount given in 万元, as 元 in two places; None when it is no amount."""
    try:
        amount = Decimal(str(given.get("amount", "")).replace(",", "").strip()) * 10000
    except (DecimalException, AttributeError):
        return None
    if not amount.is_finite() or not 0 <= amount < TOO_MUCH:
        return None
    return amount.quantize(CENT, ROUND_HALF_UP)


def _amount_fits(matter: Matter) -> Iterable[Reason]:
    if "action" not in matter.given:
        return
    amount, base, action = amount_of(matter.given), matter.record.base, matter.given["action"]
    if amount is None:
        yield Reason("安排金额要填不小于 0 的数（万元）", field="amount", kind="given")
    elif action == Action.CANCEL and amount != 0:
        yield Reason("选“取消”时安排金额为 0", field="amount", kind="given")
    elif action == Action.CUT and not 0 < amount < base:
        yield Reason(f"选“压减”时安排金额要大于 0、小于基数 {base:,.2f} 元", field="amount", kind="given")
    elif action == Action.KEEP and amount < base:
        yield Reason(
            f"选“继续安排”时安排金额不低于基数 {base:,.2f} 元；要减少请选“压减”", field="amount", kind="given"
        )


def _word_where_it_departs(matter: Matter) -> Iterable[Reason]:
    given, record = matter.given, matter.record
    if "action" not in given or str(given.get("opinion", "")).strip():
        return
    if matter.case.state == "proposed" and not record.proposed:
        return
    amount = amount_of(given)
    if matter.case.state == "opened":
        past, action, (low, high) = "规则", record.ruled, record.span
    else:
        past, action, low = "建议", record.proposed, record.proposed_amount
        high = low
    if given["action"] != action or amount is None or not low <= amount <= high:
        span = f"{low:,.2f} 元" if low == high else f"{low:,.2f} 至 {high:,.2f} 元"
        yield Reason(
            f"与{past}（{Action(action).label}，{span}）不同，须写明理由", field="opinion", kind="given"
        )


def _evaluation_stands(matter: Matter) -> Iterable[Reason]:
    evaluation = matter.record.evaluation
    if evaluation.case.state != "accepted":
        yield Reason(
            "所依据的自评经抽查复核已退回单位，结果暂不应用",
            next="请等自评重新认可，再按新的结果办理。",
            link=evaluation.case.get_absolute_url(),
        )
    elif matter.case.state == "proposed" and not matter.record.proposed:
        yield Reason(
            "自评抽查退回后结果有变，原来的建议不再有效", 33, next="请退回绩效科，按新的结果重提建议。"
        )


def _not_filed(matter: Matter) -> Iterable[Reason]:
    filed = ResultSummary.objects.filter(
        zone_id=matter.record.zone_id, year=matter.record.year - 1, case__state="filed"
    ).select_related("case")
    for summary in filed:
        yield Reason(
            f"{summary.year}年的结果应用情况已汇总备案，不能再改",
            36,
            next="需要调整的，按预算调剂办理。",
            link=summary.case.get_absolute_url(),
        )


NOT_FILED = Guard("not_filed", "这一年的应用情况还没有备案", 36, _not_filed)
EVALUATION_STANDS = Guard("evaluation_stands", "所依据的自评仍是已认可的", 30, _evaluation_stands)
AMOUNT_FITS = Guard("amount_fits", "金额与动作相符", 33, _amount_fits)
WORD = Guard("word", "与规则或建议不同的，写明理由", 33, _word_where_it_departs)
NEEDS = (
    Need("action", "处理", "choice", choices=tuple(Action.choices)),
    Need("amount", "下一年安排（万元）", "figure"),
    Need("opinion", "理由", required=False),
)


def shown(application: Application) -> dict[str, Any]:
    """The next step's fields as rule or proposal would fill them."""
    action, amount = (
        (application.proposed, application.proposed_amount)
        if application.proposed
        else (application.ruled, application.ruled_amount)
    )
    return {"given": {"action": action, "amount": f"{((amount or Decimal(0)) / 10000).normalize():f}"}}


def _propose(matters: list[Matter]) -> None:
    for matter in matters:
        matter.record.proposed, matter.record.proposed_amount = (
            matter.given["action"],
            amount_of(matter.given),
        )
        matter.record.save(update_fields=["proposed", "proposed_amount"])


def _decide(matters: list[Matter]) -> None:
    for matter in matters:
        matter.record.decided, matter.record.decided_amount = matter.given["action"], amount_of(matter.given)
        matter.record.save(update_fields=["decided", "decided_amount"])


def _change_ceiling(matters: list[Matter], by: Person) -> None:
    """A department's whole result bears on its ceiling of the year (art. 33), where one was entered."""
    for matter in matters:
        record: Application = matter.record
        if ceiling.of(record.zone_id, record.case.department_id, record.year) is not None:
            word = f"按部门整体绩效结果安排（{Action(record.decided).label}）"
            ceiling.enter({record.case.department: record.decided_amount}, record.year, by=by, word=word)


def procedure_of(key: str, label: str, of: str, follows: tuple[Any, ...] = ()) -> Procedure:
    """The application of a result: of a project to its money, or of a whole department to its ceiling."""
    return register(
        Procedure(
            key,
            label,
            "application",
            states=(
                State("opened", "待提建议"),
                State("proposed", "待预算科决定"),
                State("decided", "已决定", "done"),
            ),
            steps=(
                Step("open", "转结果应用", (), "opened", EXPENDITURE, (8, 33), only_with=f"{of}.accept"),
                Step(
                    "propose", "提出建议", ("opened",), "proposed", PERFORMANCE, (5, 33), NEEDS,
                    guards=(EVALUATION_STANDS, NOT_FILED, AMOUNT_FITS, WORD), writes=(_propose,),
                    days="application_propose",
                ),
                Step(
                    "decide", "决定", ("proposed",), "decided", BUDGET, (6, 33), NEEDS,
                    guards=(EVALUATION_STANDS, NOT_FILED, AMOUNT_FITS, WORD), writes=(_decide,),
                    follows=follows, days="application_decide",
                ),
                returning("return", "proposed", BUDGET, (33,)),
            ),
            load=load,
            snapshot=snapshot,
            template="application/case.html",
            context=shown,
        )
    )  # fmt: skip


APPLICATION = procedure_of("application", "结果应用", assessing.PROJECT)
WHOLE = procedure_of("application_whole", "整体结果应用", assessing.WHOLE, (_change_ceiling,))
