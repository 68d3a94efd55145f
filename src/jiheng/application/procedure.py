"""The table of a result's application: performance proposes, budget decides (chapter 7, art. 5, 6, 33)."""

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal, DecimalException
from typing import Any
from uuid import UUID

from jiheng.application.models import Action, Application
from jiheng.application.rules import CENT, Ruling, rule
from jiheng.bureau.models import Person
from jiheng.bureau.profile import values_of
from jiheng.bureau.roles import BUDGET, EXPENDITURE, PERFORMANCE
from jiheng.evaluation.procedure import AGAINST_REOPENING, ON_ACCEPTED
from jiheng.procedure import door
from jiheng.procedure.models import Case
from jiheng.procedure.table import Guard, Matter, Need, Procedure, Reason, State, Step, register, returning
from jiheng.project.execution import TOO_MUCH


def load(cases: Sequence[UUID]) -> dict[UUID, Application]:
    found = Application.objects.filter(case_id__in=cases)
    found = found.select_related("case", "evaluation__goal__project", "evaluation__case")
    return {row.case_id: row for row in found}


def snapshot(application: Application) -> dict[str, Any]:
    return {
        "year": application.year,
        "base": str(application.base),
        "ruled": [application.ruled, str(application.ruled_amount)],
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
    past, amount = (
        ("规则", record.ruled_amount) if matter.case.state == "opened" else ("建议", record.proposed_amount)
    )
    action = record.ruled if matter.case.state == "opened" else record.proposed
    if (given["action"], amount_of(given)) != (action, amount):
        yield Reason(
            f"与{past}（{Action(action).label}，{amount:,.2f} 元）不同，须写明理由",
            field="opinion",
            kind="given",
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


APPLICATION = register(
    Procedure(
        "application",
        "结果应用",
        "application",
        states=(
            State("opened", "待提建议"),
            State("proposed", "待预算科决定"),
            State("decided", "已决定", "done"),
        ),
        steps=(
            Step("open", "转结果应用", (), "opened", EXPENDITURE, (8, 33), only_with="evaluation.accept"),
            Step(
                "propose",
                "提出建议",
                ("opened",),
                "proposed",
                PERFORMANCE,
                (5, 33),
                NEEDS,
                guards=(EVALUATION_STANDS, AMOUNT_FITS, WORD),
                writes=(_propose,),
                days="application_propose",
            ),
            Step(
                "decide",
                "决定",
                ("proposed",),
                "decided",
                BUDGET,
                (6, 33),
                NEEDS,
                guards=(EVALUATION_STANDS, AMOUNT_FITS, WORD),
                writes=(_decide,),
                days="application_decide",
            ),
            returning("return", "proposed", BUDGET, (33,)),
        ),
        load=load,
        snapshot=snapshot,
        template="application/case.html",
        context=shown,
    )
)


def _rule_again(known: Application, ruling: Ruling, base: Decimal) -> None:
    """A self-evaluation accepted again after a spot check: its application goes on, by what the rule says now.

    A proposal made on the result that no longer holds is taken out where the ruling changed (art. 30).
    """
    if (known.ruled, known.ruled_amount, known.base) != (ruling.action, ruling.amount, base):
        known.proposed, known.proposed_amount = "", None
    known.base, known.ruled, known.ruled_amount = base, ruling.action, ruling.amount
    known.working = list(ruling.working)
    known.save()


def _decided(matter: Matter) -> Iterable[Reason]:
    found = Application.objects.filter(evaluation=matter.record, case__state="decided").select_related("case")
    for application in found:
        yield Reason(
            "结果已由预算科决定应用，自评不再退回",
            33,
            next="差异送预算科、支出管理科，作为下次安排的参考。",
            link=application.case.get_absolute_url(),
        )


def open_applications(matters: list[Matter], by: Person) -> None:
    """An accepted self-evaluation goes on to its application, with what the rule says (art. 8, 33)."""
    for matter in matters:
        evaluation, case = matter.record, matter.case
        values = values_of(case.profile_id)
        base = evaluation.full_year or Decimal(0)
        rate = evaluation.executed / base if base and evaluation.executed is not None else None
        ruling = rule(
            grade=evaluation.grade,
            total=evaluation.total,
            base=base,
            execution_rate=rate,
            fair_cut=values.decimal("application", "fair_cut"),
            poor_cut=values.decimal("application", "poor_cut"),
            low_execution=values.decimal("application", "low_execution"),
        )
        if known := Application.objects.filter(evaluation=evaluation).first():
            _rule_again(known, ruling, base)
            continue

        def make(cases: list[Case], ruling=ruling, base=base, evaluation=evaluation) -> None:
            Application.objects.create(
                zone_id=cases[0].zone_id,
                case=cases[0],
                evaluation=evaluation,
                year=cases[0].year,
                base=base,
                ruled=ruling.action,
                ruled_amount=ruling.amount,
                working=list(ruling.working),
            )

        draft = Case(
            zone=case.zone,
            year=case.year + 1,
            department=case.department,
            unit=case.unit,
            subject=case.subject,
            code=case.code,
            title=case.title,
            amount=base,
        )
        door.start("application.open", [draft], by=by, make=make, within=matter.act)


ON_ACCEPTED.append(open_applications)
AGAINST_REOPENING.append(_decided)
