"""What the lists of every room share: turning pages, and the same rows as an Excel file."""

import re
import tempfile
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter
from django.core.paginator import Page, Paginator
from django.http import FileResponse, HttpRequest
from django.utils.timezone import localdate

PER_PAGE = 30
FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
"""What Excel allows in no sheet's name, which has 31 characters at most."""
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RISKY = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet might take for a formula once it is saved anew."""


def page_of(request: HttpRequest, rows: Any) -> Page:
    """A page of rows with what ``web/parts/pager.html`` asks for."""
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    page.pages = page.paginator.num_pages
    page.previous_number = page.number - 1
    page.next_number = page.number + 1
    return page


class Sheet:
    """One sheet being written row by row. Text is written as text, so that no cell of ours is ever read as a formula."""

    def __init__(self, title: str, heads: Sequence[tuple[str, int]]) -> None:
        self.file = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115 - the response closes it
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self.book = xlsxwriter.Workbook(self.file, options)
        self.sheet = self.book.add_worksheet(FORBIDDEN.sub(" ", title)[:31])
        head = self.book.add_format({"bold": True, "bg_color": "#EEF3F9", "border": 1})
        self.money = self.book.add_format({"num_format": "#,##0.00"})
        self.quoted = self.book.add_format({"quote_prefix": True})
        self.sheet.freeze_panes(1, 0)
        self.row, self.width = 0, len(heads)
        for column, (label, width) in enumerate(heads):
            self.sheet.set_column(column, column, width)
            self.sheet.write_string(0, column, label, head)

    def add(self, *cells: Any) -> None:
        """A row: text, whole numbers, amounts in 元 as Decimal, or None."""
        self.row += 1
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                self.sheet.write_string(
                    self.row, column, cell, self.quoted if cell.startswith(RISKY) else None
                )
            elif cell is not None:
                self.sheet.write_number(self.row, column, cell, None if isinstance(cell, int) else self.money)

    def response(self, name: str) -> FileResponse:
        self.sheet.autofilter(0, 0, max(self.row, 1), self.width - 1)
        self.book.close()
        self.file.seek(0)
        name = f"{name}-{localdate():%Y%m%d}.xlsx"
        return FileResponse(self.file, as_attachment=True, filename=name, content_type=TYPE)


def rows_as_excel(heads: Sequence[tuple[str, int]], rows: Iterable[Sequence[Any]], name: str) -> FileResponse:
    """Rows as one sheet, under heads of (label, width); each is written as it comes, so very many need little memory."""
    sheet = Sheet(name, heads)
    for row in rows:
        sheet.add(*row)
    return sheet.response(name)
