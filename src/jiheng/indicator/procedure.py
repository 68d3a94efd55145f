"""How indicators enter the library: proposed, and published by the performance office with their owner (art. 9, 38).

Who owns an indicator follows from its field by the profile; so there is one table for each office that owns some.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.utils.timezone import localdate

from jiheng.bureau.models import Person
from jiheng.bureau.roles import ASSETS, BUDGET, DEPARTMENT, EXPENDITURE, PERFORMANCE, PROCUREMENT, UNIT, Role
from jiheng.indicator.models import REVISED, IndicatorEdition, LibraryIndicator, Proposal
from jiheng.procedure import door
from jiheng.procedure.models import Act, Case
from jiheng.procedure.table import OPINION, WORD, Guard, Matter, Procedure, Reason, State, Step, register

OWNERS: dict[str, Role] = {role.key: role for role in (EXPENDITURE, BUDGET, PROCUREMENT, ASSETS)}
SHOWN = 200
Status = LibraryIndicator.Status


def load(cases: Sequence[UUID]) -> dict[UUID, Proposal]:
    rows = Proposal.objects.filter(case_id__in=cases).select_related("case", "goal", "revises")
    return {row.case_id: row for row in rows.annotate(count=Count("indicators"))}


def snapshot(proposal: Proposal) -> dict[str, Any]:
    """The indicators proposed; of very many, their number and the first."""
    rows = proposal.indicators.order_by("level1", "level2", "code")[:SHOWN]
    return {
        "count": proposal.count,  # type: ignore[attr-defined]
        "word": proposal.word,
        "indicators": [[row.code, row.level1, row.level2, row.name, row.reference] for row in rows],
        **({"revises": proposal.revises.code, "changes": proposal.changes} if proposal.revises else {}),
    }


def shown(proposal: Proposal) -> dict[str, Any]:
    return {
        "indicators": proposal.indicators.order_by("level1", "level2", "code")[:SHOWN],
        "more": max(0, proposal.count - SHOWN),  # type: ignore[attr-defined]
        "alike": alike(proposal),
    }


def alike(proposal: Proposal) -> list[LibraryIndicator]:
    """Published indicators of the same name and level as one that is proposed."""
    names = proposal.indicators.order_by().values("name")[:SHOWN]
    mine = {(row.level2, row.name) for row in proposal.indicators.order_by()[:SHOWN]}
    published = LibraryIndicator.objects.filter(zone_id=proposal.zone_id, status=Status.PUBLISHED)
    if row := proposal.revises:
        _, level2 = proposal.changes.get("level2", ("", row.level2))
        _, name = proposal.changes.get("name", ("", row.name))
        mine = {(level2, name)}
        published = published.filter(name__in=[name for _, name in mine]).exclude(pk=row.pk)
    else:
        published = published.filter(name__in=names).exclude(proposal=proposal)
    return [row for row in published if (row.level2, row.name) in mine]


def _not_twice(matter: Matter) -> Iterable[Reason]:
    for row in alike(matter.record)[:5]:
        yield Reason(
            f"库里已有“{row.level2}”的“{row.name}”",
            next="请直接引用库里的指标；确需另立的，请提出方改名后再提。",
        )


def _as_it_was(matter: Matter) -> Iterable[Reason]:
    """A revision is signed against the edition it was written for."""
    row = matter.record.revises
    if row and any(getattr(row, key) != old for key, (old, _) in matter.record.changes.items()):
        yield Reason(f"“{row.name}”在提出之后又改过", next="请不采用这一次，按现在的一版重新提出。")


def _becomes(status: LibraryIndicator.Status) -> Callable[[list[Matter]], None]:
    def write(matters: list[Matter]) -> None:
        for matter in matters:
            matter.record.indicators.update(status=status)

    return write


def _retire(matters: list[Matter]) -> None:
    _becomes(Status.RETIRED)(matters)
    keys = [matter.record.revises_id for matter in matters if matter.record.revises_id]
    LibraryIndicator.objects.filter(pk__in=keys).update(status=Status.RETIRED)


def _publish(matters: list[Matter], by: Person) -> None:
    """With the last signature the indicators are there for everybody, and each edition is kept."""
    _becomes(Status.PUBLISHED)(matters)
    today = localdate(door.now())
    for matter in matters:
        rows = [_revised(matter.record)] if matter.record.revises else matter.record.indicators.order_by("pk")
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


def _revised(proposal: Proposal) -> LibraryIndicator:
    """The indicator as the signed revision makes it: its next version, or taken out of use."""
    assert proposal.revises is not None
    row = LibraryIndicator.objects.select_for_update().get(pk=proposal.revises.pk)
    for key, (_, value) in proposal.changes.items():
        setattr(row, key, value)
    if "status" not in proposal.changes:
        row.status, row.version = Status.PUBLISHED, row.version + 1
    row.save()
    return row


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
    revises: LibraryIndicator | None = None,
    changes: Mapping[str, Sequence[str]] | None = None,
) -> Act:
    """Puts indicators to their countersign: ``new`` ones, some that wait in the library, or the revision of one."""
    name = PROPOSALS.get(owner, PROPOSALS[EXPENDITURE.key])

    def make(cases: list[Case]) -> None:
        proposal = Proposal.objects.create(
            zone_id=by.zone_id, case=cases[0], goal=goal, word=word, revises=revises, changes=changes or {}
        )
        for row in new:
            row.proposal = proposal
        LibraryIndicator.objects.bulk_create(new, batch_size=1000)
        for first in range(0, len(waiting), 1000):
            some = waiting[first : first + 1000]
            LibraryIndicator.objects.filter(zone_id=by.zone_id, pk__in=some).update(proposal=proposal)

    draft = Case(
        zone=by.zone,
        year=door.now().year,
        title=title,
        department=goal.department if goal else None,
        unit=goal.unit if goal else None,
    )
    return door.start(f"{name}.{step}", [draft], by=by, make=make)[0]


def put_waiting_to_sign(by: Person) -> list[Act]:
    """Everything imported and not yet put to its countersign, one proposal for each owner."""
    left = LibraryIndicator.objects.filter(zone_id=by.zone_id, status=Status.PROPOSED).exclude(
        proposal__case__state="proposed"
    )
    keys: dict[str, list[UUID]] = {}
    for owner, key in left.order_by("owner").values_list("owner", "pk"):
        keys.setdefault(owner, []).append(key)
    return [
        propose("office_propose", owner, f"导入的 {len(some)} 条指标", by=by, waiting=some, word="导入的指标")
        for owner, some in keys.items()
    ]
