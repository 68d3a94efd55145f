"""Standing in for somebody who is away (代办, art. 40): who may, for whom, how long."""

import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from jiheng.bureau.changes import NotAllowed, Seat, log, may_change
from jiheng.bureau.models import Change, Delegation, Organization, Person, Post
from jiheng.bureau.profile import Values, in_force, values_of
from jiheng.bureau.roles import LEADERSHIP

Kind = Organization.Kind


def longest(zone_id: UUID) -> int:
    """For how many days at most (profile): who is away longer gives the post up."""
    profile = in_force(zone_id, timezone.localdate())
    values = values_of(profile.pk) if profile else Values({})
    days: int = values("delegation", "longest")
    return days


def candidates(post: Post) -> list[Person]:
    """Who may stand in: for an office anybody of the bureau's offices, else people of the same department."""
    here = Post.objects.filter(zone_id=post.zone_id, person__is_active=True).exclude(person=post.person_id)
    organization = post.organization
    if organization.kind == Kind.OFFICE:
        here = here.filter(organization__kind=Kind.OFFICE)
    else:
        department = organization.parent_id or organization.pk
        here = here.filter(organization__parent=department) | here.filter(organization=department)
    there = set(Post.objects.filter(organization=organization).values_list("person", flat=True))
    found = {row.person_id: row.person for row in here.select_related("person") if row.person_id not in there}
    return sorted(found.values(), key=lambda person: person.username)


def why_not(post: Post, by: Person) -> str:
    """Why this post can't be stood in for, or not by this person's word; empty when it can."""
    if post.person_id != by.pk and (reason := may_change(by, Seat.SECURITY)):
        return f"别人的代办{reason}"
    if post.organization.roles == [LEADERSHIP.key]:
        return (
            "局领导的批示和签发不委托（规程第4条）。需要时由综合科（设立三员的，由安全保密管理员）另设岗位。"
        )
    if post.organization.engaged:
        return "受托专家和机构的委托不转给别人（规程第39条）。不能承办的，在委托里谢绝。"
    return ""


@transaction.atomic
def delegate(
    post: Post, substitute: Person, first: datetime.date, last: datetime.date, reason: str, *, by: Person
) -> Delegation:
    """Lets ``substitute`` act from the post from a day to a day. Raises NotAllowed with what to do."""
    today = timezone.localdate()
    if told := why_not(post, by):
        raise NotAllowed(told)
    if substitute.pk not in {person.pk for person in candidates(post)}:
        raise NotAllowed(
            f"{substitute.name}不能代办这个岗位：科室的岗位由本局科室人员代办，部门、单位的由本部门的人代办，本来就在"
            "那里的人不用委托（规程第40条）。请另选一位。"
        )
    if not today <= first <= last:
        raise NotAllowed("代办从今天或以后开始，结束不能早于开始（规程第40条）。请核对日期。")
    most = longest(post.zone_id)
    if (last - first).days >= most:
        raise NotAllowed(
            f"代办最长 {most} 天。更久的请由综合科（设立三员的，由安全保密管理员）调整岗位（规程第40条）。"
        )
    if not reason.strip():
        raise NotAllowed("请写明事由，如出差、休假（规程第40条）。")
    clash = Delegation.objects.filter(post=post, ended_at=None, first__lte=last, last__gte=first).first()
    if clash is not None:
        raise NotAllowed(
            f"这段时间已由{clash.substitute.name}代办（{clash.first} 至 {clash.last}），同一时间只由一个人代办（规程第40条）。请先收回。"
        )
    made = Delegation.objects.create(
        zone_id=post.zone_id,
        post=post,
        substitute=substitute,
        first=first,
        last=last,
        reason=reason.strip()[:100],
    )
    told = {"代办人": substitute.name, "从": str(first), "至": str(last), "事由": made.reason}
    log(by, Change.Kind.POST, f"{post.person.name}（{post.organization.name}）", "委托代办", after=told)
    return made


@transaction.atomic
def end(delegation: Delegation, *, by: Person) -> bool:
    """Takes it back at once; False where it was over. The substitute may give it back too. Raises NotAllowed."""
    post = delegation.post
    if by.pk not in (post.person_id, delegation.substitute_id) and (reason := may_change(by, Seat.SECURITY)):
        raise NotAllowed(f"别人的代办{reason}")
    if not Delegation.objects.filter(pk=delegation.pk, ended_at=None).update(ended_at=timezone.now()):
        return False
    told = {"代办人": delegation.substitute.name, "至": str(delegation.last)}
    log(by, Change.Kind.POST, f"{post.person.name}（{post.organization.name}）", "收回代办", before=told)
    return True
