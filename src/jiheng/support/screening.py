"""Who can't be chosen, and why (art. 39): not registered, barred, of low credit, must stand aside, already engaged.

Each question is asked of many parties at once, for one case that is to be judged, and answers with reasons by party.
"""

import datetime
from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q

from jiheng.bureau.models import Organization, Post
from jiheng.bureau.profile import values_of
from jiheng.procedure.models import Case
from jiheng.procedure.table import PROCEDURES, Reason
from jiheng.support import rules
from jiheng.support.models import Engagement, Party, Service

Reasons = dict[UUID, list[Reason]]
OTHER = "请另选一位，或重新抽取。"


def unfit(parties: Sequence[Party], day: datetime.date, profile_id: UUID) -> Reasons:
    """Those not registered, barred on ``day``, or whose credit is too low."""
    floor = values_of(profile_id).decimal("support", "credit_floor")
    found: Reasons = defaultdict(list)
    for party in parties:
        state = PROCEDURES["party"].state(party.case.state)
        lapsed = state.key == "barred" and not party.barred(day)
        if state.key == "barred" and not lapsed:
            told = f"{party}暂停选用至 {party.barred_until:%Y-%m-%d}：{party.barred_for}"
            found[party.pk].append(Reason(told, 39, next=OTHER, link=party.case.get_absolute_url()))
        elif state.key != "registered" and not lapsed:
            told = f"{party}现在是“{state.label}”，不能选用"
            found[party.pk].append(Reason(told, 39, next=OTHER, link=party.case.get_absolute_url()))
        if party.credit < floor:
            told = f"{party}信用分 {party.credit}，低于 {floor}"
            found[party.pk].append(Reason(told, 39, next=OTHER, link=party.case.get_absolute_url()))
    return found


def evaluated(subject: Case) -> list[str]:
    """The unit and the department that are judged with the case; where a department is judged as a whole, its units too."""
    names = [each.name for each in (subject.unit, subject.department) if each]
    if subject.department and not subject.unit:
        names += Organization.objects.filter(parent=subject.department).values_list("name", flat=True)
    return names


def must_recuse(parties: Sequence[Party], subject: Case, day: datetime.date, profile_id: UUID) -> Reasons:
    """Those of the judged unit or department, and those that served it within the profile's years."""
    names = evaluated(subject)
    years = values_of(profile_id)("support", "recusal_years")
    served: dict[UUID, list[rules.Served]] = defaultdict(list)
    for service in Service.objects.filter(party__in=parties):
        served[service.party_id].append(rules.Served(service.name, service.last_year))
    found: Reasons = defaultdict(list)
    for party in parties:
        for why in rules.recusal(party.employer, served[party.pk], names, year=day.year, years=years):
            found[party.pk].append(Reason(f"{party}应当回避：{why}", 39, next=OTHER))
    for party, names_of_posts in _also_there(parties, subject).items():
        found[party.pk].append(
            Reason(f"{party}应当回避：其人员在“{'、'.join(names_of_posts)}”任职", 39, next=OTHER)
        )
    return found


def _also_there(parties: Sequence[Party], subject: Case) -> dict[Party, list[str]]:
    """Parties whose people hold a post in the judged unit, its department, or a unit of that department."""
    there = Q(organization=subject.unit_id) | Q(organization=subject.department_id)
    if subject.department_id:
        there |= Q(organization__parent=subject.department_id)
    by_organization = {party.organization_id: party for party in parties}
    people = Post.objects.filter(organization__in=by_organization).values_list("person", "organization")
    party_of = {person: by_organization[organization] for person, organization in people}
    found: dict[Party, list[str]] = defaultdict(list)
    for post in Post.objects.filter(there, person__in=party_of).select_related("organization"):
        found[party_of[post.person_id]].append(post.organization.name)
    return found


def engaged_already(parties: Sequence[Party], subject: Case) -> Reasons:
    """Those that are at work on this case, or have declined it."""
    found: Reasons = defaultdict(list)
    engagements = Engagement.objects.filter(subject=subject, party__in=parties)
    for engagement in engagements.select_related("case", "party__organization"):
        state = PROCEDURES[engagement.case.procedure].state(engagement.case.state)
        link = engagement.case.get_absolute_url()
        if state.tone == "open":
            told = f"{engagement.party}已受托办理本事项，现在是“{state.label}”"
            found[engagement.party_id].append(
                Reason(told, 39, next="请等其办完，或先取消原委托。", link=link)
            )
        elif state.key == "declined":
            told = f"{engagement.party}已谢绝本事项的邀请"
            found[engagement.party_id].append(Reason(told, 39, next=OTHER, link=link))
    return found


def bars(parties: Sequence[Party], subject: Case, day: datetime.date, profile_id: UUID) -> Reasons:
    """Everything that keeps parties from being engaged on the case, by party."""
    found: Reasons = defaultdict(list)
    for part in (
        unfit(parties, day, profile_id),
        must_recuse(parties, subject, day, profile_id),
        engaged_already(parties, subject),
    ):
        for key, reasons in part.items():
            found[key] += reasons
    return found
