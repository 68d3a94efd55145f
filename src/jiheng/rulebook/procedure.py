"""How a document comes into the rulebook: drafted by its keeper, signed by whom the regulation joins to it, issued.

The bureau's own rules are the performance office's with the budget office (art. 5, 6); common rules of a field belong
to the office of art. 9, and performance, which leads the work, signs (art. 5). What comes from above is only taken in.
"""

import datetime
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from jiheng.bureau.roles import ASSETS, BUDGET, EXPENDITURE, PERFORMANCE, PROCUREMENT, Role
from jiheng.procedure.models import Attachment
from jiheng.procedure.table import (
    OPINION,
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
from jiheng.rulebook.models import RuleDocument

FILES = Need("files", "文件", kind="files", required=False, help="正式文本，PDF 或 Word")
EFFECTIVE = Need("effective", "施行日期", kind="date")
OWNERS: dict[str, Role] = {role.key: role for role in (EXPENDITURE, BUDGET, PROCUREMENT, ASSETS)}
"""The offices that may own a field by the profile (art. 9)."""
BASIS, OWN = "basis", "rule"
PAGE = "rules"


def common(owner: str) -> str:
    """The procedure by which this office makes the common rules of its fields."""
    return f"rule_{owner}"


def load(cases: Sequence[UUID]) -> dict[UUID, RuleDocument]:
    rows = RuleDocument.objects.filter(case_id__in=cases).select_related("case", "replaces", "zone")
    return {row.case_id: row for row in rows}


def snapshot(record: RuleDocument) -> dict[str, Any]:
    names = ("kind", "field", "number", "issuer", "title", "text", "note")
    return {name: getattr(record, name) for name in names} | {
        "effective": str(record.effective or ""),
        "replaces": str(record.replaces_id or ""),
    }


def shown(record: RuleDocument) -> dict[str, Any]:
    return {"files": files_of(record), "newer": newer(record)}


def files_of(record: RuleDocument) -> list[Attachment]:
    """The files of its last handing on: what was sent or issued last counts."""
    rows = Attachment.objects.filter(zone_id=record.zone_id, case_id=record.case_id, need="files")
    found = list(rows.select_related("act").order_by("act__seq", "pk"))
    return [each for each in found if each.act.seq == found[-1].act.seq]


def newer(record: RuleDocument) -> RuleDocument | None:
    """The issued edition that replaces this one, if there is one."""
    return issued(record.zone_id).filter(replaces=record).order_by("effective").first()


def issued(zone_id: UUID) -> Any:
    """Documents that were issued or taken in, whether they stand today or not."""
    return RuleDocument.objects.filter(zone_id=zone_id, case__state="issued").select_related("case")


def standing(zone_id: UUID, day: datetime.date) -> Any:
    """Documents in force on a day: issued, begun, and not replaced by an edition that has begun (art. 43)."""
    over = issued(zone_id).filter(effective__lte=day, replaces__isnull=False).order_by().values("replaces")
    return issued(zone_id).filter(effective__lte=day).exclude(pk__in=over)


def _says_something(matter: Matter) -> Iterable[Reason]:
    record: RuleDocument = matter.record
    if not record.text.strip() and not matter.given.get("files") and not files_of(record):
        yield Reason("没有正文，也没有附文件", next="请填写正文，或在办理时上传正式文本。", field="files")


def _not_twice(matter: Matter) -> Iterable[Reason]:
    record: RuleDocument = matter.record
    if not record.number:
        return
    others = issued(record.zone_id).filter(number=record.number).exclude(pk=record.pk)
    for other in others.exclude(pk=record.replaces_id)[:1]:
        yield Reason(
            f"文号 {record.number} 已有“{other.title}”",
            next="请核对文号；是它的新版的，请在它的页面按“修订”。",
            link=other.case.get_absolute_url(),
        )


def _dated(matter: Matter) -> Iterable[Reason]:
    day = day_of(matter.given.get("effective"))
    old = matter.record.replaces
    if "effective" not in matter.given:
        return
    if day is None:
        yield Reason("施行日期要写成 2026-01-01 这样", field="effective", kind="given")
    elif old and old.effective and day <= old.effective:
        yield Reason(
            f"施行日期不晚于所替代的“{old}”的 {old.effective}",
            next="新版要从旧版之后的一天起施行。",
            field="effective",
            kind="given",
        )


def day_of(text: Any) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(str(text))
    except ValueError:
        return None


def _date(matters: list[Matter]) -> None:
    for matter in matters:
        matter.record.effective = day_of(matter.given.get("effective"))
        matter.record.save(update_fields=["effective"])


def _procedure(
    key: str,
    label: str,
    keeper: Role,
    signer: Role | None,
    articles: tuple[int, ...],
    signs: tuple[int, ...] = (),
) -> Procedure:
    something = Guard(f"{key}_text", "有正文或文件", articles[-1], _says_something)
    once = Guard(f"{key}_number", "文号没有用过", articles[-1], _not_twice)
    dated = Guard(f"{key}_date", "施行日期晚于所替代的", 43, _dated)
    taking_in = signer is None
    states = [State("draft", "收录中" if taking_in else "起草中", editable=keeper)]
    steps = [
        Step(
            "begin",
            "收录上级文件" if taking_in else "起草制度",
            (),
            "draft",
            keeper,
            articles,
            page="rule-new",
        )
    ]
    last = Step(
        "issue", "确认收录" if taking_in else "印发施行", ("draft" if taking_in else "agreed",), "issued", keeper,
        articles, (EFFECTIVE, FILES), guards=(something, once, dated), writes=(_date,), days="rule_issue",
    )  # fmt: skip
    if signer is None:
        steps += [last]
    else:
        states += [State("sent", f"待{signer.short}会签"), State("agreed", "待印发")]
        steps += [
            Step("send", "送会签", ("draft",), "sent", keeper, articles, (FILES,), guards=(something,)),
            Step("agree", "会签", ("sent",), "agreed", signer, signs, (OPINION,), days="rule_agree"),
            returning("return", "sent", signer, signs),
            returning("issue_return", "agreed", keeper, articles),
            last,
        ]
    states += [
        State("issued", "已收录" if taking_in else "已印发", "done"),
        State("ended", "已失效" if taking_in else "已废止", "void"),
        State("dropped", "未收录" if taking_in else "未制定", "void"),
    ]
    steps += [
        Step(
            "drop",
            "不再收录" if taking_in else "不再制定",
            ("draft",),
            "dropped",
            keeper,
            articles,
            (WORD,),
            optional=True,
        ),
        Step(
            "end",
            "标为失效" if taking_in else "废止",
            ("issued",),
            "ended",
            keeper,
            articles,
            (WORD,),
            optional=True,
        ),
    ]
    return register(
        Procedure(
            key, label, "support", states=tuple(states), steps=tuple(steps), load=load, snapshot=snapshot,
            template="rulebook/case.html", context=shown, page=PAGE,
        )
    )  # fmt: skip


_procedure(BASIS, "上级文件", PERFORMANCE, None, (1, 5))
_procedure(OWN, "本局制度", PERFORMANCE, BUDGET, (5,), (6,))
for _owner in OWNERS.values():
    _procedure(common(_owner.key), f"共性制度（{_owner.short}牵头）", _owner, PERFORMANCE, (9,), (5,))
KEYS = (BASIS, OWN, *(common(key) for key in OWNERS))
