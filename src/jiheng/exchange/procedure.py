"""A confirmed import is one act: who imported which file with what result, the file kept as its evidence (art. 40).

One procedure for each kind and desk, so that matrix, picture and refusals name exactly who may.
"""

from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from jiheng.bureau.models import Person
from jiheng.bureau.roles import DEPARTMENT, GENERAL, PERFORMANCE, UNIT, Role
from jiheng.exchange.indicators import INDICATORS
from jiheng.exchange.models import Import
from jiheng.exchange.plan import Giver, Kind, Plan
from jiheng.exchange.projects import PROJECTS
from jiheng.exchange.units import UNITS
from jiheng.procedure.table import Matter, Need, Procedure, State, Step, register

KINDS: dict[str, Kind] = {kind.key: kind for kind in (PROJECTS, UNITS, INDICATORS)}
in_hand: ContextVar[tuple[Plan, Giver]] = ContextVar("in_hand")
"""The plan that is being confirmed: the act's consequence writes it, within the act's transaction."""
FILE = Need("file", "导入文件", kind="files")


def load(cases: Sequence[UUID]) -> dict[UUID, Import]:
    return {each.case_id: each for each in Import.objects.filter(case_id__in=cases)}


def snapshot(batch: Import) -> dict[str, Any]:
    return {
        "kind": batch.kind,
        "name": batch.name,
        "sha256": batch.sha256,
        "new": batch.new,
        "changed": batch.changed,
        "unchanged": batch.unchanged,
    }


def shown(batch: Import) -> dict[str, Any]:
    return {"kind": KINDS[batch.kind]}


def _write(matters: list[Matter], by: Person) -> None:
    plan, giver = in_hand.get()
    for matter in matters:
        assert matter.act is not None
        KINDS[matter.record.kind].write(plan, giver, matter.act)


def _importing(key: str, label: str, kind: Kind, role: Role, articles: tuple[int, ...]) -> Procedure:
    step = Step("confirm", label, (), "done", role, articles, (FILE,), follows=(_write,), page=kind.page)
    return register(
        Procedure(
            key,
            label,
            "support",
            states=(State("done", "已导入", "done"),),
            steps=(step,),
            load=load,
            snapshot=snapshot,
            template="exchange/case.html",
            context=shown,
        )
    )


PROCEDURES_OF: dict[tuple[str, str], str] = {
    (kind.key, role.key): _importing(key, label, kind, role, articles).key
    for key, label, kind, role, articles in (
        ("import_by_unit", "导入本单位项目", PROJECTS, UNIT, (12, 40)),
        ("import_by_department", "导入所属单位项目", PROJECTS, DEPARTMENT, (12, 40)),
        ("import_by_general", "导入一体化系统项目", PROJECTS, GENERAL, (40,)),
        ("import_units", "导入部门和单位", UNITS, GENERAL, (40,)),
        ("import_indicators", "导入指标", INDICATORS, PERFORMANCE, (5, 38)),
    )
}
"""The procedure by which somebody imports: by kind and role."""
