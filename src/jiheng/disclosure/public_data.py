"""Open data of the public site: what is published of a year as Excel, CSV and JSON, under the same field names."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from jiheng.bureau.listing import RISKY, rows_as_excel
from jiheng.disclosure.fields import COLUMNS, rows
from jiheng.disclosure.published import Published, Shelf

AT_ONCE = 500


def about(page: Published) -> dict[str, Any]:
    """What a page is about, in the fields of the dictionary."""
    return {
        "year": page.year,
        "item": page.item,
        "department_code": page.department_code,
        "department": page.department,
        "unit": page.unit,
        "code": page.code,
        "name": page.title,
        "published_on": page.published_on.isoformat(),
        "first_on": page.first_on.isoformat(),
        "version": page.version,
        "correction": page.correction,
        "link": page.link,
        "address": reverse("public-page", args=page.address),
    }


def _table(pages: QuerySet[Published]) -> Iterator[list[str]]:
    for page in pages.iterator(chunk_size=AT_ONCE):
        for row in rows(about(page), page.body):
            yield [str(row[field.key]) for field in COLUMNS]


def _file(parts: Iterator[str], name: str, content_type: str) -> StreamingHttpResponse:
    """A file sent as it is written, so that a year of many departments needs little memory."""
    told = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(parts, content_type=content_type, headers=told)


def as_json(shelf: Shelf, year: int, pages: QuerySet[Published]) -> HttpResponseBase:
    """Everything of a page, nested as it is shown."""

    def parts() -> Iterator[str]:
        head = {
            "zone": shelf.code,
            "bureau": shelf.bureau,
            "year": year,
            "changed_at": shelf.changed_at.isoformat(),
            "dictionary": reverse("public-dictionary", args=[shelf.code]),
        }
        yield json.dumps(head, ensure_ascii=False)[:-1] + ', "items": [\n'
        for number, page in enumerate(pages.iterator(chunk_size=AT_ONCE)):
            told = json.dumps(about(page) | {"body": page.body}, ensure_ascii=False)
            yield f",\n{told}" if number else told
        yield "\n]}\n"

    return _file(parts(), f"{shelf.code}-{year}.json", "application/json; charset=utf-8")


def as_csv(shelf: Shelf, year: int, pages: QuerySet[Published]) -> HttpResponseBase:
    """A row for each indicator, under the field names; with the mark by which Excel knows it for UTF-8.

    A text that a spreadsheet might take for a formula gets an apostrophe before it.
    """

    def parts() -> Iterator[str]:
        yield "\ufeff" + _line([field.key for field in COLUMNS])
        for row in _table(pages):
            yield _line(["'" + cell if cell.startswith(RISKY) else cell for cell in row])

    return _file(parts(), f"{shelf.code}-{year}.csv", "text/csv; charset=utf-8")


def _line(cells: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()


def as_excel(shelf: Shelf, year: int, pages: QuerySet[Published]) -> HttpResponseBase:
    """The same rows as a sheet, under the fields' Chinese names."""
    heads = [(field.label, field.width) for field in COLUMNS]
    return rows_as_excel(heads, _table(pages), f"{shelf.name}{year}年绩效信息公开")


KINDS = {"json": as_json, "csv": as_csv, "xlsx": as_excel}
