"""Entering the year's plan or a month's revenue, read and found good, as one act each (art. 7). Raises door.Refusal."""

import hashlib
from collections.abc import Sequence
from decimal import Decimal

from django.core.files.base import ContentFile
from django.db import transaction

from jiheng.bureau.models import Person, Zone
from jiheng.procedure import door
from jiheng.procedure.models import Case
from jiheng.procedure.table import Reason, step_named
from jiheng.revenue.figures import plan_of
from jiheng.revenue.models import Month, MonthLine, Plan, PlanLine
from jiheng.revenue.reading import Line


def _refuse(name: str, case: Case, text: str, then: str, link: str = "") -> door.Refusal:
    procedure, step = step_named(name)
    return door.Refusal(procedure, step, case, [Reason(text, 7, next=then, link=link)])


def enter_plan(year: int, lines: Sequence[Line], *, by: Person, name: str, content: bytes) -> Case:
    """The plan of a year; one stands at a time."""
    draft = Case(
        zone=by.zone,
        year=year,
        title=f"{year}年收入计划",
        amount=sum((line.amount for line in lines), Decimal(0)),
    )

    def make(cases: list[Case]) -> None:
        plan = Plan.objects.create(
            zone=by.zone,
            case=cases[0],
            year=year,
            source=name[-200:],
            sha256=hashlib.sha256(content).hexdigest(),
        )
        PlanLine.objects.bulk_create(
            PlanLine(
                zone=by.zone, plan=plan, code=line.code, name=line.name, kind=line.kind, amount=line.amount
            )
            for line in lines
        )

    with transaction.atomic():
        Zone.objects.select_for_update().get(pk=by.zone_id)
        if (known := plan_of(by.zone_id, year)) is not None:
            link = known.case.get_absolute_url()
            raise _refuse(
                "revenue_plan.load", draft, f"{year}年已有收入计划", "计划调整的，先撤回原来的再载入。", link
            )
        return door.start(
            "revenue_plan.load", [draft], by=by, make=make, file=[ContentFile(content, name=name)]
        )[0].case


def enter_month(
    year: int, month: int, lines: Sequence[Line], *, by: Person, name: str, content: bytes
) -> Case:
    """What had come in by the end of a month; one file stands for a month."""
    draft = Case(
        zone=by.zone,
        year=year,
        title=f"{year}年1—{month}月收入完成情况",
        amount=sum((line.amount for line in lines), Decimal(0)),
    )
    with transaction.atomic():
        Zone.objects.select_for_update().get(pk=by.zone_id)
        plan = plan_of(by.zone_id, year)
        if plan is None:
            raise _refuse("revenue_month.load", draft, f"还没有{year}年收入计划", "请先载入收入计划。")
        known = Month.objects.filter(zone=by.zone, year=year, month=month, withdrawn=False)
        if (other := known.select_related("case").first()) is not None:
            link = other.case.get_absolute_url()
            raise _refuse(
                "revenue_month.load", draft, f"{year}年{month}月已经载入过", "有误的先撤回再载入。", link
            )

        def make(cases: list[Case]) -> None:
            row = Month.objects.create(
                zone=by.zone,
                case=cases[0],
                plan=plan,
                year=year,
                month=month,
                source=name[-200:],
                sha256=hashlib.sha256(content).hexdigest(),
            )
            MonthLine.objects.bulk_create(
                MonthLine(zone=by.zone, month=row, code=line.code, total=line.amount, before=line.before)
                for line in lines
            )

        return door.start(
            "revenue_month.load", [draft], by=by, make=make, file=[ContentFile(content, name=name)]
        )[0].case


def strangers(year: int, lines: Sequence[Line], zone_id) -> list[Line]:
    """Lines of a month whose item the year's plan doesn't have: they would be counted nowhere."""
    plan = plan_of(zone_id, year)
    known = {line.code for line in plan.lines.all()} if plan else set()
    return [line for line in lines if line.code not in known]
