"""Experts and institutions for tests: registered through the door, with a person who signs in for each."""

import datetime

from django.core.files.uploadedfile import SimpleUploadedFile

from jiheng.bureau.models import Person, Post
from jiheng.procedure import door
from jiheng.procedure.models import Case
from jiheng.support import engagement, party
from jiheng.support.models import Party
from tests.bureau_fixture import GOAL_PATH, Bureau, advance, make_goal, make_project

DECLARED = {"declared": "none"}
POINTS = {"plan": "90", "process": "90", "report": "90"}


def register(bureau: Bureau, name: str, kind: str = "expert", fields=("教育",), **given) -> Party:
    """Somebody in the register: put forward and registered by the performance office."""
    usual = {"title": "高级会计师", "employer": f"{name}所在事务所", "lead": "主评人"}
    typed = party.Profile(kind, name, list(fields), **{**usual, **given})
    made = party.propose(typed, by=bureau.performance)
    door.perform("party.register", made.case, by=bureau.performance)
    return Party.objects.select_related("case", "organization").get(pk=made.pk)


def person_of(bureau: Bureau, registered: Party) -> Person:
    """Who signs in for an expert or institution."""
    organization = registered.organization
    username = f"{bureau.zone.code}-{organization.code}"
    if known := Person.objects.filter(username=username).first():
        return known
    person = Person.objects.create_person(
        zone=bureau.zone, username=username, name=f"{organization.name}本人", must_change_password=False
    )
    Post.objects.create(zone=bureau.zone, person=person, organization=organization, title="本人")
    return person


def goal_for_review(bureau: Bureau, name: str = "校舍维修", unit: str = "unit") -> Case:
    """A goal that waits for the re-review, on which experts may be engaged."""
    case = make_goal(bureau, make_project(bureau, unit, name=name), unit)
    above = "department2" if unit == "unit3" else "department"
    return advance(bureau, case, ("submit", unit), ("confirm", above), GOAL_PATH.reviewed[-1])


def due(days: int = 30) -> str:
    return (datetime.date.today() + datetime.timedelta(days=days)).isoformat()  # noqa: DTZ011


def invite(bureau: Bureau, subject: Case, *parties: Party, by: Person | None = None, **given) -> list[Case]:
    """Invitations by name, in the parties' order."""
    usual = {"due": due(), "task": "审核绩效目标是否完整、合理。", "way": "本领域只此一位专家"}
    acts = engagement.invite(subject, parties, by=by or bureau.performance, **{**usual, **given})
    return [act.case for act in acts]


def report(name: str = "审核报告.pdf", content: bytes = b"%PDF-1.7 report") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def deliver(case: Case, by: Person, **given):
    usual = {"score": "86", "conclusion": "amend", "opinion": "数量指标偏低，建议调高。"}
    files = {"report": [report()]}
    return door.perform(f"{case.procedure}.deliver", case, by=by, **{**usual, **files, **given})


def to(bureau: Bureau, case: Case, state: str) -> Case:
    """An engagement brought from invited to one of the later states."""
    person = person_of(bureau, Party.objects.select_related("organization").get(organization=case.unit_id))
    key = case.procedure
    if state == "declined":
        door.perform(f"{key}.decline", case, by=person, ground="time", opinion="近期在外地。")
    elif state == "cancelled":
        door.perform(f"{key}.cancel", case, by=bureau.performance, opinion="改由机构办理。")
    elif state != "invited":
        door.perform(f"{key}.accept", case, by=person, **DECLARED)
        if state != "accepted":
            deliver(case, person)
        if state == "rated":
            door.perform(f"{key}.rate", case, by=bureau.performance, **POINTS)
    return case
