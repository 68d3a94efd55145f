"""Money after the approval in the demo: passed on with its goal, moved with a changed goal, summed up and filed."""

import datetime
from collections.abc import Sequence
from decimal import Decimal

from jiheng.budget import allocation, summary, transfer_views
from jiheng.budget.allocation import Wanted
from jiheng.demo.goals import Desk, by_key
from jiheng.demo.tables import ProjectText
from jiheng.goal import drafts
from jiheng.goal.models import Goal
from jiheng.procedure import door
from jiheng.procedure.models import Case

FIRST_SHARE = Decimal("0.6")
REVIEWS = (
    ("submit", "unit"), ("confirm", "department"), ("review", "expenditure"),
    ("re_review", "performance"), ("re_review", "assets"),
)  # fmt: skip
RETURNED = (2, "103")
"""In which month whose unit sends an allocation back."""
UNSIGNED = ("104", "110")
"""Departments whose units have the second part of this year's money still to sign for."""


def pass_on(
    desk: Desk,
    texts: Sequence[ProjectText],
    year: int,
    month: int,
    share: Decimal,
    *,
    leave: Sequence[str] = (),
) -> None:
    """A share of the approved money goes out to the units, who sign the next days but for those of ``leave``."""
    bureau = desk.bureau
    by = bureau.clerk("expenditure")
    day = desk.workday(year, month, 12)
    for department, some in by_key(texts, "department").items():
        wanted = [
            Wanted(project, (money * share).quantize(Decimal("0.01")))
            for project, money in _money(desk, some, year)
        ]
        if not wanted:
            continue
        with desk.calendar.at(day):
            cases = allocation.begin(
                wanted, year, by=by, document=f"平示财预〔{year}〕{int(department) - 90}号"
            )
            door.perform_many("allocation.issue", cases, by=by, all_or_none=True)
        if department in leave:
            continue
        units: dict[str, list[Case]] = {}
        if month == RETURNED[0] and department == RETURNED[1]:
            _return_and_issue_again(desk, cases[0], year, month)
        for case in cases:
            units.setdefault(case.unit.code, []).append(case)
        for unit, theirs in units.items():
            with desk.calendar.at(desk.workday(year, month, 14)):
                door.perform_many("allocation.receive", theirs, by=bureau.clerk(unit), all_or_none=True)


def _return_and_issue_again(desk: Desk, case: Case, year: int, month: int) -> None:
    """A unit sends its allocation back; the office corrects it and issues it again."""
    bureau = desk.bureau
    with desk.calendar.at(desk.workday(year, month, 12), 17):
        door.perform(
            "allocation.return",
            case,
            by=bureau.clerk(case.unit.code),
            opinion="文号与批复文件不一致，请核对后重新下达。",
        )
    with desk.calendar.at(desk.workday(year, month, 13)):
        door.perform("allocation.issue", case, by=bureau.clerk("expenditure"))


def _money(desk: Desk, texts: Sequence[ProjectText], year: int):
    """The projects whose goal is in force, with its money."""
    keys = {desk.projects[text].pk: desk.projects[text] for text in texts}
    goals = Goal.objects.filter(project__in=keys, year=year, case__state="in_force").order_by("case__code")
    return [(keys[goal.project_id], goal.money) for goal in goals]


def file_summaries(desk: Desk, texts: Sequence[ProjectText], year: int) -> None:
    """A finished year's summaries, filed but for two departments that are still being looked at."""
    by, chief = desk.bureau.clerk("expenditure"), desk.bureau.chief("expenditure")
    for number, department in enumerate(sorted(by_key(texts, "department"))):
        with desk.calendar.at(desk.workday(year, 12, 25)):
            case = summary.begin(desk.bureau.places[department], year, by=by).case
        if number:
            with desk.calendar.at(desk.workday(year, 12, 27)):
                door.perform("summary.file", case, by=chief)


STORIES: tuple[tuple[tuple[str, ...], int], ...] = (
    (("submit", "review", "re_review", "approve"), 30),
    (("submit", "expenditure_return", "submit"), 12),
    ((), 2),
    (("submit", "review", "re_review", "budget_return", "re_review"), 16),
    (("submit", "review", "performance_return", "review"), 14),
    (("drop",), 15),
)
"""What happened to the transfers of some departments, and before how many workdays they began."""
OPINIONS = {
    "expenditure_return": "请附上两个项目工作量变化的依据。",
    "performance_return": "调增项目的绩效目标产出数量没有相应增加，请核对。",
    "budget_return": "请核对调减项目的结余是否已扣除待支付的尾款。",
}


def transfers(desk: Desk, texts: Sequence[ProjectText], year: int) -> None:
    """Some departments move money between two projects, each at another desk."""
    grouped = {key: some for key, some in sorted(by_key(texts, "department").items()) if len(some) > 1}
    for (department, some), (story, days) in zip(list(grouped.items())[1:], STORIES, strict=False):
        _transfer(desk, department, some[:2], year, story, days)


def _transfer(
    desk: Desk, department: str, texts: Sequence[ProjectText], year: int, story: Sequence[str], days: int
) -> None:
    bureau, clerk = desk.bureau, desk.bureau.clerk(department)
    money = dict(_money(desk, texts, year))
    if len(money) < 2:
        return
    (less, before_less), (more, before_more) = money.items()
    moved = (before_less * Decimal("0.05")).quantize(Decimal("10000")) or Decimal(10000)
    afters = {less: (before_less, before_less - moved), more: (before_more, before_more + moved)}
    reason = f"“{less.name}”按实际工作量有结余，调剂用于“{more.name}”新增的工作量。"
    for text in texts if "submit" in story else ():
        change = afters[desk.projects[text]]
        whole = "re_review" in story
        _change_goal(desk, text, year, change[1] - change[0], days, whole=whole)
    with desk.calendar.at(desk.calendar.ago(days)):
        case = transfer_views.begin(bureau.places[department], year, "within", by=clerk).case
        transfer_views.save(case, "within", reason, afters, by=clerk, revision=0)
    people = {
        "submit": clerk,
        "drop": clerk,
        "review": bureau.clerk("expenditure"),
        "expenditure_return": bureau.clerk("expenditure"),
        "re_review": bureau.clerk("performance"),
        "performance_return": bureau.clerk("performance"),
        "approve": bureau.chief("budget"),
        "budget_return": bureau.clerk("budget"),
    }
    for number, step in enumerate(story, 1):
        opinion = {"opinion": OPINIONS.get(step, "同意。")} if step not in ("submit", "drop") else {}
        with desk.calendar.at(desk.calendar.ago(max(0, days - 2 * number))):
            door.perform(f"transfer.{step}", case, by=people[step], **opinion)


def _change_goal(
    desk: Desk, text: ProjectText, year: int, by_how_much: Decimal, days: int, *, whole: bool
) -> Goal:
    """The next version of a project's goal, with the money it will have; through all reviews if ``whole``."""
    bureau, project = desk.bureau, desk.projects[text]
    goal = Goal.objects.select_related("project").get(project=project, year=year, case__state="in_force")
    goal.case = Case.objects.select_related("zone", "department", "unit").get(pk=goal.case_id)
    unit = bureau.clerk(text.unit)
    with desk.calendar.at(desk.calendar.ago(days + 9)):
        new = drafts.begin_change(goal, "资金调剂，工作量相应调整。", by=unit)
        case = Case.objects.select_related("zone", "department", "unit").get(pk=new.case_id)
        said = drafts.typed_of(drafts.Goal.objects.get(pk=new.pk))
        rows = {key: [row[key] for row in said.rows] for key in drafts.COLUMNS}
        given = vars(said) | {
            "fiscal": f"{(goal.fiscal + by_how_much) / 10000:f}",
            "note": "调整后与任务核对过。",
        }
        drafts.save(case, drafts.read(given, rows), by=unit)
    people = {
        "unit": unit,
        "department": bureau.clerk(text.department),
        "expenditure": bureau.chief("expenditure"),
        "performance": bureau.clerk("performance"),
        "assets": bureau.clerk("assets"),
    }
    for number, (step, place) in enumerate(REVIEWS if whole else REVIEWS[:2]):
        with desk.calendar.at(desk.calendar.ago(days + 8 - number)):
            door.perform(f"goal_change.{step}", case, by=people[place])
    return new


def this_year(desk: Desk, texts: Sequence[ProjectText], year: int, today: datetime.date) -> None:
    """Two parts of this year's money, as far as the year has come, and the transfers under way."""
    if today.month > 2:
        pass_on(desk, texts, year, 2, FIRST_SHARE)
    if today.month > 6:
        pass_on(desk, texts, year, 6, 1 - FIRST_SHARE - Decimal("0.1"), leave=UNSIGNED)
    if today.month > 3:
        transfers(desk, texts, year)
    _in_hand(desk, texts, year)


def _in_hand(desk: Desk, texts: Sequence[ProjectText], year: int) -> None:
    """One allocation is being drawn up, one was dropped because its amount was wrong."""
    by = desk.bureau.clerk("expenditure")
    for (project, money), story in zip(_money(desk, texts, year)[:2], ("draft", "drop"), strict=False):
        with desk.calendar.at(desk.calendar.ago(4)):
            wanted = Wanted(project, (money * Decimal("0.05")).quantize(Decimal("0.01")), "年底清算")
            case = allocation.begin([wanted], year, by=by)[0]
        if story == "drop":
            with desk.calendar.at(desk.calendar.ago(3)):
                door.perform("allocation.drop", case, by=by, opinion="金额算错，另行下达。")
