"""The steps of a requirement (工作要求): performance asks, the host office's notice carries it or it goes back (art. 17, 22, 37)."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from jiheng.bureau.roles import PERFORMANCE
from jiheng.notice.kinds import CARRYING, PAGE, Kind
from jiheng.notice.models import Requirement
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

ENCLOSED = Need("files", "附件", kind="files", required=False)


def load(cases: Sequence[UUID]) -> dict[UUID, Requirement]:
    found = Requirement.objects.filter(case_id__in=cases).select_related("case", "notice__case")
    return {requirement.case_id: requirement for requirement in found}


def snapshot(requirement: Requirement) -> dict[str, Any]:
    return {
        "kind": requirement.kind,
        "year": requirement.year,
        "title": requirement.title,
        "text": requirement.text,
        "notice": str(requirement.notice_id or ""),
    }


def _written(matter: Matter) -> Iterable[Reason]:
    if not matter.record.text.strip():
        yield Reason("要求还没有写内容", next="请先填写要求的内容。", field="text")


def requirement_of(kind: Kind) -> Procedure:
    """The procedure of the requirements that notices of this kind carry."""
    article, key = kind.article, kind.carried
    written = Guard(f"{key}_written", "要求写有内容", article, _written)
    return Procedure(
        key,
        kind.requirement,
        kind.work,
        states=(
            State("draft", "起草中", editable=PERFORMANCE),
            State("sent", f"待{kind.host.short}接收"),
            State("taken", f"待随{kind.label}印发"),
            State("carried", "已随通知印发", "done"),
        ),
        steps=(
            Step("open", f"起草{kind.requirement}", (), "draft", PERFORMANCE, (5, article), page=f"{key}-new"),
            Step(
                "send", "送出", ("draft",), "sent", PERFORMANCE, (5, article), (ENCLOSED,), guards=(written,)
            ),
            Step("withdraw", "撤回", ("sent",), "draft", PERFORMANCE, (5,), optional=True),
            Step(
                "take", f"接收，列入{kind.label}", ("sent",), "taken", kind.host, (article,), (OPINION,),
                days="requirement_take",
            ),
            returning("return", "sent", kind.host, (article,)),
            Step("untake", "重新处理", ("taken",), "sent", kind.host, (article,), optional=True),
            Step(
                "carry", "随通知印发", ("taken",), "carried", kind.host, (article,),
                only_with=f"{kind.notice}.issue",
            ),
        ),
        load=load,
        snapshot=snapshot,
        template="notice/requirement_case.html",
        page=PAGE,
    )  # fmt: skip


for _kind in CARRYING:
    register(requirement_of(_kind))
