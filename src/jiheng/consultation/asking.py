"""Beginning a consultation (art. 42) or an instruction (art. 4) about a case, and what of both stands on its page."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from jiheng.bureau.models import Organization, Person, Zone
from jiheng.bureau.profile import Values, in_force, values_of
from jiheng.bureau.roles import LEADERSHIP, OFFICE
from jiheng.bureau.scope import holds, organizations_of
from jiheng.bureau.standing import standing
from jiheng.consultation.models import Consultation, Instruction
from jiheng.consultation.procedure import KEYS
from jiheng.procedure import door
from jiheng.procedure.models import Case


def offices(zone_id: Any, *, but: Sequence[Organization] = ()) -> list[Organization]:
    """The offices that may be asked: all of the bureau's but those given; leadership is not asked, it instructs."""
    rows = Organization.objects.filter(zone_id=zone_id, kind=Organization.Kind.OFFICE)
    mine = {each.pk for each in but}
    return [
        each for each in rows.order_by("order", "code") if OFFICE.key in each.fills and each.pk not in mine
    ]


def own_office(person: Person) -> Organization | None:
    """The office that asks when this person does."""
    return next((each for each in organizations_of(person) if OFFICE.key in each.fills), None)


def usual_day(zone: Zone, key: str) -> datetime.date:
    """The day by which an office answers unless another is set: workdays of the profile in force (its ``days``)."""
    today = timezone.localdate(door.now())
    profile = in_force(zone.pk, today)
    values = values_of(profile.pk) if profile else Values({})
    return standing(zone).workday_after(today, values("days", key))


def consult(
    about: Case,
    question: str,
    asked: Sequence[Organization],
    due: datetime.date,
    *,
    by: Person,
    evidence: Sequence[Any] = (),
) -> Case:
    """Opens a consultation with one answer awaited from each office. Raises door.Refusal."""
    draft = Case(
        zone=about.zone,
        year=about.year,
        unit=own_office(by),
        subject=about.subject,
        code=about.code,
        title=f"协商：{about.title}"[:200],
        amount=about.amount,
    )

    def make(cases: list[Case]) -> None:
        Consultation.objects.create(
            zone_id=about.zone_id, case=cases[0], about=about, question=question.strip(), due=due
        )

    keys = [str(each.pk) for each in asked]
    act = door.start(
        "consultation.open",
        [draft],
        by=by,
        make=make,
        opinion=question,
        offices=keys,
        evidence=list(evidence),
    )[0]
    return act.case


def instruct(about: Case, text: str, office: Organization, due: datetime.date, *, by: Person) -> Case:
    """Leaves an instruction; the named office finds it among its tasks. Raises door.Refusal."""
    draft = Case(
        zone=about.zone,
        year=about.year,
        unit=office,
        subject=about.subject,
        code=about.code,
        title=f"批示：{about.title}"[:200],
        amount=about.amount,
    )

    def make(cases: list[Case]) -> None:
        Instruction.objects.create(
            zone_id=about.zone_id, case=cases[0], about=about, text=text.strip(), due=due
        )

    return door.start("instruction.give", [draft], by=by, make=make, opinion=text)[0].case


@dataclass(frozen=True)
class Asked:
    """What stands on a case's page, for offices and leadership: consultations, instructions, what may be begun."""

    case: Case
    consultations: list[Consultation]
    instructions: list[Instruction]
    may_consult: bool
    may_instruct: bool


def on(case: Case, person: Person) -> Asked | None:
    """Nothing to departments, units and whoever is engaged, and on what is itself an asking."""
    office, leads = holds(person, [OFFICE]), holds(person, [LEADERSHIP])
    if case.procedure in KEYS or not (office or leads):
        return None
    return Asked(
        case,
        list(
            Consultation.objects.filter(about=case)
            .select_related("case__unit")
            .prefetch_related("answers__case__unit")
        ),
        list(Instruction.objects.filter(about=case).select_related("case__unit")),
        office,
        leads,
    )
