"""What experts and institutions get of a finance evaluation, and what they must have done before they deliver (art. 39)."""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from jiheng.evaluation import finance_evaluation
from jiheng.evaluation.framework_models import Evaluation, Sheet
from jiheng.procedure.table import Reason
from jiheng.support import engagement
from jiheng.support.models import Engagement
from jiheng.support.offering import Section, facts, table

STATES = ("planning", "scoring")
"""Where experts and institutions may be engaged."""


def brief(evaluation: Evaluation) -> list[Section]:
    """What is evaluated and why, the plan and the framework; nobody's scores."""
    case = evaluation.case
    items = [
        [item.level1, item.name, item.target or item.get_method_display(), f"{item.weight:.2f}"]
        for item in evaluation.items.all()
    ]
    return [
        facts(
            "评价对象",
            ("对象", f"{case.title}（{evaluation.get_kind_display()}）"),
            ("年度", f"{evaluation.year}年"),
            ("选择理由", finance_evaluation.labels_of(evaluation.reasons)),
            ("选择说明", evaluation.reason),
        ),
        facts("选择时的情况", *[(label, value) for label, value in evaluation.known]),
        facts(
            "评价方案",
            ("评价目的和范围", evaluation.purpose),
            ("评价方法和标准", evaluation.approach),
            ("进度和人员安排", evaluation.schedule),
        ),
        table("指标体系", ["一级指标", "三级指标", "指标值或计分办法", "分值"], items),
    ]


def _sheet(of: Engagement) -> Sheet | None:
    return Sheet.objects.filter(zone_id=of.zone_id, engagement=of.case_id).first()


def known(of: Engagement) -> dict[str, Any]:
    """The total of one's own scoring sheet, for the delivery's score."""
    sheet = _sheet(of)
    return {"score": f"{sheet.total:f}"} if sheet and sheet.total is not None else {}


def ready(of: Engagement, given: dict[str, Any]) -> Iterable[Reason]:
    """The scoring sheet is whole, and its total is the score delivered."""
    sheet = _sheet(of)
    if sheet is None or sheet.total is None:
        yield Reason("打分表还没有评完", 39, next="请在“填写评价工作页”里逐项评分。")
        return
    if (said := _number(given.get("score"))) is not None and said != sheet.total:
        yield Reason(
            f"得分“{given['score']}”与打分表总分 {sheet.total:.2f} 分不同", 39, next="请填打分表的总分。",
            kind="given", field="score",
        )  # fmt: skip


def _number(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value)) if value not in (None, "") else None
    except InvalidOperation:
        return None


for kind in finance_evaluation.KINDS.values():
    engagement.offer(
        kind.key,
        kind=kind.engagement,
        states=STATES,
        brief=brief,
        page="engaged-work",
        known=known,
        ready=ready,
    )
