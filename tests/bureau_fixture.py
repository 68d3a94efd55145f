"""A small bureau for tests: a fresh zone with its offices, departments, units and people, and cases begun in it.

Plain functions, so that tests of any room can build on them. Nothing here goes round the door.
"""

import itertools
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from types import SimpleNamespace

from jiheng.bureau import profile
from jiheng.bureau.models import Organization, Person, Post, Profile, Zone
from jiheng.bureau.roles import OFFICE_ROLES
from jiheng.goal import drafts
from jiheng.goal.models import Goal, Indicator
from jiheng.procedure import door
from jiheng.procedure.models import Case
from jiheng.project.models import Budget, BudgetLine, Project

PASSWORD = "Pingyuan-2026"
INDICATORS = (
    ("产出指标", "数量指标", "修缮校舍面积", "≥1200平方米", 20),
    ("产出指标", "质量指标", "验收合格率", "=100%", 20),
    ("产出指标", "时效指标", "按期完工率", "≥95%", 10),
    ("效益指标", "社会效益指标", "受益学生人数", "≥900人", 30),
    ("满意度指标", "服务对象满意度指标", "师生满意度", "≥90%", 10),
)
"""Points as 财预〔2021〕101号 wants them without cost indicators: 90, and 10 for the execution rate."""


@dataclass
class Bureau:
    """A zone and everybody in it. ``people`` by role key, or ``department2``, ``unit2``, ``unit3``.

    Units 1 and 2 belong to department 1, unit 3 to department 2; one expenditure office has charge of both.
    """

    zone: Zone
    profile: Profile
    organizations: dict[str, Organization]
    people: dict[str, Person]
    _number: itertools.count = field(default_factory=lambda: itertools.count(1))

    def __getattr__(self, name: str) -> Person:
        """``bureau.budget`` is the person who acts for the budget office."""
        try:
            return self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None


@cache
def _shipped() -> tuple[str, tuple]:
    """The shipped profile, read once for thousands of bureaus: what reading it checks is tested apart."""
    text = profile.DEFAULT.read_text()
    return text, profile.read(text)


def make_bureau(code: str = "410781") -> Bureau:
    """A fresh zone: eight offices each filling one role, two departments, three units, a person per post."""
    zone = Zone.objects.create(code=code, name="平原示范区", bureau="平原示范区财政局")
    text, (effective, name, values) = _shipped()
    loaded = Profile.objects.create(zone=zone, effective=effective, name=name, values=values, text=text)
    organizations: dict[str, Organization] = {}
    for order, role in enumerate(OFFICE_ROLES):
        organizations[role.key] = Organization.objects.create(
            zone=zone, kind="office", code=f"0{order:02}", name=role.label, roles=[role.key], order=order
        )
    for number, name in ((1, "教育局"), (2, "农业农村局")):
        organizations[f"department{number}" if number > 1 else "department"] = Organization.objects.create(
            zone=zone,
            kind="department",
            code=f"10{number}",
            name=name,
            charge=organizations["expenditure"],
            order=100 * number,
        )
    for number, parent, name in (
        (1, "department", "第一小学"),
        (2, "department", "第二中学"),
        (3, "department2", "农技推广站"),
    ):
        above = organizations[parent]
        organizations[f"unit{number}" if number > 1 else "unit"] = Organization.objects.create(
            zone=zone,
            kind="unit",
            code=f"{above.code}00{number}",
            name=name,
            parent=above,
            order=above.order + number,
        )
    people = {}
    for key, organization in organizations.items():
        people[key] = Person.objects.create_person(
            zone=zone, username=f"{code}-{key}", name=f"{organization.name}经办", must_change_password=False
        )
        Post.objects.create(zone=zone, person=people[key], organization=organization)
    return Bureau(zone, loaded, organizations, people)


def sign_in_by_password(person: Person) -> Person:
    """Gives the person the password ``PASSWORD``; argon2 is slow, so only tests of sign-in ask for it."""
    person.set_password(PASSWORD)
    person.save(update_fields=["password"])
    return person


def make_project(bureau: Bureau, unit: str = "unit", **given) -> Project:
    organization = bureau.organizations[unit]
    number = next(bureau._number)
    return Project.objects.create(
        zone=bureau.zone,
        department=organization.parent,
        unit=organization,
        code=given.pop("code", f"{bureau.zone.code}26T{number:012}"),
        name=given.pop("name", f"校舍维修{number}"),
        first_year=2026,
        last_year=2026,
        total=given.pop("total", Decimal("1000000")),
        **given,
    )


def make_goal(bureau: Bureau, project: Project | None = None, unit: str = "unit", year: int = 2026) -> Case:
    """A goal in draft, begun by the unit through the door, with indicators that add up."""
    project = project or make_project(bureau, unit)
    draft = Case(
        zone=bureau.zone,
        year=year,
        department=project.department,
        unit=project.unit,
        subject=project.pk,
        code=project.code,
        title=project.name,
        amount=project.total,
    )

    def make(cases: list[Case]) -> None:
        goal = Goal.objects.create(
            zone=bureau.zone,
            case=cases[0],
            project=project,
            year=year,
            fiscal=project.total,
            text="完成校舍维修，改善办学条件。",
        )
        Indicator.objects.bulk_create(
            Indicator(
                zone=bureau.zone, goal=goal, order=order, level1=level1, level2=level2, name=name, target=target,
                weight=weight,
            )
            for order, (level1, level2, name, target, weight) in enumerate(INDICATORS, 1)
        )  # fmt: skip

    door.start("goal.open", [draft], by=bureau.people[unit], make=make)
    return draft


def make_whole_goal(bureau: Bureau, organization: str = "department", year: int = 2026) -> Case:
    """The whole goal of a department (or unit) in draft, begun by it, with two tasks that add up."""
    typed = drafts.read(
        {
            "fiscal": "120",
            "other": "5",
            "text": "保障学校运转，完成校舍维修，提高办学水平。",
            "scheme": "standard",
        },
        {
            **{key: [str(row[place]) for row in INDICATORS] for place, key in enumerate(drafts.COLUMNS)},
            "task": ["学校运转", "校舍维修"],
            "content": ["保障两所学校日常运转", "维修教学楼两栋"],
            "task_fiscal": ["20", "100"],
            "task_other": ["5", "0"],
        },
    )
    assert not typed.faults, typed.faults
    return drafts.begin_whole(
        bureau.organizations[organization], year, by=bureau.people[organization], typed=typed
    ).case


def has_whole_goal(bureau: Bureau, department: str = "department", year: int = 2026) -> None:
    """Sees to it that the department's whole goal has passed, as every budget needs (art. 16, 19)."""
    organization = bureau.organizations[department]
    if not Goal.objects.filter(organization=organization, year=year, kind="department_whole").exists():
        advance(bureau, make_whole_goal(bureau, department, year), ("submit", department), *WHOLE_REVIEWS)


def make_budget(
    bureau: Bureau,
    projects: list[Project],
    department: str = "department",
    year: int = 2026,
    *,
    whole: bool = True,
) -> Case:
    """A department's budget in draft with a line for each project; its whole goal has passed, unless told not to."""
    organization = bureau.organizations[department]
    if whole:
        has_whole_goal(bureau, department, year)
    draft = Case(
        zone=bureau.zone, year=year, department=organization, title=f"{organization.name}{year}年部门预算"
    )

    def make(cases: list[Case]) -> None:
        budget = Budget.objects.create(
            zone=bureau.zone,
            case=cases[0],
            department=organization,
            year=year,
            batch=f"第{next(bureau._number)}批",
        )
        BudgetLine.objects.bulk_create(
            BudgetLine(zone=bureau.zone, budget=budget, project=project, amount=project.total)
            for project in projects
        )

    door.start("budget.open", [draft], by=bureau.people[department], make=make)
    return draft


def advance(bureau: Bureau, case: Case, *steps: tuple[str, str], **given) -> Case:
    """Does steps one after another: ``advance(bureau, case, ("submit", "unit"), ("confirm", "department"))``."""
    for step, person in steps:
        door.perform(f"{case.procedure}.{step}", case, by=bureau.people[person], **given)
    return case


WHOLE_REVIEWS = (("review", "expenditure"), ("re_review", "performance"), ("re_review", "assets"))
GOAL_PATH = SimpleNamespace(
    submitted=(("submit", "unit"),),
    confirmed=(("submit", "unit"), ("confirm", "department")),
    reviewed=(("submit", "unit"), ("confirm", "department"), ("review", "expenditure")),
    passed=(
        ("submit", "unit"),
        ("confirm", "department"),
        ("review", "expenditure"),
        ("re_review", "performance"),
        ("re_review", "assets"),
    ),
)
"""The steps that bring a goal of unit 1 from draft to each later state."""
