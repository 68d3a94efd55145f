"""The steps of publishing (信息公开): made by one function for each office that opens and publishes (art. 22, 37).

A department publishes what came due by its budget or by the notice on final accounts; the performance office publishes
finance evaluations. What is withheld needs a legal reason and the expenditure office's agreement.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from jiheng.bureau.roles import ASSETS, BUDGET, DEPARTMENT, EXPENDITURE, PERFORMANCE, TREASURY, Role
from jiheng.disclosure import preparing, shelf
from jiheng.disclosure.models import Disclosure
from jiheng.disclosure.rules import NAME, NEVER
from jiheng.procedure.models import Case
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

OF_BUDGET, OF_RESULTS = "disclosure_budget", "disclosure_results"
OF_FINANCE: dict[str, str] = {
    "finance_evaluation": "disclosure_finance",
    "capital_evaluation": "disclosure_capital",
    "insurance_evaluation": "disclosure_insurance",
}
"""For each kind of finance evaluation, the procedure by which its goal and result are published."""
PROCEDURES = (OF_BUDGET, OF_RESULTS, *OF_FINANCE.values())
CORRECTED = Need("opinion", "更正说明", help="写明更正什么、为什么；随新版本一起公开")
TAKEN = Need("opinion", "撤下原因", help="只留在办理记录里，公开站点上这一页不再存在")


def load(cases: Sequence[UUID]) -> dict[UUID, Disclosure]:
    """Records with their copies; each copy knows whether the record it was made from has changed since."""
    rows = Disclosure.objects.filter(case_id__in=cases).select_related(
        "case__zone", "case__department", "department", "source"
    )
    found = list(rows.prefetch_related("entries"))
    mark_stale(found)
    return {row.case_id: row for row in found}


def mark_stale(rows: Sequence[Disclosure]) -> None:
    """Compares each copy with the last act of what it was copied from: one query for all."""
    entries = [entry for row in rows for entry in row.copies]
    heads = dict(Case.objects.filter(pk__in=[entry.origin for entry in entries]).values_list("pk", "head"))
    for entry in entries:
        entry.stale = heads.get(entry.origin) != entry.head


def snapshot(record: Disclosure) -> dict[str, Any]:
    """All that is published with this act, word for word, and what is withheld and why."""
    return {
        "item": record.item,
        "year": record.year,
        "department": record.department.name,
        "due": record.due.isoformat(),
        "version": record.version,
        "way": record.way,
        "link": record.link,
        "withheld": [record.withheld, record.word],
        "note": record.note,
        "correction": record.correction,
        "first_on": record.first_on.isoformat() if record.first_on else "",
        "published_on": record.published_on.isoformat() if record.published_on else "",
        "shown": record.shown,
        "entries": [
            [entry.code, entry.name, entry.unit, entry.body, entry.findings, entry.masked, entry.withheld,
             entry.word, entry.agreed]
            for entry in record.copies
        ],
    }  # fmt: skip


def shown(record: Disclosure) -> dict[str, Any]:
    """Beside the record: what the records would give now, so that nothing new is forgotten."""
    known = {entry.origin for entry in record.copies}
    fresh = preparing.ready(record) - known if record.case.state in ("due", "published") else set()
    return {
        "entries": record.copies,
        "unprepared": len(fresh),
        "stale": any(entry.stale for entry in record.copies),
        "site": f"/public/{record.case.zone.code}/{record.year}/{record.department.code}/",
    }


def _prepared(matter: Matter) -> Iterable[Reason]:
    record: Disclosure = matter.record
    if record.whole:
        return
    if record.way == Disclosure.Way.LINK:
        if not preparing.web_address(record.link):
            yield Reason("还没有登记公开的网址", next="请在填写页填写网址。", field="link")
    elif not record.copies:
        yield Reason(
            "还没有生成公开内容",
            next="请在填写页按“按记录生成公开内容”；本年度没有这项内容的，选整项不公开的理由。",
            field="prepare",
        )


def _fresh(matter: Matter) -> Iterable[Reason]:
    for entry in matter.record.copies:
        if entry.stale and not entry.withheld and matter.record.way == Disclosure.Way.HERE:
            yield Reason(
                f"“{entry.name}”生成公开内容以后，系统里的记录又办过，可能有变",
                next="请在填写页按“按记录重新生成”，核对后再公开。",
                field="prepare",
            )


def _clean(matter: Matter) -> Iterable[Reason]:
    record: Disclosure = matter.record
    if record.whole or record.way == Disclosure.Way.LINK:
        return
    asks = False
    for entry in record.copies:
        if entry.masked or entry.withheld:
            continue
        for kind, _ in entry.findings:
            if kind in NEVER:
                yield Reason(
                    f"“{entry.name}”含{kind}，不能公开",
                    next="请在填写页勾选“隐去”，或写明理由不公开这一项。",
                    field=f"masked-{entry.pk}",
                )
            else:
                asks = True
    if asks and not record.note.strip():
        yield Reason(
            f"公开内容里有手机号或{NAME}",
            next="请勾选“隐去”；确属应当公开的（如单位的办公电话），在“对个人信息提示的说明”里写明。",
            field="note",
        )


def _agreed(matter: Matter) -> Iterable[Reason]:
    record: Disclosure = matter.record
    if record.whole:
        yield Reason(
            "整项申请不公开，不能公开", next="请报支出管理科核定；要公开的，在填写页清除不公开的理由。", field="withheld"
        )  # fmt: skip
    elif record.unsettled:
        names = "、".join(entry.name for entry in record.unsettled[:3])
        more = f"等 {len(record.unsettled)} 项" if len(record.unsettled) > 3 else ""
        yield Reason(
            f"“{names}”{more}申请不公开，还没有核定",
            next="请按“报支出科核定不公开”；同意后其余内容随即公开。",
        )


def _asks(matter: Matter) -> Iterable[Reason]:
    record: Disclosure = matter.record
    if not record.whole and not record.unsettled:
        yield Reason("没有申请不公开的内容，不用核定", next="请直接公开。")
    if record.withheld and not record.word.strip():
        yield Reason("整项不公开没有写说明", next="请写明具体依据和情况。", field="word")
    for entry in record.copies:
        if entry.withheld and not entry.word.strip():
            yield Reason(
                f"“{entry.name}”不公开没有写说明", next="请写明具体依据和情况。", field=f"word-{entry.pk}"
            )


def _partly(matter: Matter) -> Iterable[Reason]:
    if matter.record.whole:
        yield Reason("申请的是整项不公开", next="同意的，请办理“同意整项不公开”；不同意的，请退回。")


def _wholly(matter: Matter) -> Iterable[Reason]:
    if not matter.record.whole:
        yield Reason(
            "申请的只是其中几项不公开", next="同意的，请办理“同意，公开其余内容”；不同意的，请退回。"
        )


def _on_the_site(matter: Matter) -> Iterable[Reason]:
    if not matter.record.shown:
        yield Reason("公开站点上没有这一项的内容，不用撤下", next="改好后请直接公开。")


def _correct(matters: list[Matter]) -> None:
    """Why there is another version stands with it; whoever withheld the whole begins anew."""
    for matter in matters:
        matter.record.correction = str(matter.given.get("opinion") or "").strip()
        if matter.case.state == "withheld":
            matter.record.withheld, matter.record.word = "", ""
        matter.record.save(update_fields=["correction", "withheld", "word"])


def _due(record: Disclosure) -> Any:
    return None if record.first_on else record.due


def _disclosure(
    key: str, label: str, work: str, articles: tuple[int, ...], *, opener: Role, publisher: Role, by: str
) -> Procedure:
    """A table: ``opener`` is whose act makes it due (``by``), ``publisher`` who prepares and publishes."""
    article = articles[-1]

    def guard(name: str, told: str, check: Any) -> Guard:
        return Guard(f"{key}_{name}", told, article, check)

    prepared = guard("prepared", "已生成公开内容，或登记了公开网址", _prepared)
    fresh = guard("fresh", "公开内容与系统里的记录一致", _fresh)
    clean = guard("clean", "没有个人信息，或已隐去、写明情况", _clean)
    return register(
        Procedure(
            key,
            label,
            work,
            states=(
                State("due", "待公开", editable=publisher),
                State("checking", "待支出科核定不公开"),
                State("published", "已公开", "done"),
                State("withheld", "经核定不公开", "done"),
                State("withdrawn", "已撤下", "void"),
            ),
            steps=(
                Step("open", "登记应公开的事项", (), "due", opener, articles, only_with=by),
                Step(
                    "publish", "公开", ("due",), "published", publisher, articles, (OPINION,),
                    guards=(prepared, guard("agreed", "申请不公开的都已核定", _agreed), fresh, clean),
                    writes=(shelf.put,), due=_due, days="disclosure_correct",
                ),
                Step(
                    "submit", "报支出科核定不公开", ("due",), "checking", publisher, articles, (OPINION,),
                    guards=(prepared, guard("asks", "申请不公开的写明理由", _asks), fresh, clean), optional=True,
                ),
                Step(
                    "confirm", "同意，公开其余内容", ("checking",), "published", EXPENDITURE, (8, *articles),
                    (OPINION,), guards=(guard("partly", "只是其中几项不公开", _partly), fresh, clean),
                    writes=(shelf.agree, shelf.put), days="disclosure_confirm",
                ),
                Step(
                    "withhold", "同意整项不公开", ("checking",), "withheld", EXPENDITURE, (8, *articles), (OPINION,),
                    guards=(guard("wholly", "申请的是整项不公开", _wholly),), writes=(shelf.agree, shelf.settle),
                    optional=True,
                ),
                returning("return", "checking", EXPENDITURE, (8, *articles)),
                Step(
                    "correct", "更正", ("published", "withheld"), "due", publisher, articles, (CORRECTED,),
                    writes=(_correct,), optional=True,
                ),
                Step(
                    "withdraw", "撤下", ("published", "due"), "withdrawn", publisher, articles, (TAKEN,),
                    guards=(guard("on_the_site", "公开站点上有这一项的内容", _on_the_site),),
                    writes=(shelf.take,), optional=True,
                ),
                Step(
                    "again", "重新准备", ("withdrawn",), "due", publisher, articles, (CORRECTED,),
                    writes=(_correct,), optional=True,
                ),
            ),
            load=load,
            snapshot=snapshot,
            template="disclosure/case.html",
            context=shown,
        )
    )  # fmt: skip


_disclosure(
    OF_BUDGET, "预算和绩效目标公开", "goal", (22,), opener=BUDGET, publisher=DEPARTMENT, by="budget.approve"
)
_disclosure(
    OF_RESULTS, "绩效评价结果公开", "application", (37,), opener=TREASURY, publisher=DEPARTMENT,
    by="notice_accounts.issue",
)  # fmt: skip
for _kind, _label, _lead in (
    ("finance_evaluation", "财政评价公开", PERFORMANCE),
    ("capital_evaluation", "国有资本和投资基金评价公开", ASSETS),
    ("insurance_evaluation", "社会保险基金评价公开", EXPENDITURE),
):
    _disclosure(
        OF_FINANCE[_kind], _label, "application", (22, 37), opener=_lead, publisher=PERFORMANCE, by=f"{_kind}.finish"
    )  # fmt: skip
