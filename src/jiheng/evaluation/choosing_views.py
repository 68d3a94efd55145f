"""Pages where evaluations are begun: a department picks its projects, an office proposes what is to be evaluated."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods

from jiheng.bureau.models import Organization, Person
from jiheng.bureau.profile import Values, in_force, values_of
from jiheng.bureau.scope import holds, organizations_of
from jiheng.evaluation import choosing, evaluating
from jiheng.evaluation.department_evaluation import DEPARTMENT_EVALUATION, KEY
from jiheng.evaluation.evaluating import Subject
from jiheng.evaluation.finance_evaluation import KINDS, REASONS, Kind
from jiheng.evaluation.frameworks import KINDS as SUBJECTS
from jiheng.monitoring.models import Light
from jiheng.paper.typed import number
from jiheng.procedure import door
from jiheng.procedure.chain import text as keepable
from jiheng.procedure.models import Case
from jiheng.procedure.table import PROCEDURES, Procedure, Reason

NAME = 100
WAN = Decimal(10_000)


def _year(request: HttpRequest) -> tuple[int, list[int]]:
    """The year evaluated: the last finished one unless another is asked for."""
    this = localdate().year
    years = [this - 2, this - 1, this]
    typed = (request.POST or request.GET).get("year", "")
    return (int(typed) if typed in map(str, years) else this - 1), years


def _profile(person: Person) -> tuple[Any, Values]:
    profile = in_force(person.zone_id, localdate())
    if profile is None:
        raise door.Refusal(
            DEPARTMENT_EVALUATION,
            DEPARTMENT_EVALUATION.opening(),
            Case(title="绩效评价"),
            [Reason("本局还没有载入局情配置", 43, next="请综合科先载入局情配置。")],
        )
    return profile.pk, values_of(profile.pk)


def _refuse(procedure: Procedure, told: Reason) -> None:
    step = procedure.opening()
    raise door.Refusal(procedure, step, Case(title=step.label), [told])


@require_http_methods(["GET", "POST"])
def department(request: HttpRequest) -> HttpResponse:
    """A department picks projects to evaluate: its key projects first, with grade and last evaluation (art. 27)."""
    person: Person = request.user
    own = [each for each in organizations_of(person) if each.kind == Organization.Kind.DEPARTMENT]
    if not own:
        told = "部门评价由主管部门选定项目并开展"
        _refuse(DEPARTMENT_EVALUATION, Reason(told, 27, kind="role", next="支出管理科在部门报送后审核报告。"))
    year, years = _year(request)
    profile, values = _profile(person)
    cycle = values("evaluation", "cycle")
    every = choosing.projects_for(person, KEY, year).filter(department__in=own)
    choice = choosing.Choice.read(request.POST or request.GET)
    rows = choosing.candidates(
        list(choosing.narrowed(every, choice, year, cycle)[: choosing.MOST]),
        KEY,
        year,
        person.zone_id,
        profile,
    )
    rows.sort(key=lambda row: (not row.major, row.last or 0, -(row.granted or 0)))
    faults: dict[str, str] = {}
    if request.method == "POST":
        picked = [row for row in rows if str(row.project.pk) in request.POST.getlist("project")]
        if not picked:
            faults["project"] = "请至少选择一个项目"
        else:
            subjects = [choosing.subject_of(row, KEY) for row in picked]
            cases = evaluating.begin(KEY, subjects, year, by=person)
            messages.success(request, f"已选定 {len(cases)} 个项目，请逐个拟定评价方案。")
            return redirect(f"{reverse('work', args=['evaluation'])}?procedure={KEY}")
    context = {
        "rows": rows, "year": year, "years": years, "choice": choice, "grades": choosing.GRADES, "faults": faults,
        "coverage": choosing.coverage(list(every), year, profile, cycle), "most": choosing.MOST,
        "chosen": set(request.POST.getlist("project")), "cycle": cycle,
    }  # fmt: skip
    return render(request, "evaluation/department_new.html", context, status=422 if faults else 200)


@require_http_methods(["GET", "POST"])
def finance(request: HttpRequest, procedure: str) -> HttpResponse:
    """The office that leads proposes what is to be evaluated, with the reasons; the others then sign (art. 31, 32)."""
    person: Person = request.user
    kind, table = KINDS[procedure], PROCEDURES[procedure]
    if not holds(person, [kind.lead]):
        signers = "、".join(role.label for role in kind.signers)
        told = f"{kind.label}由{kind.lead.label}提出"
        _refuse(table, Reason(told, kind.article, kind="role", next=f"提出后由{signers}会签选定。"))
    year, years = _year(request)
    profile, values = _profile(person)
    cycle = values("evaluation", "cycle")
    choice = choosing.Choice.read(request.POST or request.GET)
    every = choosing.projects_for(person, procedure, year)
    wanted = choosing.narrowed(every, choice, year, cycle)
    rows = choosing.candidates(list(wanted[: choosing.MOST + 1]), procedure, year, person.zone_id, profile)
    more, rows = len(rows) > choosing.MOST, rows[: choosing.MOST]
    wholes = choosing.wholes(person.zone_id, year) if "whole" in kind.subjects else []
    departments = Organization.objects.filter(zone_id=person.zone_id, kind=Organization.Kind.DEPARTMENT)
    named = procedure != "finance_evaluation"
    faults: dict[str, str] = {}
    if request.method == "POST":
        subjects = [
            choosing.subject_of(row, procedure)
            for row in rows
            if str(row.project.pk) in request.POST.getlist("project")
        ]
        subjects += [
            Subject("whole", each.department, f"{each.department.name}整体支出", None, each.granted, tuple(each.known()))
            for each in wholes
            if str(each.department.pk) in request.POST.getlist("whole")
        ]  # fmt: skip
        if named and (one := _named(request, kind, list(departments), faults)):
            subjects.append(one)
        reasons = [key for key in REASONS if key in request.POST.getlist("reason")]
        word = keepable(request.POST.get("word", "")).strip()
        if not subjects and not faults:
            faults["project"] = "请至少选择一个评价对象"
        if not reasons:
            faults["reason"] = "请选择理由，可以选几个"
        if not word:
            faults["word"] = "请写选择说明"
        if not faults:
            cases = evaluating.begin(procedure, subjects, year, by=person, reasons=reasons, reason=word)
            messages.success(request, f"已提出 {len(cases)} 个评价对象，待会签选定。")
            return redirect(f"{reverse('work', args=['evaluation'])}?procedure={procedure}")
    context = {
        "kind": kind, "rows": rows, "more": more, "most": choosing.MOST, "year": year, "years": years,
        "choice": choice, "grades": choosing.GRADES, "lights": [pair for pair in Light.choices if pair[0]],
        "departments": departments, "wholes": wholes, "named": named, "cycle": cycle,
        "named_kinds": [(key, SUBJECTS[key]) for key in kind.subjects], "reasons": REASONS, "typed": request.POST,
        "chosen": {key: set(request.POST.getlist(key)) for key in ("project", "whole", "reason")},
        "faults": faults,
    }  # fmt: skip
    return render(request, "evaluation/finance_new.html", context, status=422 if faults else 200)


def _named(
    request: HttpRequest, kind: Kind, departments: list[Organization], faults: dict[str, str]
) -> Subject | None:
    """A subject that isn't in the project library, as it was typed; nothing where none was."""
    name = keepable(request.POST.get("name", "")).strip()
    if not name:
        return None
    department = next((d for d in departments if str(d.pk) == request.POST.get("name_department")), None)
    amount = number(typed) if (typed := request.POST.get("name_amount", "").strip()) else None
    subject = request.POST.get("name_kind", kind.subjects[0])
    if len(name) > NAME:
        faults["name"] = f"名称最多 {NAME} 个字"
    if department is None:
        faults["name_department"] = "请选主管部门，评价意见要征求它"
    if typed and (amount is None or not 0 <= amount < 10**10):
        faults["name_amount"] = f"金额“{typed}”不是不小于 0 的数，单位是万元"
    if subject not in kind.subjects:
        faults["name_kind"] = "请选评价对象的种类"
    if faults or department is None:
        return None
    return Subject(subject, department, name, None, amount * WAN if amount is not None else None)
