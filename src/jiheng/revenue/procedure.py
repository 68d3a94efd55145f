"""Revenue plan and monthly revenue with its analysis (art. 7): the treasury loads, analyses, reports."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Sum

from jiheng.bureau.roles import TREASURY
from jiheng.procedure.table import WORD, Guard, Matter, Need, Procedure, Reason, State, Step, register
from jiheng.revenue import figures
from jiheng.revenue.models import Month, Plan

FILE = Need("file", "文件", kind="files")
"""What was loaded, kept with the act as it came."""


def load_plans(cases: Sequence[UUID]) -> dict[UUID, Plan]:
    rows = Plan.objects.filter(case_id__in=cases).select_related("case").prefetch_related("lines")
    return {row.case_id: row for row in rows.annotate(amount=Sum("lines__amount"))}


def snapshot_plan(plan: Plan) -> dict[str, Any]:
    return {
        "year": plan.year,
        "source": plan.source,
        "sha256": plan.sha256,
        "lines": [[line.code, line.name, line.kind, f"{line.amount:.2f}"] for line in plan.lines.all()],
        "withdrawn": plan.withdrawn,
    }


def load_months(cases: Sequence[UUID]) -> dict[UUID, Month]:
    rows = Month.objects.filter(case_id__in=cases).select_related("case", "plan")
    return {row.case_id: row for row in rows.prefetch_related("lines", "plan__lines")}


def snapshot_month(month: Month) -> dict[str, Any]:
    return {
        "year": month.year,
        "month": month.month,
        "source": month.source,
        "sha256": month.sha256,
        "lines": [
            [line.code, f"{line.total:.2f}", None if line.before is None else f"{line.before:.2f}"]
            for line in month.lines.all()
        ],
        "text": month.text,
        "reasons": month.reasons,
        "withdrawn": month.withdrawn,
    }


def _analysed(matter: Matter) -> Iterator[Reason]:
    if not matter.record.text.strip():
        yield Reason("还没有写分析", 0, next="按“填写”，在拟好的分析上修改、保存。")


def _explained(matter: Matter) -> Iterator[Reason]:
    month = matter.record
    silent = [
        item.name for item in figures.standing(month).behind if not month.reasons.get(item.code, "").strip()
    ]
    if silent:
        yield Reason(f"{'、'.join(silent)}慢于进度，没有写原因", 0, next="按“填写”，逐项写明原因和办法。")


def _no_months(matter: Matter) -> Iterator[Reason]:
    standing = [month.month for month in matter.record.months.filter(withdrawn=False)]
    if standing:
        yield Reason(
            f"{'、'.join(map(str, standing))}月的收入按这份计划计算", 0, next="请先撤回这些月份，再撤回计划。"
        )


def _withdraw(matters: list[Matter]) -> None:
    for matter in matters:
        matter.record.withdrawn = True
        matter.record.save(update_fields=["withdrawn"])


def shown_month(month: Month) -> dict[str, Any]:
    stands = figures.standing(month)
    return {
        "stands": stands,
        "rows": figures.rows(stands),
        "reasons": [(item.name, month.reasons.get(item.code, "")) for item in stands.behind],
        "draft": figures.drafted(month),
    }


PLAN = register(
    Procedure(
        "revenue_plan",
        "收入计划",
        "monitoring",
        states=(State("in_force", "执行中", "done"), State("withdrawn", "已撤回", "void")),
        steps=(
            Step("load", "载入收入计划", (), "in_force", TREASURY, (7,), (FILE,), page="revenue-plan-new"),
            Step(
                "withdraw",
                "撤回",
                ("in_force",),
                "withdrawn",
                TREASURY,
                (7,),
                (WORD,),
                (Guard("months", "没有月份在用", 7, _no_months),),
                (_withdraw,),
                optional=True,
            ),
        ),
        load=load_plans,
        snapshot=snapshot_plan,
        template="revenue/plan_case.html",
    )
)

MONTH = register(
    Procedure(
        "revenue_month",
        "月度收入分析",
        "monitoring",
        states=(
            State("loaded", "待分析", editable=TREASURY),
            State("reported", "已报告", "done"),
            State("withdrawn", "已撤回", "void"),
        ),
        steps=(
            Step("load", "载入月度收入", (), "loaded", TREASURY, (7,), (FILE,), page="revenue-month-new"),
            Step(
                "report",
                "报告",
                ("loaded",),
                "reported",
                TREASURY,
                (7,),
                (),
                (
                    Guard("analysed", "写了分析", 7, _analysed),
                    Guard("explained", "慢于进度的都有原因", 7, _explained),
                ),
                days="revenue_report",
            ),
            Step(
                "withdraw",
                "撤回",
                ("loaded", "reported"),
                "withdrawn",
                TREASURY,
                (7,),
                (WORD,),
                writes=(_withdraw,),
                optional=True,
            ),
        ),
        load=load_months,
        snapshot=snapshot_month,
        template="revenue/month_case.html",
        context=shown_month,
    )
)
