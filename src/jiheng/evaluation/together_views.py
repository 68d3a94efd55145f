"""All self-evaluations that somebody has to fill in, in one workbook: downloaded, filled in Excel, read back at once."""

import hashlib
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods

from jiheng.bureau.models import Person
from jiheng.bureau.scope import holds, visible
from jiheng.evaluation import by_form, official, procedure
from jiheng.evaluation.models import SelfEvaluation
from jiheng.paper.workbook import Unreadable
from jiheng.procedure import answers
from jiheng.procedure.models import Case
from jiheng.procedure.table import PROCEDURES

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST = 200
"""Sheets of one workbook: more than any unit has, and Excel still opens it at once."""


def mine(person: Person) -> list[SelfEvaluation]:
    """The self-evaluations that this person may fill in now."""
    found: list[SelfEvaluation] = []
    for key in procedure.PROCEDURES:
        table = PROCEDURES[key]
        drafts = [state.key for state in table.states if state.editable and holds(person, [state.editable])]
        some = visible(Case.objects.filter(procedure=key, state__in=drafts), person)
        cases = [
            case
            for case in some.select_related("zone", "department", "unit")
            if not answers.may_edit(table, case, person)
        ]
        records = procedure.load([case.pk for case in cases])
        for case in cases:
            records[case.pk].case = case
            found.append(records[case.pk])
    return sorted(found, key=lambda each: (each.goal.year, each.goal.whole, each.goal.code))[:MOST]


@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """What is to be filled in, and how far it is; a filled workbook is read as a whole or not at all."""
    evaluations = mine(request.user)
    faults: dict[str, str] = {}
    places: list[str] = []
    if request.method == "POST":
        file = request.FILES.get("form")
        if file is None:
            faults["form"] = "请先选择填好的自评表（.xlsx）"
        elif file.size > settings.UPLOAD_LIMIT:
            faults["form"] = f"“{file.name}”超过 20 MB，请核对文件"
        else:
            content = file.read()
            try:
                forms = official.read(content)
                taken = by_form.save_together(
                    evaluations,
                    forms,
                    by=request.user,
                    name=file.name,
                    sha256=hashlib.sha256(content).hexdigest(),
                )
            except Unreadable as error:
                faults["form"] = f"“{file.name}”读不了：{error}"
            except by_form.NothingSaved as wrong:
                places = [told for each in wrong.taken.values() for told in each.faults]
                faults["form"] = f"“{file.name}”有 {len(places)} 处要改，没有保存任何内容"
            else:
                official.keep(evaluations[0].case, file.name, content)
                _tell(request, evaluations, taken)
                return redirect("evaluations-together")
    context: dict[str, Any] = {"evaluations": evaluations, "faults": faults, "places": places}
    return render(request, "evaluation/together.html", context, status=422 if faults else 200)


def _tell(request: HttpRequest, evaluations: list[SelfEvaluation], taken: dict[UUID, by_form.Taken]) -> None:
    names = {each.case_id: each.goal.name for each in evaluations}
    messages.success(request, f"已读入 {len(taken)} 份自评并按规则计分，请逐份核对后提交。")
    for key, each in taken.items():
        if each.notes:
            messages.warning(request, f"{names[key]}：" + "".join(each.notes))


def forms(request: HttpRequest) -> HttpResponse:
    """The workbook: a sheet for each, with goal, weights, money and whatever is filled in already."""
    evaluations = mine(request.user)
    if not evaluations:
        return redirect("evaluations-together")
    response = HttpResponse(official.write_together(evaluations), content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(
        True, f"绩效自评表-{len(evaluations)}份.xlsx"
    )
    return response
