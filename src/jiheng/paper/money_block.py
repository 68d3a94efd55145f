"""读资金块：竖排（列名在上）、横排（标题右边是数）都认；合计行为 0 而明细有数时取明细之和。

金额读成元；表头写万元的乘一万（四位小数照样精确）。不报错：没有的留空，由校验去说。
"""

from __future__ import annotations

import re
from decimal import Decimal

from jiheng.indicator.form import Budget, BudgetPart
from jiheng.indicator.weights import level_points
from jiheng.paper.labels import (
    AMOUNTS,
    goal_field,
    label,
    money_factor,
    money_field,
    parse_amount,
    parse_number,
    right_of,
)
from jiheng.paper.workbook import Grid, cell_name

_TOTAL = re.compile(r"资金总额|^合计$|^总额$|^总计$|年度总额|预算总额|资金合计|支出总额|支出合计|^总资金")


def read_budget(grid: Grid, first: int, last: int) -> Budget:
    """在 first–last 行里找资金块；找不到返回空的 Budget。"""
    rows = [row for row in grid.row_numbers if first <= row <= last]
    for row in rows:
        fields = _fields(grid, row)
        if sum(name in fields for name in AMOUNTS) >= 2:
            if _is_sideways(grid, row, fields):
                break
            return _columns(grid, row, fields, rows)
    return _sideways(grid, rows)


def _fields(grid: Grid, row: int) -> dict[str, int]:
    fields: dict[str, int] = {}
    for column, text in grid.texts(row):
        name = money_field(text)
        if name:
            fields.setdefault(name, column)
    return fields


def _is_sideways(grid: Grid, row: int, fields: dict[str, int]) -> bool:
    hits = 0
    for name in AMOUNTS:
        if name in fields and (beside := right_of(grid, row, fields[name])):
            hits += parse_amount(beside[1], Decimal(1)) is not None
    return hits >= 2


def _columns(grid: Grid, head: int, fields: dict[str, int], rows: list[int]) -> Budget:
    block = [text for _, text in grid.texts(head)]
    above = [text for row in rows if row < head for _, text in grid.texts(row)]
    factor = money_factor(block, above)
    first_column = min(fields[name] for name in AMOUNTS if name in fields)
    lines: list[tuple[int, str]] = []
    for row in (r for r in rows if r > head):
        texts = grid.texts(row)
        if any(goal_field(text) for _, text in texts):
            break
        names = [
            text for column, text in texts if column < first_column and grid.anchor(row, column)[0] > head
        ]
        numbers = [parse_amount(grid.text(row, fields[name]), factor) for name in AMOUNTS if name in fields]
        if not names and all(number is None for number in numbers):
            if texts and len(lines) > 0:
                break
            continue
        lines.append((row, names[-1] if names else ""))
    if not lines:
        return Budget()
    total_row = next((row for row, name in lines if _TOTAL.search(label(name))), lines[0][0])
    parts = tuple(
        BudgetPart(name, *(_amount(grid, row, fields.get(field), factor) for field in AMOUNTS))
        for row, name in lines
        if row != total_row
    )
    return _budget(grid, total_row, fields, factor, parts, block, [row for row, _ in lines])


def _amount(grid: Grid, row: int, column: int | None, factor: Decimal) -> Decimal | None:
    return None if column is None else parse_amount(grid.text(row, column), factor)


def _budget(
    grid: Grid, row: int, fields: dict[str, int], factor: Decimal, parts: tuple[BudgetPart, ...],
    block: list[str], lines: list[int],
) -> Budget:  # fmt: skip
    amounts = {field: _amount(grid, row, fields.get(field), factor) for field in AMOUNTS}
    cells = {field: cell_name(*grid.anchor(row, column)) for field, column in fields.items()}
    if "full_year" not in fields and "initial" in fields:
        amounts["full_year"] = amounts["initial"]
        cells["full_year"] = cells["initial"]
    from_parts = False
    if parts and not amounts["full_year"] and not amounts["executed"]:
        sums = {field: _sum(parts, field) for field in AMOUNTS}
        if sums["full_year"]:
            from_parts = True
            amounts |= {field: value for field, value in sums.items() if value is not None}
    weight = _first_number(grid, fields.get("weight"), [row, *lines])
    if weight is None and "weight" not in fields:
        weight = next((points for text in block if (points := level_points(text)) is not None), None)
    reason = grid.text(row, fields["reason"]) if "reason" in fields else None
    return Budget(
        **amounts, weight=weight, published_rate=_text(grid, row, fields.get("rate")),
        published_score=_first_number(grid, fields.get("score"), [row, *lines]), reason=reason, parts=parts,
        cells=cells, from_parts=from_parts, step=_step(grid, lines, fields, factor),
    )  # fmt: skip


def _sum(parts: tuple[BudgetPart, ...], field: str) -> Decimal | None:
    values = [value for part in parts if (value := getattr(part, field)) is not None]
    return sum(values, Decimal(0)) if values else None


def _text(grid: Grid, row: int, column: int | None) -> str | None:
    return None if column is None else grid.text(row, column)


def _first_number(grid: Grid, column: int | None, rows: list[int]) -> Decimal | None:
    """合计行的分值、得分；合计行空白时取明细里第一个数（有的表写在明细行）。"""
    if column is None:
        return None
    for row in rows:
        number = parse_number(grid.text(row, column))
        if number is not None:
            return number
    return None


def _step(grid: Grid, lines: list[int], fields: dict[str, int], factor: Decimal) -> Decimal:
    """表里金额最细写到哪一位（元）；至少按两位小数。"""
    places = 2
    for row in lines:
        for field in AMOUNTS:
            number = parse_number(_text(grid, row, fields.get(field)))
            exponent = number.as_tuple().exponent if number is not None else 0
            if isinstance(exponent, int):
                places = max(places, -exponent)
    return factor.scaleb(-places)


def _sideways(grid: Grid, rows: list[int]) -> Budget:
    """标题右边是数：一行几对，或一行一对。"""
    block = [text for row in rows for _, text in grid.texts(row) if money_field(text) in AMOUNTS]
    factor = money_factor(block, [text for row in rows for _, text in grid.texts(row)])
    found: dict[str, str] = {}
    cells: dict[str, str] = {}
    for row in rows:
        names = {money_field(text) for _, text in grid.texts(row)}
        for column, text in grid.texts(row):
            name = money_field(text)
            beside = right_of(grid, row, column) if name else None
            if not name or beside is None or name in found or money_field(beside[1]):
                continue
            if name in ("weight", "score", "reason") and not names & {"rate", *AMOUNTS}:
                continue
            if name in AMOUNTS and parse_amount(beside[1], factor) is None:
                continue
            found[name] = beside[1]
            cells[name] = cell_name(*grid.anchor(row, beside[0]))
    if not any(name in found for name in AMOUNTS):
        return Budget()
    initial, full_year, executed = (parse_amount(found.get(name), factor) for name in AMOUNTS)
    if "full_year" not in found and "initial" in found:
        full_year, cells["full_year"] = initial, cells["initial"]
    return Budget(
        initial, full_year, executed, parse_number(found.get("weight")), found.get("rate"),
        parse_number(found.get("score")), found.get("reason"), (), cells,
    )  # fmt: skip
