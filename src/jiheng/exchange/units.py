"""Importing departments and units (art. 40), as the general office keeps them: one line in the log for each change."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jiheng.bureau import changes
from jiheng.bureau.directory import told
from jiheng.bureau.models import Change, Organization
from jiheng.bureau.roles import EXPENDITURE, GENERAL
from jiheng.bureau.standing import changed
from jiheng.exchange.plan import Giver, Kind, Plan, Say
from jiheng.paper.columns import Column, Table, as_text, tables
from jiheng.procedure.models import Act

DEPARTMENT, UNIT = Organization.Kind.DEPARTMENT, Organization.Kind.UNIT
KINDS = {"部门": DEPARTMENT, "单位": UNIT}
COLUMNS = (
    Column("kind", "类别", r"^类别|^机构类别|^类型", choices=tuple(KINDS), example="单位"),
    Column("code", "编码", r"^(?:单位|部门|机构)?(?:编码|代码)$", help="与预算管理一体化系统一致，设为文本格式", example="101001"),
    Column("name", "名称", r"^(?:单位|部门|机构)?名称$", help="最多 100 个字，不重名", width=30, example="第一小学"),
    Column("parent", "主管部门编码", r"^主管部门|^上级", False, help="单位必填：主管部门的编码或名称", example="101"),
    Column("charge", "归口科室", r"^归口", False, help="部门必填（本局只有一个支出管理科时可不填）", example="支出管理科"),
    Column("order", "排序", r"^排序|^顺序|^序号", False, help="数字小的在前，可不填", example="10"),
)  # fmt: skip
MOST_NAME, MOST_CODE = 100, 21


@dataclass
class Line:
    table: Table
    row: int
    kind: str
    code: str
    name: str
    parent: str
    charge: str
    order: int | None

    def fault(self, key: str, words: str, remedy: str) -> Any:
        return self.table.fault(self.row, key, words, remedy)


def examine(data: bytes, name: str, giver: Giver, say: Say) -> Plan:
    plan = Plan(work=([], []))
    lines: list[Line] = []
    for table in tables(data, name, COLUMNS, plan.report):
        before = len(lines) + plan.report.count
        lines += [
            line
            for number, values in table.lines(plan.report)
            if (line := _read(table, number, values, plan))
        ]
        if len(lines) + plan.report.count == before:
            plan.report.add(table.fault(table.heading + 1, "", "标题行以下没有一行部门或单位", "填写后再传"))
    _repeats(plan, lines)
    _compare(plan, lines, giver)
    return plan


def _read(table: Table, number: int, values: list[Any], plan: Plan) -> Line | None:
    kind, code, name, parent, charge, order = (as_text(value) for value in values)
    before = plan.report.count

    def wrong(key: str, words: str, remedy: str) -> None:
        plan.report.add(table.fault(number, key, words, remedy))

    if kind not in KINDS:
        words = f"类别“{kind}”不是部门或单位" if kind else "类别空白"
        wrong("kind", words, "填写部门或单位；科室在组织与人员页维护（规程第40条）")
    if not code:
        wrong("code", "编码空白", "填写一体化系统的编码")
    elif not (code.isascii() and code.isalnum()):
        wrong("code", f"编码“{code}”里有数字字母以外的字符", "只写数字和字母")
    elif len(code) > MOST_CODE:
        wrong("code", f"编码“{code}”有 {len(code)} 位，最多 {MOST_CODE} 位", "核对编码")
    if not name:
        wrong("name", "名称空白", "填写名称")
    elif len(name) > MOST_NAME:
        wrong("name", f"名称有 {len(name)} 个字，最多 {MOST_NAME} 个字", "缩短名称")
    if kind == "单位" and not parent:
        wrong("parent", f"单位“{name}”没有主管部门", "填写主管部门的编码或名称")
    if kind == "部门" and parent:
        wrong("parent", f"部门“{name}”不应有主管部门", "清空这一格，或把类别改为单位")
    if order and not (order.isascii() and order.isdigit() and len(order) < 9):
        wrong("order", f"排序“{order}”不是不小于 0 的整数", "填写整数或留空")
    if plan.report.count > before:
        return None
    return Line(table, number, KINDS[kind], code, name, parent, charge, int(order) if order else None)


def _repeats(plan: Plan, lines: Sequence[Line]) -> None:
    for key, label in (("code", "编码"), ("name", "名称")):
        seen: dict[str, str] = {}
        for line in lines:
            value = getattr(line, key)
            if value in seen:
                plan.report.add(
                    line.fault(key, f"{label}“{value}”与{seen[value]}重复", "只留一行，或改正其中一行")
                )
            seen.setdefault(value, line.table.place(line.row, key))


def _compare(plan: Plan, lines: Sequence[Line], giver: Giver) -> None:
    here = Organization.objects.filter(zone=giver.person.zone_id).select_related("parent", "charge")
    known = {each.code: each for each in here}
    names = {each.name: each for each in known.values()}
    desks = [each for each in known.values() if EXPENDITURE.key in each.roles]
    offices = {value: each for each in desks for value in (each.code, each.name)}
    after: dict[str, Organization] = {
        value: each for each in known.values() if each.kind == DEPARTMENT for value in (each.code, each.name)
    }
    fresh, altered = plan.work
    for line in sorted(lines, key=lambda each: each.kind != DEPARTMENT):
        organization = known.get(line.code)
        faults = plan.report.count
        if organization and organization.kind != line.kind:
            words = f"编码 {line.code} 已是{organization.get_kind_display()}“{organization.name}”，不能由导入改类别"
            plan.report.add(line.fault("kind", words, "核对编码和类别"))
        same = names.get(line.name)
        if same and same.code != line.code:
            words = f"名称“{line.name}”已用于编码 {same.code} 的{same.get_kind_display()}"
            plan.report.add(line.fault("name", words, "核对编码，或换一个名称"))
        charge = offices.get(line.charge) or (desks[0] if len(desks) == 1 and not line.charge else None)
        if line.kind == DEPARTMENT and charge is None:
            words = f"归口科室“{line.charge}”不是承担支出管理职责的科室" if line.charge else "没有写归口科室"
            plan.report.add(
                line.fault("charge", words, f"填写{'、'.join(each.name for each in desks)}之一（规程第8条）")
            )
        parent = after.get(line.parent)
        if line.kind == UNIT and parent is None:
            words = f"没有编码或名称为“{line.parent}”的部门"
            plan.report.add(line.fault("parent", words, "核对主管部门，或在本文件里加上这个部门"))
        if plan.report.count > faults:
            continue
        _sort(plan, line, organization, parent, charge, giver, after, fresh, altered)


def _sort(plan, line, organization, parent, charge, giver, after, fresh, altered) -> None:
    """New, changed or unchanged; a new or renamed department can be a unit's from here on."""
    before = told(organization) if organization else None
    row = organization or Organization(zone=giver.person.zone, kind=line.kind, code=line.code)
    row.name = line.name
    row.order = line.order if line.order is not None else row.order
    if line.kind == DEPARTMENT:
        row.charge = charge
        after[line.code] = after[line.name] = row
    else:
        row.parent = parent
    now = told(row)
    if before is None:
        plan.new += 1
        fresh.append(row)
        plan.show("新增", row.code, row.name)
    elif before != now:
        plan.changed += 1
        altered.append((row, before))
        plan.show(
            "修改",
            row.code,
            row.name,
            [(key, before[key], now[key]) for key in now if before[key] != now[key]],
        )
    else:
        plan.unchanged += 1


def write(plan: Plan, giver: Giver, within: Act) -> None:
    """Writes all, departments first, each with its line in the log; then tells whoever keeps organizations in mind."""
    changes.demand(giver.person)
    fresh, altered = plan.work
    for kind in (DEPARTMENT, UNIT):
        rows = [row for row in fresh if row.kind == kind]
        Organization.objects.bulk_create(rows, batch_size=500)
    for row, _ in altered:
        row.save()
    for row, before in [*((row, None) for row in fresh), *altered]:
        changes.log(
            giver.person,
            Change.Kind.ORGANIZATION,
            row.name,
            f"导入{'修改' if before else '新增'}{row.get_kind_display()}",
            before=before,
            after=told(row),
        )
    changed(giver.person.zone)


UNITS = Kind(
    "units", "部门和单位", "个部门、单位", 40, (GENERAL,), lambda: COLUMNS,
    ("一行一个部门或单位，按编码认。文件里没有的部门、单位不受影响。",
     "改归口科室后，还没办的待办一并转到新的科室；办过的记录不变。"),
    examine, write, "import-units",
)  # fmt: skip
