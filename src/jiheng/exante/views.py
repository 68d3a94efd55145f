"""Pages of an ex-ante evaluation: begin one, write the report, review it, record a key evaluation, print it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from jiheng.bureau.profile import in_force
from jiheng.bureau.roles import DEPARTMENT
from jiheng.bureau.scope import posts_of, visible
from jiheng.exante import drafts, procedure, rules
from jiheng.exante.models import Evidence, ExanteEvaluation
from jiheng.exante.paper import paper
from jiheng.filing.documents import paper_page
from jiheng.paper.typed import revision_of
from jiheng.procedure import door, files
from jiheng.procedure.models import Case
from jiheng.project import admission
from jiheng.project.models import Project
from jiheng.support import engagement

OVERTAKEN = "这份内容刚被别人在别处保存过；请另开页面核对后再保存，以免互相覆盖"


def _evaluation(request: HttpRequest, key: UUID) -> ExanteEvaluation:
    """The evaluation of a case the person may see, or 404."""
    cases = visible(Case.objects.filter(procedure="exante"), request.user)
    case = get_object_or_404(cases.select_related("zone", "department", "unit"), pk=key)
    evaluation = procedure.load([case.pk])[case.pk]
    evaluation.case = case
    return evaluation


def _free(request: HttpRequest, mine: list[UUID]) -> list[tuple[Project, int, bool]]:
    """New projects of my departments without an evaluation for the year, those that must have one first."""
    this_year = timezone.localdate().year
    years = (this_year, this_year + 1)
    profile = in_force(request.user.zone_id, timezone.localdate())
    projects = Project.objects.filter(
        zone_id=request.user.zone_id, department__in=mine, attribute=Project.Attribute.NEW
    ).exclude(stage=Project.Stage.CLOSED)
    known = ExanteEvaluation.objects.filter(zone_id=request.user.zone_id, project__in=projects, dropped=False)
    taken = set(known.filter(year__in=years).values_list("project_id", "year"))
    found = [
        (project, year, profile is not None and admission.is_major(project, profile.pk))
        for project in projects.select_related("unit")
        for year in years
        if (project.pk, year) not in taken and project.first_year <= year <= project.last_year
    ]
    return sorted(found, key=lambda row: (not row[2], row[1], row[0].code))


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Choose a new project and a year, and who drafts the report."""
    mine = [
        post.organization_id
        for post in posts_of(request.user)
        if DEPARTMENT.key in post.organization.role_keys
    ]
    free = _free(request, mine)
    context: dict[str, Any] = {"free": free, "mine": mine, "chosen": request.GET.get("project", "")}
    if request.method == "POST":
        chosen = {f"{project.pk}:{year}": (project, year) for project, year, _ in free}.get(
            request.POST.get("project", "")
        )
        if chosen is None:
            faults = {"project": "请选择要评估的项目和年度"}
            return render(request, "exante/new.html", context | {"faults": faults}, status=422)
        to_unit = request.POST.get("drafter") == "unit"
        evaluation = drafts.begin(*chosen, by=request.user, to_unit=to_unit)
        if to_unit:
            messages.success(
                request, f"已交{evaluation.project.unit.name}起草“{evaluation.project.name}”的事前评估报告。"
            )
            return redirect("case", key=evaluation.case_id)
        messages.success(request, f"已开始编报“{evaluation.project.name}”的事前评估报告。")
        return redirect("exante-edit", key=evaluation.case_id)
    return render(request, "exante/new.html", context)


def _read(state: str, given: Mapping[str, Any], bounds: rules.Bounds) -> drafts.Typed:
    if state == "submitted":
        return drafts.read_review(given, bounds)
    return drafts.read_key(given) if state == "key" else drafts.read_report(given, bounds)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, key: UUID) -> HttpResponse:
    """The report while it is drafted, the six scores while it is reviewed, the result of a key evaluation."""
    evaluation = _evaluation(request, key)
    case = evaluation.case
    door.must_edit(case, request.user)
    bounds = drafts.bounds_of(case.profile_id)
    if request.method == "GET":
        return _page(request, evaluation, bounds, drafts.typed_of(evaluation), {})
    typed = _read(case.state, request.POST, bounds)
    uploads = request.FILES.getlist("evidence")
    for file in uploads:
        if file.size > settings.UPLOAD_LIMIT:
            typed.faults["evidence"] = f"“{file.name}”超过 20 MB，请压缩或拆分"
    if not typed.faults:
        try:
            drafts.save(
                case,
                typed,
                by=request.user,
                revision=revision_of(request.POST),
                uploads=uploads,
                removed=_keys(request.POST.getlist("remove")),
            )
        except door.Overtaken:
            typed.faults["revision"] = OVERTAKEN
        else:
            if "stay" in request.POST:
                messages.success(request, "已保存。")
                return redirect("exante-edit", key=key)
            return redirect("case", key=key)
    if uploads and "evidence" not in typed.faults:
        typed.faults["evidence"] = "有要改的地方，刚选的文件没有保存，请改好后重新选择"
    return _page(request, evaluation, bounds, typed.text, typed.faults, status=422)


def _keys(texts: list[str]) -> list[str]:
    """Those that look like keys."""
    found = []
    for text in texts:
        try:
            found.append(str(UUID(text)))
        except ValueError:
            continue
    return found


def _page(
    request: HttpRequest,
    evaluation: ExanteEvaluation,
    bounds: rules.Bounds,
    typed: Mapping[str, str],
    faults: Mapping[str, str],
    status: int = 200,
) -> HttpResponse:
    state = evaluation.case.state
    template = {"submitted": "exante/review.html", "key": "exante/key.html"}.get(state, "exante/edit.html")
    saved = {row.key: row for row in evaluation.points.all()}
    points = [
        {
            "point": point,
            "weight": bounds.weights[point.key],
            "saved": saved[point.key],
            **{
                name: {
                    "value": typed.get(f"{name}-{point.key}", ""),
                    "fault": faults.get(f"{name}-{point.key}", ""),
                }
                for name in ("text", "self", "score", "comment")
            },
        }
        for point in rules.POINTS
    ]
    context = {
        "evaluation": evaluation,
        "case": evaluation.case,
        "typed": typed,
        "faults": faults,
        "points": points,
        "bounds": bounds,
        "conclusions": rules.CONCLUSIONS,
        "priorities": rules.PRIORITIES,
        "files": list(evaluation.evidence.all()),
        "results": engagement.results([evaluation.case_id]).get(evaluation.case_id, [])
        if state == "key"
        else [],
    }
    return render(request, template, context, status=status)


def printed(request: HttpRequest, key: UUID) -> HttpResponse:
    """The whole report on one page, to be printed."""
    evaluation = _evaluation(request, key)
    context = {"evaluation": evaluation, "case": evaluation.case}
    title = f"{evaluation.case.title}事前绩效评估报告"
    return paper_page(request, "exante/paper.html", paper(evaluation), context, title=title)


def evidence(request: HttpRequest, key: UUID, file: UUID) -> HttpResponse:
    """One file of the evaluation, to be saved."""
    evaluation = _evaluation(request, key)
    found = get_object_or_404(Evidence, pk=file, evaluation=evaluation, zone_id=evaluation.zone_id)
    return files.download(evaluation.zone_id, found.name, found.sha256)
