"""What goes with the review of a goal: the eight points confirmed or changed, and key review (art. 18)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from jiheng.goal import checking, rules
from jiheng.goal.models import Goal, KeyReview, Review
from jiheng.procedure.table import Guard, Matter, Need, Reason
from jiheng.project.known import Known
from jiheng.project.models import Project

FOLDED = "逐项评分（不改即按系统建议）"
POINT_NEEDS = (
    *(
        Need(
            f"point_{point.key}",
            f"{point.part}·{point.label}（{point.full} 分）",
            required=False,
            choices=tuple((grade, grade) for grade in rules.GRADES),
            group=FOLDED,
        )
        for point in rules.POINTS
    ),
    Need("word", "改动理由", required=False, help="改了系统建议的评分时必填", group=FOLDED),
)
GRADE = Need("grade", "重点审核等级", choices=tuple((grade, grade) for grade in rules.GRADES))
REVIEWER = Need("reviewer", "专家或第三方机构", help="写明参加审核的专家姓名，或机构名称")
REPORT = Need("report", "审核报告", "files")
FIT = ("优", "良")


def given_points(goal: Goal) -> dict[str, str]:
    """The suggested grades as they stand in the fields of the review."""
    return {f"point_{each.point.key}": each.grade for each in checking.suggestions(goal)}


def _changed(matter: Matter) -> list[str]:
    chosen = checking.grades(matter.record, matter.given)
    return [
        each.point.label
        for each in checking.suggestions(matter.record)
        if chosen[each.point.key] != each.grade
    ]


def _known_grades(matter: Matter) -> bool:
    return all(grade in rules.GRADES for grade in checking.grades(matter.record, matter.given).values())


def _word_where_changed(matter: Matter) -> Iterable[Reason]:
    if (
        _known_grades(matter)
        and (changed := _changed(matter))
        and not str(matter.given.get("word") or "").strip()
    ):
        yield Reason(f"“{'、'.join(changed)}”与系统建议不同，请写明改动理由", kind="given", field="word")


def _fit_for_budget(matter: Matter) -> Iterable[Reason]:
    if not _known_grades(matter):
        return
    total, grade = checking.verdict(matter.record, matter.given)
    if grade not in FIT:
        yield Reason(
            f"审核得分 {total} 分，等级“{grade}”，不能通过审核",
            next="请退回修改；评分与实际不符的，逐项改正并写明理由（财预〔2015〕88号：中、差不进入预算安排）。",
            kind="given",
            field="point_complete",
        )


def _key_fit(matter: Matter) -> Iterable[Reason]:
    if matter.given.get("grade") in rules.GRADES and matter.given["grade"] not in FIT:
        yield Reason(
            f"重点审核等级“{matter.given['grade']}”，不能通过",
            next="请用“退回”，审核意见随退回一并送达。",
            kind="given",
            field="grade",
        )


def engaged(cases: Iterable[UUID]) -> Mapping[UUID, list[Any]]:
    """What experts and institutions engaged on these cases have delivered (art. 39).

    The one place that asks room ``support``; until that room is there, nobody is engaged through the system.
    """
    try:
        from jiheng.support import engagement
    except ImportError:
        return {}
    return engagement.results(list(cases))


WORD_WHERE_CHANGED = Guard("word_where_changed", "改动系统建议的评分有理由", 18, _word_where_changed)
FIT_FOR_BUDGET = Guard("fit_for_budget", "审核等级为优或良", 18, _fit_for_budget)
KEY_FIT = Guard("key_fit", "重点审核等级为优或良", 18, _key_fit)


def keep_points(matters: list[Matter]) -> None:
    """Keeps each goal's points with its review, and on the record that the act keeps."""
    reviews = []
    for matter in matters:
        goal: Goal = matter.record
        chosen, shares = checking.grades(goal, matter.given), checking.shares_of(goal.case.profile_id)
        total, grade = checking.verdict(goal, matter.given)
        points = [
            [
                each.point.key,
                each.grade,
                chosen[each.point.key],
                str(rules.points(each.point, chosen[each.point.key], shares)),
                list(each.working),
            ]
            for each in checking.suggestions(goal)
        ]
        review = Review(
            zone_id=goal.zone_id,
            goal=goal,
            seq=matter.case.seq + 1,
            total=total,
            grade=grade,
            points=points,
            word=str(matter.given.get("word") or "").strip(),
        )
        goal.__dict__["_review"] = review
        reviews.append(review)
    Review.objects.bulk_create(reviews, batch_size=500)


def keep_key_review(matters: list[Matter]) -> None:
    """Keeps what the key review found; its report stands with the act."""
    for matter in matters:
        given = matter.given
        review = KeyReview(
            zone_id=matter.record.zone_id,
            goal=matter.record,
            seq=matter.case.seq + 1,
            reviewer=str(given.get("reviewer", ""))[:200],
            grade=given["grade"],
            opinion=str(given.get("opinion") or ""),
        )
        matter.record.__dict__["_key_review"] = review
        review.save(force_insert=True)


def shown_points(review: Review) -> list[dict[str, Any]]:
    """A review's points for the page: what was suggested, what was given, and the working."""
    return [
        {
            "point": rules.BY_KEY[key],
            "suggested": suggested,
            "grade": grade,
            "points": points,
            "working": working,
        }
        for key, suggested, grade, points, working in review.points
    ]


def known(projects: Sequence[Project], year: int) -> dict[UUID, Known]:
    """The newest points a project's goal for the year was given, to stand beside its budget line (art. 6)."""
    keys = [project.pk for project in projects]
    rows = Review.objects.filter(goal__project__in=keys, goal__year=year).select_related("goal__case")
    return {
        row.goal.project_id: Known(f"{row.grade} {row.total:f} 分", link=row.goal.case.get_absolute_url())
        for row in rows.order_by("goal__version", "seq")
        if row.goal.project_id
    }
