"""Projects proposed for next year's library, one at every desk (art. 12, 13), and the files that were imported (art. 40)."""

from dataclasses import dataclass
from decimal import Decimal

from jiheng.demo.goals import Desk
from jiheng.demo.tables import projects as project_texts
from jiheng.exchange import command, running
from jiheng.exchange.plan import silent
from jiheng.exchange.procedure import KINDS
from jiheng.goal import drafts
from jiheng.indicator.library import SEEDS
from jiheng.procedure import door
from jiheng.project import entry
from jiheng.project.models import Project

SENT = (("submit", "unit", ""),)
PASSED = (*SENT, ("confirm", "department", "同意申报。"))
STORIES = {
    "draft": (),
    "submitted": SENT,
    "returned": (
        *SENT,
        ("department_return", "department", "请补充软件正版化和等级保护的费用，按年度重排资金。"),
    ),
    "confirmed": PASSED,
    "sent_back": (
        *PASSED,
        ("expenditure_return", "expenditure", "检测平台与上级系统功能相近，请说明分工和运维费用来源。"),
    ),
    "admitted": (*PASSED, ("admit", "expenditure", "任务明确，金额合理，准予入库。")),
    "refused": (
        *PASSED,
        ("refuse", "expenditure", "建设内容与周边公共停车场重复，建议统筹使用，不单独立项。"),
    ),
    "abandoned": (("abandon", "unit", "并入上级统一建设的平台，本单位不再单独申报。"),),
}


@dataclass(frozen=True)
class Proposal:
    """A project as its unit proposes it; ``amounts`` in 万元, one for each year from next year on."""

    unit: str
    name: str
    amounts: tuple[int, ...]
    attribute: str
    field: str
    story: str


PROPOSALS = (
    Proposal("101003", "第一初级中学智慧教室建设", (180, 140), "new", "政府采购", "draft"),
    Proposal("102002", "耕地质量监测与提升", (60, 60, 60), "continuing", "", "submitted"),
    Proposal("103002", "重点人群健康监测", (96,), "continuing", "政府购买服务", "confirmed"),
    Proposal("103004", "妇幼健康信息系统升级", (260,), "new", "政府采购", "returned"),
    Proposal("104002", "农村公路安全防护工程", (430, 430), "new", "", "confirmed"),
    Proposal("101002", "实验小学地下停车场", (600, 600), "new", "", "refused"),
    Proposal("102003", "动物疫病检测数据平台", (150,), "new", "政府采购", "abandoned"),
    Proposal("104003", "治超检测点运行维护", (64,), "continuing", "", "admitted"),
    Proposal("103003", "医疗设备质量控制", (72,), "new", "", "sent_back"),
    Proposal("110002", "社区图书流通点", (45, 45), "new", "政府购买服务", "submitted"),
    Proposal("111002", "骨干河道清淤", (540,), "continuing", "", "confirmed"),
)


def propose(desk: Desk) -> None:
    """Enters the proposals through the same reading as the page has, and moves each to its desk."""
    bureau, year = desk.bureau, desk.calendar.year + 1
    for order, text in enumerate(PROPOSALS):
        if text.unit not in bureau.places:
            continue
        years = [str(year + number) for number in range(len(text.amounts))]
        given = {
            "name": text.name, "code": "", "category": "T", "kind": "project", "fund": "general", "field": text.field,
            "attribute": text.attribute, "first_year": years[0], "last_year": years[-1], "total": "",
        }  # fmt: skip
        typed = entry.read(given, years, [str(amount) for amount in text.amounts], bureau.zone)
        assert not typed.faults, typed.faults
        unit = bureau.places[text.unit]
        with desk.calendar.at(desk.calendar.ago(17 - order)):
            project = entry.begin(unit, typed, by=bureau.clerk(text.unit))
            if text.story == "admitted":
                _goal(desk, project)
        assert project and project.case
        people = {
            "unit": bureau.clerk(text.unit),
            "department": bureau.clerk(text.unit[:3]),
            "expenditure": bureau.clerk("expenditure"),
        }
        for number, (step, who, opinion) in enumerate(STORIES[text.story]):
            given_words = {"opinion": opinion} if opinion else {}
            with desk.calendar.at(desk.calendar.ago(max(0, 15 - order - 2 * number))):
                door.perform(f"project.{step}", project.case, by=people[who], **given_words)


def _goal(desk: Desk, project: Project | None) -> None:
    """The project's goal for its first year, handed in: without one it would not be let in (art. 16)."""
    assert project
    text = next(each for each in project_texts() if each.goal == "service")
    columns = {key: [str(getattr(row, key)) for row in text.indicators()] for key in drafts.COLUMNS}
    given = {
        "fiscal": entry.in_wan(project.total), "other": "0", "text": text.text(project.first_year),
        "scheme": text.scheme(),
    }  # fmt: skip
    clerk = desk.bureau.clerk(project.unit.code)
    goal = drafts.begin(project, project.first_year, by=clerk, typed=drafts.read(given, columns))
    door.perform("goal.submit", goal.case, by=clerk)


HEADS = "项目代码,项目名称,单位编码,类别,资金性质,项目属性,起始年度,结束年度,项目总额（万元）"


def import_files(desk: Desk) -> None:
    """One file of every kind from every desk that imports: looked over, confirmed, its file kept."""
    zone, year = desk.bureau.zone, desk.calendar.year + 1

    def project(serial: int, name: str, unit: str, amount: int) -> str:
        code = f"{zone.code[:6]}{year % 100:02d}T{serial:012d}"
        return f"{HEADS}\r\n{code},{name},{unit},项目,一般公共预算,延续,{year},{year},{amount}\r\n"

    for kind, who, name, text in (
        (
            "units",
            "general",
            "新设单位.csv",
            "类别,编码,名称,主管部门编码,排序\r\n单位,101006,特殊教育学校,101,101006\r\n",
        ),
        ("indicators", "performance", "指标库.csv", SEEDS.read_text(encoding="utf-8")),
        (
            "projects",
            "general",
            "一体化系统项目.csv",
            project(900000000001, "农田灌溉设施管护", "102004", 58),
        ),
        (
            "projects",
            "103",
            "卫生健康局所属单位项目.csv",
            project(900000000002, "家庭医生签约服务", "103002", 120),
        ),
        (
            "projects",
            "104002",
            "公路养护中心项目.csv",
            project(900000000003, "公路养护机械更新", "104002", 84),
        ),
    ):
        giver = running.must(KINDS[kind], desk.bureau.clerk(who))
        data = text.encode()
        plan = KINDS[kind].examine(data, name, giver, silent)
        assert not plan.report.faults, plan.report.faults
        with desk.calendar.at(desk.calendar.ago(8)):
            command.write(kind, name, data, plan, giver)


def spread(projects: list[Project]) -> None:
    """The amounts by year of projects that came from the integrated system: each year the same."""
    entry.write_years(
        [
            (
                project,
                {
                    year: (project.total / (project.last_year - project.first_year + 1)).quantize(
                        Decimal("0.01")
                    )
                    for year in range(project.first_year, project.last_year + 1)
                },
            )
            for project in projects
        ]
    )
