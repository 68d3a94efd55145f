"""Engaging experts and institutions on a case (art. 39): what rooms above use.

``offer`` says on which cases it is possible, ``results`` tells what came of it, ``invite`` and ``draw_and_invite``
begin engagements, ``on`` tells how they stand on one case.
"""

import datetime
import hashlib
import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate

from jiheng.bureau.models import Organization, Person
from jiheng.bureau.profile import in_force
from jiheng.bureau.standing import standing
from jiheng.procedure import door, rows
from jiheng.procedure.models import Act, Attachment, Case
from jiheng.procedure.table import PROCEDURES, Reason
from jiheng.support import engaging, rules, screening
from jiheng.support.models import Draw, Engagement, Party
from jiheng.support.offering import KINDS, OFFERS, Offer, Section

DONE = ("delivered", "rated")


@dataclass(frozen=True)
class Result:
    """What an engagement brought. ``score`` is out of 100; ``case`` the engagement's own case."""

    party: str
    kind: str
    score: Decimal | None
    grade: str
    conclusion: str
    conclusion_label: str
    opinion: str
    files: list[Attachment]
    case: UUID
    delivered_at: datetime.datetime
    quality: Decimal | None


def offer(
    procedure_key: str,
    *,
    kind: str,
    states: Sequence[str],
    brief: Callable[[Any], list[Section]],
    **own: Any,
) -> None:
    """Lets experts and institutions be engaged on a procedure's cases while they stand in one of ``states``.

    To be called once when the room starts, after its procedure is registered; makes the kind's procedure known. ``own``
    are the ``page``, ``known`` and ``ready`` of an Offer whose engaged work on pages of their own.
    """
    if procedure_key in OFFERS:
        raise ValueError(f"{procedure_key} offers engagements twice")
    for state in states:
        PROCEDURES[procedure_key].state(state)
    if kind not in PROCEDURES:
        engaging.procedure_of(KINDS[kind])
    OFFERS[procedure_key] = Offer(procedure_key, KINDS[kind], tuple(states), brief, **own)


def results(case_keys: Sequence[UUID]) -> dict[UUID, list[Result]]:
    """What was delivered on these cases, the earliest first, with nothing for cases that have none yet."""
    found: dict[UUID, list[Result]] = {}
    engagements = Engagement.objects.filter(subject__in=case_keys, case__state__in=DONE)
    engagements = engagements.select_related("case", "party__organization", "subject")
    files: dict[UUID, list[Attachment]] = {}
    reports = Attachment.objects.filter(case__in=[e.case_id for e in engagements], need="report")
    for each in reports.select_related("act").order_by("-act__seq", "id"):
        kept = files.setdefault(each.case_id, [])
        if not kept or kept[0].act_id == each.act_id:  # those of the last delivery
            kept.append(each)
    for engagement in engagements.order_by("delivered_at", "id"):
        kind = KINDS[engagement.case.procedure]
        result = Result(
            engagement.party.organization.name, kind.key, engagement.score, engagement.grade, engagement.conclusion,
            dict(kind.conclusions).get(engagement.conclusion, ""), engagement.opinion,
            files.get(engagement.case_id, []), engagement.case_id, engagement.delivered_at, engagement.quality,
        )  # fmt: skip
        found.setdefault(engagement.subject_id, []).append(result)
    return found


def waiting(case_keys: Sequence[UUID]) -> dict[UUID, list[str]]:
    """Whose results are still awaited on these cases: names by case; nothing for cases that wait for none."""
    found: dict[UUID, list[str]] = {}
    open_ = Engagement.objects.filter(subject__in=case_keys, case__state__in=("invited", "accepted"))
    for subject, name in open_.values_list("subject", "party__organization__name").order_by("id"):
        found.setdefault(subject, []).append(name)
    return found


def on(subject: Case) -> list[Engagement]:
    """Every engagement on a case, the newest first."""
    found = Engagement.objects.filter(subject=subject).select_related(
        "case", "party__organization", "subject"
    )
    return list(found.order_by("-id"))


def usual_due(zone: Any, profile_id: UUID) -> datetime.date:
    """The day a result is due unless the office says another."""
    days = engaging.values_of(profile_id)("days", "engagement_work")
    return standing(zone).workday_after(localdate(door.now()), days)


def pool(subject: Case, kind: str, field: str) -> tuple[list[Party], list[tuple[Party, list[Reason]]]]:
    """Who could be drawn for a case among experts or institutions of a field, and who not, for which reasons.

    Those who are out of the register aren't spoken of; an empty ``field`` asks for all fields.
    """
    profile = in_force(subject.zone_id, localdate(door.now()))
    assert profile is not None
    parties = Party.objects.filter(zone_id=subject.zone_id, organization__kind=kind)
    parties = parties.filter(case__state__in=("registered", "barred"), fields__contains=field)
    asked = list(parties.select_related("organization", "case").order_by("organization__code"))
    bars = screening.bars(asked, subject, localdate(door.now()), profile.pk)
    return (
        [party for party in asked if not bars.get(party.pk)],
        [(party, bars[party.pk]) for party in asked if bars.get(party.pk)],
    )


def invite(
    subject: Case,
    parties: Sequence[Party],
    *,
    by: Person,
    due: str,
    task: str,
    way: str,
    draw: Draw | None = None,
) -> list[Act]:
    """Invites parties to judge a case, all or none. Raises Refusal with the reasons of the first who can't be."""
    kind = OFFERS[subject.procedure].kind
    drafts = [
        Case(
            zone=subject.zone,
            year=subject.year,
            unit=party.organization,
            subject=subject.pk,
            code=subject.code,
            title=subject.title,
        )
        for party in parties
    ]
    party_of = {party.organization_id: party for party in parties}

    def make(cases: list[Case]) -> None:
        Engagement.objects.bulk_create(
            Engagement(
                zone_id=case.zone_id,
                case=case,
                party=party_of[case.unit_id],
                subject=subject,
                draw=draw,
                due=engaging.day_of(due),
                task=task.strip(),
            )
            for case in cases
        )

    with transaction.atomic():
        # Nobody else may move the case, nor engage the same parties, until these invitations stand.
        rows.hold([subject.pk])
        list(Party.objects.select_for_update().filter(pk__in=[party.pk for party in parties]))
        return door.start(f"{kind.key}.invite", drafts, by=by, make=make, due=due, opinion=task, way=way)


class TooFew(Exception):
    """A draw that wants more than there are to draw from."""


def draw_and_invite(
    subject: Case,
    *,
    by: Person,
    kind: str,
    field: str,
    number: int,
    due: str,
    task: str,
    seed: str = "",
) -> Draw:
    """Draws lots among those who may judge the case and invites whom they fall on, in one act (art. 39).

    So nobody can draw until the lots please. Raises TooFew, or Refusal where an invitation can't be made.
    """
    with transaction.atomic():
        rows.hold([subject.pk])
        candidates, left_out = pool(subject, kind, field)
        if len(candidates) < number:
            names = Organization.Kind(kind).label
            told = f"符合条件的{names}只有 {len(candidates)} 位，不够抽 {number} 位"
            raise TooFew(f"{told}。请放宽专业领域、减少抽取数，或请绩效科补充入库（规程第39条）。")
        seed = seed or secrets.token_hex(16)
        by_code = {party.organization.code: party for party in candidates}
        order = rules.draw(seed, by_code, len(by_code))
        draw = Draw(
            zone_id=subject.zone_id, subject=subject, procedure=OFFERS[subject.procedure].kind.key, kind=kind,
            field=field, number=number, seed=seed, by=by, at=door.now(),
            pool=[[code, by_code[code].organization.name, rules.ticket(seed, code)] for code in order],
            left_out=[
                [party.organization.code, party.organization.name, "；".join(reason.text for reason in reasons)]
                for party, reasons in left_out
            ],
        )  # fmt: skip
        draw.sha256 = digest(draw)
        draw.save(force_insert=True)
        chosen = [by_code[code] for code, _, _ in draw.drawn]
        way = f"从 {len(order)} 位候选中抽取 {number} 位"
        invite(subject, chosen, by=by, due=due, task=task, way=way, draw=draw)
    return draw


def digest(draw: Draw) -> str:
    """The SHA-256 of a draw, as its invitations keep it."""
    told = [
        str(draw.subject_id), draw.procedure, draw.kind, draw.field, draw.number, draw.seed, draw.pool, draw.left_out
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
