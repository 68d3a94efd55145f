"""Lists as Excel files, row by row so that a hundred thousand rows need little memory."""

import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import xlsxwriter
from django.db.models import QuerySet
from django.http import FileResponse
from django.utils.timezone import localdate, localtime

from jiheng.procedure.models import Case, Task
from jiheng.procedure.table import Procedure

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHUNK = 1000
RISKY = ("=", "+", "-", "@", "\t", "\r")
HEADS = (
    ("编码", 24),
    ("事项", 40),
    ("年度", 8),
    ("部门", 20),
    ("单位", 24),
    ("金额（元）", 18),
    ("状态", 14),
    ("退回次数", 10),
    ("现由谁办", 28),
    ("时限", 12),
    ("最后办理", 18),
)


def _chunks(cases: QuerySet[Case]) -> Iterator[list[Case]]:
    rows = cases.iterator(chunk_size=CHUNK)
    while part := list(islice(rows, CHUNK)):
        yield part


def rows_as_excel(heads: Sequence[tuple[str, int]], rows: Iterable[Sequence[str]], name: str) -> FileResponse:
    """A small table of texts as one sheet, under heads of (label, width)."""
    file = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115 - the response closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(file, options)
    sheet = book.add_worksheet(name)
    head = book.add_format({"bold": True, "bg_color": "#EEF3F9", "border": 1})
    quoted = book.add_format({"quote_prefix": True})
    sheet.freeze_panes(1, 0)
    for column, (label, width) in enumerate(heads):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, label, head)
    for number, row in enumerate(rows, 1):
        for column, text in enumerate(row):
            sheet.write_string(number, column, text, quoted if text.startswith(RISKY) else None)
    book.close()
    file.seek(0)
    return FileResponse(
        file, as_attachment=True, filename=f"{name}-{localdate():%Y%m%d}.xlsx", content_type=TYPE
    )


def cases_as_excel(cases: QuerySet[Case], procedure: Procedure, name: str) -> FileResponse:
    """The cases as one sheet. Text is written as text, so that no cell of ours is ever read as a formula."""
    file = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115 - the response closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(file, options)
    sheet = book.add_worksheet(procedure.label)
    head = book.add_format({"bold": True, "bg_color": "#EEF3F9", "border": 1})
    money = book.add_format({"num_format": "#,##0.00"})
    quoted = book.add_format({"quote_prefix": True})
    sheet.freeze_panes(1, 0)
    for column, (label, width) in enumerate(HEADS):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, label, head)
    row = 0

    def write(column: int, text: str) -> None:
        sheet.write_string(row, column, text, quoted if text.startswith(RISKY) else None)

    states = {state.key: state.label for state in procedure.states}
    for part in _chunks(cases):
        held: dict[Any, list[Task]] = defaultdict(list)
        for task in Task.objects.filter(case_id__in=[case.pk for case in part]).select_related(
            "organization"
        ):
            held[task.case_id].append(task)
        for case in part:
            row += 1
            tasks = held[case.pk]
            write(0, case.code)
            write(1, case.title)
            sheet.write_number(row, 2, case.year)
            write(3, case.department.name if case.department else "")
            write(4, case.unit.name if case.unit else "")
            if case.amount is not None:
                sheet.write_number(row, 5, case.amount, money)
            write(6, states.get(case.state, case.state))
            sheet.write_number(row, 7, case.round)
            write(8, "、".join(task.organization.name for task in tasks if task.organization))
            write(9, min((f"{task.due:%Y-%m-%d}" for task in tasks if task.due), default=""))
            write(10, f"{localtime(case.moved_at):%Y-%m-%d %H:%M}")
    sheet.autofilter(0, 0, max(row, 1), len(HEADS) - 1)
    book.close()
    file.seek(0)
    return FileResponse(
        file, as_attachment=True, filename=f"{name}-{localdate():%Y%m%d}.xlsx", content_type=TYPE
    )
