"""The responsibility matrix (art. 3): drawn from the very steps that the door checks, so that it can't lie."""

import io
from dataclasses import dataclass

import xlsxwriter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate

from jiheng.bureau.models import Organization
from jiheng.bureau.roles import OUTSIDE_ROLES, ROLES, Role
from jiheng.procedure.table import PROCEDURES, WORKS, Procedure, Step, step_named

SIGNS, DOES = "会签", "办"


@dataclass(frozen=True)
class Line:
    """A step's row: one cell for each role, 办 or 会签 or nothing."""

    procedure: Procedure
    step: Step
    cells: tuple[str, ...]

    @property
    def together(self) -> str:
        """The step of another procedure that this one goes with, in words."""
        if not self.step.only_with:
            return ""
        outer, step = step_named(self.step.only_with)
        return f"{outer.label}“{step.label}”"


def lines_of(procedure: Procedure) -> list[Line]:
    return [
        Line(
            procedure,
            step,
            tuple(
                (SIGNS if step.countersigned else DOES) if role in step.roles else ""
                for role in ROLES.values()
            ),
        )
        for step in procedure.steps
    ]


def matrix() -> list[tuple[str, list[tuple[Procedure, list[Line]]]]]:
    """The six kinds of work in the regulation's order, their procedures, their steps."""
    return [
        (label, [(each, lines_of(each)) for each in PROCEDURES.values() if each.work == key])
        for key, label in WORKS
    ]


def fillers(zone_id) -> dict[str, list[str]]:
    """Which offices of this bureau fill which role."""
    found: dict[str, list[str]] = {}
    for office in Organization.objects.filter(zone=zone_id, kind=Organization.Kind.OFFICE):
        for key in office.roles:
            found.setdefault(key, []).append(office.name)
    return found


def _columns(zone_id) -> list[tuple[Role, str]]:
    """Each role with the offices that fill it, where their names differ from the regulation's."""
    names = fillers(zone_id)
    told = []
    for role in ROLES.values():
        filled = "、".join(names.get(role.key, []))
        told.append((role, "" if filled == role.label or role in OUTSIDE_ROLES else filled or "无人承担"))
    return told


def show(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "regulation/matrix.html",
        {
            "columns": _columns(request.user.zone_id),
            "works": matrix(),
            "width": len(ROLES) + 2,
            "day": localdate(),
        },
    )


def download(request: HttpRequest) -> HttpResponse:
    """The matrix as a workbook, one sheet, heads kept in view and on every printed page."""
    body = io.BytesIO()
    book = xlsxwriter.Workbook(body, {"in_memory": True})
    sheet = book.add_worksheet("职责矩阵")
    head = book.add_format(
        {"bold": True, "border": 1, "bg_color": "#E7EFFA", "align": "center", "text_wrap": True}
    )
    cell = book.add_format({"border": 1, "align": "center"})
    text = book.add_format({"border": 1, "text_wrap": True})
    names = ["工作", "事项", "步骤", "条款", *(role.label for role in ROLES.values())]
    sheet.merge_range(
        0,
        0,
        0,
        len(names) - 1,
        f"{request.user.zone.bureau}预算绩效管理职责矩阵（规程第3条，{localdate()}）",
        head,
    )
    for column, name in enumerate(names):
        sheet.write_string(1, column, name, head)
    row = 2
    for work, procedures in matrix():
        for procedure, lines in procedures:
            for line in lines:
                articles = "、".join(f"第{number}条" for number in line.step.articles)
                for column, value in enumerate((work, procedure.label, line.step.label, articles)):
                    sheet.write_string(row, column, value, text)
                for column, value in enumerate(line.cells, 4):
                    sheet.write(row, column, value or None, cell)
                row += 1
    sheet.set_column(0, 3, 14)
    sheet.set_column(4, len(names) - 1, 9)
    sheet.freeze_panes(2, 4)
    sheet.repeat_rows(0, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    book.close()
    response = HttpResponse(
        body.getvalue(), content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    response["Content-Disposition"] = "attachment; filename*=UTF-8''%E8%81%8C%E8%B4%A3%E7%9F%A9%E9%98%B5.xlsx"
    return response
