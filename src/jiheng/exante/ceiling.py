"""How much may be arranged for new projects: entered and changed by the budget office (art. 6, 14). Money in 元."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from jiheng.bureau.models import Organization, Person
from jiheng.bureau.roles import BUDGET
from jiheng.exante.models import Ceiling
from jiheng.paper.typed import number
from jiheng.procedure import door
from jiheng.procedure.models import Act, Case
from jiheng.procedure.table import WORD, Guard, Matter, Need, Procedure, Reason, State, Step, register
from jiheng.project.execution import TOO_MUCH


def load(cases: Sequence[UUID]) -> dict[UUID, Ceiling]:
    rows = Ceiling.objects.filter(case_id__in=cases).select_related("case", "department")
    return {row.case_id: row for row in rows}


def snapshot(ceiling: Ceiling) -> dict[str, Any]:
    return {"year": ceiling.year, "amount": str(ceiling.amount)}


def amount_of(typed: str) -> Decimal | None:
    """An amount typed in 万元, as 元 in two places; None when it is none."""
    read = number(typed)
    if read is None or not 0 <= read * 10000 < TOO_MUCH:
        return None
    return (read * 10000).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _amount(matter: Matter) -> Iterable[Reason]:
    if "amount" in matter.given and amount_of(str(matter.given["amount"])) is None:
        yield Reason("控制数要填不小于 0 的数（万元）", field="amount", kind="given")


def _change(matters: list[Matter]) -> None:
    for matter in matters:
        matter.record.amount = amount_of(str(matter.given["amount"]))
        matter.record.save(update_fields=["amount"])
        Case.objects.filter(pk=matter.case.pk).update(amount=matter.record.amount)


def of(zone_id: UUID, department_id: UUID | None, year: int) -> Decimal | None:
    """The ceiling of a department (of the district for None) in a year, if the budget office entered one."""
    rows = Ceiling.objects.filter(zone_id=zone_id, department=department_id, year=year)
    return rows.values_list("amount", flat=True).first()


def enter(
    amounts: Mapping[Organization | None, Decimal], year: int, *, by: Person, word: str = ""
) -> list[Act]:
    """Enters the ceilings of a year (None for the district) and changes those that differ, ``word`` saying why."""
    known = {row.department_id: row for row in Ceiling.objects.filter(zone_id=by.zone_id, year=year)}
    new, acts = {}, []
    with transaction.atomic():
        for department, amount in amounts.items():
            row = known.get(department.pk if department else None)
            if row is None:
                new[department] = amount
            elif row.amount != amount:
                given = {"amount": f"{amount / 10000:f}", "opinion": word}
                acts.append(door.perform("ceiling.change", row.case, by=by, **given))
        drafts = [
            Case(
                zone=by.zone,
                year=year,
                department=department,
                code=department.code if department else "",
                title=f"{year}年{department.name if department else '全区'}安排控制数",
                amount=amount,
            )
            for department, amount in new.items()
        ]

        def make(cases: list[Case]) -> None:
            Ceiling.objects.bulk_create(
                Ceiling(zone_id=case.zone_id, case=case, department=case.department, year=year, amount=case.amount)
                for case in cases
            )  # fmt: skip

        return acts + door.start("ceiling.open", drafts, by=by, make=make)


CEILING = register(
    Procedure(
        "ceiling",
        "安排控制数",
        "exante",
        states=(State("set", "已下达", "done"),),
        steps=(
            Step("open", "录入控制数", (), "set", BUDGET, (6, 14), page="ceiling-new"),
            Step(
                "change",
                "调整控制数",
                ("set",),
                "set",
                BUDGET,
                (6, 14),
                (Need("amount", "控制数（万元）", "figure"), WORD),
                guards=(Guard("ceiling_amount", "控制数是不小于 0 的数", 14, _amount),),
                writes=(_change,),
                optional=True,
            ),
        ),
        load=load,
        snapshot=snapshot,
    )
)
