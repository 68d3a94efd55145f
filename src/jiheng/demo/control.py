"""Problems and payment control of the demo, at every desk (art. 24, 26)."""

from dataclasses import dataclass

from django.core.files.base import ContentFile

from jiheng.bureau.standing import standing
from jiheng.demo.goals import Desk
from jiheng.monitoring import control, problem
from jiheng.monitoring.models import Report
from jiheng.monitoring.problem import Found
from jiheng.procedure import door
from jiheng.procedure.models import Case
from jiheng.project.models import Project


@dataclass(frozen=True)
class Story:
    """How one project's money came to be stopped, and how far it has gone. ``ago`` is when it began, in workdays."""

    end: str
    kind: str
    ago: int
    reason: str


STORIES = (
    Story("lifted", "suspend", 60, "现场核查发现已支付的设备款没有到货验收，先暂缓拨款，待查清后再付。"),
    Story("in_effect", "suspend", 28, "监控亮红灯，任务进度不到三成，资金拨付后闲置在单位往来账上。"),
    Story("returned", "stop", 26, "抽查发现部分资金用于批复用途以外的支出，情节严重。"),
    Story("lifting", "suspend", 24, "合同与批复的建设内容不一致，须先按程序调整目标和预算。"),
    Story("proposed", "stop", 2, "项目实施条件发生变化，年内已不可能开工，继续拨款会形成闲置。"),
    Story("dropped", "suspend", 12, "执行率明显落后于时间进度，原因不明。"),
)


def paper(name: str, text: str) -> ContentFile:
    """A small file as evidence."""
    return ContentFile(text.encode(), name=name)


def stop_some(desk: Desk) -> None:
    """One project for each story, of different units, through the door."""
    rows = Project.objects.filter(
        zone=desk.bureau.zone, stage__in=(Project.Stage.BUDGETED, Project.Stage.EXECUTING)
    ).select_related("department", "unit")
    units: dict = {}
    for row in rows.order_by("-code"):
        units.setdefault(row.unit_id, row)
    for story, project in zip(STORIES, units.values(), strict=False):
        _tell(desk, story, project)


def _tell(desk: Desk, story: Story, project: Project) -> None:
    bureau, calendar = desk.bureau, desk.calendar
    expenditure, chief, treasury = (
        bureau.clerk("expenditure"), bureau.chief("expenditure"), bureau.clerk("treasury")
    )  # fmt: skip
    department = bureau.clerk(project.department.code)
    with calendar.at(calendar.ago(story.ago), 10):
        evidence = [paper("核查记录（演示）.txt", f"{project.name}\n{story.reason}\n")]
        case = control.propose(project, story.kind, story.reason, by=expenditure, evidence=evidence)
    if story.end == "proposed":
        return
    if story.end == "dropped":
        _do(
            desk,
            case,
            "refuse",
            story.ago - 1,
            treasury,
            "执行慢是因验收在年底，单位已说明，先不停拨，跟踪监控。",
        )
        return
    _do(desk, case, "sign", story.ago - 1, treasury, "同意。")
    _do(desk, case, "sign", story.ago - 2, chief, "同意，请部门限期整改。")
    if story.end == "in_effect":
        return
    with calendar.at(calendar.ago(max(story.ago - 9, 3))):
        door.perform(
            "control.report", case, by=department, opinion="已逐项整改，凭证和台账随附，申请恢复拨款。",
            evidence=[paper("整改报告（演示）.txt", f"{project.name}整改情况\n")],
        )  # fmt: skip
    if story.end == "returned":
        _do(
            desk,
            case,
            "return",
            max(story.ago - 12, 2),
            treasury,
            "退回的资金还没有原渠道归还，请补齐归还凭证。",
        )
        return
    _do(desk, case, "lift", max(story.ago - 11, 1), treasury, "凭证齐全，同意解除。")
    if story.end == "lifted":
        _do(desk, case, "lift", story.ago - 12, chief, "整改到位，同意恢复拨款。")


def _do(desk: Desk, case: Case, step: str, ago: int, by, opinion: str) -> None:
    with desk.calendar.at(desk.calendar.ago(ago), 15):
        door.perform(f"control.{step}", case, by=by, opinion=opinion)


ENDS = (
    "closed",
    "rectifying",
    "reported",
    "department_return",
    "confirmed",
    "expenditure_return",
    "dropped",
    "closed",
)
"""How far the problems have gone, in turn."""
WHOLE_ENDS = ("rectifying", "confirmed", "expenditure_return", "dropped", "closed")
DEMAND = "查明原因，倒排工期，按月报进度。"


def list_problems(desk: Desk) -> None:
    """Problems of reports with red and yellow lights, found some weeks ago; some are overdue."""
    bureau, calendar = desk.bureau, desk.calendar
    reports = Report.objects.filter(zone=bureau.zone, case__state="accepted").exclude(light="green")
    reports = reports.filter(goal__year=desk.calendar.year).select_related(
        "case__zone", "case__department", "case__unit", "goal__project"
    )
    if not reports:  # before the year's first figures came in
        return
    projects = list(reports.filter(case__procedure="monitoring").order_by("light", "case__code")[: len(ENDS)])
    wholes = list(reports.filter(case__procedure="whole_monitoring").order_by("case__code"))
    some = [(projects[number % len(projects)], end) for number, end in enumerate(ENDS)]
    some += [(wholes[number % len(wholes)], end) for number, end in enumerate(WHOLE_ENDS) if wholes]
    for number, (report, end) in enumerate(some):
        ago = 7 + number
        row = report.rows.select_related("indicator").exclude(light="green").first()
        what = f"“{row.indicator.name}”进度落后" if row else "预算执行落后于时间进度"
        with calendar.at(calendar.ago(ago), 9):
            due = standing(bureau.zone).workday_after(calendar.ago(ago), 3 if number % 2 else 15)
            found = [Found(f"{what}，与年初计划差距较大。", DEMAND, row.indicator if row else None)]
            (case,) = problem.list_problems(report, found, due, by=bureau.clerk("expenditure"))
        _follow(desk, case, end, ago)


def _follow(desk: Desk, case: Case, end: str, ago: int) -> None:
    """Brings a problem as far as ``end``, a state or a return."""
    bureau = desk.bureau
    whole = case.unit is None
    department = bureau.clerk(case.department.code)
    unit = department if whole else bureau.clerk(case.unit.code)
    expenditure = bureau.clerk("expenditure")

    def act(step: str, later: int, by, opinion: str, **given) -> None:
        with desk.calendar.at(desk.calendar.ago(ago - later)):
            door.perform(f"{case.procedure}.{step}", case, by=by, opinion=opinion, **given)

    if end == "dropped":
        act("drop", 1, expenditure, "经核对是统计口径不同，不属于问题。")
    if end in ("rectifying", "dropped"):
        return
    evidence = [paper("整改情况（演示）.txt", f"{case.title}\n已整改\n")]
    act("report", 3, unit, "已增派力量，上月补上了落后的进度。", evidence=evidence)
    if end == "department_return":
        act("department_return", 4, department, "只写了打算，没有写完成到哪里，请补充。")
    if end in ("reported", "department_return"):
        return
    if not whole:
        act("confirm", 4, department, "情况属实。")
    if end == "expenditure_return":
        act("expenditure_return", 5, expenditure, "佐证材料看不出完成数量，请补验收单。")
    if end == "closed":
        act("verify", 5, expenditure, "已核实，销号。")
