"""Putting right what evaluations found (评价整改, art. 34 and 35): told in writing, answered by a day, seen to be done.

After a finance evaluation one is opened by its becoming final: expenditure notifies the department, audits what it
reports, and budget and performance sign for the outcome. After self- and department evaluations expenditure begins one
where there is something to put right.
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate

from jiheng.application.models import Rectification, RectificationItem
from jiheng.bureau.models import Person
from jiheng.bureau.profile import values_of
from jiheng.bureau.roles import ASSETS, BUDGET, DEPARTMENT, EXPENDITURE, PERFORMANCE, Role
from jiheng.bureau.standing import standing
from jiheng.evaluation.framework_guards import ON_FINAL
from jiheng.filing.filing import Section, filed
from jiheng.procedure import door
from jiheng.procedure.chain import text as keepable
from jiheng.procedure.models import Act, Case
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

OWN = "rectification"
OF_FINANCE: dict[str, tuple[str, Role]] = {
    "rectification_finance": ("finance_evaluation", PERFORMANCE),
    "rectification_capital": ("capital_evaluation", ASSETS),
    "rectification_insurance": ("insurance_evaluation", EXPENDITURE),
}
"""For each kind of finance evaluation, who leads it and so hands its result on."""
PROCEDURES = (OWN, *OF_FINANCE)
NOTIFIED = ("notified", "reported", "verified", "closed")
"""The states in which there is a written notice."""
LONGEST = 2000
EVIDENCE = Need("evidence", "佐证材料", "files", required=False)


def load(cases: Sequence[UUID]) -> dict[UUID, Rectification]:
    rows = Rectification.objects.filter(case_id__in=cases).select_related("case__department", "source")
    return {row.case_id: row for row in rows.prefetch_related("items")}


def snapshot(record: Rectification) -> dict[str, Any]:
    return {
        "source": str(record.source_id),
        "result": record.result,
        "document": record.document,
        "demand": record.demand,
        "due": record.due.isoformat() if record.due else "",
        "report": record.report,
        "items": [[item.problem, item.demand, item.done, item.answer] for item in record.items.all()],
    }


def default_day(case: Case) -> datetime.date:
    """The day by which a department is to report, by the profile."""
    days = values_of(case.profile_id)("days", "rectification_report")
    return standing(case.zone).workday_after(localdate(door.now()), days)


def _day(text: Any) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(str(text))
    except ValueError:
        return None


def _a_coming_day(matter: Matter) -> Iterable[Reason]:
    if "due" not in matter.given:
        return
    day = _day(matter.given["due"])
    if day is None or day <= localdate(door.now()):
        yield Reason("整改期限要填今天以后的日期", field="due", kind="given")


def _demands_stand(matter: Matter) -> Iterable[Reason]:
    items = list(matter.record.items.all())
    missing = [item.order for item in items if not item.demand.strip()]
    if not items:
        yield Reason("还没有列出要整改的问题", next="请先填写问题和整改要求。")
    elif missing:
        yield Reason(f"第 {'、'.join(map(str, missing))} 个问题没有写整改要求", next="请先填写。")


def _all_answered(matter: Matter) -> Iterable[Reason]:
    missing = [
        item.order for item in matter.record.items.all() if item.done is None or not item.answer.strip()
    ]
    if missing:
        yield Reason(f"第 {'、'.join(map(str, missing))} 个问题没有写整改情况", next="请先逐个填写。")


def _notify(matters: list[Matter]) -> None:
    for matter in matters:
        record: Rectification = matter.record
        record.due = _day(matter.given.get("due"))
        record.document = str(matter.given.get("document") or "").strip()[:60]
        record.demand = str(matter.given.get("opinion") or "").strip()
        record.save(update_fields=["due", "document", "demand"])


def _report(matters: list[Matter]) -> None:
    for matter in matters:
        matter.record.report = str(matter.given.get("opinion") or "").strip()
        matter.record.save(update_fields=["report"])


def notice(record: Rectification) -> list[Section]:
    """The written notice, as sections."""
    facts = [
        ["致", record.case.department.name],
        ["评价对象", record.source.title],
        ["评价结果", record.result],
    ]
    if record.document:
        facts.insert(0, ["文号", record.document])
    if record.due:
        facts.append(["整改期限", f"{record.due:%Y年%m月%d日}前报送整改和结果应用情况"])
    sections: list[Section] = [
        {
            "title": f"关于{record.source.title}绩效评价结果及整改的通知",
            "facts": [fact for fact in facts if fact[1]],
        },
        {
            "title": "一、发现的问题和整改要求",
            "head": ["序号", "问题", "整改要求"],
            "rows": [[str(item.order), item.problem, item.demand] for item in record.items.all()],
        },
    ]
    if record.demand:
        sections.append({"title": "二、其他要求", "text": record.demand})
    return sections


def paper(record: Rectification) -> list[Section]:
    """What is filed: the notice, and what was done about each problem."""
    done = {True: "已到位", False: "还在整改", None: "—"}
    return [
        *notice(record),
        {
            "title": "整改情况",
            "head": ["序号", "问题", "是否到位", "整改情况"],
            "rows": [
                [str(item.order), item.problem, done[item.done], item.answer] for item in record.items.all()
            ],
            "text": record.report,
        },
    ]


def shown(record: Rectification) -> dict[str, Any]:
    """The day as the profile would set it, and whether there is a notice to read."""
    return {
        "given": {"due": default_day(record.case).isoformat()},
        "has_notice": record.case.state in NOTIFIED,
    }


DUE = Need("due", "整改期限", "date")
DOCUMENT = Need("document", "通知文号", required=False, help="如 平财绩〔2027〕8号；没有的不填")


def _procedure(key: str, label: str, opening: Step, article: int, first: Sequence[State]) -> Procedure:
    return register(
        Procedure(
            key,
            label,
            "application",
            states=(
                *first,
                State("notified", "待部门整改", editable=DEPARTMENT),
                State("reported", "待支出科审核整改"),
                State("verified", "待预算科、绩效科签收"),
                State("closed", "整改情况已反馈", "done"),
            ),
            steps=(
                opening,
                *(
                    [
                        Step(
                            "notify", "书面通知部门", ("opened",), "notified", EXPENDITURE, (8, 35),
                            (DUE, DOCUMENT, Need("opinion", "其他要求", required=False)),
                            guards=(
                                Guard("coming_day", "整改期限在今天以后", 35, _a_coming_day),
                                Guard("demands", "每个问题写明整改要求", 35, _demands_stand),
                            ),
                            writes=(_notify,), days="rectification_notify",
                        )
                    ]
                    if first
                    else []
                ),
                Step(
                    "report", "报送整改情况", ("notified",), "reported", DEPARTMENT, (article,),
                    (Need("opinion", "整改和结果应用情况"), EVIDENCE),
                    guards=(Guard("all_answered", "每个问题写明整改情况", article, _all_answered),),
                    writes=(_report,), due=lambda record: record.due,
                ),
                Step(
                    "verify", "审核通过", ("reported",), "verified", EXPENDITURE, (8, article), (OPINION,),
                    days="rectification_verify",
                ),
                returning("return", "reported", EXPENDITURE, (article,)),
                Step(
                    "receive", "签收", ("verified",), "closed", BUDGET & PERFORMANCE, (5, 6, article), (OPINION,),
                    follows=(filed(article, paper=paper),), days="rectification_receive",
                ),
                returning("receive_return", "verified", BUDGET & PERFORMANCE, (article,)),
            ),
            load=load,
            snapshot=snapshot,
            template="application/rectification_case.html",
            context=shown,
        )
    )  # fmt: skip


RECTIFICATION = _procedure(
    OWN,
    "自评和部门评价整改",
    Step("open", "通知整改", (), "notified", EXPENDITURE, (8, 34), page="rectification-new"),
    34,
    (),
)
TO_NOTIFY = State("opened", "待书面通知", editable=EXPENDITURE)
for _key, (_evaluation, _lead) in OF_FINANCE.items():
    _procedure(
        _key,
        {"finance_evaluation": "财政评价整改", "capital_evaluation": "国有资本评价整改"}.get(
            _evaluation, "社保基金评价整改"
        ),
        Step("open", "转整改", (), "opened", _lead, (35,), only_with=f"{_evaluation}.finish"),
        35,
        (TO_NOTIFY,),
    )
BY_EVALUATION = {evaluation: key for key, (evaluation, _) in OF_FINANCE.items()}


def _draft(source: Case) -> Case:
    return Case(
        zone=source.zone, year=localdate(door.now()).year, department=source.department, unit=source.unit,
        subject=source.subject, code=source.code, title=source.title,
    )  # fmt: skip


def _make(source: Case, result: str, problems: Sequence[tuple[str, str]], due: datetime.date | None) -> Any:
    def make(cases: list[Case]) -> None:
        record = Rectification.objects.create(
            zone_id=source.zone_id, case=cases[0], source=source, result=result, due=due
        )
        RectificationItem.objects.bulk_create(
            RectificationItem(
                zone_id=source.zone_id, rectification=record, order=order, problem=problem, demand=demand
            )
            for order, (problem, demand) in enumerate(problems, 1)
        )

    return make


def open_after_finance(matters: list[Matter], by: Person) -> None:
    """A finance evaluation with problems is final: its rectification waits for the written notice (art. 35)."""
    for matter in matters:
        if (key := BY_EVALUATION.get(matter.case.procedure)) is None:
            continue
        found = matter.record
        problems = [(each.text, each.suggestion) for each in found.problems.all()]
        if problems:
            result = f"{found.year}年评价 {found.total:.2f} 分，{found.grade}"
            door.start(
                f"{key}.open", [_draft(matter.case)], by=by,
                make=_make(matter.case, result, problems, None), within=matter.act,
            )  # fmt: skip


def begin(
    source: Case, result: str, problems: Sequence[tuple[str, str]], due: datetime.date, *, by: Person
) -> Act:
    """Tells a department what to put right after a self- or department evaluation (step 通知整改). Raises Refusal."""
    with transaction.atomic():
        list(Case.objects.select_for_update().filter(pk=source.pk).values_list("pk"))
        running = Rectification.objects.filter(source=source).exclude(case__state="closed")
        if (other := running.select_related("case").first()) is not None:
            reason = Reason(
                f"“{source.title}”的整改通知还没有办结", 34, next="请在那一件里办理。",
                link=other.case.get_absolute_url(),
            )  # fmt: skip
            raise door.Refusal(RECTIFICATION, RECTIFICATION.opening(), _draft(source), [reason])
        return door.start(f"{OWN}.open", [_draft(source)], by=by, make=_make(source, result, problems, due))[
            0
        ]


def write(
    case: Case, given: Mapping[str, str], revision: int | None, *, by: Person
) -> tuple[Rectification, dict[str, str]]:
    """Saves demands (before the notice) or answers (after it), by the item's key; tells what is wrong by field."""
    faults: dict[str, str] = {}
    with door.editing(case, by) as held:
        record = load([held.pk])[held.pk]
        if revision is not None and revision != record.revision:
            raise door.Overtaken
        for item in record.items.all():
            if held.state == "opened":
                item.demand = _text(given, f"demand-{item.pk}", item.demand)
            else:
                item.done = {"yes": True, "no": False}.get(given.get(f"done-{item.pk}", ""))
                item.answer = _text(given, f"answer-{item.pk}", item.answer)
                if item.done is False and not item.answer:
                    faults[f"answer-{item.pk}"] = f"第 {item.order} 个问题还没有整改到位的，写明原因和下一步"
            item.save(update_fields=["demand", "done", "answer"])
        record.revision += 1
        record.save(update_fields=["revision"])
    return record, faults


def _text(given: Mapping[str, str], name: str, before: str) -> str:
    return keepable(given.get(name, before)).strip()[:LONGEST]


ON_FINAL.append(open_after_finance)
