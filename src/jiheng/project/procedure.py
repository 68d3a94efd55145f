"""How execution figures enter: as a batch from a file, withdrawn only as a whole (art. 7, 23)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count, Sum

from jiheng.bureau.roles import TREASURY
from jiheng.procedure.table import WORD, Matter, Procedure, State, Step, register
from jiheng.project import watching
from jiheng.project.models import ExecutionBatch


def load(cases: Sequence[UUID]) -> dict[UUID, ExecutionBatch]:
    batches = ExecutionBatch.objects.filter(case_id__in=cases).select_related("case")
    counted = batches.annotate(
        rows=Count("figures"), paid=Sum("figures__paid"), full_year=Sum("figures__full_year")
    )
    return {batch.case_id: batch for batch in counted}


def snapshot(batch: ExecutionBatch) -> dict[str, Any]:
    return {
        "source": batch.source,
        "sha256": batch.sha256,
        "cutoff": batch.cutoff.isoformat(),
        "rows": batch.rows,  # type: ignore[attr-defined]
        "full_year": f"{batch.full_year:.2f}",  # type: ignore[attr-defined]
        "paid": f"{batch.paid:.2f}",  # type: ignore[attr-defined]
        "withdrawn": batch.withdrawn,
    }


def _withdraw(matters: list[Matter]) -> None:
    for matter in matters:
        matter.record.withdrawn = True
        matter.record.save(update_fields=["withdrawn"])


def shown(batch: ExecutionBatch) -> dict[str, Any]:
    """The batch's figures, and the payments in it that should not have been made (art. 26)."""
    figures = list(batch.figures.select_related("project__unit").order_by("project__code"))
    paid = [(figure.project, figure.paid) for figure in figures]
    flags = [] if batch.withdrawn else watching.flags(batch.zone_id, batch.year, batch.cutoff, paid)
    return {"figures": figures, "flags": flags}


EXECUTION = register(
    Procedure(
        "execution",
        "执行数",
        "monitoring",
        states=(State("loaded", "已入账", "done"), State("withdrawn", "已撤回", "void")),
        steps=(
            Step("load", "载入执行数", (), "loaded", TREASURY, (7, 23), page="execution-new"),
            Step(
                "withdraw",
                "整批撤回",
                ("loaded",),
                "withdrawn",
                TREASURY,
                (7,),
                (WORD,),
                writes=(_withdraw,),
                optional=True,
            ),
        ),
        load=load,
        snapshot=snapshot,
        template="project/execution_case.html",
        context=shown,
    )
)
