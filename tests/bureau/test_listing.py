"""Lists as Excel: what people typed stays text, whatever it begins with and however long a name is."""

import io
from decimal import Decimal

import openpyxl
import pytest

from jiheng.bureau.listing import rows_as_excel
from jiheng.indicator.models import LibraryIndicator

HEADS = (("名称", 20), ("金额（元）", 14), ("次数", 8))


def opened(response) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))


@pytest.mark.parametrize("typed", ["=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "\t=1"])
def test_text_is_never_a_formula(typed):
    cell = opened(rows_as_excel(HEADS, [(typed, Decimal("12.5"), 3)], "清单")).active["A2"]
    assert (cell.data_type, cell.value) == ("s", typed)
    assert cell.quotePrefix


def test_figures_are_figures_and_any_name_fits():
    book = opened(rows_as_excel(HEADS, [("甲", Decimal("1234.5"), 3)], "某某局[2026]年/汇总" * 6))
    sheet = book.active
    assert len(sheet.title) <= 31 and "[" not in sheet.title
    assert (sheet["B2"].value, sheet["B2"].number_format, sheet["C2"].value) == (1234.5, "#,##0.00", 3)


@pytest.mark.django_db
def test_an_indicator_somebody_named_like_a_formula_is_exported_as_text(as_person, bureau):
    LibraryIndicator.objects.create(
        zone=bureau.zone,
        code="X",
        level1="产出指标",
        level2="数量指标",
        name="=HYPERLINK(1)",
        owner="expenditure",
    )
    sheet = opened(as_person(bureau.unit).get("/indicator/?q=HYPERLINK&export=xlsx")).active
    cell = sheet["D2"]
    assert (cell.data_type, cell.value, cell.quotePrefix) == ("s", "=HYPERLINK(1)", True)
