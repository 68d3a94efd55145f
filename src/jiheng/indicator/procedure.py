"""How indicators enter the library: proposed, and published by the performance office with their owner (art. 9, 38).

Who owns an indicator follows from its field by the profile; so there is one table for each office that owns some.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.timezone import localdate

from jiheng.bureau.models import Person
from jiheng.bureau.roles import ASSETS, BUDGET, DEPARTMENT, EXPENDITURE, PERFORMANCE, PROCUREMENT, UNIT, Role
from jiheng.indicator.models import REVISED, IndicatorEdition, LibraryIndicator, Proposal, Revision
from jiheng.procedure import door
from jiheng.procedure.models import Act, Case
from jiheng.procedure.table import OPINION, WORD, Guard, Matter, Procedure, Reason, State, Step, register

OWNERS: dict[str, Role] = {role.key: role for role in (EXPENDITURE, BUDGET, PROCUREMENT, ASSETS)}
SHOWN = 200
Status = LibraryIndicator.Status


def load(cases: Sequence[UUID]) -> dict[UUID, Proposal]:
    rows = Proposal.objects.filter(case_id__in=cases).select_related("case", "goal")
    counted = {"count": Count("indicators", distinct=True), "revised": Count("revisions", distinct=True)}
    return {row.case_id: row for row in rows.annotate(**counted)}


def _indicators(proposal: Proposal) -> QuerySet[LibraryIndicator]:
    return proposal.indicators.order_by("level1", "level2", "code")


def _revisions(proposal: Proposal) -> QuerySet[Revision]:
    return proposal.revisions.select_related("indicator").order_by("indicator__code")


def snapshot(proposal: Proposal) -> dict[str, Any]:
    """The indicators proposed and revised; of very many, their number and the first."""
    return {
        "count": proposal.count,  # type: ignore[attr-defined]
        "revised": proposal.revised,  # type: ignore[attr-defined]
        "word": proposal.word,
        "indicators": [
            [row.code, row.level1, row.level2, row.name, row.reference]
            for row in _indicators(proposal)[:SHOWN]
        ],
        "revisions": [[row.indicator.code, row.changes] for row in _revisions(proposal)[:SHOWN]],
    }


def shown(proposal: Proposal) -> dict[str, Any]:
    count, revised = proposal.count, proposal.revised  # type: ignore[attr-defined]
    return {
        "indicators": _indicators(proposal)[:SHOWN],
        "more": max(0, count - SHOWN),
        "revisions": _revisions(proposal)[:SHOWN],
        "more_revisions": max(0, revised - SHOWN),
        "alike": alike(proposal),
    }


def alike(proposal: Proposal) -> list[LibraryIndicator]:
    """Published indicators of the same name and level as one that is proposed, or as one is to become."""
    wanted: dict[tuple[str, str], set[UUID]] = {}
    for row in proposal.indicators.order_by()[:SHOWN]:
        wanted.setdefault((row.level2, row.name), set()).add(row.pk)
    renamed = Q(changes__has_key="name") | Q(changes__has_key="level2")
    for revision in _revisions(proposal).filter(renamed)[:SHOWN]:
        row = revision.indicator
        _, level2 = revision.changes.get("level2", ("", row.level2))
        _, name = revision.changes.get("name", ("", row.name))
        wanted.setdefault((level2, name), set()).add(row.pk)
    published = LibraryIndicator.objects.filter(
        zone_id=proposal.zone_id, status=Status.PUBLISHED, name__in={name for _, name in wanted}
    )
    return [row for row in published if row.pk not in wanted.get((row.level2, row.name), {row.pk})]


def _not_twice(matter: Matter) -> Iterable[Reason]:
    for row in alike(matter.record)[:5]:
        yield Reason(
            f"库里已有“{row.level2}”的“{row.name}”",
            next="请直接引用库里的指标；确需另立的，请提出方改名后再提。",
        )


def _as_it_was(matter: Matter) -> Iterable[Reason]:
    """A revision is signed against the edition it was written for, and what was retired meanwhile stays so."""
    for revision in _revisions(matter.record).iterator(chunk_size=2000):
        row = revision.indicator
        moved = any(getattr(row, key) != old for key, (old, _) in revision.changes.items())
        if moved or row.status != Status.PUBLISHED:
            said = "停用了" if row.status == Status.RETIRED else "又改过"
            yield Reason(f"“{row.name}”在提出之后{said}", next="请不采用这一次，按现在的一版重新提出。")
            return


def _becomes(status: LibraryIndicator.Status) -> Callable[[list[Matter]], None]:
    def write(matters: list[Matter]) -> None:
        for matter in matters:
            matter.record.indicators.update(status=status)

    return write


def _retire(matters: list[Matter]) -> None:
    _becomes(Status.RETIRED)(matters)
    proposals = [matter.record.pk for matter in matters]
    revised = Revision.objects.filter(proposal__in=proposals).order_by().values("indicator")
    LibraryIndicator.objects.filter(pk__in=revised).update(status=Status.RETIRED)


def _publish(matters: list[Matter], by: Person) -> None:
    """With the last signature the indicators are there for everybody, and each edition is kept."""
    _becomes(Status.PUBLISHED)(matters)
    today = localdate(door.now())
    for matter in matters:
        rows = chain(matter.record.indicators.order_by("pk"), _revised(matter.record))
        IndicatorEdition.objects.bulk_create(
            (
                IndicatorEdition(
                    zone_id=row.zone_id,
                    indicator=row,
                    version=row.version,
                    values={key: getattr(row, key) for key in REVISED},
                    case=matter.case,
                    published_on=today,
                )
                for row in rows
                if row.status == Status.PUBLISHED
            ),
            batch_size=1000,
            ignore_conflicts=True,
        )


def _revised(proposal: Proposal) -> list[LibraryIndicator]:
    """The indicators as the signed revisions make them: each its next version, or taken out of use."""
    changes = dict(proposal.revisions.values_list("indicator", "changes"))
    rows: list[LibraryIndicator] = []
    for first in range(0, len(changes), 1000):
        some = list(changes)[first : first + 1000]
        rows += LibraryIndicator.objects.select_for_update().filter(pk__in=some).order_by("pk")
    for row in rows:
        for key, (_, value) in changes[row.pk].items():
            setattr(row, key, value)
        if "status" not in changes[row.pk]:
            row.status, row.version = Status.PUBLISHED, row.version + 1
    LibraryIndicator.objects.bulk_update(
        rows, [*REVISED, "field", "owner", "status", "version"], batch_size=500
    )
    return rows


def _procedure(owner: Role) -> Procedure:
    return register(
        Procedure(
            f"indicator_{owner.key}",
            f"指标发布（{owner.short}牵头）",
            "support",
            states=(
                State("proposed", "待会签"),
                State("published", "已发布", "done"),
                State("refused", "未采用", "void"),
                State("retired", "已停用", "void"),
            ),
            steps=(
                Step("unit_propose", "提出指标", (), "proposed", UNIT, (38,), page="indicator-from-goal"),
                Step("department_propose", "提出指标", (), "proposed", DEPARTMENT, (38,), page="indicator-from-goal"),
                Step("office_propose", "提出指标", (), "proposed", PERFORMANCE, (5, 38), page="indicator-publish"),
                Step("owner_propose", "提出指标", (), "proposed", owner, (9, 38), page="indicator-new"),
                Step(
                    "publish",
                    "会签发布",
                    ("proposed",),
                    "published",
                    PERFORMANCE & owner,
                    (5, 9, 38),
                    (OPINION,),
                    guards=(
                        Guard("not_twice", "库里没有同名的指标", 38, _not_twice),
                        Guard("as_it_was", "修订的还是现行的一版", 38, _as_it_was),
                    ),
                    follows=(_publish,),
                    days="indicator_publish",
                ),
                Step(
                    "refuse", "不采用", ("proposed",), "refused", PERFORMANCE, (38,), (WORD,),
                    writes=(_becomes(Status.RETIRED),), optional=True,
                ),
                Step(
                    "owner_refuse", "不采用", ("proposed",), "refused", owner, (9, 38), (WORD,),
                    writes=(_becomes(Status.RETIRED),), optional=True,
                ),
                Step(
                    "retire", "停用", ("published",), "retired", PERFORMANCE, (38,), (WORD,),
                    writes=(_retire,), optional=True,
                ),
            ),
            load=load,
            snapshot=snapshot,
            template="indicator/proposal_case.html",
            context=shown,
        )
    )  # fmt: skip


PROPOSALS: dict[str, str] = {key: _procedure(role).key for key, role in OWNERS.items()}
"""The procedure by which an owner's indicators are published."""


def propose(
    step: str,
    owner: str,
    title: str,
    *,
    by: Person,
    waiting: Sequence[UUID] = (),
    new: Sequence[LibraryIndicator] = (),
    goal: Case | None = None,
    word: str = "",
    revisions: Sequence[Revision] = (),
) -> Act:
    """Puts indicators to their countersign: ``new`` ones, some that wait in the library, and revisions of others."""
    name = PROPOSALS.get(owner, PROPOSALS[EXPENDITURE.key])

    def make(cases: list[Case]) -> None:
        proposal = Proposal.objects.create(zone_id=by.zone_id, case=cases[0], goal=goal, word=word)
        for row in new:
            row.proposal = proposal
        LibraryIndicator.objects.bulk_create(new, batch_size=1000)
        for first in range(0, len(waiting), 1000):
            some = waiting[first : first + 1000]
            LibraryIndicator.objects.filter(zone_id=by.zone_id, pk__in=some).update(proposal=proposal)
        for revision in revisions:
            revision.proposal = proposal
        Revision.objects.bulk_create(
            revisions,
            batch_size=1000,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["proposal"],
        )

    draft = Case(
        zone=by.zone,
        year=door.now().year,
        title=title,
        department=goal.department if goal else None,
        unit=goal.unit if goal else None,
    )
    return door.start(f"{name}.{step}", [draft], by=by, make=make)[0]


@dataclass
class Waiting:
    """What of one owner was imported and not yet put to its countersign."""

    new: list[UUID] = field(default_factory=list)
    revisions: list[Revision] = field(default_factory=list)

    @property
    def words(self) -> str:
        counted = ((len(self.new), "新指标"), (len(self.revisions), "修订"))
        return "、".join(f"{count} 条{what}" for count, what in counted if count)


def _left(zone_id: UUID) -> tuple[QuerySet[LibraryIndicator], QuerySet[Revision]]:
    """New indicators and revisions that nobody has put to their countersign yet."""
    new = LibraryIndicator.objects.filter(zone_id=zone_id, status=Status.PROPOSED)
    new = new.exclude(proposal__case__state="proposed")
    return new, Revision.objects.filter(zone_id=zone_id, proposal=None)


def waiting_count(zone_id: UUID) -> int:
    return sum(rows.count() for rows in _left(zone_id))


def waiting(zone_id: UUID) -> dict[str, Waiting]:
    """By the role that keeps them, or will."""
    found: dict[str, Waiting] = {}
    new, revisions = _left(zone_id)
    for owner, key in new.order_by("owner").values_list("owner", "pk"):
        found.setdefault(owner, Waiting()).new.append(key)
    for row in revisions.select_related("indicator"):
        _, owner = row.changes.get("owner", ("", row.indicator.owner))
        found.setdefault(owner, Waiting()).revisions.append(row)
    return dict(sorted(found.items()))


def put_waiting_to_sign(by: Person) -> list[Act]:
    """Everything imported and not yet put to its countersign, one proposal for each owner."""
    return [
        propose(
            "office_propose", owner, f"导入的{each.words}", by=by, waiting=each.new, revisions=each.revisions,
            word="导入的指标",
        )
        for owner, each in waiting(by.zone_id).items()
    ]  # fmt: skip
