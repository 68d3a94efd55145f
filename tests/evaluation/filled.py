"""Self-evaluations filled in as an accountant does: on the page, or in the downloaded form with Excel."""

import io

from openpyxl import load_workbook

from jiheng.evaluation.models import SelfEvaluation
from tests.rooms import file

DONE = ("1260平方米", "100%", "96%", "950人", "95%")
REACHED = "完成校舍维修1260平方米，受益学生950人。"


def page(evaluation: SelfEvaluation, **changed):
    """The page's fields with every target met; ``actual_2="…"`` changes row 2 (from 1), ``note="…"`` a field."""
    given = {"revision": str(evaluation.revision), "achieved": REACHED, "note": ""}
    rows = {row.order: row for row in evaluation.rows.all()}
    for order, row in rows.items():
        given |= {f"actual-{row.pk}": DONE[order - 1], f"claimed-{row.pk}": "", f"reason-{row.pk}": ""}
    for key, value in changed.items():
        name, _, order = key.partition("_")
        given[f"{name}-{rows[int(order)].pk}" if order else name] = value
    return given


def save(client, evaluation, **changed):
    evaluation.refresh_from_db()
    return client.post(f"/evaluation/{evaluation.case_id}/edit/", page(evaluation, **changed))


class Sheet:
    """The downloaded form, to be filled in: a column by its head, a row by its indicator."""

    def __init__(self, content: bytes):
        self.book = load_workbook(io.BytesIO(content))
        self.sheet = self.book.active
        self.head = self.find("三级指标").row
        self.columns = {cell.value: cell.column for cell in self.sheet[self.head] if cell.value}

    def find(self, text):
        return next(cell for line in self.sheet.iter_rows() for cell in line if cell.value == text)

    def cell(self, indicator: str, column: str):
        return self.sheet.cell(self.find(indicator).row, self.columns[column])

    def fill(self, names, actuals, points):
        for name, actual, score in zip(names, actuals, points, strict=True):
            self.cell(name, "实际完成值").value = actual
            self.cell(name, "得分").value = score
        self.sheet.cell(self.find("实际完成情况").row + 1, self.find("实际完成情况").column).value = REACHED

    def bytes(self) -> bytes:
        out = io.BytesIO()
        self.book.save(out)
        return out.getvalue()


def upload(client, evaluation, content, name="自评表.xlsx"):
    return client.post(f"/evaluation/{evaluation.case_id}/upload/", {"form": file(name, content)})
