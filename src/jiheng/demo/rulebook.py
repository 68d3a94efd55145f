"""The demo's rulebook: documents at every desk, by every keeper (art. 1, 5, 6, 9). Texts are the demo's own."""

from collections.abc import Sequence

from jiheng.demo.goals import Desk
from jiheng.procedure import door
from jiheng.project.rules import FIELDS
from jiheng.regulation.documents import DOCUMENTS
from jiheng.rulebook import drafting
from jiheng.rulebook.models import RuleDocument
from jiheng.rulebook.procedure import OWNERS

Kind = RuleDocument.Kind
MANAGEMENT = (
    "一、本办法适用于区级各部门、各单位的预算绩效管理。\n二、各科室按规程的分工办理，时限按局情配置。\n"
    "三、佐证材料随事项上传，由系统留存。\n四、本办法由预算绩效管理科解释。"
)
COMMON = "一、编报绩效目标时引用本领域的共性指标。\n二、监控、评价时按本办法取数。\n三、未尽事宜由牵头科室商预算绩效管理科确定。"
Done = tuple[str, str, str]
"""A step, who does it, and the opinion, or the day of effect of the step that issues."""


def write(desk: Desk, year: int) -> None:
    """What came from above, the bureau's own rules with a revision, and common rules of each owner."""
    _from_above(desk, year)
    signed: Sequence[Done] = (("send", "performance", ""), ("agree", "budget", "同意。"))
    own = "预算绩效管理工作办法"
    first = _make(
        desk,
        Kind.OWN,
        own,
        400,
        [*signed, ("issue", "performance", f"{year - 2}-01-01")],
        number=f"平财〔{year - 3}〕8号",
    )
    again: Sequence[Done] = (
        ("send", "performance", ""), ("return", "budget", "第二条请写明预算调剂时的绩效目标由谁审核。"), *signed,
        ("issue", "performance", f"{year}-01-01"),
    )  # fmt: skip
    _make(desk, Kind.OWN, own, 350, again, number=f"平财〔{year - 1}〕12号", replaces=first)
    _make(
        desk,
        Kind.OWN,
        "绩效信息公开暂行规定",
        300,
        [
            *signed,
            ("issue", "performance", f"{year - 2}-05-01"),
            ("end", "performance", "内容已并入工作办法。"),
        ],
    )
    _make(
        desk, Kind.OWN, "绩效评价档案管理办法", 40, [("drop", "performance", "档案管理已有规定，不再另定。")]
    )
    _make(desk, Kind.OWN, "第三方机构选用细则", 4, [("send", "performance", "")])
    _make(
        desk,
        Kind.OWN,
        "绩效结果应用细则",
        10,
        [
            *signed,
            ("issue_return", "performance", "会签后改了第三条，请再看。"),
            ("agree", "budget", "同意。"),
        ],
    )
    _make(desk, Kind.OWN, "绩效监控工作细则", 3, [])
    for owner in OWNERS:
        _common(desk, owner, year)


def _from_above(desk: Desk, year: int) -> None:
    for place, document in enumerate(DOCUMENTS[:4]):
        day = str(document.date or f"{year - 6}-01-01")
        ends: tuple[Done, ...] = (
            (("issue", "performance", day), ("end", "performance", "已由新的文件替代。")),
            (("drop", "performance", "与本局工作无关，不再收录。"),),
            (),
        )[min(place - 1, 2)] if place else (("issue", "performance", day),)  # fmt: skip
        _make(
            desk, Kind.BASIS, document.title, 500 - place, ends, number=document.number, issuer=document.issuer,
            note=document.note, text="正式文本见原件，这里只记要点：" + document.note,
        )  # fmt: skip


def _common(desk: Desk, owner: str, year: int) -> None:
    """One in force, one ended, one dropped, one at each desk; where an owner has no field, there is nothing to make."""
    fields = [each for each in FIELDS if drafting.owner_of(desk.bureau.zone.pk, each).key == owner]
    if not fields:
        return
    signed: list[Done] = [("send", owner, ""), ("agree", "performance", "同意。")]
    day = f"{year - 1}-01-01"
    stories: list[tuple[str, list[Done]]] = [
        ("绩效管理办法", [*signed, ("issue", owner, day)]),
        ("绩效目标编报要点", [("send", owner, ""), ("return", "performance", "请与共性指标的名称保持一致。"), *signed, ("issue", owner, day), ("end", owner, "已并入管理办法。")]),
        ("绩效台账格式", [("drop", owner, "沿用现有格式，不另行制定。")]),
        ("绩效评价细则", [("send", owner, "")]),
        ("绩效指标说明", [*signed, ("issue_return", owner, "会签后又增加一条，请再看。"), ("agree", "performance", "同意。")]),
        ("绩效监控细则", []),
    ]  # fmt: skip
    for place, (name, done) in enumerate(stories):
        finished = bool(done) and done[-1][0] in ("issue", "end", "drop")
        _make(
            desk,
            Kind.COMMON,
            f"{fields[0]}{name}",
            200 - 30 * place if finished else 10 - place,
            done,
            field=fields[0],
        )


def _make(
    desk: Desk, kind: str, title: str, ago: int, done: Sequence[Done], *, field: str = "", number: str = "",
    issuer: str = "", note: str = "", text: str = "", replaces: RuleDocument | None = None,
) -> RuleDocument:  # fmt: skip
    name, keeper = drafting.procedure_for(desk.bureau.zone.pk, kind, field)
    typed = {
        "title": title, "number": number, "issuer": issuer or desk.bureau.zone.bureau, "note": note,
        "text": text or (COMMON if field else MANAGEMENT),
    }  # fmt: skip
    clerk = desk.bureau.clerk
    with desk.calendar.at(desk.calendar.ago(ago), 9):
        made = drafting.begin(kind, typed, by=clerk(keeper.key), field=field, replaces=replaces)
    for place, (step, who, said) in enumerate(done, 1):
        given = {"effective": said} if step == "issue" else {"opinion": said} if said else {}
        with desk.calendar.at(desk.calendar.ago(max(ago - place, 1)), 10 + place):
            door.perform(f"{name}.{step}", made.case, by=clerk(who), **given)
    return made
