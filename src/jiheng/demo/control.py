"""Payment control of the demo: projects whose money was suspended or stopped, at every desk (art. 26)."""

from dataclasses import dataclass

from django.core.files.base import ContentFile

from jiheng.demo.goals import Desk
from jiheng.monitoring import control
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
    Story("lifted", "suspend", 60, "现场核查发现已支付的设备款没有到货验收，先暂缓拨付，待查清后再付。"),
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
