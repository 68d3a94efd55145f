"""The steps of a receipt (签收): whoever was asked signs, is urged when late, and answers (art. 8, 17, 22, 24, 28, 37).

Each kind of notice has two, since a department signs as a department and a unit as a unit. An urging leaves an act with
a word, so that it can be counted (art. 41), and lies among the receiver's tasks until it is answered.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet

from jiheng.bureau.roles import DEPARTMENT, EXPENDITURE, UNIT, Role
from jiheng.notice import rounds
from jiheng.notice.kinds import KINDS, PAGE, Kind
from jiheng.notice.models import Receipt
from jiheng.procedure import door
from jiheng.procedure.table import Guard, Matter, Need, Procedure, Reason, State, Step, register

URGING = Need("opinion", "督促的话", help="写明还差什么、何时报来；对方在待办里看到")
ANSWER = Need("opinion", "回复", help="写明进展、何时报来")


def load(cases: Sequence[UUID]) -> dict[UUID, Receipt]:
    receipts = list(Receipt.objects.filter(case_id__in=cases))
    rounds.share(receipts)
    return {receipt.case_id: receipt for receipt in receipts}


def snapshot(receipt: Receipt) -> dict[str, Any]:
    return {
        "notice": str(receipt.round.notice_id),
        "number": receipt.round.notice.number,
        "deadline": receipt.round.deadline.isoformat(),
        "organization": receipt.organization.name,
        "signed": receipt.signed_at.isoformat() if receipt.signed_at else "",
        "urged": receipt.urged,
    }


def shown(receipt: Receipt) -> dict[str, Any]:
    """The notice signed for, and how far its organization has come."""
    counted = rounds.COUNTED.get(receipt.round.kind)
    begin = counted.table.opening() if counted else None
    mine = UNIT if receipt.organization.parent_id else DEPARTMENT
    return {
        "notice": receipt.round.notice,
        "begin": begin if begin and mine in begin.roles else None,
        "round": receipt.round,
        "line": receipt.shared.line(receipt),  # type: ignore[attr-defined]
        "counted": counted,
    }


def _sign(matters: list[Matter]) -> None:
    """An answer to an urging is a signature too: nobody answers what they didn't get."""
    moment = door.now()
    for matter in matters:
        matter.record.signed_at = matter.record.signed_at or moment
    _rows(matters).filter(signed_at=None).update(signed_at=moment)


def _count_urging(matters: list[Matter]) -> None:
    moment = door.now()
    for matter in matters:
        matter.record.urged += 1
        matter.record.urged_at = moment
    _rows(matters).update(urged=F("urged") + 1, urged_at=moment)


def _rows(matters: list[Matter]) -> QuerySet[Receipt]:
    return Receipt.objects.filter(pk__in=[matter.record.pk for matter in matters])


def _behind(matter: Matter) -> Iterable[Reason]:
    line = matter.record.shared.line(matter.record)
    if line.standing in ("handed_in", "finished", "nothing"):
        yield Reason(f"{line.organization.name}{line.label}，不用督促", next="请看各事项办到哪里。")


BEHIND = Guard("behind", "还没有全部报送", 8, _behind)


def receipt_of(kind: Kind, key: str, receiver: Role) -> Procedure:
    """The procedure of one kind's receipts, of departments or of units."""
    urging = (8, kind.article)
    return Procedure(
        key,
        f"{kind.label}签收（{receiver.label}）",
        kind.work,
        states=(
            State("to_sign", "待签收"),
            State("signed", "已签收", "done"),
            # The answer is all that may be written then; there is nothing to send back to the office that urged.
            State("urged", "督促待回复", editable=receiver),
        ),
        steps=(
            Step(
                "open", "送达", (), "to_sign", kind.host, kind.articles, only_with=f"{kind.notice}.issue",
                page=PAGE,
            ),
            Step(
                "sign", "签收", ("to_sign",), "signed", receiver, (kind.article,), writes=(_sign,),
                days="receipt_sign",
            ),
            Step(
                "urge", "督促", ("to_sign", "signed"), "urged", EXPENDITURE, urging, (URGING,), guards=(BEHIND,),
                writes=(_count_urging,), optional=True,
            ),
            Step(
                "urge_again", "再次督促", ("urged",), "urged", EXPENDITURE, urging, (URGING,), guards=(BEHIND,),
                writes=(_count_urging,), optional=True,
            ),
            Step(
                "answer", "回复督促", ("urged",), "signed", receiver, urging, (ANSWER,), writes=(_sign,),
                days="urge_answer",
            ),
        ),
        load=load,
        snapshot=snapshot,
        template="notice/receipt_case.html",
        context=shown,
        page=PAGE,
    )  # fmt: skip


for _kind in KINDS.values():
    register(receipt_of(_kind, _kind.receipt, DEPARTMENT))
    register(receipt_of(_kind, _kind.unit_receipt, UNIT))
