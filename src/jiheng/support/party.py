"""The table of the register of experts and institutions (专家和机构库, art. 39), and what changes it."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate

from jiheng.bureau.changes import log
from jiheng.bureau.directory import told
from jiheng.bureau.models import Change, Organization, Person
from jiheng.bureau.profile import values_of
from jiheng.bureau.roles import PERFORMANCE
from jiheng.bureau.standing import changed
from jiheng.procedure import door
from jiheng.procedure.models import Case
from jiheng.procedure.table import WORD, Guard, Matter, Need, Procedure, Reason, State, Step, register
from jiheng.support.models import Party, Service

Kind = Organization.Kind
LETTERS = {Kind.EXPERT: "Z", Kind.INSTITUTION: "J"}
ORDER = 900_000
"""Experts and institutions stand after every office, department and unit."""


def load(cases: Sequence[UUID]) -> dict[UUID, Party]:
    parties = Party.objects.filter(case_id__in=cases).select_related("case", "organization")
    return {party.case_id: party for party in parties.prefetch_related("services")}


def snapshot(party: Party) -> dict[str, Any]:
    return {
        "kind": party.organization.kind,
        "name": party.organization.name,
        "code": party.organization.code,
        "fields": party.field_list,
        "title": party.title,
        "employer": party.employer,
        "credit_code": party.credit_code,
        "lead": party.lead,
        "note": party.note,
        "services": [[each.name, each.first_year, each.last_year] for each in party.services.all()],
        "credit": f"{party.credit:.2f}",
        "barred_until": party.barred_until.isoformat() if party.barred_until else "",
        "barred_for": party.barred_for,
    }


def shown(party: Party) -> dict[str, Any]:
    """The credit record: every engagement with its rating."""
    engagements = party.engagements.select_related("case", "subject__unit", "subject__department")
    return {
        "engagements": engagements.order_by("-id"),
        "services": party.services.all(),
        "today": localdate(),
    }


def _complete(matter: Matter) -> Iterable[Reason]:
    party: Party = matter.record
    expert = party.organization.kind == Kind.EXPERT
    wanted = [("fields", party.fields, "专业领域"), ("title", party.title, "职称" if expert else "资质")]
    wanted += [("employer", party.employer, "所在单位")] if expert else [("lead", party.lead, "主评人或团队")]
    for key, value, label in wanted:
        if not value.strip():
            yield Reason(f"没有填{label}", next="请先补齐资料；回避和抽取都要用到。", field=key)


def day_of(text: Any) -> datetime.date | None:
    """A day as a form gives it, or nothing."""
    try:
        return datetime.date.fromisoformat(str(text).strip())
    except ValueError:
        return None


def _until(matter: Matter) -> Iterable[Reason]:
    if matter.given.get("until"):
        day = day_of(matter.given["until"])
        if day is None or day <= localdate(door.now()):
            yield Reason(
                "暂停选用的截止日期应晚于今天", next="请写成 2027-12-31 的样子。", kind="given", field="until"
            )


def _bar(matters: list[Matter]) -> None:
    for matter in matters:
        matter.record.barred_until = day_of(matter.given["until"])
        matter.record.barred_for = matter.given["opinion"].strip()
        matter.record.save(update_fields=["barred_until", "barred_for"])


def _restore(matters: list[Matter]) -> None:
    for matter in matters:
        matter.record.barred_until, matter.record.barred_for = None, ""
        matter.record.save(update_fields=["barred_until", "barred_for"])


COMPLETE = Guard("party_complete", "资料齐全", 39, _complete)
UNTIL = Guard("party_until", "截止日期晚于今天", 39, _until)

PARTY = register(
    Procedure(
        "party",
        "专家和机构",
        "support",
        states=(
            State("proposed", "待入库", editable=PERFORMANCE),
            State("registered", "在库", "done"),
            State("barred", "暂停选用", "void"),
            State("retired", "已退库", "void"),
            State("dropped", "未入库", "void"),
        ),
        steps=(
            Step("propose", "推荐专家或机构", (), "proposed", PERFORMANCE, (39,), page="party-new"),
            Step(
                "register",
                "入库",
                ("proposed",),
                "registered",
                PERFORMANCE,
                (39,),
                guards=(COMPLETE,),
                days="party_register",
            ),
            Step("drop", "不予入库", ("proposed",), "dropped", PERFORMANCE, (39,), (WORD,), optional=True),
            Step("revise", "更新资料", ("registered",), "proposed", PERFORMANCE, (39,), optional=True),
            Step(
                "bar",
                "列入暂停选用",
                ("registered",),
                "barred",
                PERFORMANCE,
                (39,),
                (
                    Need("until", "暂停至（含当日）", kind="date"),
                    Need("opinion", "理由", help="写明违反了什么、哪一次委托，对方和各科室都以此为准"),
                ),
                guards=(UNTIL,),
                writes=(_bar,),
                optional=True,
            ),
            Step(
                "restore",
                "恢复选用",
                ("barred", "retired"),
                "registered",
                PERFORMANCE,
                (39,),
                (WORD,),
                writes=(_restore,),
                optional=True,
            ),
            Step(
                "retire",
                "退库",
                ("registered", "barred"),
                "retired",
                PERFORMANCE,
                (39,),
                (WORD,),
                optional=True,
            ),
        ),
        load=load,
        snapshot=snapshot,
        template="support/party_case.html",
        context=shown,
    )
)


@dataclass
class Profile:
    """What is kept of a party, as typed; ``services`` are (name, first year, last year)."""

    kind: str
    name: str
    fields: list[str]
    title: str = ""
    employer: str = ""
    credit_code: str = ""
    lead: str = ""
    note: str = ""
    services: list[tuple[str, int, int]] = field(default_factory=list)


def profile_of(party: Party) -> Profile:
    """A saved party, as it would be typed."""
    return Profile(
        party.organization.kind, party.organization.name, party.field_list, party.title, party.employer,
        party.credit_code, party.lead, party.note,
        [(each.name, each.first_year, each.last_year) for each in party.services.all()],
    )  # fmt: skip


def _write(party: Party, typed: Profile) -> None:
    party.fields = "、".join(typed.fields)
    party.title, party.employer, party.credit_code = typed.title, typed.employer, typed.credit_code
    party.lead, party.note = typed.lead, typed.note
    party.revision += 1
    party.save()
    party.services.all().delete()
    Service.objects.bulk_create(
        Service(zone_id=party.zone_id, party=party, name=name, first_year=first, last_year=last)
        for name, first, last in typed.services
    )


def _code(zone_id: UUID, kind: str) -> str:
    """The next number of this kind: Z0001, Z0002 for experts, J0001 for institutions."""
    letter = LETTERS[Kind(kind)]
    codes = Organization.objects.filter(zone=zone_id, kind=kind, code__startswith=letter)
    taken = [int(code[1:]) for code in codes.values_list("code", flat=True) if code[1:].isdecimal()]
    return f"{letter}{max(taken, default=0) + 1:04d}"


def propose(typed: Profile, *, by: Person) -> Party:
    """Puts an expert or institution forward for the register; the organization it acts as comes into being with it."""
    made: list[Party] = []

    def make(cases: list[Case]) -> None:
        (case,) = cases
        code = _code(by.zone_id, typed.kind)
        organization = Organization.objects.create(
            zone_id=by.zone_id, kind=typed.kind, code=code, name=typed.name, order=ORDER + int(code[1:])
        )
        start = values_of(case.profile_id).decimal("support", "credit_start")
        party = Party(zone_id=by.zone_id, case=case, organization=organization, credit=start)
        _write(party, typed)
        label = f"新增{organization.get_kind_display()}"
        log(by, Change.Kind.ORGANIZATION, organization.name, label, after=told(organization))
        made.append(party)

    draft = Case(zone=by.zone, year=localdate(door.now()).year, title=typed.name)
    with transaction.atomic():
        door.start("party.propose", [draft], by=by, make=make)
        changed(by.zone)
    return made[0]


def save(case: Case, typed: Profile, *, by: Person, revision: int) -> None:
    """Keeps what was typed for a party still to be registered. Raises Refusal or Overtaken."""
    with door.editing(case, by) as held:
        party = load([held.pk])[held.pk]
        if party.revision != revision:
            raise door.Overtaken
        organization = party.organization
        if organization.name != typed.name:
            before = told(organization)
            organization.name = typed.name
            organization.save(update_fields=["name"])
            Case.objects.filter(pk=held.pk).update(title=typed.name)
            log(by, Change.Kind.ORGANIZATION, typed.name, "改名", before=before, after=told(organization))
            changed(by.zone)
        _write(party, typed)
