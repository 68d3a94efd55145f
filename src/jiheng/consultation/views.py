"""Pages to begin a consultation (art. 42) or an instruction (art. 4) about a case that one may see."""

import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods

from jiheng.bureau.roles import LEADERSHIP, OFFICE
from jiheng.bureau.scope import holds, organizations_of, visible
from jiheng.consultation import asking
from jiheng.consultation.procedure import CONSULTATION, INSTRUCTION, KEYS
from jiheng.procedure import door
from jiheng.procedure.chain import text as keepable
from jiheng.procedure.models import Case
from jiheng.procedure.table import PROCEDURES, Procedure, Reason

LONGEST = 2000


def _about(request: HttpRequest, key: UUID) -> Case:
    cases = Case.objects.select_related("zone", "department", "unit")
    about = get_object_or_404(visible(cases, request.user), pk=key)
    if about.procedure in KEYS:
        raise Http404("协商和批示本身不再协商、批示")
    return about


def _refuse(procedure: Procedure, text: str, article: int, then: str) -> door.Refusal:
    step = procedure.opening()
    return door.Refusal(
        procedure, step, Case(title=step.label), [Reason(text, article, kind="role", next=then)]
    )


def _typed(request: HttpRequest) -> tuple[dict[str, Any], dict[str, str], datetime.date | None]:
    """What was written, what is wrong with it, and the day."""
    text = keepable(request.POST.get("text", "")).strip()
    typed: dict[str, Any] = {
        "text": text,
        "due": request.POST.get("due", ""),
        "offices": request.POST.getlist("office"),
    }
    faults: dict[str, str] = {}
    if not text:
        faults["text"] = "请写明内容"
    elif len(text) > LONGEST:
        faults["text"] = f"写了 {len(text)} 个字，最多 {LONGEST} 个字"
    day = None
    try:
        day = datetime.date.fromisoformat(typed["due"])
    except ValueError:
        faults["due"] = "请选择期限"
    if day and day < localdate():
        faults["due"] = "期限不能早于今天"
    return typed, faults, day


@require_http_methods(["GET", "POST"])
def consult(request: HttpRequest, key: UUID) -> HttpResponse:
    """An office asks other offices what the regulation leaves open."""
    about = _about(request, key)
    if not holds(request.user, [OFFICE]):
        raise _refuse(CONSULTATION, "协商由财政局各科室发起", 42, "请与归口的支出管理科联系，由科室发起。")
    choices = asking.offices(about.zone_id, but=organizations_of(request.user))
    typed = {
        "text": "",
        "due": asking.usual_day(about.zone, "consultation_answer").isoformat(),
        "offices": [],
    }
    faults: dict[str, str] = {}
    if request.method == "POST":
        typed, faults, day = _typed(request)
        asked = [office for office in choices if str(office.pk) in typed["offices"]]
        files = request.FILES.getlist("evidence")
        if not asked:
            faults["office"] = "请至少选一个科室"
        if any(file.size > settings.UPLOAD_LIMIT for file in files):
            faults["evidence"] = "有文件超过 20 MB，请压缩或拆分后再上传"
        if not faults and day:
            case = asking.consult(about, typed["text"], asked, day, by=request.user, evidence=files)
            messages.success(request, f"已发起协商，{'、'.join(each.name for each in asked)}各有一件待办。")
            return redirect(case)
    context = {
        "about": about,
        "about_label": PROCEDURES[about.procedure].label,
        "choices": choices,
        "typed": typed,
        "faults": faults,
        "longest": LONGEST,
    }
    return render(request, "consultation/new.html", context, status=422 if faults else 200)


@require_http_methods(["GET", "POST"])
def instruct(request: HttpRequest, key: UUID) -> HttpResponse:
    """Leadership leaves an instruction for one office."""
    about = _about(request, key)
    if not holds(request.user, [LEADERSHIP]):
        raise _refuse(INSTRUCTION, "批示由局领导作出", 4, "科室之间的事，在事项页上发起协商（规程第42条）。")
    choices = asking.offices(about.zone_id)
    typed = {"text": "", "due": asking.usual_day(about.zone, "instruction_answer").isoformat(), "offices": []}
    faults: dict[str, str] = {}
    if request.method == "POST":
        typed, faults, day = _typed(request)
        office = next((each for each in choices if str(each.pk) in typed["offices"]), None)
        if office is None:
            faults["office"] = "请选择由哪个科室办理"
        if not faults and day and office:
            case = asking.instruct(about, typed["text"], office, day, by=request.user)
            messages.success(request, f"已批示，{office.name}的待办里有这一件。")
            return redirect(case)
    context = {
        "about": about,
        "about_label": PROCEDURES[about.procedure].label,
        "choices": choices,
        "typed": typed,
        "faults": faults,
        "instructing": True,
        "longest": LONGEST,
    }
    return render(request, "consultation/new.html", context, status=422 if faults else 200)
