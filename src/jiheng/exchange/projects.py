"""Importing projects (art. 12): a unit's own, a department's for its units, or all from the integrated system (art. 40).

A unit's new projects are proposed at once, each with its own case in draft; others stand in the library as proposed
until their unit takes them up. What is no longer in its unit's hands is not changed by a file.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from jiheng.bureau.models import Organization
from jiheng.bureau.roles import DEPARTMENT, GENERAL, UNIT
from jiheng.exchange.plan import STEP, Giver, Kind, Plan, Say
from jiheng.indicator.target import normalize
from jiheng.paper.columns import Column, Table, as_text, tables
from jiheng.paper.labels import WAN, parse_amount
from jiheng.procedure import door
from jiheng.procedure.models import Act, Case
from jiheng.procedure.table import PROCEDURES
from jiheng.project import entry, library, rules
from jiheng.project.models import Project

KINDS = {label: key for key, label in Project.Kind.choices}
FUNDS = {label: key for key, label in Project.Fund.choices}
ATTRIBUTES = {label: key for key, label in Project.Attribute.choices}
NAMES = {
    "code": "项目代码", "name": "项目名称", "kind": "类别", "fund": "资金性质", "field": "领域", "attribute": "项目属性",
    "first_year": "起始年度", "last_year": "结束年度", "total": "项目总额（元）",
}  # fmt: skip
HELP = "列名里写明万元或元；分年度的列名写年份"


def columns() -> tuple[Column, ...]:
    """The columns, with the years around this one; the sample file shows the next three."""
    this = datetime.date.today().year  # noqa: DTZ011 only which columns are known
    years = tuple(
        Column(f"y{year}", f"{year}年金额（万元）", rf"^{year}(?:年|年度)?(?:金额|预算数?|资金|投资|安排)?(?:\(.*\))?$", False,
               help=HELP, example="100")
        for year in range(this - 15, this + 20)
    )  # fmt: skip
    return (
        Column("code", "项目代码", r"^项目(?:代码|编码|编号)", help="一体化系统的 21 位代码，设为文本格式", width=26),
        Column("name", "项目名称", r"^项目名称", help="最多 200 个字", width=36, example="校舍维修"),
        Column("unit", "单位编码", r"^(?:项目)?单位(?:编码|代码)|^单位$|^(?:实施)?单位名称|^实施单位", False,
               help="编码或全称；单位自己导入的可以不填", example="101001"),
        Column("kind", "类别", r"^类别|^项目类别", choices=tuple(KINDS), example="项目"),
        Column("fund", "资金性质", r"^资金性质", choices=tuple(FUNDS), width=20, example="一般公共预算"),
        Column("field", "领域", r"^领域|^专门领域", False, tuple(rules.FIELDS), "规程第9条的五个专门领域，不属于的留空"),
        Column("attribute", "项目属性", r"^项目属性|^属性|^新增", choices=tuple(ATTRIBUTES), example="新增"),
        Column("first_year", "起始年度", r"^(?:起始|开始)(?:年度|年份)?", help="四位年份", example=str(this + 1)),
        Column("last_year", "结束年度", r"^(?:结束|终止|截止)(?:年度|年份)?", help="四位年份", example=str(this + 1)),
        Column("total", "项目总额（万元）", r"^(?:项目)?总(?:额|投资|金额|预算)", help="等于各年合计；" + HELP, example="100"),
        *years,
    )  # fmt: skip


def sample_columns() -> tuple[Column, ...]:
    """Those of the sample file: the next three years are enough to show how."""
    this = datetime.date.today().year  # noqa: DTZ011
    wanted = {f"y{year}" for year in range(this + 1, this + 4)}
    return tuple(column for column in columns() if not column.key.startswith("y") or column.key in wanted)


@dataclass
class Line:
    """A row as read: where it stands, its unit, its facts."""

    table: Table
    row: int
    unit: Organization
    facts: entry.Facts

    def fault(self, key: str, words: str, remedy: str) -> Any:
        return self.table.fault(self.row, key, words, remedy)


@dataclass
class Work:
    new: list[Line]
    changed: list[tuple[Line, Project]]


def examine(data: bytes, name: str, giver: Giver, say: Say) -> Plan:
    plan = Plan(work=Work([], []))
    units = _units(giver)
    zone = giver.person.zone
    lines: list[Line] = []
    seen: dict[str, str] = {}
    for table in tables(data, name, columns(), plan.report):
        factors = _factors(table, plan)
        before = len(lines) + plan.report.count
        for number, values in table.lines(plan.report):
            if not number % STEP:
                say(number, table.sheet.height)
            reader = _Row(table, number, values, factors, plan)
            line = reader.read(units, zone.code, giver)
            code = reader.text("code").upper()
            if code in seen and code:
                plan.report.add(
                    table.fault(number, "code", f"项目代码 {code} 与{seen[code]}重复", "只留一行")
                )
            seen.setdefault(code, table.place(number, "code"))
            if line:
                lines.append(line)
        if len(lines) + plan.report.count == before:
            plan.report.add(table.fault(table.heading + 1, "", "标题行以下没有一行项目", "填写后再传"))
    _compare(plan, lines, giver)
    return plan


def _units(giver: Giver) -> dict[str, Organization]:
    """The units the giver may import for, by code and by name."""
    units = Organization.objects.filter(zone=giver.person.zone_id, kind=Organization.Kind.UNIT)
    if giver.role == UNIT:
        units = units.filter(pk=giver.organization.pk)
    elif giver.role == DEPARTMENT:
        units = units.filter(parent=giver.organization)
    found: dict[str, Organization] = {}
    for unit in units.select_related("parent", "zone"):
        found[unit.code] = found[unit.name] = unit
    return found


def _factors(table: Table, plan: Plan) -> dict[str, Decimal]:
    """元 or 万元, as each amount's heading says, or the line above it."""
    found = {}
    for key, heading in table.headings.items():
        if key != "total" and not (key.startswith("y") and key[1:].isdigit()):
            continue
        told = next((text for text in map(normalize, (heading, table.above)) if "元" in text), "")
        if not told:
            plan.report.add(
                table.fault(
                    table.heading, key, f"列“{heading}”没有写金额单位", "在列名里写明（万元）或（元）"
                )
            )
        found[key] = WAN if "万元" in told else Decimal(1)
    return found


class _Row:
    """One row being read; what is wrong goes to the report."""

    def __init__(self, table: Table, number: int, values: list[Any], factors: dict[str, Decimal], plan: Plan):
        self.table, self.number, self.plan, self.factors = table, number, plan, factors
        keys = [column.key for column in table.columns]
        self.values = dict(zip(keys, values, strict=True))
        self.good = True

    def text(self, key: str) -> str:
        return as_text(self.values.get(key, ""))

    def wrong(self, key: str, words: str, remedy: str) -> None:
        self.good = False
        self.plan.report.add(self.table.fault(self.number, key, words, remedy))

    def read(self, units: dict[str, Organization], zone: str, giver: Giver) -> Line | None:
        code = self.text("code").replace(" ", "").upper()
        if isinstance(self.values.get("code"), float) and len(code) > 15:
            self.wrong(
                "code",
                f"项目代码“{code}”是数字格式，后几位已被 Excel 改成 0",
                "把这一列设为文本格式，重新填写 21 位代码",
            )
            code = ""
        name = self.text("name")
        if not name:
            self.wrong("name", "项目名称空白", "填写项目名称")
        elif len(name) > 200:
            self.wrong("name", f"项目名称有 {len(name)} 个字，最多 200 个字", "缩短项目名称")
        unit = self._unit(units, giver)
        kind = self._choice("kind", KINDS)
        fund = self._choice("fund", FUNDS)
        attribute = self._choice("attribute", ATTRIBUTES)
        field = self.text("field")
        if field and field not in rules.FIELDS:
            self.wrong(
                "field", f"领域“{field}”不是规程第9条的专门领域", f"改成{'、'.join(rules.FIELDS)}之一，或留空"
            )
        first, last = self._year("first_year"), self._year("last_year")
        years, total = self._years(), self._amount("total")
        if self.good or code:
            for each in rules.code_faults(code, zone, first):
                self.wrong(each.field, each.message, each.remedy)
        if first is None or last is None or total is None:
            return None
        years = {year: amount for year, amount in years.items() if amount or first <= year <= last}
        found = rules.period_faults(first, last)
        if not found and not years and first == last:
            years = {first: total}
        for each in found or rules.amount_faults(first, last, total, years):
            self.wrong("total" if each.field == "amounts" else each.field, each.message, each.remedy)
        if not self.good or unit is None:
            return None
        facts = entry.Facts(code, name, kind, fund, field, attribute, first, last, total, years)
        return Line(self.table, self.number, unit, facts)

    def _unit(self, units: dict[str, Organization], giver: Giver) -> Organization | None:
        words = self.text("unit")
        if not words and giver.role == UNIT:
            return next(iter(units.values()))
        if words in units:
            return units[words]
        whose = {UNIT: "本单位", DEPARTMENT: "本部门所属单位"}.get(giver.role, "本区划的单位")
        self.wrong(
            "unit",
            f"单位“{words}”不是{whose}" if words else "单位编码空白",
            "填写组织与人员里的单位编码或全称；没有的请综合科先增设",
        )
        return None

    def _choice(self, key: str, choices: dict[str, str]) -> str:
        words = self.text(key)
        if words not in choices:
            label = self.table.labels[key]
            self.wrong(
                key,
                f"{label}“{words}”不在可选范围内" if words else f"{label}空白",
                f"填写{'、'.join(choices)}之一",
            )
        return choices.get(words, "")

    def _year(self, key: str) -> int | None:
        words = normalize(self.text(key)).removesuffix("度").removesuffix("年")
        if words.isascii() and words.isdigit() and len(words) == 4:
            return int(words)
        label = self.table.labels[key]
        if not words:
            self.wrong(key, f"{label}空白", "填写四位年份，如 2027")
        elif "-" in words or "/" in words or "月" in words:
            self.wrong(
                key,
                f"{label}“{self.text(key)}”是日期，要的是年份",
                "只写四位年份，如 2027，单元格设为常规或文本格式",
            )
        else:
            self.wrong(key, f"{label}“{self.text(key)}”不是四位年份", "填写四位年份，如 2027")
        return None

    def _amount(self, key: str) -> Decimal | None:
        words = self.text(key)
        label = self.table.headings.get(key, self.table.labels[key])
        if not words:
            self.wrong(key, f"{label}空白", "填写数字")
            return None
        amount = parse_amount(words, self.factors[key])
        if amount is None:
            self.wrong(key, f"{label}“{words}”不是金额", "只写数字，不写单位和说明")
        elif amount < 0:
            self.wrong(key, f"{label}“{words}”是负数", "填写不小于 0 的数")
            return None
        return amount

    def _years(self) -> dict[int, Decimal]:
        found = {}
        for key in self.factors:
            if key != "total" and self.text(key) and (amount := self._amount(key)) is not None:
                found[int(key[1:])] = amount
        return found


def _compare(plan: Plan, lines: Sequence[Line], giver: Giver) -> None:
    """Sorts the rows by what the library has; what can't be changed by a file is a fault with its reason."""
    codes = [line.facts.code for line in lines]
    known: dict[str, Project] = {}
    for part in range(0, len(codes), 500):
        found = Project.objects.filter(zone=giver.person.zone_id, code__in=codes[part : part + 500])
        for project in found.select_related("zone", "unit", "department", "case").prefetch_related("years"):
            known[project.code] = project
    for line in lines:
        project = known.get(line.facts.code)
        if project is None:
            plan.new += 1
            plan.work.new.append(line)
            plan.show("新增", line.facts.code, line.facts.name)
            continue
        changes = _changes(project, line)
        if not changes:
            plan.unchanged += 1
        elif words := _held(project, line, giver):
            plan.report.add(line.fault("code", *words))
        else:
            plan.changed += 1
            plan.work.changed.append((line, project))
            plan.show("修改", project.code, project.name, changes)


def _changes(project: Project, line: Line) -> list[tuple[str, str, str]]:
    """What the row would change: label, before, after."""
    facts = line.facts
    before = library.facts(project)
    after = {key: getattr(facts, key) for key in NAMES} | {"total": f"{facts.total:.2f}"}
    words = {**{v: k for each in (KINDS, FUNDS, ATTRIBUTES) for k, v in each.items()}}
    changes = [
        (label, words.get(str(before[key]), str(before[key])), words.get(str(after[key]), str(after[key])))
        for key, label in NAMES.items()
        if str(before[key]) != str(after[key])
    ]
    if line.unit.pk != project.unit_id:
        changes.append(("单位", project.unit.name, line.unit.name))
    years = {str(year): f"{amount:.2f}" for year, amount in facts.years.items()}
    single = len(years) == 1 and not before["years"] and facts.first_year == facts.last_year
    if years != before["years"] and not single:
        told = (("、".join(f"{year} 年 {amount}" for year, amount in sorted(each.items())) or "没有") for each in
                (before["years"], years))  # fmt: skip
        changes.append(("分年度金额（元）", *told))  # type: ignore[arg-type]
    return changes


def _held(project: Project, line: Line, giver: Giver) -> tuple[str, str] | None:
    """Why a file can't change this project, and what to do; None when it can."""
    if giver.role == UNIT and project.unit_id != giver.organization.pk:
        return f"项目代码 {project.code} 已是{project.unit.name}的“{project.name}”", "核对项目代码"
    if giver.role == DEPARTMENT and project.department_id != giver.organization.pk:
        return f"项目代码 {project.code} 已是{project.department.name}的“{project.name}”", "核对项目代码"
    if project.unit_id != line.unit.pk:
        return f"“{project.name}”是{project.unit.name}的项目，不能由导入改到{line.unit.name}", "核对单位编码"
    if project.case is None:
        if giver.role == GENERAL or project.stage == Project.Stage.PROPOSED:
            return None
        stage = project.get_stage_display()
        return (
            f"“{project.name}”库内状态是“{stage}”，只由综合科按一体化系统的数据改",
            "请综合科导入，或从文件中删去这一行",
        )
    state = PROCEDURES["project"].state(project.case.state)
    if state.editable is None:
        return (
            f"“{project.name}”现在是“{state.label}”，不能由导入改动",
            "请经手的环节退回后再改，或从文件中删去这一行",
        )
    if giver.role != UNIT:
        return (
            f"“{project.name}”正由{project.unit.name}编制申报，由该单位改",
            "请该单位修改，或从文件中删去这一行",
        )
    return None


def write(plan: Plan, giver: Giver, within: Act) -> None:
    work: Work = plan.work
    fresh = [
        (
            line.facts.put(Project(zone=line.unit.zone, department=line.unit.parent, unit=line.unit)),
            line.facts.years,
        )
        for line in work.new
    ]

    def make() -> None:
        Project.objects.bulk_create([project for project, _ in fresh], batch_size=1000)
        entry.write_years(fresh)

    if giver.role == UNIT:
        entry.begin_many([project for project, _ in fresh], by=giver.person, make=make, within=within)
    else:
        make()
    for line, project in work.changed:
        _change(line, project, giver)


def _change(line: Line, project: Project, giver: Giver) -> None:
    facts = line.facts
    if project.case:
        with door.editing(project.case, giver.person) as held:
            Case.objects.filter(pk=held.pk).update(
                title=facts.name, amount=facts.total, year=facts.first_year
            )
    facts.put(project).save()
    entry.write_years([(project, facts.years)])


PROJECTS = Kind(
    "projects", "项目", "个项目", 12, (UNIT, DEPARTMENT, GENERAL), columns,
    ("一行一个项目，按项目代码认。单位导入的成为本单位的申报草稿；部门、综合科导入的列入项目库，由单位申报入库。",
     "各年金额合计应等于项目总额；周期只有一年的可以不填分年度金额。"),
    examine, write, "import-projects",
)  # fmt: skip
