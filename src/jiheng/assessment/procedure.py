"""The table of an assessment's steps: scored, signed by three offices, issued as a circular and filed (art. 41)."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.utils.timezone import localdate

from jiheng.assessment import circular, sheet
from jiheng.assessment.models import Assessment
from jiheng.bureau.roles import BUDGET, PERFORMANCE, TREASURY
from jiheng.filing.filing import filed
from jiheng.procedure import door
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

TOLD = 5


def load(cases: Sequence[UUID]) -> dict[UUID, Assessment]:
    rows = Assessment.objects.filter(case_id__in=cases).select_related("case__zone")
    return {row.case_id: row for row in rows}


def snapshot(assessment: Assessment) -> dict[str, Any]:
    scores = assessment.scores.select_related("organization")
    return {
        "year": assessment.year,
        "kind": assessment.kind,
        "text": assessment.text,
        "document": assessment.document,
        "scores": [
            [
                score.organization.code,
                score.organization.name,
                {key: [mark["points"], mark["working"], mark["word"]] for key, mark in score.marks.items()},
                str(score.total),
                score.grade,
                score.rank,
            ]
            for score in scores
        ],
    }


def shown(assessment: Assessment) -> dict[str, Any]:
    """The ranking as it stands, and what is left to score by hand."""
    scores, items = sheet.scores_of(assessment), sheet.items_of(assessment)
    drafting = assessment.case.state == "draft"
    return {
        "items": items,
        "scores": lines(scores, items),
        "left": len(sheet.left(scores, items)) if drafting else 0,
        "live": drafting,
        "text": assessment.text or circular.drafted(assessment, scores),
    }


def lines(scores: Sequence[Any], items: Sequence[Any]) -> list[dict[str, Any]]:
    """Each score with its marks in the order of the items, as templates show them."""
    return [
        {"score": score, "marks": [(item, score.marks.get(item.key, {})) for item in items]}
        for score in scores
    ]


def _all_scored(matter: Matter) -> Iterable[Reason]:
    assessment: Assessment = matter.record
    missing = sheet.left(sheet.scores_of(assessment), sheet.items_of(assessment))
    for score, item, what in missing[:TOLD]:
        yield Reason(f"{score.organization.name}的“{item.name}”{what}", next="请填写后再送会签。")
    if len(missing) > TOLD:
        yield Reason(f"还有 {len(missing) - TOLD} 处没有打分或没有写扣分依据", next="请填写后再送会签。")


def _freeze(matters: list[Matter]) -> None:
    for matter in matters:
        sheet.freeze(matter.record)


def _issue(matters: list[Matter]) -> None:
    for matter in matters:
        assessment: Assessment = matter.record
        assessment.document = str(matter.given.get("document") or "").strip()[:60]
        assessment.issued = localdate(door.now())
        assessment.save(update_fields=["document", "issued"])


def _paper(assessment: Assessment) -> list[dict[str, Any]]:
    facts = [["文号", assessment.document], ["印发日期", f"{assessment.issued:%Y-%m-%d}"]]
    return [{"title": circular.title(assessment), "facts": facts}, *circular.paper(assessment)]


SIGNERS = PERFORMANCE & BUDGET & TREASURY
ASSESSMENT = register(
    Procedure(
        "assessment",
        "工作考核",
        "support",
        states=(
            State("draft", "考核打分中", editable=PERFORMANCE),
            State("submitted", "待三科会签考核结果"),
            State("signed", "待印发考核通报"),
            State("issued", "考核已通报", "done"),
        ),
        steps=(
            Step("open", "开展工作考核", (), "draft", PERFORMANCE, (41,), page="assessment-new"),
            Step(
                "submit", "送三科会签", ("draft",), "submitted", PERFORMANCE, (41,), (OPINION,),
                guards=(Guard("assessment_scored", "各项都已打分，扣分的写明依据", 41, _all_scored),),
                writes=(_freeze,), days="assessment_submit",
            ),
            Step(
                "sign", "会签考核结果", ("submitted",), "signed", SIGNERS, (41,), (OPINION,),
                days="assessment_sign",
            ),
            returning("return", "submitted", SIGNERS, (41,)),
            Step(
                "issue", "印发通报", ("signed",), "issued", PERFORMANCE, (5, 41),
                (Need("document", "文号", help="如 平财绩〔2027〕3号"), OPINION),
                writes=(_issue,), follows=(filed(41, what=lambda m: circular.title(m.record), paper=_paper),),
                days="assessment_issue",
            ),
            returning("issue_return", "signed", PERFORMANCE, (41,)),
        ),
        load=load,
        snapshot=snapshot,
        template="assessment/case.html",
        context=shown,
    )
)  # fmt: skip
