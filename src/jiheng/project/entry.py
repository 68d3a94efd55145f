"""Writing a project down: what was typed is read and checked, a proposal begun or its draft saved, all or nothing.

Amounts are typed in 万元 and kept in 元.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from jiheng.bureau.forms import plain
from jiheng.bureau.models import Organization, Person, Zone
from jiheng.paper.labels import WAN, parse_amount
from jiheng.procedure import door
from jiheng.procedure.chain import text as keepable
from jiheng.procedure.models import Act, Case
from jiheng.project import library, rules
from jiheng.project.models import Project, ProjectYear

TEXTS = ("name", "code", "category", "kind", "fund", "field", "attribute", "first_year", "last_year", "total")
CHOICES: dict[str, dict[str, str]] = {
    "kind": dict(Project.Kind.choices),
    "fund": dict(Project.Fund.choices),
    "attribute": dict(Project.Attribute.choices),
    "category": rules.CATEGORIES,
    "field": {"": "不属于专门领域", **{each: each for each in rules.FIELDS}},
}
LABELS = {
    "name": "项目名称",
    "kind": "类别",
    "fund": "资金性质",
    "attribute": "项目属性",
    "category": "支出类别",
    "field": "领域",
}


@dataclass
class Facts:
    """A project's facts as kept: money in 元, ``years`` the amounts by year."""

    code: str
    name: str
    kind: str
    fund: str
    field: str
    attribute: str
    first_year: int
    last_year: int
    total: Decimal
    years: dict[int, Decimal]

    def put(self, project: Project) -> Project:
        """The facts written into a project that is not yet saved."""
        for key in ("code", "name", "kind", "fund", "field", "attribute", "first_year", "last_year", "total"):
            setattr(project, key, getattr(self, key))
        return project


@dataclass
class Typed:
    """What was typed for a project, as text, with the faults by field, and the facts where there are none."""

    values: dict[str, str]
    rows: list[tuple[str, str]] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)
    facts: Facts | None = None

    def fault(self, place: str, words: str) -> None:
        self.faults.setdefault(place, words)


def blank(year: int) -> Typed:
    """A new project's form: what most projects are, beginning in ``year``."""
    values = dict.fromkeys(TEXTS, "") | {
        "kind": "project", "fund": "general", "attribute": "new", "category": "T",
        "first_year": str(year), "last_year": str(year),
    }  # fmt: skip
    return Typed(values)


def typed_of(project: Project) -> Typed:
    """A project as its form shows it."""
    values = {key: str(getattr(project, key, "")) for key in TEXTS}
    values["total"] = in_wan(project.total)
    values["category"] = project.code[8:9]
    return Typed(values, [(str(each.year), in_wan(each.amount)) for each in project.years.all()])


def in_wan(amount: Decimal) -> str:
    return f"{(amount / WAN).normalize():f}"


def read(given: Mapping[str, Any], years: Sequence[str], amounts: Sequence[str], zone: Zone) -> Typed:
    """Reads the form and finds the faults. An empty total is the sum of the years; an empty code is made."""
    typed = Typed({key: plain(keepable(str(given.get(key, "")))) for key in TEXTS})
    values = typed.values
    typed.rows = [
        (plain(year), plain(amount))
        for year, amount in zip(years, amounts, strict=False)
        if year.strip() or amount.strip()
    ]
    if not values["name"]:
        typed.fault("name", "没有写项目名称")
    elif len(values["name"]) > 200:
        typed.fault("name", f"项目名称有 {len(values['name'])} 个字，最多 200 个字")
    for key, choices in CHOICES.items():
        if values[key] not in choices and not (key == "category" and values["code"]):
            typed.fault(key, f"请选择{LABELS[key]}")
    period: dict[str, int] = {}
    for key, label in (("first_year", "起始年度"), ("last_year", "结束年度")):
        year = values[key].removesuffix("年")
        if year.isascii() and year.isdigit() and len(year) == 4:
            period[key] = int(year)
        else:
            typed.fault(key, f"{label}“{values[key]}”不是四位年份" if values[key] else f"没有写{label}")
    by_year = _amounts(typed)
    total = sum(by_year.values(), Decimal(0))
    if values["total"]:
        amount = parse_amount(values["total"], WAN)
        if amount is None:
            typed.fault("total", f"项目总额“{values['total']}”不是数，单位是万元")
        else:
            total = amount
    elif not by_year:
        typed.fault("total", "没有写项目总额，也没有分年度金额")
    if typed.faults:
        return typed
    first, last = period["first_year"], period["last_year"]
    values["code"] = values["code"].replace(" ", "").upper()
    wrong = rules.period_faults(first, last) or rules.amount_faults(first, last, total, by_year)
    if values["code"]:
        wrong += rules.code_faults(values["code"], zone.code, first)
    for each in wrong:
        typed.fault(each.field, str(each))
    if not typed.faults:
        typed.facts = Facts(
            values["code"], values["name"], values["kind"], values["fund"], values["field"], values["attribute"],
            first, last, total, by_year or {first: total},
        )  # fmt: skip
    return typed


def _amounts(typed: Typed) -> dict[int, Decimal]:
    """The amounts by year in 元; faults go to the rows' fields."""
    found: dict[int, Decimal] = {}
    for index, (year, amount) in enumerate(typed.rows):
        number = parse_amount(amount, WAN)
        if not (year.isascii() and year.isdigit() and len(year) == 4):
            typed.fault(f"year-{index}", f"第 {index + 1} 行年度“{year}”不是四位年份")
        elif int(year) in found:
            typed.fault(f"year-{index}", f"{year} 年写了两行金额，请合并成一行")
        elif number is None:
            typed.fault(f"amount-{index}", f"{year} 年金额“{amount}”不是数，单位是万元")
        else:
            found[int(year)] = number
    return found


def next_code(zone: Zone, year: int, category: str) -> str:
    """The code after the last one of this zone, year and category (norms 10)."""
    prefix = f"{zone.code[:6]}{year % 100:02d}{category}"
    codes = Project.objects.filter(zone=zone, code__startswith=prefix).order_by("-code")
    last = next(iter(codes.values_list("code", flat=True)[:1]), "")
    serial = int(last[9:]) + 1 if last[9:].isdigit() else 1
    return f"{prefix}{serial:012d}"


def draft_of(project: Project) -> Case:
    """The case that proposes a project, not yet begun."""
    return Case(
        zone=project.zone,
        year=project.first_year,
        department=project.department,
        unit=project.unit,
        subject=project.pk,
        code=project.code,
        title=project.name,
        amount=project.total,
    )


def begin_many(projects: Sequence[Project], *, by: Person, make: Any, within: Act | None = None) -> list[Act]:
    """Begins the proposals of several projects; ``make`` saves them, each with its case already named."""

    def entered(cases: list[Case]) -> None:
        for project, case in zip(projects, cases, strict=True):
            project.case = case
        make()

    return door.start(
        "project.open", [draft_of(project) for project in projects], by=by, make=entered, within=within
    )


def begin(unit: Organization, typed: Typed, *, by: Person, known: Project | None = None) -> Project | None:
    """Begins a project's proposal; ``known`` is one already in the library that has none. None where the code is taken."""
    assert typed.facts and unit.parent
    facts = typed.facts
    if not facts.code:
        facts.code = next_code(unit.zone, facts.first_year, typed.values["category"])
    project = known or Project(zone=unit.zone, department=unit.parent, unit=unit)
    facts.put(project)

    def make() -> None:
        project.stage = Project.Stage.PROPOSED
        project.save()
        write_years([(project, facts.years)])

    if _taken(project, typed):
        return None
    try:
        with transaction.atomic():
            begin_many([project], by=by, make=make)
    except IntegrityError:
        typed.fault("code", f"项目代码 {facts.code} 刚被别人用了，请再按一次保存")
        return None
    return project


def save(project: Project, typed: Typed, *, by: Person, seen: str) -> bool:
    """Keeps a draft's facts. False where the code is taken; raises Overtaken if it changed since ``seen``."""
    assert typed.facts and project.case
    facts = typed.facts
    facts.code = facts.code or project.code
    with door.editing(project.case, by) as held:
        now = library.load([held.pk])[held.pk]
        if mark(now) != seen:
            raise door.Overtaken
        if _taken(project, typed):
            return False
        facts.put(project).save()
        write_years([(project, facts.years)])
        Case.objects.filter(pk=held.pk).update(
            title=facts.name, code=facts.code, amount=facts.total, year=facts.first_year
        )
    return True


def _taken(project: Project, typed: Typed) -> bool:
    """Whether another project has the code; the fault says which."""
    assert typed.facts
    same = Project.objects.filter(zone=project.zone, code=typed.facts.code).exclude(pk=project.pk)
    other = same.select_related("unit").first()
    if other:
        typed.fault("code", f"项目代码 {other.code} 已用于{other.unit.name}的“{other.name}”，请核对")
    return bool(other)


def write_years(rows: Sequence[tuple[Project, Mapping[int, Decimal]]]) -> None:
    """Replaces the amounts by year of some projects."""
    ProjectYear.objects.filter(project__in=[project for project, _ in rows]).delete()
    ProjectYear.objects.bulk_create(
        (
            ProjectYear(zone_id=project.zone_id, project=project, year=year, amount=amount)
            for project, years in rows
            for year, amount in sorted(years.items())
        ),
        batch_size=1000,
    )


def mark(project: Project) -> str:
    """What tells whether a draft was changed since its page was opened."""
    return hashlib.sha256(json.dumps(library.facts(project)).encode()).hexdigest()[:16]
