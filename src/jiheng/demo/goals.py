"""Goals and budgets of the demo: a whole year approved, and single goals at every desk."""

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from django.core.files.base import ContentFile

from jiheng.bureau.models import Person
from jiheng.bureau.standing import standing
from jiheng.demo.calendar import Calendar
from jiheng.demo.organizations import Bureau
from jiheng.demo.tables import ProjectText
from jiheng.goal import drafts
from jiheng.goal.models import Goal
from jiheng.procedure import door
from jiheng.procedure.models import Case
from jiheng.project.models import Budget, BudgetLine, Project

RETURNED = (
    "数量指标只写了总数，请按任务分解后的实际工作量填写，并与年度计划一致。",
    "年度目标没有写清要达到的效果，请补充受益对象和预期变化。",
    "效益指标与项目内容关联不紧，请换成能取得数据的指标并注明来源。",
    "指标值低于上年完成情况，请说明理由或适当提高。",
)
AGREED = ("", "", "同意。", "目标明确，指标可衡量，同意。", "已与年度计划核对，同意。")

WHOLE = ("submit", "confirm", "review", "re_review:performance", "re_review:assets")
STORIES: dict[str, tuple[str, ...]] = {
    "missing": (),
    "draft": (),
    "submitted": WHOLE[:1],
    "department_returned": ("submit", "department_return"),
    "confirmed": WHOLE[:2],
    "expenditure_returned": (*WHOLE[:2], "expenditure_return"),
    "returned_then_confirmed": (
        *WHOLE[:2], "expenditure_return", "department_return", "correct", "submit", "confirm",
    ),
    "reviewed": WHOLE[:3],
    "re_review_returned": (*WHOLE[:3], "re_review_return:performance"),
    "performance_signed": WHOLE[:4],
    "assets_signed": (*WHOLE[:3], WHOLE[4]),
    "passed": WHOLE,
    "key_review": (*WHOLE, "performance_choose"),
    "key_passed": (*WHOLE, "performance_choose", "key_conclude"),
    "key_returned": (*WHOLE, "expenditure_choose", "key_return"),
    "budget_returned": (*WHOLE, "budget_return"),
    "approved": WHOLE,
    "just_approved": WHOLE,
}  # fmt: skip
"""What has happened to a goal that stands alone, step by step (with the signing office where several sign)."""


@dataclass
class Desk:
    """What the parts of the loader share: the bureau, its days, its projects by their line in the table."""

    bureau: Bureau
    calendar: Calendar
    projects: dict[ProjectText, Project] = field(default_factory=dict)

    @property
    def random(self) -> Random:
        return self.calendar.random

    def workday(self, year: int, month: int, day: int) -> datetime.date:
        """That day, or the next on which the bureau works."""
        wanted = datetime.date(year, month, day)
        return standing(self.bureau.zone).workday_after(wanted - datetime.timedelta(days=1), 1)

    def of(self, *plans: str) -> list[ProjectText]:
        return [text for text in self.projects if text.plan in plans]


def make_projects(desk: Desk, texts: Iterable[ProjectText]) -> None:
    """Enters the projects with codes in the integrated system's shape: zone, year, class, serial (norms 10)."""
    year, zone = desk.calendar.year, desk.bureau.zone
    spans = {
        "last": (year - 1, year - 1), "both": (year - 2, year + 1), "next": (year + 1, year + 1),
    }  # fmt: skip
    for serial, text in enumerate(texts, 1):
        if text.unit not in desk.bureau.places:
            continue
        first, last = spans.get(text.plan, (year, year))
        desk.projects[text] = Project(
            zone=zone,
            department=desk.bureau.places[text.department],
            unit=desk.bureau.places[text.unit],
            code=f"{zone.code}{first % 100:02d}T{int(text.unit) * 1000 + serial:012d}",
            name=text.name,
            kind=text.kind,
            fund=text.fund,
            field="政府购买服务"
            if text.goal == "service"
            else "政府采购"
            if text.goal == "equipment"
            else "",
            attribute="continuing" if text.plan == "both" else "new",
            stage=Project.Stage.RESERVE,
            first_year=first,
            last_year=last,
            total=text.amount * (last - first + 1),
        )
    Project.objects.bulk_create(desk.projects.values())


def amount_in(desk: Desk, text: ProjectText, year: int) -> Decimal:
    """The year's money in 元: a continuing project had a little less the year before."""
    if text.plan == "both" and year < desk.calendar.year:
        return (text.amount * Decimal("0.000092")).quantize(Decimal("0.1")) * 10000
    return text.amount


def begin(desk: Desk, text: ProjectText, year: int, day: datetime.date, wording: str = "") -> Goal:
    """The unit writes the goal, through the same reading as the page has."""
    with desk.calendar.at(day):
        return drafts.begin(
            desk.projects[text],
            year,
            by=desk.bureau.clerk(text.unit),
            typed=_typed(desk, text, year, wording),
        )


def _typed(desk: Desk, text: ProjectText, year: int, wording: str = "") -> drafts.Typed:
    rows = text.indicators()
    columns = {key: [str(getattr(row, key)) for row in rows] for key in drafts.COLUMNS}
    fiscal = f"{amount_in(desk, text, year) / 10000:f}"
    given = {"fiscal": fiscal, "other": "0", "text": wording or text.text(year), "scheme": text.scheme()}
    typed = drafts.read(given, columns)
    assert not typed.faults, typed.faults
    return typed


def begin_budget(
    desk: Desk, department: str, year: int, batch: str, day: datetime.date, texts: Sequence[ProjectText]
) -> Case:
    """The department writes its budget with the lines given."""
    zone, organization = desk.bureau.zone, desk.bureau.places[department]

    def make(cases: list[Case]) -> None:
        budget = Budget.objects.create(
            zone=zone, case=cases[0], department=organization, year=year, batch=batch
        )
        BudgetLine.objects.bulk_create(
            BudgetLine(
                zone=zone, budget=budget, project=desk.projects[text], amount=amount_in(desk, text, year)
            )
            for text in texts
        )

    case = Case(
        zone=zone,
        year=year,
        department=organization,
        code=organization.code,
        title=f"{organization.name}{year}年部门预算（{batch}）",
        amount=sum((amount_in(desk, text, year) for text in texts), Decimal(0)),
    )
    with desk.calendar.at(day):
        door.start("budget.open", [case], by=desk.bureau.clerk(department), make=make)
    return case


def by_key(texts: Iterable[ProjectText], key: str) -> dict[str, list[ProjectText]]:
    """The lines grouped by department or unit."""
    groups: dict[str, list[ProjectText]] = {}
    for text in texts:
        groups.setdefault(getattr(text, key), []).append(text)
    return groups


Review = Callable[["Desk", Sequence[Case], datetime.date, datetime.date], None]


def approve_year(desk: Desk, texts: list[ProjectText], year: int, review: Review) -> None:
    """A whole year's goals on their way with the departments' budgets, in the autumn before (art. 16–19).

    ``review`` has some of them judged by experts between the review and the re-review (art. 18, 39).
    """
    before, bureau = year - 1, desk.bureau
    goals: dict[ProjectText, Goal] = {}
    for text in texts:
        day = desk.workday(before, 11, desk.random.randint(4, 9))
        goals[text] = begin(desk, text, year, day)

    def all_of(step: str, some: Sequence[ProjectText], by: Person, day: datetime.date) -> None:
        with desk.calendar.at(day):
            door.perform_many(
                f"goal.{step}", [goals[text].case for text in some], by=by, all_or_none=True,
                given={"opinion": desk.random.choice(AGREED)} if step not in ("submit",) else None,
            )  # fmt: skip

    for unit, some in by_key(texts, "unit").items():
        all_of("submit", some, bureau.clerk(unit), desk.workday(before, 11, desk.random.randint(12, 15)))
    for department, some in by_key(texts, "department").items():
        all_of("confirm", some, bureau.clerk(department), desk.workday(before, 11, 18))
    for text in texts[2::9]:
        _return_and_correct(desk, goals[text], text, desk.workday(before, 11, 20))
    for some in by_key(texts, "department").values():
        all_of(
            "review", some, bureau.chief("expenditure"), desk.workday(before, 11, desk.random.randint(27, 29))
        )
    chosen = [goals[text].case for text in texts[::15]]
    review(desk, chosen, desk.workday(before, 11, 30), desk.workday(before, 12, 4))
    all_of("re_review", texts, bureau.clerk("performance"), desk.workday(before, 12, 4))
    all_of("re_review", texts, bureau.clerk("assets"), desk.workday(before, 12, 5))
    for department, some in by_key(texts, "department").items():
        case = begin_budget(desk, department, year, "年初", desk.workday(before, 12, 6), some)
        _submit_budget(desk, case, department, desk.workday(before, 12, 9))
        with desk.calendar.at(desk.workday(before, 12, desk.random.randint(15, 22))):
            door.perform("budget.approve", case, by=bureau.chief("budget"), opinion="同意批复。")


def _submit_budget(desk: Desk, case: Case, department: str, day: datetime.date) -> None:
    with desk.calendar.at(day):
        door.perform("budget.submit", case, by=desk.bureau.clerk(department))


def _return_and_correct(desk: Desk, goal: Goal, text: ProjectText, day: datetime.date) -> None:
    """Expenditure sends it back, the department passes it down, the unit corrects it and it comes again."""
    for step in ("expenditure_return", "department_return", "correct", "submit", "confirm"):
        with desk.calendar.at(day):
            _one(desk, goal, text, step)
        day = standing(desk.bureau.zone).workday_after(day, 1)


def _one(desk: Desk, goal: Goal, text: ProjectText, step: str) -> None:
    """One step of a story by whoever does it."""
    bureau = desk.bureau
    name, _, office = step.partition(":")
    if name == "correct":
        wording = f"{text.text(goal.year)}受益对象和预期变化已按审核意见补充，数据来自年度统计台账。"
        drafts.save(goal.case, _typed(desk, text, goal.year, wording), by=bureau.clerk(text.unit))
        return
    people = {
        "submit": bureau.clerk(text.unit),
        "confirm": bureau.clerk(text.department),
        "department_return": bureau.clerk(text.department),
        "review": bureau.chief("expenditure"),
        "expenditure_return": bureau.clerk("expenditure"),
        "budget_return": bureau.clerk("budget"),
        "performance_choose": bureau.clerk("performance"),
        "expenditure_choose": bureau.clerk("expenditure"),
        "key_conclude": bureau.clerk("performance"),
        "key_return": bureau.clerk("performance"),
    }
    by = people.get(name) or bureau.clerk(office)
    if name.startswith("key_"):
        passes = name == "key_conclude"
        report = ContentFile("重点审核报告（演示）。".encode(), name="重点审核报告.txt")
        door.perform(
            f"goal.{name}", goal.case, by=by, opinion="指标可衡量，同意。" if passes else desk.random.choice(RETURNED),
            grade="良" if passes else "中", reviewer="预算绩效评审专家组", report=[report],
        )  # fmt: skip
    elif name.endswith("return"):
        door.perform(f"goal.{name}", goal.case, by=by, opinion=desk.random.choice(RETURNED))
    elif name == "submit":
        door.perform("goal.submit", goal.case, by=by)
    else:
        door.perform(f"goal.{name}", goal.case, by=by, opinion=desk.random.choice(AGREED))


def tell(desk: Desk, text: ProjectText, year: int, *, last: int) -> Goal | None:
    """One goal's own story, its last step so many workdays ago."""
    if text.story == "missing":
        return None
    steps = STORIES[text.story]
    days = [last + 2 * (len(steps) - index) for index in range(len(steps) + 1)]
    goal = begin(desk, text, year, desk.calendar.ago(days[0]))
    for step, days_ago in zip(steps, days[1:], strict=True):
        with desk.calendar.at(desk.calendar.ago(days_ago)):
            _one(desk, goal, text, step)
    return goal


def prepare(desk: Desk, plan: str, year: int, batch: str, submitted: frozenset[str]) -> None:
    """Additions of this year, or next year's goals, each at its own desk, with the departments' budgets.

    Additions approved already were approved before the first cut-off day, so that monitoring has them too.
    """
    texts = desk.of(plan)
    for text in texts:
        last = {"approved": 60, "just_approved": 8}.get(text.story) or desk.random.choice(
            (0, 1, 1, 2, 3, 4, 6, 8)
        )
        tell(desk, text, year, last=last)
    for department, some in by_key(texts, "department").items():
        approved = some[0].story in ("approved", "just_approved")
        waits = 52 if some[0].story == "approved" else 5
        case = begin_budget(desk, department, year, batch, desk.calendar.ago(waits + 4), some)
        if approved or department in submitted:
            _submit_budget(desk, case, department, desk.calendar.ago(0 if department == "104" else waits - 1))
        with desk.calendar.at(desk.calendar.ago(waits - 3)):
            if approved:
                door.perform("budget.approve", case, by=desk.bureau.chief("budget"), opinion="同意追加。")
            elif any(text.story == "budget_returned" for text in some) and department in submitted:
                door.perform(
                    "budget.return", case, by=desk.bureau.clerk("budget"),
                    opinion="项目绩效目标正在修改，预算一并退回，改好后同时报来。",
                )  # fmt: skip
