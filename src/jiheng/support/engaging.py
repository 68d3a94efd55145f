"""The table of an engagement's steps (art. 39), made for each kind of work with its office and articles.

Invited → accepted or declined → delivered → rated. The unit of an engagement's case is the party engaged, its subject
the case that is judged; so the party sees its own engagements and nothing else.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.utils.timezone import localdate

from jiheng.bureau.profile import Values, values_of
from jiheng.bureau.roles import ENGAGED
from jiheng.bureau.standing import standing
from jiheng.indicator import scoring
from jiheng.indicator.rules import ScoringRules
from jiheng.procedure import door
from jiheng.procedure.models import Attachment, Case
from jiheng.procedure.table import (
    OPINION,
    PROCEDURES,
    WORD,
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
from jiheng.support import rules, screening
from jiheng.support.models import Engagement, Party
from jiheng.support.offering import OFFERS, Kind, Section
from jiheng.support.party import day_of

DECLARED = (("none", "已核对：与被评单位没有利害关系，没有应当回避的情形"),)
GROUNDS = (
    ("recusal", "应当回避（任职、服务过或有其他利害关系）"),
    ("field", "不属于本人（本机构）的专业领域"),
    ("time", "时间安排不开"),
    ("other", "其他"),
)
READING = ("accepted", "delivered")
"""While an engagement stands here, the engaged may read the subject's material."""


def load(cases: Sequence[UUID]) -> dict[UUID, Engagement]:
    found = Engagement.objects.filter(case_id__in=cases).select_related(
        "case", "party__organization", "party__case", "subject__unit", "subject__department", "draw"
    )
    return {engagement.case_id: engagement for engagement in found}


def snapshot(engagement: Engagement) -> dict[str, Any]:
    """The engagement as plain data: what was asked, what was handed over to be judged, what came back."""
    draw = engagement.draw
    return {
        "party": [engagement.party.organization.code, engagement.party.organization.name],
        "subject": str(engagement.subject_id),
        "due": engagement.due.isoformat(),
        "task": engagement.task,
        "draw": [str(draw.pk), draw.seed, draw.sha256] if draw else None,
        "shown": engagement.shown,
        "score": _text(engagement.score),
        "grade": engagement.grade,
        "conclusion": engagement.conclusion,
        "opinion": engagement.opinion,
        "late": engagement.late,
        "points": engagement.points,
        "quality": _text(engagement.quality),
        "quality_grade": engagement.quality_grade,
        "credit": [_text(engagement.credit_before), _text(engagement.credit_after)],
    }


def _text(points: Decimal | None) -> str | None:
    return None if points is None else f"{points:.2f}"


def today() -> datetime.date:
    return localdate(door.now())


def figure(value: Any) -> Decimal | None:
    """Points from 0 to 100 in at most two places, or nothing."""
    try:
        points = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    fits = points.is_finite() and 0 <= points <= 100 and points == round(points, 2)
    return points if fits else None


def grade_of(points: Decimal, values: Values) -> str:
    """优良中差 by the profile's bounds."""
    names = (("优", "excellent"), ("良", "good"), ("中", "fair"))
    bounds = [(name, values.decimal("grades", key)) for name, key in names]
    return scoring.grade(points, ScoringRules(grade_bounds=(*bounds, ("差", Decimal(0))))) or ""


def brief_of(subject: Case) -> dict[str, Any]:
    """What is handed over: the subject's record as it stands, told by its room, and its evidence files."""
    record = PROCEDURES[subject.procedure].load([subject.pk]).get(subject.pk)
    offer = OFFERS.get(subject.procedure)
    sections: list[Section] = offer.brief(record) if offer and record is not None else []
    files = Attachment.objects.filter(zone_id=subject.zone_id, case=subject).order_by("id")
    return {
        "state": PROCEDURES[subject.procedure].state(subject.state).label,
        "seq": subject.seq,
        "head": subject.head,
        "sections": sections,
        "files": [{"id": str(f.pk), "name": f.name, "size": f.size, "sha256": f.sha256} for f in files],
    }


def parties_of(matter: Matter) -> tuple[Party | None, Case | None]:
    """Who is engaged and on what: from the record, or before there is one from the draft."""
    if matter.record is not None:
        return matter.record.party, matter.record.subject
    case = matter.case
    known = Party.objects.select_related("organization", "case")
    party = known.filter(zone_id=case.zone_id, organization=case.unit_id).first()
    subjects = Case.objects.select_related("unit", "department")
    return party, subjects.filter(zone_id=case.zone_id, pk=case.subject).first()


def offered(matter: Matter) -> Iterable[Reason]:
    """Whether the case that is to be judged stands where this kind of engagement is possible."""
    _, subject = parties_of(matter)
    offer = OFFERS.get(subject.procedure) if subject else None
    if subject is None or offer is None or offer.kind.key != matter.case.procedure:
        label = PROCEDURES[matter.case.procedure].label
        yield Reason(f"这一事项不能办理“{label}”", next="请从要评的事项页上进入“聘请专家或机构”。")
    elif subject.state not in offer.states:
        procedure = PROCEDURES[subject.procedure]
        wanted = "、".join(f"“{procedure.state(key).label}”" for key in offer.states)
        yield Reason(
            f"“{subject.title}”现在是“{procedure.state(subject.state).label}”，要在{wanted}时聘请",
            offer.kind.articles[0],
            next="请先看该事项办到哪里。",
            link=subject.get_absolute_url(),
        )


def _fit(matter: Matter) -> Iterable[Reason]:
    party, _ = parties_of(matter)
    if party is None:
        yield Reason("专家和机构库里没有这一方", next="请绩效科先推荐、入库。")
    else:
        yield from screening.unfit([party], today(), matter.case.profile_id)[party.pk]


def _no_recusal(matter: Matter) -> Iterable[Reason]:
    party, subject = parties_of(matter)
    if party and subject:
        yield from screening.must_recuse([party], subject, today(), matter.case.profile_id)[party.pk]


def _free(matter: Matter) -> Iterable[Reason]:
    party, subject = parties_of(matter)
    if party and subject:
        yield from screening.engaged_already([party], subject)[party.pk]


def _due(matter: Matter) -> Iterable[Reason]:
    if "due" in matter.given:
        day = day_of(matter.given["due"])
        if day is None or day <= today():
            yield Reason(
                "交成果的日期应晚于今天", next="请改日期，写成 2027-06-30 的样子。", kind="given", field="due"
            )


def _score(matter: Matter) -> Iterable[Reason]:
    if matter.given.get("score") not in (None, "") and figure(matter.given["score"]) is None:
        told = f"得分“{matter.given['score']}”不是 0 至 100 的数（最多两位小数）"
        yield Reason(told, kind="given", field="score")


def _ready(matter: Matter) -> Iterable[Reason]:
    """What the room asks for on its own pages before a delivery."""
    if offer := OFFERS.get(matter.record.subject.procedure):
        yield from offer.ready(matter.record, dict(matter.given))


def _criteria(matter: Matter) -> Iterable[Reason]:
    for key, label, _ in rules.CRITERIA:
        if matter.given.get(key) not in (None, "") and figure(matter.given[key]) is None:
            told = f"{label}“{matter.given[key]}”不是 0 至 100 的数（最多两位小数）"
            yield Reason(told, kind="given", field=key)


OFFERED = Guard("engagement_offered", "事项处在可以聘请的环节", 39, offered)
FIT = Guard("party_fit", "在库、没有暂停选用、信用分不低于底线", 39, _fit)
NO_RECUSAL = Guard("no_recusal", "没有应当回避的情形", 39, _no_recusal)
FREE = Guard("party_free", "没有正在承办或已谢绝本事项", 39, _free)
DUE = Guard("engagement_due", "交成果的日期晚于今天", 39, _due)
SCORE = Guard("engagement_score", "得分在 0 至 100 之间", 39, _score)
READY = Guard("engagement_ready", "受托工作页上要填的都已填好", 39, _ready)
CRITERIA = Guard("quality_points", "考评得分在 0 至 100 之间", 39, _criteria)


def _hand_over(matters: list[Matter]) -> None:
    """What the party is to judge is kept as it stands at acceptance."""
    for matter in matters:
        matter.record.shown = brief_of(matter.record.subject)
        matter.record.save(update_fields=["shown"])


def _take_delivery(matters: list[Matter]) -> None:
    for matter in matters:
        engagement, given = matter.record, matter.given
        values = values_of(matter.case.profile_id)
        engagement.score = figure(given.get("score"))
        engagement.grade = "" if engagement.score is None else grade_of(engagement.score, values)
        engagement.conclusion = given.get("conclusion") or ""
        engagement.opinion = given["opinion"].strip()
        engagement.delivered_at = door.now()
        engagement.late = max(standing(matter.case.zone).workdays_between(engagement.due, today()), 0)
        engagement.save()


def _give_time(matters: list[Matter]) -> None:
    """The workdays on which the result lay with the office are not the party's: they are added to its time."""
    for matter in matters:
        engagement, stands = matter.record, standing(matter.case.zone)
        lay = stands.workdays_between(localdate(engagement.delivered_at), today())
        engagement.due = stands.workday_after(engagement.due, lay)
        engagement.save(update_fields=["due"])


def _rate(matters: list[Matter]) -> None:
    """Quality by the profile's weights, timeliness as measured, and what it does to the party's credit."""
    for matter in matters:
        engagement, values = matter.record, values_of(matter.case.profile_id)
        points = {key: Decimal(str(matter.given[key])) for key, _, _ in rules.CRITERIA}
        points[rules.TIMELINESS] = rules.timeliness(engagement.late, values.decimal("support", "late_step"))
        weights = {key: values.decimal("support", f"weight_{key}") for key in points}
        engagement.points = {key: [f"{points[key]:.2f}", str(weights[key])] for key in points}
        engagement.quality = rules.quality(points, weights)
        engagement.quality_grade = grade_of(engagement.quality, values)
        effect = {
            "优": values.decimal("support", "credit_excellent"),
            "良": values.decimal("support", "credit_good"),
            "差": -values.decimal("support", "credit_poor"),
        }.get(engagement.quality_grade, Decimal(0))
        party = Party.objects.select_for_update().get(pk=engagement.party_id)
        engagement.credit_before = party.credit
        party.credit = engagement.credit_after = rules.credit_after(party.credit, effect)
        party.save(update_fields=["credit"])
        engagement.save()


def shown(engagement: Engagement) -> dict[str, Any]:
    """The engagement's page: what was handed over while it may be read, what came back, how it was rated."""
    offer = OFFERS[engagement.subject.procedure]
    kind, working = offer.kind, engagement.case.state == "accepted"
    labels = {key: label for key, label, _ in rules.CRITERIA} | {rules.TIMELINESS: "时效（系统计算）"}
    return {
        "subject": engagement.subject,
        "subject_label": PROCEDURES[engagement.subject.procedure].label,
        "subject_url": "",
        "reading": engagement.case.state in READING,
        "work_page": offer.page if working else "",
        "given": offer.known(engagement) if working else {},
        "conclusion": dict(kind.conclusions).get(engagement.conclusion, ""),
        "points": [(labels[key], *pair) for key, pair in (engagement.points or {}).items()],
    }


def procedure_of(kind: Kind) -> Procedure:
    """The procedure of one kind of engagement, with its own office and articles."""
    by, articles = kind.role, kind.articles
    delivered = [Need("score", "得分（0 至 100 分）", kind="figure", required=kind.scored)]
    if kind.conclusions:
        delivered.append(Need("conclusion", "结论", choices=kind.conclusions))
    delivered += [
        Need("opinion", "专业意见", help="依据、问题和建议；将原样附在被评事项上"),
        Need("report", "报告", kind="files", help="签字或盖章的报告，可附工作底稿"),
    ]
    rated = tuple(
        Need(key, f"{label}（0 至 100 分）", kind="figure", help=what) for key, label, what in rules.CRITERIA
    )
    back = returning("return", "delivered", by, articles)
    return register(
        Procedure(
            kind.key,
            kind.label,
            "support",
            states=(
                State("invited", "待答复邀请"),
                State("accepted", "承办中"),
                State("delivered", "待考评"),
                State("rated", "已考评", "done"),
                State("declined", "已谢绝", "void"),
                State("cancelled", "已取消委托", "void"),
            ),
            steps=(
                Step(
                    "invite",
                    "邀请",
                    (),
                    "invited",
                    by,
                    articles,
                    (
                        Need("opinion", "委托事项和要求"),
                        Need("due", "交成果的日期", kind="date"),
                        Need("way", "选用方式"),
                    ),
                    guards=(OFFERED, FIT, NO_RECUSAL, FREE, DUE),
                    page="engagement-invite",
                ),
                Step(
                    "accept",
                    "接受委托",
                    ("invited",),
                    "accepted",
                    ENGAGED,
                    (39,),
                    (Need("declared", "回避声明", choices=DECLARED),),
                    guards=(OFFERED, FIT, NO_RECUSAL),
                    writes=(_hand_over,),
                    days="engagement_answer",
                ),
                Step(
                    "decline",
                    "谢绝或回避",
                    ("invited", "accepted"),
                    "declined",
                    ENGAGED,
                    (39,),
                    (Need("ground", "原因", choices=GROUNDS), WORD),
                    optional=True,
                ),
                Step(
                    "deliver",
                    "交成果",
                    ("accepted",),
                    "delivered",
                    ENGAGED,
                    (39,),
                    tuple(delivered),
                    guards=(SCORE, READY),
                    writes=(_take_delivery,),
                    due=lambda engagement: engagement.due,
                ),
                Step(
                    "rate",
                    "考评执业质量",
                    ("delivered",),
                    "rated",
                    by,
                    articles,
                    (*rated, OPINION),
                    guards=(CRITERIA,),
                    writes=(_rate,),
                    days="engagement_rate",
                ),
                replace(back, writes=(_give_time,)),
                Step(
                    "cancel",
                    "取消委托",
                    ("invited", "accepted"),
                    "cancelled",
                    by,
                    articles,
                    (WORD,),
                    optional=True,
                ),
            ),
            load=load,
            snapshot=snapshot,
            template="support/engagement_case.html",
            context=shown,
        )
    )
