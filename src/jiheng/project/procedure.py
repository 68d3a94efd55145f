"""How execution figures enter: as a batch from a file, withdrawn only as a whole (art. 7, 23)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Sum

from jiheng.bureau.roles import TREASURY
from jiheng.procedure.table import WORD, Matter, Need, Procedure, State, Step, register
from jiheng.project import watching
from jiheng.project.execution import batch_before, changes
from jiheng.project.models import ExecutionBatch

FILE = Need("file", "执行数文件", kind="files", required=False)
"""What came, as it came: it is kept with the act."""


def load(cases: Sequence[UUID]) -> dict[UUID, ExecutionBatch]:
    batches = ExecutionBatch.objects.filter(case_id__in=cases).select_related("case")
    counted = batches.annotate(
        rows=Count("figures"),
        initial=Sum("figures__initial"),
        full_year=Sum("figures__full_year"),
        plan=Sum("figures__plan"),
        paid=Sum("figures__paid"),
    )
    return {batch.case_id: batch for batch in counted}


def snapshot(batch: ExecutionBatch) -> dict[str, Any]:
    return {
        "source": batch.source,
        "sha256": batch.sha256,
        "digest": batch.digest,
        "number": batch.number,
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
    """The batch beside the one before, and what came in it for projects whose money is stopped (art. 26)."""
    lines = changes(batch)
    figures = [line.now for line in lines if line.now]
    before = batch_before(batch)
    return {
        "figures": [line for line in lines if not line.gone],
        "gone": [line for line in lines if line.gone],
        "earlier": before,
        "increase": sum((line.paid for line in lines), Decimal(0)),
        "moved": sum(1 for line in lines if line.any) if before else 0,
        "flags": [] if batch.withdrawn else watching.flags(batch.zone_id, batch.year, batch.cutoff, figures),
    }


EXECUTION = register(
    Procedure(
        "execution",
        "执行数",
        "monitoring",
        states=(State("loaded", "已入账", "done"), State("withdrawn", "已撤回", "void")),
        steps=(
            Step("load", "载入执行数", (), "loaded", TREASURY, (7, 23), (FILE,), page="execution-new"),
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
