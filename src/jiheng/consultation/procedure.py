"""Two tables: a consultation with one answer from each named office (art. 42), an instruction and its answer (art. 4).

Cases of this room belong to the office that asks or is asked, and to no department: departments and units don't see
what the bureau's offices and leaders tell each other about their affairs.
"""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone

from jiheng.bureau.models import Organization, Person
from jiheng.bureau.roles import LEADERSHIP, NAMED, OFFICE
from jiheng.consultation.models import Answer, Consultation, Instruction
from jiheng.procedure import door
from jiheng.procedure.models import Case
from jiheng.procedure.table import (
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

FILES = Need("evidence", "附件", kind="files", required=False)
OUTCOME = Need("opinion", "协商结果", help="写明各科室商定的做法和依据，留在所涉事项里")
TOLD = Need("opinion", "意见", help="写明同意与否、理由、建议的做法")
DONE = Need("opinion", "办理情况", help="写明怎样办的、结果如何；还没办完的写明打算和时间")


def _about(record: Any) -> dict[str, str]:
    return {
        "case": str(record.about_id),
        "procedure": PROCEDURES[record.about.procedure].label,
        "title": record.about.title,
    }


def load(cases: Sequence[UUID]) -> dict[UUID, Consultation]:
    rows = Consultation.objects.filter(case_id__in=cases).select_related("case", "about")
    return {row.case_id: row for row in rows.prefetch_related("answers__case__unit")}


def snapshot(record: Consultation) -> dict[str, Any]:
    return {
        "about": _about(record),
        "question": record.question,
        "due": record.due.isoformat(),
        "asked": [answer.case.unit.name for answer in record.answers.all() if answer.case.unit],
        "outcome": record.outcome,
    }


def load_answers(cases: Sequence[UUID]) -> dict[UUID, Answer]:
    rows = Answer.objects.filter(case_id__in=cases).select_related(
        "case", "consultation__about", "consultation__case__unit"
    )
    return {row.case_id: row for row in rows}


def snapshot_answer(record: Answer) -> dict[str, Any]:
    consultation = record.consultation
    return {"about": _about(consultation), "question": consultation.question, "text": record.text}


def load_instructions(cases: Sequence[UUID]) -> dict[UUID, Instruction]:
    rows = Instruction.objects.filter(case_id__in=cases).select_related("case__unit", "about")
    return {row.case_id: row for row in rows}


def snapshot_instruction(record: Instruction) -> dict[str, Any]:
    return {
        "about": _about(record),
        "text": record.text,
        "due": record.due.isoformat(),
        "answer": record.answer,
    }


def _all_answered(matter: Matter) -> Iterator[Reason]:
    silent = [
        answer.case.unit.name
        for answer in matter.record.answers.all()
        if answer.case.state == "asked" and answer.case.unit
    ]
    if silent:
        yield Reason(
            f"{'、'.join(silent)}还没有答复",
            0,
            next="请等答复，或向该科室催办；不再协商的，撤回并写明原因。",
        )


def _settle(matters: list[Matter]) -> None:
    for matter in matters:
        matter.record.outcome = str(matter.given["opinion"]).strip()
        matter.record.settled = timezone.localdate(door.now())
        matter.record.save(update_fields=["outcome", "settled"])


def _say(matters: list[Matter]) -> None:
    for matter in matters:
        matter.record.text = str(matter.given["opinion"]).strip()
        matter.record.save(update_fields=["text"])


def _report(matters: list[Matter]) -> None:
    for matter in matters:
        matter.record.answer = str(matter.given["opinion"]).strip()
        matter.record.save(update_fields=["answer"])


def _drop_answers(matters: list[Matter], by: Person) -> None:
    for matter in matters:
        open_ones = [answer.case for answer in matter.record.answers.all() if answer.case.state == "asked"]
        if open_ones:
            door.perform_many("consultation_answer.drop", open_ones, by=by, within=matter.act)


def _ask(matters: list[Matter], by: Person) -> None:
    """Every office named gets a case of its own, in the same transaction."""
    for matter in matters:
        case = matter.case
        offices = Organization.objects.filter(zone_id=case.zone_id, pk__in=matter.given["offices"])
        drafts = [
            Case(
                zone=case.zone,
                year=case.year,
                unit=office,
                subject=case.subject,
                code=case.code,
                title=case.title,
                amount=case.amount,
            )
            for office in offices.order_by("order", "code")
        ]

        def make(made: list[Case], matter: Matter = matter) -> None:
            Answer.objects.bulk_create(
                Answer(zone_id=each.zone_id, case=each, consultation=matter.record) for each in made
            )

        door.start("consultation_answer.ask", drafts, by=by, make=make, within=matter.act)


CONSULTATION = register(
    Procedure(
        "consultation",
        "协商",
        "support",
        states=(
            State("open", "协商中"),
            State("settled", "已有结果", "done"),
            State("withdrawn", "已撤回", "void"),
        ),
        steps=(
            Step(
                "open",
                "发起协商",
                (),
                "open",
                OFFICE,
                (42,),
                (FILES,),
                follows=(_ask,),
                page="consultation-new",
            ),
            Step(
                "settle",
                "记下结果",
                ("open",),
                "settled",
                NAMED,
                (42,),
                (OUTCOME, FILES),
                (Guard("answered", "各科室都答复了", 42, _all_answered),),
                (_settle,),
            ),
            Step(
                "withdraw",
                "撤回",
                ("open",),
                "withdrawn",
                NAMED,
                (42,),
                (WORD,),
                follows=(_drop_answers,),
                optional=True,
            ),
        ),
        load=load,
        snapshot=snapshot,
        template="consultation/consultation_case.html",
    )
)

ANSWER = register(
    Procedure(
        "consultation_answer",
        "协商意见",
        "support",
        states=(
            State("asked", "待答复"),
            State("answered", "已答复", "done"),
            State("dropped", "不再协商", "void"),
        ),
        steps=(
            Step("ask", "请求意见", (), "asked", OFFICE, (42,), only_with="consultation.open"),
            Step(
                "answer",
                "答复意见",
                ("asked",),
                "answered",
                NAMED,
                (42,),
                (TOLD, FILES),
                writes=(_say,),
                due=lambda record: record.consultation.due,
            ),
            Step("drop", "撤回请求", ("asked",), "dropped", OFFICE, (42,), only_with="consultation.withdraw"),
        ),
        load=load_answers,
        snapshot=snapshot_answer,
        template="consultation/answer_case.html",
    )
)

INSTRUCTION = register(
    Procedure(
        "instruction",
        "批示",
        "support",
        states=(
            State("given", "待办理"),
            State("answered", "已报办理情况"),
            State("done", "已阅", "done"),
            State("withdrawn", "已撤回", "void"),
        ),
        steps=(
            Step("give", "批示", (), "given", LEADERSHIP, (4,), page="instruction-new"),
            Step(
                "answer",
                "报办理情况",
                ("given",),
                "answered",
                NAMED,
                (4,),
                (DONE, FILES),
                writes=(_report,),
                due=lambda record: record.due,
            ),
            Step("accept", "阅毕办结", ("answered",), "done", LEADERSHIP, (4,)),
            returning("again", "answered", LEADERSHIP, (4,)),
            Step("withdraw", "撤回批示", ("given",), "withdrawn", LEADERSHIP, (4,), (WORD,), optional=True),
        ),
        load=load_instructions,
        snapshot=snapshot_instruction,
        template="consultation/instruction_case.html",
    )
)
KEYS = frozenset({CONSULTATION.key, ANSWER.key, INSTRUCTION.key})
"""The procedures of this room: nothing is asked about an asking."""
