"""Open data of the public site: what is published of a year as Excel, CSV and JSON, under the same field names."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from jiheng.bureau.listing import RISKY, rows_as_excel
from jiheng.disclosure.fields import COLUMNS, rows
from jiheng.disclosure.published import Published, Shelf


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


def _table(pages: Iterable[Published]) -> Iterator[list[str]]:
    for page in pages:
        for row in rows(about(page), page.body):
            yield [str(row[field.key]) for field in COLUMNS]


def as_json(shelf: Shelf, year: int, pages: Iterable[Published]) -> HttpResponse:
    """Everything of a page, nested as it is shown."""
    whole = {
        "zone": shelf.code,
        "bureau": shelf.bureau,
        "year": year,
        "changed_at": shelf.changed_at.isoformat(),
        "dictionary": reverse("public-dictionary", args=[shelf.code]),
        "items": [about(page) | {"body": page.body} for page in pages],
    }
    return HttpResponse(json.dumps(whole, ensure_ascii=False, indent=1), content_type="application/json")


def as_csv(shelf: Shelf, year: int, pages: Iterable[Published]) -> HttpResponse:
    """A row for each indicator, under the field names; with the mark by which Excel knows it for UTF-8.

    A text that a spreadsheet might take for a formula gets an apostrophe before it.
    """
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(field.key for field in COLUMNS)
    for row in _table(pages):
        table.writerow("'" + cell if cell.startswith(RISKY) else cell for cell in row)
    return HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")


def as_excel(shelf: Shelf, year: int, pages: Iterable[Published]) -> HttpResponse:
    """The same rows as a sheet, under the fields' Chinese names."""
    heads = [(field.label, field.width) for field in COLUMNS]
    return rows_as_excel(heads, _table(pages), f"{shelf.name}{year}年绩效信息公开")


KINDS = {"json": as_json, "csv": as_csv, "xlsx": as_excel}
