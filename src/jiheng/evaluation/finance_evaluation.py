"""The tables of finance evaluations (财政评价, art. 31 and 32): one for each office that leads, made by one function.

Proposed by the office that leads, chosen by the signatures of all; planned, and the plan approved by the other offices;
scored with experts or an institution, who ask the evaluated for evidence through the office; the draft goes to the
evaluated for comment, each comment is answered, the result becomes final and is filed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jiheng.bureau.roles import ASSETS, BUDGET, DEPARTMENT, EXPENDITURE, PERFORMANCE, Role, Signers
from jiheng.evaluation import framework_guards as common
from jiheng.evaluation import outline
from jiheng.filing.filing import filed
from jiheng.procedure.table import OPINION, WORD, Matter, Need, Procedure, State, Step, register, returning

REASONS: dict[str, str] = {
    "development": "经济和社会发展重点",
    "attention": "社会关注度高",
    "period": "实施期长",
    "livelihood": "重大民生领域",
    "amount": "资金量大",
    "risk": "监控亮灯、自评或抽查有疑点",
    "cycle": "评价周期轮到",
}
"""Why something is chosen: the four grounds of art. 31, and three that offices add."""

EVIDENCE = Need("evidence", "补充的资料", "files", required=False)


@dataclass(frozen=True)
class Kind:
    """One kind of finance evaluation: who leads, who signs with it, by which article, of what, with which engagement."""

    key: str
    label: str
    lead: Role
    others: Role | Signers
    article: int
    subjects: tuple[str, ...]
    engagement: str

    @property
    def signers(self) -> Signers:
        return self.lead & self.others

    def articles(self, *own: int) -> tuple[int, ...]:
        """The article itself, with those that give an office its part in it."""
        return (*own, self.article)


KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind(
            "finance_evaluation", "财政评价", PERFORMANCE, BUDGET & EXPENDITURE, 31,
            ("project", "policy", "whole"), "engagement_finance",
        ),
        Kind(
            "capital_evaluation", "国有资本和投资基金评价", ASSETS, PERFORMANCE, 32, ("capital", "fund"),
            "engagement_capital",
        ),
        Kind(
            "insurance_evaluation", "社会保险基金评价", EXPENDITURE, PERFORMANCE, 32, ("insurance",),
            "engagement_insurance",
        ),
    )
}  # fmt: skip


def _what(matter: Matter) -> str:
    evaluation = matter.record
    kind = KINDS[matter.case.procedure].label
    return f"{matter.case.title} {evaluation.year}年{kind}（{evaluation.total:.2f} 分，{evaluation.grade}）"


def procedure_of(kind: Kind) -> Procedure:
    """The procedure of one kind of finance evaluation, with its own offices and articles."""
    lead, article = kind.lead, kind.article
    own = kind.articles(5) if lead == PERFORMANCE else kind.articles(8)
    signed = kind.articles(5, 6, 8, 11) if kind.key == "finance_evaluation" else kind.articles(5, 8)
    return register(
        Procedure(
            kind.key,
            kind.label,
            "evaluation",
            states=(
                State("proposed", "待会签选定评价对象"),
                State("planning", "拟定评价方案", editable=lead),
                State("planned", "待审定评价方案"),
                State("scoring", "评价实施中", editable=lead),
                State("asked", "待被评部门补充资料", editable=DEPARTMENT),
                State("commenting", "征求被评部门意见", editable=DEPARTMENT),
                State("final", "答复意见并定稿", editable=lead),
                State("finished", "评价已定稿", "done"),
                State("dropped", "未选为评价对象", "void"),
            ),
            steps=(
                Step(
                    "open", "提出评价对象", (), "proposed", lead, own, (Need("opinion", "选择说明"),),
                    page=f"{kind.key}-new",
                ),
                Step(
                    "sign", "会签选定", ("proposed",), "planning", kind.signers, signed, (OPINION,),
                    days="finance_sign",
                ),
                Step("drop", "不选", ("proposed",), "dropped", lead, own, (WORD,), optional=True),
                Step(
                    "plan", "送审评价方案", ("planning",), "planned", lead, own, (OPINION,),
                    guards=(common.planned(article),), days="finance_plan",
                ),
                Step(
                    "approve", "审定评价方案", ("planned",), "scoring", kind.others, signed, (OPINION,),
                    days="finance_approve",
                ),
                returning("plan_return", "planned", kind.others, signed),
                Step(
                    "ask", "要求补充资料", ("scoring",), "asked", lead, own,
                    (Need("opinion", "要求", help="“取证、现场和问题”页上还没有送出的要求会一并送出"),),
                    writes=(common.send_requests,), optional=True,
                ),
                Step(
                    "answer", "报送资料", ("asked",), "scoring", DEPARTMENT, (article,),
                    (Need("opinion", "说明"), EVIDENCE), writes=(common.take_answers,), days="finance_answer",
                ),
                Step(
                    "consult", "送征求意见稿", ("scoring", "asked"), "commenting", lead, own, (OPINION,),
                    guards=(
                        common.scored(article), common.problems_listed(article), common.delivered(article)
                    ),
                    writes=(common.keep, common.set_due), days="finance_score",
                ),
                Step(
                    "comment", "反馈意见", ("commenting",), "final", DEPARTMENT, (article,),
                    (Need("opinion", "总的意见", help="没有不同意见的写“无意见”；具体意见在意见页逐条写"), EVIDENCE),
                    due=lambda evaluation: evaluation.due,
                ),
                Step(
                    "close", "逾期按无意见处理", ("commenting",), "final", lead, own, (WORD,),
                    guards=(common.commented(article),), optional=True,
                ),
                Step("recall", "收回", ("commenting",), "scoring", lead, own, (WORD,), optional=True),
                Step(
                    "finish", "定稿", ("final",), "finished", lead, own,
                    (OPINION, Need("report", "盖章的评价报告", "files", required=False)),
                    guards=(common.scored(article), common.answered(article)), writes=(common.finish,),
                    follows=(filed(article, what=_what, paper=outline.paper), common.tell_rooms_above),
                    days="finance_finish",
                ),
            ),
            load=common.load,
            snapshot=common.snapshot,
            template="evaluation/framework_case.html",
            context=common.shown,
        )
    )  # fmt: skip


FINANCE_PROCEDURES: Sequence[Procedure] = [procedure_of(kind) for kind in KINDS.values()]


def labels_of(reasons: Sequence[Any]) -> str:
    """Reasons by kind, in words."""
    return "、".join(REASONS.get(reason, str(reason)) for reason in reasons)
