"""Lists as Excel files, row by row so that a hundred thousand rows need little memory."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from django.utils.timezone import localtime

from jiheng.bureau.listing import Sheet
from jiheng.procedure.models import Case, Task
from jiheng.procedure.table import Procedure
from jiheng.project.models import Project

CHUNK = 1000
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


def cases_as_excel(cases: QuerySet[Case], procedure: Procedure, name: str) -> FileResponse:
    """The cases as one sheet, with who holds them."""
    sheet = Sheet(procedure.label, HEADS)
    states = {state.key: state.label for state in procedure.states}
    for part in _chunks(cases):
        held: dict[Any, list[Task]] = defaultdict(list)
        tasks = Task.objects.filter(case_id__in=[case.pk for case in part])
        for task in tasks.select_related("organization"):
            held[task.case_id].append(task)
        for case in part:
            own = held[case.pk]
            sheet.add(
                case.code,
                case.title,
                case.year,
                case.department.name if case.department else "",
                case.unit.name if case.unit else "",
                case.amount,
                states.get(case.state, case.state),
                case.round,
                "、".join(task.organization.name for task in own if task.organization),
                min((f"{task.due:%Y-%m-%d}" for task in own if task.due), default=""),
                f"{localtime(case.moved_at):%Y-%m-%d %H:%M}",
            )
    return sheet.response(name)


PROJECT_HEADS = (
    ("项目代码", 24), ("项目名称", 40), ("单位编码", 12), ("单位名称", 24), ("部门", 20), ("类别", 8), ("资金性质", 18),
    ("领域", 14), ("项目属性", 10), ("起始年度", 10), ("结束年度", 10), ("项目总额（元）", 18), ("库内状态", 12),
    ("分年度金额（元）", 48),
)  # fmt: skip


def projects_as_excel(projects: QuerySet[Project]) -> FileResponse:
    """The library's projects as one sheet; its first columns are those that an import reads."""
    sheet = Sheet("项目库", PROJECT_HEADS)
    for project in projects.iterator(chunk_size=CHUNK):
        sheet.add(
            project.code,
            project.name,
            project.unit.code,
            project.unit.name,
            project.department.name,
            project.get_kind_display(),
            project.get_fund_display(),
            project.field,
            project.get_attribute_display(),
            project.first_year,
            project.last_year,
            project.total,
            project.get_stage_display(),
            "；".join(f"{each.year} 年 {each.amount:.2f}" for each in project.years.all()),
        )
    return sheet.response("项目库")
