"""Self-evaluations of the finished year and what comes of them: grades, proposals, decisions (ch. 6 and 7)."""

import datetime
from decimal import Decimal
from random import Random

from jiheng.application.models import Application
from jiheng.bureau.models import Person
from jiheng.demo.goals import AGREED, Desk
from jiheng.demo.tables import ProjectText
from jiheng.demo.values import between, reached, round_half_up, shortfall
from jiheng.evaluation import assessing
from jiheng.evaluation.models import Row, SelfEvaluation
from jiheng.goal.models import Goal
from jiheng.procedure import door
from jiheng.procedure.models import Case

BANDS = {"优": ("0.97", "1.06"), "良": ("0.78", "0.9"), "中": ("0.6", "0.76"), "差": ("0.25", "0.5")}
RATES = {"优": ("0.93", "1"), "良": ("0.85", "0.93"), "中": ("0.62", "0.78"), "差": ("0.28", "0.42")}
RETURNED = (
    "完成值没有注明数据来源，扣分项的改进措施不具体，请补充后重报。",
    "实际完成情况过于简单，请写明任务完成和效果。",
)
LATER = (
    "accepted", "untouched", "submitted", "accepted", "confirmed", "filled", "accepted", "department_returned",
    "accepted", "expenditure_returned", "accepted", "confirmed",
)  # fmt: skip
"""Where the second lot (carried-over projects) stands; the first lot is accepted."""


def outcome(index: int) -> str:
    """How the finished year's projects came out, by their place in the list: mostly well, not all."""
    return {3: "良", 5: "差", 7: "中", 9: "良", 12: "良", 14: "中", 17: "良"}.get(index % 20, "优")


def year_end_rates(texts: list[ProjectText], year: int) -> dict[ProjectText, Decimal]:
    """The share of its money that each project had spent at the year's end, in keeping with how it came out."""
    return {
        text: between(Random(f"{text.name}{year}end"), *RATES[outcome(index)])
        for index, text in enumerate(texts)
    }


def evaluate_year(desk: Desk, texts: list[ProjectText], year: int) -> None:
    """The finished year: a first lot accepted in spring and applied, a second lot on its way these weeks."""
    calendar = desk.calendar
    grades = {desk.projects[text].pk: outcome(index) for index, text in enumerate(texts)}
    goals = [goal for goal in assessing.to_evaluate(desk.bureau.zone, year) if not goal.whole]
    second = len(goals) // 3
    first_day = desk.workday(year + 1, 1, 15)
    _lot(desk, goals[second:], grades, first_day, ("accepted",), (20, 26, 40))
    _apply(desk, year, datetime.date(year + 1, 4, 1))
    recent = max(calendar.ago(17), min(first_day, calendar.today))
    _lot(desk, goals[:second], grades, recent, LATER, (9, 14, 19))
    _begin_applying(desk, year)
    evaluate_wholes(desk, year)


WHOLE_ENDS = ("decided", "proposed", "return", "opened", "confirmed", "expenditure_return", "filled")
"""How far the departments' evaluations of themselves have gone, one after another; the rest are just asked for."""


def evaluate_wholes(desk: Desk, year: int) -> None:
    """Departments evaluate themselves as a whole; some results are on their way to the ceilings (art. 27, 33)."""
    bureau, ago = desk.bureau, desk.calendar.ago
    goals = [each for each in assessing.to_evaluate(bureau.zone, year) if each.kind == "department_whole"]
    with desk.calendar.at(ago(30), 9):
        acts = assessing.open_evaluations(goals, by=bureau.clerk("performance"))
    for act, end in zip(acts, WHOLE_ENDS, strict=False):
        case, owner = act.case, bureau.clerk(act.case.department.code)

        def do(step: str, by: Person, day: int, hour: int = 10, case: Case = case, **given: object) -> None:
            with desk.calendar.at(ago(day), hour):
                door.perform(f"{case.procedure}.{step}", case, by=by, **given)

        with desk.calendar.at(ago(20), 9):
            fill(desk, case, "良", owner)
        if end == "filled":
            continue
        do("submit", owner, 18)
        if end == "confirmed":
            continue
        if end == "expenditure_return":
            do("expenditure_return", bureau.clerk("expenditure"), 15, opinion="请写明任务执行数的口径。")
            continue
        do("accept", bureau.chief("expenditure"), 12, opinion="认可。")
        application = Application.objects.select_related("case").get(evaluation__case=case)
        given = {"action": application.ruled, "amount": f"{application.ruled_amount / 10000:f}"}
        money = application.case
        if end in ("decided", "proposed", "return"):
            do("propose", bureau.clerk("performance"), 9, case=money, **given)
        if end == "return":
            do("return", bureau.clerk("budget"), 7, case=money, opinion="请写明与控制数的关系。")
        elif end == "decided":
            do("decide", bureau.chief("budget"), 6, case=money, **given)


def open_early(desk: Desk, year: int, count: int) -> None:
    """A few of this year's projects that are finished begin their self-evaluation early; they stay in draft."""
    goals = [goal for goal in assessing.to_evaluate(desk.bureau.zone, year) if not goal.whole][:count]
    with desk.calendar.at(desk.calendar.ago(3), 9):
        assessing.open_evaluations(goals, by=desk.bureau.clerk("performance"))


def _lot(
    desk: Desk,
    goals: list[Goal],
    grades: dict,
    opened: datetime.date,
    states: tuple[str, ...],
    later: tuple[int, ...],
) -> None:
    bureau, calendar = desk.bureau, desk.calendar
    with calendar.at(opened, 9):
        acts = assessing.open_evaluations(goals, by=bureau.clerk("performance"))
    cases: dict[str, list[Case]] = {}
    days = [opened + datetime.timedelta(days=n) for n in later]
    for index, (goal, act) in enumerate(zip(goals, acts, strict=True)):
        state, case = states[index % len(states)], act.case
        if state == "untouched":
            continue
        with calendar.at(days[0] - datetime.timedelta(days=index % 5)):
            fill(desk, case, grades[goal.project_id])
            if state != "filled":
                door.perform("evaluation.submit", case, by=bureau.clerk(case.unit.code))
                cases.setdefault(state, []).append(case)
    for case in cases.pop("department_returned", []):
        with calendar.at(days[1]):
            by = bureau.clerk(case.department.code)
            door.perform("evaluation.department_return", case, by=by, opinion=desk.random.choice(RETURNED))
    on = [
        case for state in ("accepted", "confirmed", "expenditure_returned") for case in cases.get(state, [])
    ]
    for department in sorted({case.department.code for case in on}):
        with calendar.at(days[1]):
            door.perform_many(
                "evaluation.confirm", [case for case in on if case.department.code == department],
                by=bureau.clerk(department), all_or_none=True, given={"opinion": desk.random.choice(AGREED)},
            )  # fmt: skip
    for case in cases.get("expenditure_returned", []):
        with calendar.at(days[2]):
            by = bureau.clerk("expenditure")
            door.perform("evaluation.expenditure_return", case, by=by, opinion=desk.random.choice(RETURNED))
    with calendar.at(days[2]):
        door.perform_many(
            "evaluation.accept", cases.get("accepted", []), by=bureau.chief("expenditure"), all_or_none=True,
            given={"opinion": "认可自评结果。"},
        )  # fmt: skip


def fill(desk: Desk, case: Case, grade: str, by: Person | None = None) -> None:
    """Fills in a self-evaluation as its unit would; points, total, grade and checks are the room's own (norms 1.3)."""
    random = Random(f"{case.code}{case.year}self")
    rows = list(Row.objects.filter(evaluation__case=case))
    dips = random.randrange(len(rows))
    given: dict[str, dict[str, str]] = {}
    claimed: dict[str, Decimal | None] = {}
    for index, row in enumerate(rows):
        factor = between(random, *BANDS[grade])
        if grade == "优" and index == dips:
            factor = between(random, "0.86", "0.97")
        value = reached(row.target, factor)
        short = factor < 1 and value != reached(row.target, Decimal(1))
        row.actual = value.text
        given[str(row.pk)] = {
            "actual": value.text,
            "reason": shortfall(random, row.level1, row.level2) if short else "",
        }
        claimed[str(row.pk)] = None if value.share is None else round_half_up(row.weight * value.share)
    assessing.save(
        case, by=by or desk.bureau.clerk(case.unit.code), rows=given, claimed=claimed,
        achieved=_achieved(grade, rows, case.year), note=_note(case), tasks=_tasks(case),
    )  # fmt: skip


def _achieved(grade: str, rows: list[Row], year: int) -> str:
    done = "、".join(f"{row.name}{row.actual}" for row in rows if "数量" in row.level2)
    words = {
        "优": "年度任务全面完成，效益达到预期",
        "良": "年度任务基本完成，个别指标略低于预期",
        "中": "部分任务未按期完成，效益未完全发挥",
        "差": "多数任务没有完成，项目推进缓慢",
    }
    return f"{year}年{done}，{words[grade]}。"


def _tasks(case: Case) -> list[tuple[str, str]]:
    """A whole goal's tasks: most of the money spent, and done."""
    tasks = SelfEvaluation.objects.get(case=case).tasks
    return [(f"{Decimal(amount) * 96 / 100:.2f}", "按计划完成。") for _, amount, *_ in tasks]


def _note(case: Case) -> str:
    evaluation = SelfEvaluation.objects.get(case=case)
    if (
        evaluation.executed is None
        or not evaluation.full_year
        or evaluation.executed >= evaluation.full_year * 9 / 10
    ):
        return ""
    return "执行率偏低：项目启动晚、按进度支付，未用资金已收回或结转；下一年将提前做好前期准备。"


def _apply(desk: Desk, year: int, day: datetime.date) -> None:
    """Performance proposes by the rule and budget decides, departing twice with a word (art. 33)."""
    for index, application in enumerate(
        Application.objects.filter(evaluation__goal__year=year).select_related("case")
    ):
        action, amount, word = application.ruled, application.ruled_amount, ""
        if index == 4 and action == "keep":
            action, amount = "cut", application.base * Decimal("0.95")
            word = "同类项目有结余，建议压减5%。"
        given = {"action": action, "amount": f"{amount / 10000:f}", "opinion": word}
        with desk.calendar.at(day + datetime.timedelta(days=index % 6)):
            door.perform(
                "application.propose", application.case, by=desk.bureau.clerk("performance"), **given
            )
        if action == "cancel":
            given = {"action": "adjust", "amount": f"{application.base / 20000:f}",
                     "opinion": "涉及民生，保留一半资金，调整实施方式后执行。"}  # fmt: skip
        elif word:
            given["opinion"] = "同意绩效科建议。"
        with desk.calendar.at(day + datetime.timedelta(days=8 + index % 7)):
            door.perform("application.decide", application.case, by=desk.bureau.chief("budget"), **given)


def _begin_applying(desk: Desk, year: int) -> None:
    """Of those just accepted, some are proposed, one is sent back, the rest wait."""
    waiting = Application.objects.filter(evaluation__goal__year=year, proposed="").select_related("case")
    for index, application in enumerate(list(waiting)):
        if index % 4 == 3:
            continue
        given = {"action": application.ruled, "amount": f"{application.ruled_amount / 10000:f}"}
        with desk.calendar.at(desk.calendar.ago(1)):
            door.perform(
                "application.propose", application.case, by=desk.bureau.clerk("performance"), **given
            )
        if index == 1:
            with desk.calendar.at(desk.calendar.ago(0), 9):
                door.perform(
                    "application.return", application.case, by=desk.bureau.clerk("budget"),
                    opinion="请补充与上年安排的比较，再提建议。",
                )  # fmt: skip
