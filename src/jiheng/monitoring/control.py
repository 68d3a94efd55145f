"""Suspending or stopping a project's money (暂缓、停止拨款, art. 26): expenditure proposes, both offices sign.

It takes effect with the last signature and is lifted the same way. While it stands no allocation of the project goes
out, and payments after the day of effect are flagged in the figures that come in. All amounts in 元.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from jiheng.budget import lines
from jiheng.bureau.models import Person, Zone
from jiheng.bureau.roles import DEPARTMENT, EXPENDITURE, TREASURY
from jiheng.monitoring.models import Control
from jiheng.procedure import door
from jiheng.procedure.models import Case
from jiheng.procedure.table import (
    OPINION,
    WORD,
    Matter,
    Need,
    Procedure,
    Reason,
    State,
    Step,
    register,
    returning,
    step_named,
)
from jiheng.project import watching
from jiheng.project.models import ExecutionFigure, Project
from jiheng.project.watching import Flag, Payment

STANDING = ("in_effect", "lifting")
"""The states in which a control stops money."""
OVER = ("lifted", "dropped")


def load(cases: Sequence[UUID]) -> dict[UUID, Control]:
    rows = Control.objects.filter(case_id__in=cases).select_related("case", "project__unit")
    return {row.case_id: row for row in rows}


def snapshot(control: Control) -> dict[str, Any]:
    return {
        "project": [control.project.code, control.project.name],
        "kind": control.get_kind_display(),
        "reason": control.reason,
        "effective": control.effective.isoformat() if control.effective else "",
        "lifted": control.lifted.isoformat() if control.lifted else "",
    }


def shown(control: Control) -> dict[str, Any]:
    """Beside the reason, what was granted and is out, and the payments made although the money was stopped."""
    key, year = control.project_id, control.case.year
    return {
        "granted": lines.granted(control.zone_id, [key], year).get(key, Decimal(0)),
        "out": lines.passed_on(control.zone_id, [key], year).get(key, Decimal(0)),
        "payments": payments_against([control]).get(control.pk, []),
        "standing": control.case.state in STANDING,
    }


def controlled(zone: Zone, projects: Iterable[UUID], day: datetime.date) -> dict[UUID, list[Control]]:
    """The controls that stood on a day, by project; projects without any are not there."""
    rows = Control.objects.filter(zone=zone, project_id__in=list(projects), effective__lte=day)
    found: dict[UUID, list[Control]] = defaultdict(list)
    for row in rows.select_related("case"):
        if row.lifted is None or row.lifted > day:
            found[row.project_id].append(row)
    return dict(found)


@lines.hold
def _no_money(zone_id: UUID, projects: Iterable[UUID]) -> dict[UUID, list[Reason]]:
    """Why no allocation of these projects may go out now."""
    rows = Control.objects.filter(zone_id=zone_id, project_id__in=list(projects), case__state__in=STANDING)
    found: dict[UUID, list[Reason]] = defaultdict(list)
    for row in rows.select_related("case", "project"):
        found[row.project_id].append(
            Reason(
                f"“{row.project.name}”自 {row.effective} 起{row.get_kind_display()}，资金不能下达",
                26,
                next="部门整改并报送后，由支出管理科、国库科会签解除，再下达。",
                link=row.case.get_absolute_url(),
            )
        )
    return dict(found)


def _during(control: Control, payment: Payment) -> bool:
    """Whether a payment, or part of it, was made after the day of effect and before the control was lifted."""
    if control.effective is None or payment.until <= control.effective or payment.increase <= 0:
        return False
    return control.lifted is None or payment.since is None or payment.since < control.lifted


@watching.register
def _against(zone_id: UUID, payments: Sequence[Payment]) -> list[Flag]:
    rows = Control.objects.filter(
        zone_id=zone_id,
        project_id__in=[payment.project.pk for payment in payments],
        effective__isnull=False,
    )
    by_project: dict[UUID, list[Control]] = defaultdict(list)
    for row in rows.select_related("case"):
        by_project[row.project_id].append(row)
    return [
        Flag(payment, words(control, payment), control.case.get_absolute_url())
        for payment in payments
        for control in by_project[payment.project.pk]
        if _during(control, payment)
    ]


def words(control: Control, payment: Payment) -> str:
    """Which control a payment goes against, and what of it may still be in order."""
    until = f"，{control.lifted} 解除" if control.lifted else ""
    told = f"{control.effective} 起{control.get_kind_display()}{until}。"
    before = payment.since is None or payment.since < control.effective
    after = control.lifted is not None and payment.until >= control.lifted
    if before or after:
        told += f"新增{payment.what}里可能有期间以外的，请按凭证核对。"
    return told


def payments_against(controls: Sequence[Control]) -> dict[UUID, list[Payment]]:
    """Payments made and fund-use plans come in although the money was stopped, by control, in the order of time."""
    rows = ExecutionFigure.objects.filter(
        project_id__in=[control.project_id for control in controls], batch__withdrawn=False
    ).select_related("project")
    newest = {(row.project_id, row.year, row.cutoff): row for row in rows.order_by("year", "cutoff", "id")}
    payments: dict[UUID, list[Payment]] = defaultdict(list)
    last: dict[tuple[UUID, int], ExecutionFigure] = {}
    for (project, year, cutoff), row in newest.items():
        before = last.get((project, year))
        payments[project] += watching.increases(row, before, before.cutoff if before else None, cutoff)
        last[project, year] = row
    return {
        control.pk: [each for each in payments[control.project_id] if _during(control, each)]
        for control in controls
    }


def propose(project: Project, kind: str, reason: str, *, by: Person, evidence: Sequence[Any] = ()) -> Case:
    """Proposes to suspend or stop a project's money (step 提请). Raises door.Refusal; nothing is stopped by it yet."""
    procedure, step = step_named("control.open")
    draft = Case(
        zone=by.zone,
        year=timezone.localdate(door.now()).year,
        department=project.department,
        unit=project.unit,
        subject=project.pk,
        code=project.code,
        title=f"{project.name}（{Control.Kind(kind).label}）",
    )

    def make(cases: list[Case]) -> None:
        Control.objects.create(
            zone_id=by.zone_id, case=cases[0], project=project, kind=kind, reason=reason.strip()
        )

    with transaction.atomic():
        Project.objects.select_for_update().get(pk=project.pk)
        running = Control.objects.filter(zone_id=by.zone_id, project=project, kind=kind)
        if (other := running.exclude(case__state__in=OVER).select_related("case").first()) is not None:
            told = f"“{project.name}”已有一件没有办结的{other.get_kind_display()}"
            there = Reason(told, 26, next="请在那一件里办理。", link=other.case.get_absolute_url())
            raise door.Refusal(procedure, step, draft, [there])
        return door.start("control.open", [draft], by=by, make=make, opinion=reason, evidence=list(evidence))[
            0
        ].case


def _take_effect(matters: list[Matter], by: Person) -> None:
    """Holds the project, so that an allocation going out at this moment is either out before or refused after."""
    _mark(matters, "effective")


def _end(matters: list[Matter], by: Person) -> None:
    _mark(matters, "lifted")


def _mark(matters: list[Matter], field: str) -> None:
    keys = sorted(matter.record.project_id for matter in matters)
    list(Project.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))
    today = timezone.localdate(door.now())
    for matter in matters:
        setattr(matter.record, field, today)
    Control.objects.filter(pk__in=[matter.record.pk for matter in matters]).update(**{field: today})


EVIDENCE = Need("evidence", "佐证材料", "files")

CONTROL = register(
    Procedure(
        "control",
        "暂缓、停止拨款",
        "monitoring",
        states=(
            State("proposed", "待两科会签"),
            State("in_effect", "已停拨待整改", editable=DEPARTMENT),
            State("lifting", "待会签解除"),
            State("lifted", "已恢复拨款", "done"),
            State("dropped", "未生效", "void"),
        ),
        steps=(
            Step(
                "open",
                "提请暂缓或停止拨款",
                (),
                "proposed",
                EXPENDITURE,
                (8, 26),
                (Need("opinion", "事由"), EVIDENCE),
                page="control-new",
            ),
            Step(
                "sign",
                "会签生效",
                ("proposed",),
                "in_effect",
                EXPENDITURE & TREASURY,
                (7, 8, 26),
                (OPINION,),
                follows=(_take_effect,),
                days="control_sign",
            ),
            Step("drop", "撤销提请", ("proposed",), "dropped", EXPENDITURE, (26,), (WORD,), optional=True),
            Step("refuse", "不同意", ("proposed",), "dropped", TREASURY, (7, 26), (WORD,), optional=True),
            Step(
                "report",
                "报送整改，申请恢复拨款",
                ("in_effect",),
                "lifting",
                DEPARTMENT,
                (26,),
                (Need("opinion", "整改情况"), EVIDENCE),
                days="control_report",
            ),
            Step(
                "ask_lift",
                "提请解除",
                ("in_effect",),
                "lifting",
                EXPENDITURE,
                (8, 26),
                (WORD,),
                optional=True,
            ),
            Step(
                "lift",
                "会签解除",
                ("lifting",),
                "lifted",
                EXPENDITURE & TREASURY,
                (7, 8, 26),
                (OPINION,),
                follows=(_end,),
                days="control_lift",
            ),
            returning("return", "lifting", EXPENDITURE & TREASURY, (26,)),
        ),
        load=load,
        snapshot=snapshot,
        template="monitoring/control_case.html",
        context=shown,
    )
)
