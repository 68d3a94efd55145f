"""Pages of key monitoring: choosing projects with lights and amounts in view, and the written notice (art. 25)."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, localtime
from django.views.decorators.http import require_http_methods

from jiheng.budget import lines
from jiheng.bureau.roles import PERFORMANCE
from jiheng.bureau.scope import holds, visible
from jiheng.filing.documents import paper_page
from jiheng.monitoring import key_monitoring
from jiheng.monitoring.models import KeyMonitoring, Light
from jiheng.monitoring.reporting import newest
from jiheng.paper.typed import clean
from jiheng.procedure import door
from jiheng.procedure.chain import text as keepable
from jiheng.procedure.models import Case
from jiheng.procedure.table import Reason
from jiheng.project.execution import latest
from jiheng.project.models import Project

MOST = 200
"""Projects shown to choose from, those with the worst lights first; with more, the search is to be narrowed."""
WORST = {"red": 0, "yellow": 1, "green": 2, "": 3}


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Performance proposes projects, several at once; three offices then sign each."""
    if not holds(request.user, [PERFORMANCE]):
        step = key_monitoring.KEY_MONITORING.opening()
        reason = Reason(
            "重点监控项目由预算绩效管理科提出",
            25,
            kind="role",
            next="提出后由绩效科、国资科、支出科会签选定。",
        )
        raise door.Refusal(key_monitoring.KEY_MONITORING, step, Case(title=step.label), [reason])
    asked = request.POST if request.method == "POST" else request.GET
    q, light, year = clean(asked.get("q", ""))[:60], asked.get("light", ""), localdate().year
    projects = visible(Project.objects.select_related("unit", "department"), request.user)
    projects = projects.filter(stage__in=(Project.Stage.BUDGETED, Project.Stage.EXECUTING))
    running = KeyMonitoring.objects.filter(zone_id=request.user.zone_id, case__year=year)
    projects = projects.exclude(pk__in=running.exclude(case__state__in=key_monitoring.OVER).values("project"))
    for word in q.split():
        projects = projects.filter(Q(name__icontains=word) | Q(code__icontains=word))
    every = list(projects)
    keys = [project.pk for project in every]
    reports, figures = newest(keys, year), latest(keys, year)
    granted = lines.granted(request.user.zone_id, keys, year)
    rows: list[dict[str, Any]] = [
        {
            "project": project,
            "report": reports.get(project.pk),
            "figure": figures.get(project.pk),
            "granted": granted.get(project.pk),
        }
        for project in every
    ]
    if light in ("red", "yellow", "green"):
        rows = [row for row in rows if row["report"] and row["report"].light == light]
    rows.sort(key=lambda row: (WORST[row["report"].light if row["report"] else ""], -(row["granted"] or 0)))
    chosen, reason = set(request.POST.getlist("project")), keepable(request.POST.get("reason", "")).strip()
    faults: dict[str, str] = {}
    if request.method == "POST":
        picked = [row["project"] for row in rows if str(row["project"].pk) in chosen]
        if not picked:
            faults["project"] = "请至少选择一个项目"
        if not reason:
            faults["reason"] = "请写明选择理由"
        if not faults:
            cases = key_monitoring.propose(picked, year, reason, by=request.user)
            messages.success(request, f"已提出 {len(cases)} 个项目，待三科会签选定。")
            return redirect(f"{reverse('work', args=['monitoring'])}?procedure=key_monitoring")
    context = {
        "rows": rows[:MOST],
        "more": len(rows) > MOST,
        "year": year,
        "q": q,
        "light": light,
        "lights": [(key, label) for key, label in Light.choices if key],
        "chosen": chosen,
        "reason": reason,
        "faults": faults,
    }
    return render(request, "monitoring/key_new.html", context, status=422 if faults else 200)


def notice(request: HttpRequest, key: UUID) -> HttpResponse:
    """The written notice of what was found, to be printed; there is one once expenditure has notified."""
    cases = visible(Case.objects.filter(procedure="key_monitoring"), request.user)
    case = get_object_or_404(cases.select_related("department"), pk=key)
    record = key_monitoring.load([case.pk])[case.pk]
    act = case.acts.filter(step="notify").order_by("-seq").first()
    if act is None or case.state not in key_monitoring.NOTIFIED:
        raise Http404("还没有书面通知")
    return paper_page(
        request, "monitoring/key_notice.html", key_monitoring.notice(record), {"case": case, "act": act},
        title=f"关于{record.project.name}财政重点监控发现问题的通知", receiver=case.department.name,
        sender=case.zone.bureau, day=localtime(act.at).date(),
    )  # fmt: skip
