"""Whole goals of the demo's departments: in force with each year's budget, next year's at every desk (art. 16, 19)."""

import datetime
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.core.files.base import ContentFile

from jiheng.demo.goals import AGREED, RETURNED, Desk, amount_in, by_key
from jiheng.demo.tables import ProjectText, goal_kinds
from jiheng.goal import drafts
from jiheng.goal.models import Goal
from jiheng.procedure import door

RUNNING = Decimal(2_600_000)
"""What a department's running costs a year in 元; its projects come on top."""
PASSED = ("submit", "review", "re_review:performance", "re_review:assets")
STORIES: dict[str, tuple[str, ...]] = {
    "draft": (),
    "confirmed": PASSED[:1],
    "expenditure_returned": (*PASSED[:1], "expenditure_return"),
    "reviewed": PASSED[:2],
    "re_review_returned": (*PASSED[:2], "re_review_return:performance"),
    "passed": PASSED,
    "key_review": (*PASSED, "performance_choose:performance"),
    "key_returned": (*PASSED, "expenditure_choose", "key_return:performance"),
    "budget_returned": (*PASSED, "budget_return:budget"),
}
NEXT_YEAR = {
    "101": "draft", "102": "confirmed", "103": "passed", "104": "passed", "105": "expenditure_returned", "106": "reviewed",
    "107": "re_review_returned", "108": "key_review", "109": "key_returned", "110": "passed", "111": "passed",
    "112": "budget_returned",
}  # fmt: skip
"""Where next year's whole goals stand; the departments that are not named have none yet."""


def report() -> ContentFile:
    """What an institution hands in after a key review."""
    return ContentFile("重点审核报告（演示）：目标与预算匹配，指标可衡量。".encode(), name="重点审核报告.txt")


def begin(desk: Desk, department: str, year: int, day: datetime.date, texts: Sequence[ProjectText]) -> Goal:
    """The department writes its whole goal: running, its largest projects, and the rest."""
    kind = goal_kinds()["whole"]
    place = desk.bureau.places[department]
    amounts = sorted(((amount_in(desk, text, year), text.name) for text in texts), reverse=True)
    tasks = [("机关和所属单位运转", "人员和日常运转，保障履职", RUNNING)]
    tasks += [(name, "按年度计划实施", amount) for amount, name in amounts[:4]]
    if rest := sum((amount for amount, _ in amounts[4:]), Decimal(0)):
        tasks.append(("其他项目", "按年度计划实施其余项目", rest))
    rows = [row.format(q=max(1, len(texts))).split("|") for row in kind["rows"]]
    typed = drafts.read(
        {
            "fiscal": f"{sum(amount for *_, amount in tasks) / 10000:f}",
            "other": "0",
            "text": kind["text"].format(year=year, name=place.name, q=max(1, len(texts))),
            "scheme": kind["scheme"],
        },
        {
            **{key: [row[column] for row in rows] for column, key in enumerate(drafts.COLUMNS)},
            "task": [name for name, _, _ in tasks],
            "content": [content for _, content, _ in tasks],
            "task_fiscal": [f"{amount / 10000:f}" for *_, amount in tasks],
        },
    )
    assert not typed.faults, typed.faults
    with desk.calendar.at(day):
        return drafts.begin_whole(place, year, by=desk.bureau.clerk(department), typed=typed)


def pass_reviews(desk: Desk, texts: Iterable[ProjectText], year: int, days: Sequence[datetime.date]) -> None:
    """Every department's whole goal written and reviewed before its budget, on six days one after another."""
    goals = {
        department: begin(desk, department, year, days[0], some)
        for department, some in by_key(texts, "department").items()
    }
    bureau = desk.bureau
    for department, goal in goals.items():
        with desk.calendar.at(days[1]):
            door.perform("whole_goal.submit", goal.case, by=bureau.clerk(department))
    cases = [goal.case for goal in goals.values()]
    for step, by, day in (
        ("review", bureau.chief("expenditure"), days[2]),
        ("re_review", bureau.clerk("performance"), days[3]),
        ("re_review", bureau.clerk("assets"), days[4]),
    ):
        with desk.calendar.at(day):
            given = {"opinion": desk.random.choice(AGREED)}
            door.perform_many(f"whole_goal.{step}", cases, by=by, all_or_none=True, given=given)


def ensure(desk: Desk, departments: Iterable[str], year: int, days_ago: int) -> None:
    """Passes the whole goal of departments that have only additions in a year."""
    for department in departments:
        if not Goal.objects.filter(organization=desk.bureau.places[department], year=year).exists():
            days = [desk.calendar.ago(days_ago + number) for number in (6, 5, 4, 3, 2)]
            texts = [text for text in desk.of("add", "journey") if text.department == department]
            pass_reviews(desk, texts, year, days)


def prepare(desk: Desk, year: int) -> None:
    """Next year's whole goals, each at its own desk."""
    bureau = desk.bureau
    for department, story in NEXT_YEAR.items():
        if department not in bureau.places:
            continue
        texts = [text for text in desk.of("both", "next") if text.department == department]
        steps = STORIES[story]
        goal = begin(desk, department, year, desk.calendar.ago(2 * len(steps) + 3), texts)
        people = {
            "submit": bureau.clerk(department),
            "review": bureau.chief("expenditure"),
            "expenditure_return": bureau.clerk("expenditure"),
            "expenditure_choose": bureau.clerk("expenditure"),
        }
        for number, step in enumerate(steps):
            name, _, office = step.partition(":")
            given: dict = {"opinion": desk.random.choice(RETURNED if name.endswith("return") else AGREED)}
            if name == "key_return":
                given |= {"grade": "中", "reviewer": "预算绩效评审专家组", "report": [report()]}
            with desk.calendar.at(desk.calendar.ago(2 * (len(steps) - number) + 1)):
                door.perform(
                    f"whole_goal.{name}", goal.case, by=people.get(name) or bureau.clerk(office), **given
                )
