"""What goes back and forth in an evaluation: evidence asked and answered, site notes, problems, comments and replies."""

import datetime
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from uuid import UUID

from jiheng.evaluation import outline
from jiheng.evaluation.framework_models import (
    EvaluatedComment,
    Evaluation,
    EvaluationProblem,
    EvidenceRequest,
    SiteNote,
)
from jiheng.procedure import door
from jiheng.procedure.chain import text as keepable
from jiheng.procedure.models import Attachment, Case

COLUMNS = ("ask", "day", "place", "people", "note", "problem", "problem_text", "suggestion")
"""The fields of the page: a new request, a new site note, and the problems' rows."""
LONGEST = 2000
MOST = 100
"""Rows of one kind: more is a mistake of pasting."""


@dataclass(frozen=True)
class Typed:
    """What was typed on the page, cleaned."""

    asks: list[str]
    notes: list[tuple[datetime.date, str, str, str]]
    problems: list[tuple[str, str, str]]


def _texts(columns: Mapping[str, Sequence[str]], name: str) -> list[str]:
    return [keepable(text).strip() for text in columns.get(name, ())][:MOST]


def read(columns: Mapping[str, Sequence[str]], faults: dict[str, str]) -> Typed:
    """Reads the page; what is wrong goes into ``faults`` by field."""
    asks = [text for text in _texts(columns, "ask") if text]
    notes = []
    given = zip(*(_texts(columns, name) for name in ("day", "place", "people", "note")), strict=False)
    for index, (day, place, people, text) in enumerate(given):
        if not (place or text):
            continue
        when = _day(day)
        if when is None:
            faults[f"day-{index}"] = f"日期“{day}”不是日期，写成 2027-06-30 的样子"
        if not place or len(place) > 100:
            faults[f"place-{index}"] = "请写地点（100 个字以内）"
        if not text:
            faults[f"note-{index}"] = "请写现场看到、核对到的情况"
        if when and place and text:
            notes.append((when, place, people[:200], text))
    problems = []
    rows = zip(*(_texts(columns, name) for name in ("problem", "problem_text", "suggestion")), strict=False)
    for index, (key, text, suggestion) in enumerate(rows):
        if not (text or suggestion):
            continue
        if not text:
            faults[f"problem-{index}"] = f"第 {index + 1} 个问题没有写问题"
        if not suggestion:
            faults[f"suggestion-{index}"] = f"第 {index + 1} 个问题没有写建议"
        problems.append((key, text, suggestion))
    if any(len(text) > LONGEST for text in (*asks, *(t for row in problems for t in row))):
        faults["problem-0"] = f"有一格超过 {LONGEST} 个字，请写短些"
    return Typed(asks, notes, problems)


def _day(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def write(evaluation: Evaluation, typed: Typed, revision: int | None, *, author: str) -> None:
    """Adds requests and notes, and puts the problems as they stand now. The caller holds the case."""
    _next(evaluation, revision)
    zone = evaluation.zone_id
    for text in typed.asks:
        EvidenceRequest.objects.create(zone_id=zone, evaluation=evaluation, text=text, asked_by=author)
    for day, place, people, text in typed.notes:
        SiteNote.objects.create(
            zone_id=zone, evaluation=evaluation, day=day, place=place, people=people, text=text, author=author
        )
    had = {str(row.pk): row for row in evaluation.problems.all()}
    kept: list[UUID] = []
    for order, (key, text, suggestion) in enumerate(typed.problems, 1):
        row = had.get(key) or EvaluationProblem(zone_id=zone, evaluation=evaluation)
        row.order, row.text, row.suggestion = order, text, suggestion
        row.save()
        kept.append(row.pk)
    evaluation.problems.exclude(pk__in=kept).delete()


def _next(evaluation: Evaluation, revision: int | None) -> None:
    if revision is not None and revision != evaluation.revision:
        raise door.Overtaken
    evaluation.revision += 1
    evaluation.save(update_fields=["revision"])


def write_report(
    evaluation: Evaluation, texts: Mapping[str, str], again: Set[str], revision: int | None
) -> None:
    """Keeps the sections that differ from the draft; those in ``again`` go back to it."""
    _next(evaluation, revision)
    drafted = outline.drafted(evaluation)
    evaluation.report = {
        key: text
        for key, text in texts.items()
        if text and key not in again and _plain(text) != _plain(drafted[key])
    }
    evaluation.save(update_fields=["report"])


def _plain(text: str) -> str:
    return "\n".join(line.strip() for line in text.replace("\r\n", "\n").strip().split("\n"))


def write_answers(evaluation: Evaluation, answers: Mapping[str, str]) -> None:
    """Keeps the answers to what is asked now."""
    for row in evaluation.requests.all():
        if row.sent_on and not row.answered_on:
            row.answer = keepable(answers.get(str(row.pk), "")).strip()[:LONGEST]
            row.save(update_fields=["answer"])


def write_comments(evaluation: Evaluation, texts: Sequence[str]) -> None:
    """Keeps the comments as they stand now, in order."""
    evaluation.comments.all().delete()
    said = [text for text in (keepable(each).strip()[:LONGEST] for each in texts) if text][:MOST]
    EvaluatedComment.objects.bulk_create(
        EvaluatedComment(zone_id=evaluation.zone_id, evaluation=evaluation, order=order, text=text)
        for order, text in enumerate(said, 1)
    )


def write_replies(evaluation: Evaluation, given: Mapping[str, str], faults: dict[str, str]) -> None:
    """Keeps how each comment was answered; one without a reason is told, and kept as it is."""
    words = {"yes": True, "no": False}
    for row in evaluation.comments.all():
        row.accepted = words.get(given.get(f"accepted-{row.pk}", ""))
        row.reply = keepable(given.get(f"reply-{row.pk}", "")).strip()[:LONGEST]
        if row.accepted is not None and not row.reply:
            faults[f"reply-{row.pk}"] = f"第 {row.order} 条意见请写采纳的处理或不采纳的理由"
        row.save(update_fields=["accepted", "reply"])


def files_of_answers(case: Case) -> list[Attachment]:
    """What the evaluated sent with their answers and comments."""
    found = Attachment.objects.filter(zone_id=case.zone_id, case=case, act__step__in=("answer", "comment"))
    return list(found.order_by("id"))
