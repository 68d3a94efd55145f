"""Reading the treasury's files: the year's plan by item, and what had come in by the end of a month (art. 7).

Columns are found by their heads; amounts by the unit their head tells. One fault stops the whole file.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from jiheng.indicator.target import normalize
from jiheng.paper.columns import Column, Report, Table, as_text, tables
from jiheng.paper.labels import WAN, parse_amount
from jiheng.revenue.models import Kind

CODE = Column(
    "code", "科目编码", r"^科目编码|^科目代码|^编码$", help="政府收支分类科目，如 10101", example="10101"
)
NAME = Column("name", "收入项目", r"^收入项目|^项目$|^科目名称|^项目名称", width=30, example="增值税")
PLAN = (
    CODE,
    NAME,
    Column(
        "kind",
        "收入类别",
        r"^收入类别|^类别",
        False,
        tuple(Kind.labels),
        "不写时，101 开头的是税收收入，其余是非税收入",
    ),
    Column("amount", "年初计划数（万元）", r"计划|预算", help="列名里写明万元或元", example="12000"),
)
MONTH = (
    CODE,
    NAME,
    Column(
        "total",
        "本年累计（万元）",
        r"^本年累计|^累计|完成",
        help="1 月至本月的合计；列名里写明万元或元",
        example="6800",
    ),
    Column("before", "上年同期累计（万元）", r"上年|同期", False, help="没有的留空", example="6300"),
)
SUMS = ("合计", "总计", "小计", "税收收入", "非税收入")
TOO_MUCH = Decimal(10) ** 14


@dataclass(frozen=True)
class Line:
    """A line of either file: amounts in 元; ``place`` is where it stands."""

    code: str
    name: str
    kind: str
    amount: Decimal
    before: Decimal | None
    place: str


def read(data: bytes, name: str, columns: Sequence[Column], report: Report) -> list[Line]:
    """The lines, or faults in ``report``. Raises Unreadable where it is no table."""
    lines: list[Line] = []
    seen: dict[str, str] = {}
    for table in tables(data, name, columns, report):
        factors = _factors(table, report)
        keys = [column.key for column in columns]
        for number, values in table.lines(report):
            row = dict(zip(keys, map(as_text, values), strict=True))
            if normalize(row["name"] or row["code"]) in SUMS:
                continue  # sums are worked out
            line = _line(table, number, row, factors, report)
            if line is None:
                continue
            if line.code in seen:
                words = f"科目 {line.code} 与{seen[line.code]}重复"
                report.add(table.fault(number, "code", words, "只留一行"))
            seen.setdefault(line.code, line.place)
            lines.append(line)
    return [] if report.count else lines


def _factors(table: Table, report: Report) -> dict[str, Decimal]:
    found = {}
    for key in ("amount", "total", "before"):
        heading = table.headings.get(key)
        if heading is None:
            continue
        told = next((text for text in map(normalize, (heading, table.above)) if "元" in text), "")
        if not told:
            words = f"列“{heading}”没有写金额单位"
            report.add(table.fault(table.heading, key, words, "在列名里写明（万元）或（元）"))
        found[key] = WAN if "万元" in told else Decimal(1)
    return found


def _line(
    table: Table, number: int, row: dict[str, str], factors: dict[str, Decimal], report: Report
) -> Line | None:
    before = report.count
    code = normalize(row["code"])
    if not (code.isascii() and code.isdigit() and 3 <= len(code) <= 12):
        told = f"科目编码“{row['code']}”不是 3 至 12 位数字" if code else "科目编码空白"
        report.add(table.fault(number, "code", told, "照政府收支分类科目填写，如 10101"))
    if not row["name"] or len(row["name"]) > 60:
        told = "收入项目空白" if not row["name"] else f"收入项目有 {len(row['name'])} 个字，最多 60 个字"
        report.add(table.fault(number, "name", told, "填写科目名称"))
    kind = Kind.TAX if code.startswith("101") else Kind.NON_TAX
    if row.get("kind"):
        named = {label: key for key, label in Kind.choices}
        if row["kind"] not in named:
            words = f"收入类别“{row['kind']}”认不出"
            report.add(table.fault(number, "kind", words, f"改成{'、'.join(named)}之一"))
        kind = Kind(named.get(row["kind"], kind))
    amounts: dict[str, Decimal | None] = {}
    for key in ("amount", "total", "before"):
        if key not in row:
            continue
        words = row[key]
        amounts[key] = parse_amount(words, factors.get(key, Decimal(1))) if words else None
        amount = amounts[key]
        if words and amount is None:
            report.add(table.fault(number, key, f"“{words}”不是金额", "填写数字，没有的填 0"))
        elif not words and key != "before":
            report.add(table.fault(number, key, f"{table.labels[key]}空白", "填写数字，没有的填 0"))
        elif amount is not None and abs(amount) >= TOO_MUCH:
            report.add(table.fault(number, key, f"“{words}”大得不可能", "核对金额和单位"))
        elif key == "amount" and amount is not None and amount < 0:
            report.add(table.fault(number, key, f"计划数“{words}”是负数", "核对计划数"))
    if report.count > before:
        return None
    amount = amounts.get("amount", amounts.get("total")) or Decimal(0)
    return Line(code, row["name"], kind, amount, amounts.get("before"), table.place(number, "code"))
