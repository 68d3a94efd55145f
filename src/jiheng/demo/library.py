"""Projects proposed for next year's library, one at every desk (art. 12, 13); none is admitted, that is left to be done."""

from dataclasses import dataclass
from decimal import Decimal

from jiheng.demo.goals import Desk
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
        with desk.calendar.at(desk.calendar.ago(12 - order)):
            project = entry.begin(unit, typed, by=bureau.clerk(text.unit))
        assert project and project.case
        people = {
            "unit": bureau.clerk(text.unit),
            "department": bureau.clerk(text.unit[:3]),
            "expenditure": bureau.clerk("expenditure"),
        }
        for number, (step, who, opinion) in enumerate(STORIES[text.story]):
            given_words = {"opinion": opinion} if opinion else {}
            with desk.calendar.at(desk.calendar.ago(max(0, 9 - order - 2 * number))):
                door.perform(f"project.{step}", project.case, by=people[who], **given_words)


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
