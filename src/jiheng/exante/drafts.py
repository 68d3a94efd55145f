"""Writing an ex-ante evaluation: beginning one, reading what was typed, saving it where the case stands.

Figures are typed in 万元 and kept in 元. What is faulty is not saved at all, and the faults name their fields.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from jiheng.bureau.models import Person
from jiheng.bureau.profile import values_of
from jiheng.exante import rules
from jiheng.exante.models import Evidence, ExanteEvaluation, PointScore
from jiheng.paper.typed import number
from jiheng.procedure import door, files
from jiheng.procedure.chain import text as keepable
from jiheng.procedure.models import Case
from jiheng.project.execution import TOO_MUCH
from jiheng.project.models import Project

TEN_THOUSAND = Decimal(10_000)


def bounds_of(profile_id: UUID) -> rules.Bounds:
    """The six weights and the bounds of the conclusions as the profile sets them."""
    values = values_of(profile_id)
    return rules.Bounds(
        {point.key: values.decimal("exante", f"weight_{point.key}") for point in rules.POINTS},
        values.decimal("exante", "from_full"),
        values.decimal("exante", "from_part"),
        values.decimal("exante", "comment_below"),
    )


@dataclass
class Typed:
    """What somebody typed, as text, what of it could be read, and the faults by field."""

    text: dict[str, str] = field(default_factory=dict)
    read: dict[str, Decimal | None] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)

    def words(self, given: Mapping[str, Any], key: str, longest: int = 20_000) -> None:
        self.text[key] = keepable(str(given.get(key, ""))).strip()
        if len(self.text[key]) > longest:
            self.faults[key] = f"超过 {longest} 个字，请精简，或放在佐证材料里"

    def choice(self, given: Mapping[str, Any], key: str, choices: Iterable[tuple[str, str]]) -> None:
        self.text[key] = str(given.get(key, ""))
        if self.text[key] and self.text[key] not in dict(choices):
            self.faults[key], self.text[key] = "不在可选范围内，请重新选择", ""

    def money(self, given: Mapping[str, Any], key: str, label: str) -> None:
        """An amount in 万元, empty or not negative, kept in 元."""
        typed = self.text[key] = str(given.get(key, "")).strip()
        amount = number(typed) if typed else None
        self.read[key] = None if amount is None else amount * TEN_THOUSAND
        if typed and (amount is None or amount < 0 or amount * TEN_THOUSAND >= TOO_MUCH):
            self.faults[key] = f"{label}“{typed}”不是不小于 0 的数，单位是万元"
        elif amount is not None and amount != round(amount, 6):
            self.faults[key] = f"{label}“{typed}”细到了分以下，请核对单位是不是万元"

    def score(self, given: Mapping[str, Any], key: str, label: str, most: Decimal) -> None:
        typed = self.text[key] = str(given.get(key, "")).strip()
        score = self.read[key] = number(typed) if typed else None
        if typed and (score is None or not 0 <= score <= most or score != round(score, 2)):
            self.faults[key] = f"“{label}”的分数“{typed}”不是 0 至 {most:f} 的数（最多两位小数）"


def read_report(given: Mapping[str, Any], bounds: rules.Bounds) -> Typed:
    """The department's report: background, basis, amount, and for each point its text and self-score."""
    typed = Typed()
    typed.words(given, "background")
    typed.words(given, "basis")
    typed.money(given, "asked", "申请金额")
    for point in rules.POINTS:
        typed.words(given, f"text-{point.key}")
        typed.score(given, f"self-{point.key}", point.label, bounds.weights[point.key])
    return typed


def read_review(given: Mapping[str, Any], bounds: rules.Bounds) -> Typed:
    """The expenditure office's review: a score and a comment for each point, conclusion, priority and amount."""
    typed = Typed()
    for point in rules.POINTS:
        typed.score(given, f"score-{point.key}", point.label, bounds.weights[point.key])
        typed.words(given, f"comment-{point.key}", 2000)
    typed.words(given, "word", 5000)
    typed.choice(given, "conclusion", rules.CONCLUSIONS)
    typed.choice(given, "priority", rules.PRIORITIES)
    typed.money(given, "amount", "建议安排金额")
    return typed


def read_key(given: Mapping[str, Any]) -> Typed:
    """What experts or an institution found: by whom, score, conclusion, amount."""
    typed = Typed()
    typed.words(given, "by", 200)
    typed.choice(given, "kind", (("expert", ""), ("institution", "")))
    typed.score(given, "score", "重点评估得分", Decimal(100))
    typed.words(given, "word", 5000)
    typed.choice(given, "conclusion", rules.CONCLUSIONS)
    typed.money(given, "amount", "建议安排金额")
    return typed


def wan(amount: Decimal | None) -> str:
    """An amount as it would be typed in 万元."""
    return "" if amount is None else f"{(amount / TEN_THOUSAND).normalize():f}"


def plain(score: Decimal | None) -> str:
    return "" if score is None else rules.points(score)


def typed_of(evaluation: ExanteEvaluation) -> dict[str, str]:
    """A saved evaluation as it would have been typed, whichever of its three pages asks."""
    text = {
        "background": evaluation.background,
        "basis": evaluation.basis,
        "asked": wan(evaluation.asked or None),
        "word": evaluation.word,
        "conclusion": evaluation.conclusion,
        "priority": evaluation.priority,
        "amount": wan(evaluation.proposed),
    }
    if evaluation.case.state == "key":
        text |= {
            "by": evaluation.key_by,
            "kind": evaluation.key_kind,
            "score": plain(evaluation.key_score),
            "word": evaluation.key_word,
            "conclusion": evaluation.key_conclusion,
            "amount": wan(evaluation.key_amount),
        }
    for row in evaluation.points.all():
        text |= {
            f"text-{row.key}": row.text,
            f"self-{row.key}": plain(row.self_score),
            f"score-{row.key}": plain(row.score),
            f"comment-{row.key}": row.comment,
        }
    return text


def _write(evaluation: ExanteEvaluation, typed: Typed, state: str) -> None:
    """Puts what was typed into the record; which part of it depends on where the case stands."""
    text, read = typed.text, typed.read
    rows = list(evaluation.points.all())
    if state in ("draft", "unit_draft"):
        evaluation.background, evaluation.basis = text["background"], text["basis"]
        evaluation.asked = read["asked"] or Decimal(0)
        for row in rows:
            row.text, row.self_score = text[f"text-{row.key}"], read[f"self-{row.key}"]
        Case.objects.filter(pk=evaluation.case_id).update(amount=evaluation.asked)
    elif state == "submitted":
        for row in rows:
            row.score, row.comment = read[f"score-{row.key}"], text[f"comment-{row.key}"]
        evaluation.score = rules.total({row.key: row.score for row in rows})
        evaluation.word, evaluation.conclusion = text["word"], text["conclusion"]
        evaluation.priority, evaluation.proposed = text["priority"], read["amount"]
    else:
        evaluation.key_by, evaluation.key_kind = text["by"], text["kind"]
        evaluation.key_score, evaluation.key_word = read["score"], text["word"]
        evaluation.key_conclusion, evaluation.key_amount = text["conclusion"], read["amount"]
    PointScore.objects.bulk_update(rows, ["text", "self_score", "score", "comment"])
    evaluation.revision += 1
    evaluation.save()


def save(
    case: Case,
    typed: Typed,
    *,
    by: Person,
    revision: int | None = None,
    uploads: Sequence[Any] = (),
    removed: Iterable[str] = (),
) -> ExanteEvaluation:
    """Saves what was typed, with new files and without the removed ones. Raises Refusal, or door.Overtaken."""
    assert not typed.faults, typed.faults
    kept = [files.keep(case.zone_id, file) for file in uploads]
    with door.editing(case, by) as held:
        evaluation = ExanteEvaluation.objects.select_for_update().get(case=held)
        if revision is not None and revision != evaluation.revision:
            raise door.Overtaken
        _write(evaluation, typed, held.state)
        kind = Evidence.Kind.KEY if held.state == "key" else Evidence.Kind.REPORT
        known = evaluation.evidence.filter(kind=kind)
        known.filter(pk__in=list(removed)).delete()
        there = set(known.values_list("name", "sha256"))
        Evidence.objects.bulk_create(
            Evidence(zone_id=case.zone_id, evaluation=evaluation, kind=kind, **file)
            for file in kept
            if (file["name"], file["sha256"]) not in there
        )
    return evaluation


def begin(project: Project, year: int, *, by: Person, to_unit: bool = False) -> ExanteEvaluation:
    """Begins the evaluation of a project for a year (step 编报事前评估报告); ``to_unit`` lets the unit draft it."""
    begun: list[ExanteEvaluation] = []

    def make(cases: list[Case]) -> None:
        row = ExanteEvaluation.objects.create(
            zone_id=project.zone_id, case=cases[0], project=project, year=year
        )
        PointScore.objects.bulk_create(
            PointScore(zone_id=project.zone_id, evaluation=row, order=order, key=point.key)
            for order, point in enumerate(rules.POINTS, 1)
        )
        begun.append(row)

    draft = Case(
        zone=project.zone,
        year=year,
        department=project.department,
        unit=project.unit,
        subject=project.pk,
        code=project.code,
        title=project.name,
    )
    with transaction.atomic():
        door.start("exante.open", [draft], by=by, make=make)
        if to_unit:
            door.perform("exante.assign", draft, by=by)
    return begun[0]
