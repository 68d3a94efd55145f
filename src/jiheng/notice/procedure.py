"""The steps of a notice (通知): drafted, signed by leadership where the profile wants it, issued (art. 17, 22, 24, 28, 37).

Issuing is one transaction: the notice gets its number, the round opens, everybody asked gets a receipt to sign, and the
requirements it carries are carried. Or it is refused, and nothing of that happened.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.timezone import localdate

from jiheng.bureau.models import Organization, Person, Zone
from jiheng.bureau.profile import values_of
from jiheng.bureau.roles import LEADERSHIP
from jiheng.bureau.standing import standing
from jiheng.notice.kinds import KINDS, PAGE, Kind
from jiheng.notice.models import Notice, Receipt, Requirement, Round
from jiheng.procedure import door
from jiheng.procedure.models import Case
from jiheng.procedure.table import (
    OPINION,
    Guard,
    Matter,
    Need,
    Procedure,
    Reason,
    State,
    Step,
    register,
    returning,
)

ENCLOSED = Need("files", "附件", kind="files", required=False, help="随通知发给各部门、单位")
MAY_RECEIVE = (Organization.Kind.DEPARTMENT, Organization.Kind.UNIT)
ON_ISSUED: dict[str, list[Callable[[Matter, Round, Person], None]]] = {}
"""What rooms above want done, in the same transaction, when a notice of a kind has opened its round (art. 37)."""


def load(cases: Sequence[UUID]) -> dict[UUID, Notice]:
    found = Notice.objects.filter(case_id__in=cases).select_related("case__zone", "round")
    found = found.prefetch_related("chosen")
    return {notice.case_id: notice for notice in found}


def snapshot(notice: Notice) -> dict[str, Any]:
    return {
        "kind": notice.kind,
        "year": notice.year,
        "title": notice.title,
        "number": notice.number,
        "text": notice.text,
        "asks": notice.asks,
        "chosen": [organization.name for organization in notice.chosen.all()],
        "deadline": notice.deadline.isoformat() if notice.deadline else "",
        "cutoff": notice.cutoff.isoformat() if notice.cutoff else "",
        "scope": notice.scope,
        "requirements": [[each.title, each.text] for each in carried(notice)],
        "issued_on": notice.issued_on.isoformat() if notice.issued_on else "",
    }


def asked(notice: Notice) -> list[Organization]:
    """Whom the notice asks, in the bureau's order."""
    if notice.asks == Notice.Asks.CHOSEN:
        return list(notice.chosen.filter(kind__in=MAY_RECEIVE))
    kinds = MAY_RECEIVE if notice.asks == Notice.Asks.EVERYBODY else MAY_RECEIVE[:1]
    everybody = standing(notice.case.zone).organizations
    return [organization for organization in everybody.values() if organization.kind in kinds]


def _requirements_at(notice: Notice, state: str) -> list[Requirement]:
    found = Requirement.objects.filter(zone_id=notice.zone_id, kind=notice.kind, year=notice.year)
    return list(found.filter(case__state=state).select_related("case").order_by("pk"))


def waiting(notice: Notice) -> list[Requirement]:
    """The requirements for this kind and year that its host has neither taken up nor returned."""
    return _requirements_at(notice, "sent")


def carried(notice: Notice) -> list[Requirement]:
    """The requirements that go out with the notice: before it is issued, all that its host has taken up."""
    if notice.issued_on:
        return list(notice.requirements.select_related("case").order_by("pk"))
    return _requirements_at(notice, "taken")


def _complete(matter: Matter) -> Iterable[Reason]:
    notice: Notice = matter.record
    if not notice.text.strip():
        yield Reason("通知还没有正文", next="请先填写正文。", field="text")
    if notice.deadline is None:
        yield Reason("通知没有写报送时限", next="请填写时限。", field="deadline")
    elif notice.deadline <= (today := localdate(door.now())):
        yield Reason(
            f"报送时限 {notice.deadline} 不在今天（{today}）之后",
            next="请改为今天以后的日期，让各部门、单位来得及办。",
            field="deadline",
        )
    if notice.is_a.cutoff and notice.cutoff is None:
        yield Reason(f"通知没有写{notice.is_a.cutoff}", next="请填写。", field="cutoff")
    if notice.is_a.scope and not notice.scope.strip():
        yield Reason(
            f"通知没有写{notice.is_a.scope}",
            next="请写明单位自评、部门评价还是财政评价，哪些项目。",
            field="scope",
        )
    if notice.asks == Notice.Asks.CHOSEN and not notice.chosen.all():
        yield Reason("没有选发给哪些部门、单位", next="请至少选一个。", field="chosen")


def _none_waits(matter: Matter) -> Iterable[Reason]:
    """No requirement of the performance office waits unhandled (art. 17, 22, 37)."""
    for requirement in waiting(matter.record):
        yield Reason(
            f"预算绩效管理科的“{requirement.title}”还没有处理，通知不能印发",
            next="请先接收，列入本通知，或写明理由退回。",
            link=requirement.case.get_absolute_url(),
        )


def _signed(matter: Matter) -> Iterable[Reason]:
    wanted = values_of(matter.case.profile_id)("notice", "signer") == "leadership"
    if wanted and matter.case.state == "draft":
        yield Reason("按局情配置，通知须由局领导签发后印发", next="请先办理“送签”。")


def _number(matters: list[Matter]) -> None:
    """Gives each notice its requirements, its day and, where none was written, the next number: 财预〔2026〕3号.

    The zone's row is held, so that two that are issued at once get different numbers.
    """
    today = localdate(door.now())
    for matter in matters:
        notice: Notice = matter.record
        if not notice.number:
            Zone.objects.select_for_update().get(pk=notice.zone_id)
            word = values_of(matter.case.profile_id)("notice", "word")
            head = f"{word}{notice.is_a.sign}〔{today.year}〕"
            notice.number = f"{head}{_last(notice.zone_id, head) + 1}号"
        Requirement.objects.filter(pk__in=[each.pk for each in carried(notice)]).update(notice=notice)
        notice.issued_on = today
        notice.save(update_fields=["number", "issued_on"])


def _last(zone_id: UUID, head: str) -> int:
    numbers = Notice.objects.filter(zone_id=zone_id, number__startswith=head).values_list("number", flat=True)
    serials = [each.removeprefix(head).removesuffix("号") for each in numbers]
    return max((int(serial) for serial in serials if serial.isdecimal()), default=0)


def _open_round(matters: list[Matter], by: Person) -> None:
    """The round opens, everybody asked gets a receipt, and the requirements are carried."""
    for matter in matters:
        notice: Notice = matter.record
        round_ = Round.objects.create(
            zone_id=notice.zone_id,
            notice=notice,
            kind=notice.kind,
            year=notice.year,
            deadline=notice.deadline,
            opened_on=notice.issued_on,
        )
        everybody = asked(notice)
        for key, kind in zip((notice.is_a.receipt, notice.is_a.unit_receipt), MAY_RECEIVE, strict=True):
            part = [organization for organization in everybody if organization.kind == kind]
            _deliver(key, round_, part, matter, by)
        if cases := [requirement.case for requirement in carried(notice)]:
            door.perform_many(
                f"{notice.is_a.carried}.carry", cases, by=by, within=matter.act, all_or_none=True
            )
        for told in ON_ISSUED.get(notice.kind, ()):
            told(matter, round_, by)


def _deliver(key: str, round_: Round, part: list[Organization], matter: Matter, by: Person) -> None:
    zone, notice = matter.case.zone, matter.record
    known = standing(zone).organizations

    def make(cases: list[Case]) -> None:
        Receipt.objects.bulk_create(
            (
                Receipt(zone_id=round_.zone_id, case=case, round=round_, organization=organization)
                for case, organization in zip(cases, part, strict=True)
            ),
            batch_size=1000,
        )

    drafts = [
        Case(
            zone=zone,
            year=round_.year,
            department=known[organization.parent_id] if organization.parent_id else organization,
            unit=organization if organization.parent_id else None,
            code=notice.number,
            title=notice.title,
        )
        for organization in part
    ]
    door.start(f"{key}.open", drafts, by=by, make=make, within=matter.act)


def shown(notice: Notice) -> dict[str, Any]:
    """Beside the notice: what it carries, what still waits, whom it asks."""
    issued = notice.issued_on is not None
    return {
        "carried": carried(notice),
        "waiting": [] if issued or not notice.is_a.requirement else waiting(notice),
        "round": notice.round if issued else None,
        "asked_number": notice.round.receipts.count() if issued else len(asked(notice)),
        "then_url": reverse(notice.is_a.then) if issued and notice.is_a.then else "",
    }


def notice_of(kind: Kind) -> Procedure:
    """The procedure of one kind of notice, with its host's role and its articles."""
    key = kind.notice
    guards = [Guard(f"{key}_complete", "正文、时限和受文对象齐全，时限在今天之后", kind.article, _complete)]
    if kind.requirement:
        label = f"没有待处理的{kind.requirement}"
        guards.append(Guard(f"{key}_requirements", label, kind.article, _none_waits))
    signed = Guard(f"{key}_signed", "局情配置要求时，局领导已签发", kind.article, _signed)
    return Procedure(
        key,
        kind.label,
        kind.work,
        states=(
            State("draft", "起草中", editable=kind.host),
            State("signing", "待局领导签发"),
            State("signed", "待印发"),
            State("issued", "已印发", "done"),
        ),
        steps=(
            Step("open", f"起草{kind.label}", (), "draft", kind.host, kind.articles, page=f"{key}-new"),
            Step(
                "submit", "送签", ("draft",), "signing", kind.host, (kind.article,), (OPINION,),
                guards=tuple(guards), optional=True,
            ),
            Step(
                "sign", "签发", ("signing",), "signed", LEADERSHIP, (kind.article,), (OPINION,),
                days="notice_sign",
            ),
            returning("leadership_return", "signing", LEADERSHIP, (kind.article,)),
            Step(
                "issue", "印发", ("draft", "signed"), "issued", kind.host, kind.articles, (ENCLOSED,),
                guards=(signed, *guards), writes=(_number,), follows=(_open_round,),
            ),
            returning("host_return", "signed", kind.host, (kind.article,)),
        ),
        load=load,
        snapshot=snapshot,
        template="notice/notice_case.html",
        context=shown,
        page=PAGE,
    )  # fmt: skip


for _kind in KINDS.values():
    register(notice_of(_kind))
