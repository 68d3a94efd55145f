"""Taking execution figures in: what a file or a call brings is checked as a whole, and entered as a whole or not at all.

The figures come from the integrated budget system (预算管理一体化, norms 10); nobody types them. What says the same as a
batch that stands changes nothing, whether it comes as another file or is sent again.
"""

import datetime
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.core.files.base import ContentFile

from jiheng.bureau.models import Person, Zone
from jiheng.paper.execution_figures import ExecutionFigure, FigureError
from jiheng.procedure.models import Act
from jiheng.project import watching
from jiheng.project.execution import TOO_MUCH, Entry, digest, load_batch
from jiheng.project.models import ExecutionBatch, Project


@dataclass(frozen=True)
class Checked:
    """Figures that were looked at: either ``faults``, or entries that may be entered, all in 元.

    ``same`` is the batch that says the same already; ``flags`` are payments and plans of projects whose money is
    stopped (art. 26).
    """

    source: str
    sha256: str
    number: str = ""
    cutoff: datetime.date = datetime.date.min
    entries: list[Entry] = field(default_factory=list)
    faults: list[FigureError] = field(default_factory=list)
    flags: list[watching.Flag] = field(default_factory=list)
    same: ExecutionBatch | None = None
    content: bytes = b""

    @property
    def rows(self) -> int:
        return len(self.entries)

    @property
    def paid(self) -> Decimal:
        return sum((entry.paid for entry in self.entries), Decimal(0))


def examine(
    zone: Zone, rows: Sequence[ExecutionFigure], *, source: str, content: bytes, number: str = ""
) -> Checked:
    """Looks at rows as one batch and enters nothing."""
    given = {
        "source": source[-200:],
        "sha256": hashlib.sha256(content).hexdigest(),
        "number": number,
        "content": content,
    }
    days = {row.as_of for row in rows}
    faults: list[FigureError] = []
    if len(days) > 1:
        faults.append(FigureError("", "有几个截止日期；一批只能是一个截止日", "请分开导出"))
    known = Project.objects.filter(zone=zone, code__in=[row.project_code for row in rows])
    projects = {project.code: project for project in known.select_related("unit")}
    for row in rows:
        if row.project_code not in projects:
            told = f"项目库里没有代码为 {row.project_code} 的项目"
            faults.append(FigureError(row.place, told, "请核对代码，或先把项目列入项目库"))
        for label, amount in (
            ("年初预算数", row.initial),
            ("全年预算数", row.full_year),
            ("用款计划数", row.plan),
            ("执行数", row.executed),
        ):
            if amount is not None and abs(amount) >= TOO_MUCH:
                faults.append(FigureError(row.place, f"{label}“{amount:f}”元大得不可能", "请核对金额和单位"))
    if not rows:
        faults.append(FigureError("", "没有一行执行数", "从一体化系统重新导出"))
    if faults:
        return Checked(**given, faults=faults)
    cutoff = days.pop()
    entries = [
        Entry(
            projects[row.project_code],
            row.initial if row.initial is not None else row.full_year,
            row.full_year,
            row.executed,
            row.plan,
        )
        for row in rows
    ]
    return Checked(
        **given,
        cutoff=cutoff,
        entries=entries,
        flags=watching.flags(zone.pk, cutoff.year, cutoff, entries),
        same=same_as(zone, cutoff, entries),
    )


def same_as(zone: Zone, cutoff: datetime.date, entries: Sequence[Entry]) -> ExecutionBatch | None:
    """The standing batch that says the same."""
    standing = ExecutionBatch.objects.filter(zone=zone, withdrawn=False).select_related("case")
    return standing.filter(digest=digest(cutoff, entries)).first()


def again(checked: Checked, zone: Zone) -> Checked:
    """The same figures, looked up once more: another may have entered them meanwhile."""
    return replace(checked, same=same_as(zone, checked.cutoff, checked.entries))


def enter(checked: Checked, *, by: Person) -> Act:
    """Enters what was examined as one batch, with what came as its evidence. Raises door.Refusal."""
    return load_batch(
        by=by,
        zone=by.zone,
        cutoff=checked.cutoff,
        source=checked.source,
        sha256=checked.sha256,
        number=checked.number,
        entries=checked.entries,
        file=[ContentFile(checked.content, name=checked.source)],
    )
