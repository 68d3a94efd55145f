"""按标题文字读绩效表：表头、资金、总体目标、指标行、总分；申报表和自评表同一个读法。

一张工作表可以有几张表上下相接；不是绩效表的工作表略过。读不到的字段留空，由校验去说；不抛异常。
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from jiheng.indicator.form import Form, IndicatorRow, says_nothing
from jiheng.indicator.target import join_parts, normalize
from jiheng.paper.labels import (
    SUBTOTAL,
    TAIL,
    TOTAL,
    column_field,
    goal_field,
    head_field,
    is_label,
    label,
    parse_number,
    right_of,
)
from jiheng.paper.money_block import read_budget
from jiheng.paper.workbook import FORM_ROWS, Grid, Workbook, cell_name

_LEVELS = ("level1", "level2", "name")


def read_forms(book: Workbook) -> list[Form]:
    """一个工作簿里的全部绩效表（只看可见的工作表）。"""
    forms: list[Form] = []
    for grid in book.visible:
        forms += read_grid(grid)
    if forms and book.external_links:
        first = forms[0]
        note = ("external-link", "", "工作簿引用了外部文件，数可能不是本表的")
        forms[0] = _with_findings(first, (note, *first.findings))
    return forms


def read_grid(grid: Grid) -> list[Form]:
    """一张工作表里的绩效表；没有为空。"""
    if len(grid.cells) > FORM_ROWS:
        return []
    headers = _headers(grid)
    segments = _segments(grid, headers)
    forms = [_read_segment(grid, first, last, found) for first, last, found in segments]
    return [form for form in forms if form is not None]


Header = tuple[int, int, dict[str, int]]  # 标题行、数据首行、字段 → 列


def _headers(grid: Grid) -> list[Header]:
    found: list[Header] = []
    rows = grid.row_numbers
    for row in rows:
        columns = _columns(grid, row)
        if not _is_header(columns):
            continue
        if found and found[-1][1] == row:
            # 两行的标题合成一个
            start, _, above = found[-1]
            found[-1] = (start, row + 1, above | {k: v for k, v in columns.items() if k not in above})
        else:
            found.append((row, row + 1, _second_line(grid, row, columns)))
    return [(start, _skip_second_line(grid, data, columns), columns) for start, data, columns in found]


def _columns(grid: Grid, row: int) -> dict[str, int]:
    columns: dict[str, int] = {}
    for column, text in grid.texts(row):
        name = column_field(text)
        if name and name != "skip":
            columns.setdefault(name, column)
    return columns


def _is_header(columns: dict[str, int]) -> bool:
    levels = sum(name in columns for name in _LEVELS)
    values = sum(name in columns for name in ("target", "actual", "weight", "score"))
    return levels >= 1 and values >= 1 and levels + values >= 3


_SECOND = {"性质": "nature", "指标性质": "nature", "数值": "target", "指标值": "target", "单位": "measure",
           "度量单位": "measure", "计量单位": "measure", "符号": "nature"}  # fmt: skip


def _second_line(grid: Grid, row: int, columns: dict[str, int]) -> dict[str, int]:
    """“年度指标值”下面再分 性质 | 数值 | 单位 的第二行标题。"""
    below = {
        _SECOND[label(t)]: c
        for c, t in grid.texts(row + 1)
        if label(t) in _SECOND and grid.is_start(row + 1, c)
    }
    return columns | below if len(below) >= 2 else columns


def _skip_second_line(grid: Grid, row: int, columns: dict[str, int]) -> int:
    below = [t for c, t in grid.texts(row) if label(t) in _SECOND and grid.is_start(row, c)]
    return row + 1 if len(below) >= 2 else row


def _segments(grid: Grid, headers: list[Header]) -> list[tuple[int, int, Header | None]]:
    """按“项目名称”把上下相接的几张表分开；没有项目名称隔开的重复标题行算同一张表。"""
    last_row = max(grid.cells, default=0)
    if not headers:
        return [(1, last_row, None)]
    segments: list[tuple[int, int, Header | None]] = []
    first, current = 1, headers[0]
    for header in headers[1:]:
        start = next(
            (r for r in grid.row_numbers if current[1] < r < header[0]
             and any(head_field(text) == "project" for _, text in grid.texts(r)[:1])),
            None,
        )  # fmt: skip
        if start is not None:
            title = next(
                (r for r in range(start - 1, max(start - 4, current[1]), -1) if re.search(r"表(?:\(|$)", normalize(
                    " ".join(text for _, text in grid.texts(r))))),
                start,
            )  # fmt: skip
            segments.append((first, title - 1, current))
            first, current = title, header
    segments.append((first, last_row, current))
    return segments


def _read_segment(grid: Grid, first: int, last: int, header: Header | None) -> Form | None:
    top = header[0] - 1 if header else last
    head, cells = _head(grid, first, top)
    budget = read_budget(grid, first, top)
    if header is None and not (budget.cells and "project" in head):
        return None
    columns = header[2] if header else {}
    rows: tuple[IndicatorRow, ...] = ()
    totals: tuple[str | None, str | None, str, str] = (None, None, "", "")
    if header:
        rows, totals = _rows(grid, header, last)
        cells["header"] = cell_name(header[0], min(columns.values()))
        if "weight" in columns:
            cells["weight"] = cell_name(header[0], columns["weight"])
    published, total_cell = _head_total(grid, first, top)
    if totals[1] is not None:
        published, total_cell = parse_number(totals[1]), totals[3]
    if total_cell or totals[3]:
        cells["total"] = total_cell or totals[3]
    if totals[2]:
        cells["total_weight"] = totals[2]
    title = " ".join(
        text for row in grid.row_numbers if first <= row <= first + 3 for _, text in grid.texts(row)[:1]
    )
    if header and "actual" not in columns and "score" not in columns:
        kind = "goal"
    else:
        kind = "whole" if "整体" in title or "整体支出" in head.get("project", "") else "self_evaluation"
    return Form(
        kind=kind, sheet=grid.name, project=head.get("project"), department=head.get("department"),
        unit=head.get("unit"), project_code=head.get("project_code"), budget=budget,
        goal_expected=head.get("goal_expected"), goal_actual=head.get("goal_actual"), rows=rows,
        published_total=published, published_total_weight=parse_number(totals[0]), cells=cells,
        texts=tuple(_all_texts(grid, first, last)), findings=_formulas(grid, first, last),
    )  # fmt: skip


def _head(grid: Grid, first: int, top: int) -> tuple[dict[str, str], dict[str, str]]:
    values: dict[str, str] = {}
    cells: dict[str, str] = {}
    for row in (r for r in grid.row_numbers if first <= r <= top):
        for column, text in grid.texts(row):
            if grid.anchor(row, column)[0] != row:
                continue
            if name := head_field(text):
                beside = right_of(grid, row, column)
                if name not in values and beside and not is_label(beside[1]):
                    values[name], cells[name] = beside[1], cell_name(row, beside[0])
            elif inline := re.match(r"^([^:：]{2,10})[:：](.+)$", text, re.S):
                name = head_field(inline[1])
                if name and name not in values:
                    values[name], cells[name] = inline[2].strip(), cell_name(row, column)
            elif (name := goal_field(text)) and name not in values:
                _goal(grid, row, column, top, name, values, cells)
    return values, cells


def _goal(
    grid: Grid, row: int, column: int, top: int, name: str, values: dict[str, str], cells: dict[str, str]
) -> None:
    """目标文字在标题下面一行，或在右边。"""
    below = row + grid.span_down(row, column)
    text = grid.text(below, column) if below <= top and grid.anchor(below, column)[0] == below else None
    if text and not is_label(text) and not re.match(r"^(?:一级|绩效)", label(text)):
        values[name], cells[name] = text, cell_name(below, column)
        return
    beside = right_of(grid, row, column)
    if beside and not is_label(beside[1]) and grid.anchor(row, beside[0])[0] == row:
        values[name], cells[name] = beside[1], cell_name(row, beside[0])
    elif name not in cells:
        cells[name] = cell_name(row, column)


def _head_total(grid: Grid, first: int, top: int):  # type: ignore[no-untyped-def]
    """写在表头的自评总分。"""
    for row in (r for r in grid.row_numbers if first <= r <= top):
        for column, text in grid.texts(row):
            if re.match(r"^(?:自评|项目)(?:总分|得分|总得分)$|^总分$|^总得分$", label(text)):
                beside = right_of(grid, row, column)
                if beside and (number := parse_number(beside[1])) is not None:
                    return number, cell_name(row, beside[0])
    return None, ""


def _rows(
    grid: Grid, header: Header, last: int
) -> tuple[tuple[IndicatorRow, ...], tuple[str | None, str | None, str, str]]:
    _, data, columns = header
    found: list[IndicatorRow] = []
    level1 = level2 = ""
    for row in (r for r in grid.row_numbers if data <= r <= last):
        texts = grid.texts(row)
        if not texts or _is_header(_columns(grid, row)):
            continue
        lead = label(texts[0][1])
        if TOTAL.match(lead) or re.match(r"^(?:自评)?总(?:得)?分[:：]?\d", normalize(texts[0][1])):
            return tuple(found), _totals(grid, row, columns, texts)
        if SUBTOTAL.search(lead) or any(SUBTOTAL.search(label(t)) for _, t in texts[:3]):
            continue
        if TAIL.match(normalize(texts[0][1])):
            break
        if all(parse_number(text) is not None for _, text in texts) and _ends(grid, row, columns):
            return tuple(found), _totals(grid, row, columns, [(0, ""), *texts])
        one, two = _level(grid, row, columns, "level1"), _level(grid, row, columns, "level2")
        if one and one != level1:
            level1, level2 = one, ""
        level2 = two or level2
        indicator = _row(grid, row, columns, level1, level2)
        if indicator is not None:
            found.append(indicator)
    return tuple(found), (None, None, "", "")


def _ends(grid: Grid, row: int, columns: dict[str, int]) -> bool:
    """只有数、没有指标文字的一行：没写名称的合计行。"""
    words = [columns[name] for name in (*_LEVELS, "target", "actual") if name in columns]
    return not any(grid.text(row, column) for column in words)


def _level(grid: Grid, row: int, columns: dict[str, int], name: str) -> str:
    return (grid.text(row, columns[name]) or "") if name in columns else ""


_TEMPLATE = re.compile(r"^(?:指标\d{0,2}[:.]?|[.…。·/\-—]+)$")


def _row(grid: Grid, row: int, columns: dict[str, int], level1: str, level2: str) -> IndicatorRow | None:
    def at(name: str) -> str | None:
        return grid.text(row, columns[name]) if name in columns else None

    name_column = columns.get("name", columns.get("level2", columns.get("level1", 1)))
    if grid.anchor(row, name_column)[0] != row and not any(
        name in columns and grid.anchor(row, columns[name])[0] == row and at(name)
        for name in ("target", "actual")
    ):
        return None
    name = re.sub(r"^指标\s*\d+\s*[:：.、]\s*", "", at("name") or "")
    if (
        "name" in columns
        and "level2" in columns
        and grid.anchor(row, columns["name"]) == grid.anchor(row, columns["level2"])
    ):
        level2 = "" if name == level1 else level2
    if not name and "name" not in columns:
        name = level2
    target = join_parts(at("nature"), at("target"), at("measure"))
    actual, weight, score = at("actual"), at("weight"), at("score")
    if all(says_nothing(value) for value in (target, actual, weight, score)):
        if not name or _TEMPLATE.match(normalize(name)) or grid.anchor(row, name_column)[0] != row:
            return None
    shares = _shares(grid, row, columns, name_column)
    cells = {
        field: cell_name(*grid.anchor(row, column))
        for field, column in columns.items()
        if field in ("name", "target", "actual", "weight", "score", "reason")
    }
    reason = at("reason") if not says_nothing(at("reason")) else at("note") or at("reason")
    return IndicatorRow(
        level1=level1, level2=level2, name=name, target=target, weight=parse_number(weight) if shares else None,
        actual=actual, published_score=parse_number(score) if shares else None, reason=reason, cells=cells,
        shares=shares,
    )  # fmt: skip


def _shares(grid: Grid, row: int, columns: dict[str, int], name_column: int) -> int:
    """分值（没有分值时看得分）一格合并了几条指标：首行为条数，其余行 0，没有合并 1。"""
    column = next(
        (columns[n] for n in ("weight", "score") if n in columns and grid.text(row, columns[n])), None
    )
    if column is None:
        return 1
    top = grid.anchor(row, column)[0]
    if top != row:
        return 0 if grid.anchor(row, name_column)[0] == row else 1
    down = range(row, row + grid.span_down(row, column))
    return max(1, sum(grid.anchor(r, name_column)[0] == r and bool(grid.text(r, name_column)) for r in down))


def _totals(
    grid: Grid, row: int, columns: dict[str, int], texts: list[tuple[int, str]]
) -> tuple[str | None, str | None, str, str]:
    """总分行 → (分值合计, 总分, 分值合计单元格, 总分单元格)。"""
    weight = grid.text(row, columns["weight"]) if "weight" in columns else None
    weight = weight if parse_number(weight) is not None else None
    weight_cell = cell_name(row, columns["weight"]) if "weight" in columns else ""
    column = columns.get("score")
    score = grid.text(row, column) if column else None
    if column and parse_number(score) is not None:
        return weight, score, weight_cell, cell_name(row, column)
    others = [
        (c, t)
        for c, t in texts[1:]
        if parse_number(t) is not None and c != columns.get("weight") and "score" not in columns
    ]
    if others:
        return weight, others[-1][1], weight_cell, cell_name(row, others[-1][0])
    inline = re.search(r"(\d+(?:\.\d+)?)分?$", re.sub(r"\([^()]*\)", "", normalize(texts[0][1])))
    if inline:
        return weight, inline[1], weight_cell, cell_name(row, texts[0][0])
    return weight, None, weight_cell, cell_name(row, column) if column else ""


def _all_texts(grid: Grid, first: int, last: int) -> Iterator[tuple[str, str]]:
    """查个人信息用的文字：文字格全要，数字格只要“电话、联系人”右边的。"""
    for row, column, text in grid.own_texts():
        if not first <= row <= last:
            continue
        if isinstance(grid.raw(row, column), str):
            yield cell_name(row, column), text
        else:
            left = [t for c, t in grid.texts(row) if c < column]
            if left and re.search(r"电话|手机|联系|身份证", left[-1]):
                yield cell_name(row, column), text


def _formulas(grid: Grid, first: int, last: int) -> tuple[tuple[str, str, str], ...]:
    found = []
    for cell, body, has_value in grid.formulas:
        row = int(re.sub(r"\D", "", cell))
        if first <= row <= last:
            state = "，按表内存的值读" if has_value else "，没有算出的值"
            found.append(("formula-cell", cell, f"是公式“={body[:30]}”{state}"))
    return tuple(found[:50])


def _with_findings(form: Form, findings: tuple[tuple[str, str, str], ...]) -> Form:
    from dataclasses import replace

    return replace(form, findings=findings)
