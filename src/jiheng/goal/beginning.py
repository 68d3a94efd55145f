"""Pages on which a goal is begun: of a project, of a unit or department as a whole, or changed within the year."""

from django.contrib import messages
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from jiheng.bureau.models import Organization
from jiheng.bureau.roles import DEPARTMENT, UNIT, Role
from jiheng.bureau.scope import posts_of
from jiheng.goal import drafts
from jiheng.goal.models import Goal
from jiheng.procedure.models import Case
from jiheng.project.models import Project


def _mine(request: HttpRequest, role: Role) -> list[Organization]:
    """The organizations for which the person acts in a role."""
    return [post.organization for post in posts_of(request.user) if role.key in post.organization.role_keys]


def _years() -> tuple[int, int]:
    this_year = timezone.localdate().year
    return this_year, this_year + 1


def _free_wholes(organizations: list[Organization]) -> list[tuple[Organization, int]]:
    """Which of these have no whole goal yet, for this year and the next."""
    taken = set(
        Goal.objects.filter(organization__in=organizations, year__in=_years()).values_list(
            "organization_id", "year"
        )
    )
    return [(each, year) for each in organizations for year in _years() if (each.pk, year) not in taken]


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Choose a project and a year, or the unit as a whole; the rest is filled in from the library."""
    mine = _mine(request, UNIT)
    projects = Project.objects.filter(zone_id=request.user.zone_id, unit__in=mine).select_related(
        "unit", "department"
    )
    taken = set(
        Goal.objects.filter(
            zone_id=request.user.zone_id, project__in=projects, year__in=_years()
        ).values_list("project_id", "year")
    )
    free = [
        (project, year)
        for project in projects
        for year in _years()
        if (project.pk, year) not in taken and project.first_year <= year <= project.last_year
    ]
    wholes = _free_wholes(mine)
    page = {"free": free, "wholes": wholes, "mine": mine, "chosen": request.GET.get("project", "")}
    if request.method == "POST":
        wanted = request.POST.get("project", "")
        project = {f"{each.pk}:{year}": (each, year) for each, year in free}.get(wanted)
        whole = {f"whole:{each.pk}:{year}": (each, year) for each, year in wholes}.get(wanted)
        if project:
            goal = drafts.begin(*project, by=request.user, typed=_known(project[0]))
        elif whole:
            goal = drafts.begin_whole(*whole, by=request.user)
        else:
            faults = {"project": "请选择要编报绩效目标的项目和年度"}
            return render(request, "goal/new.html", page | {"faults": faults}, status=422)
        messages.success(request, f"已开始编报“{goal.name}”{goal.year}年绩效目标。")
        return redirect("goal-edit", key=goal.case_id)
    return render(request, "goal/new.html", page)


def _known(project: Project) -> drafts.Typed | None:
    """The year's money where the library tells it: all of it, for a project of one year."""
    if project.first_year != project.last_year:
        return None
    return drafts.read({"fiscal": f"{project.total / drafts.TEN_THOUSAND:f}", "scheme": "standard"}, {})


@require_http_methods(["GET", "POST"])
def new_whole(request: HttpRequest) -> HttpResponse:
    """A department begins the goal of all its spending for a year (部门整体支出绩效目标)."""
    mine = _mine(request, DEPARTMENT)
    free = _free_wholes(mine)
    page = {"free": free, "mine": mine}
    if request.method == "POST":
        chosen = {f"{each.pk}:{year}": (each, year) for each, year in free}.get(request.POST.get("whole", ""))
        if chosen is None:
            faults = {"whole": "请选择要编报的年度"}
            return render(request, "goal/new_whole.html", page | {"faults": faults}, status=422)
        goal = drafts.begin_whole(*chosen, by=request.user)
        messages.success(request, f"已开始编报“{goal.name}”{goal.year}年绩效目标。")
        return redirect("whole_goal-edit", key=goal.case_id)
    return render(request, "goal/new_whole.html", page)


@require_http_methods(["GET", "POST"])
def new_change(request: HttpRequest) -> HttpResponse:
    """A unit begins the next version of a goal in force, with the reason (art. 21).

    Whole goals have no budget line that a transfer could change, so no version of them could come into force.
    """
    mine = _mine(request, UNIT)
    newest = (
        Goal.objects.filter(case__unit__in=mine)
        .values("project", "organization", "year")
        .annotate(newest=Max("version"))
        .values_list("project", "organization", "year", "newest")
    )
    known = set(newest)
    in_force = Goal.objects.filter(
        case__unit__in=mine, case__state="in_force", year__in=_years(), project__isnull=False
    )
    free = [
        goal
        for goal in in_force.select_related("project", "organization", "case").order_by("year", "case__code")
        if (goal.project_id, goal.organization_id, goal.year, goal.version) in known
    ]
    page = {"free": free, "mine": mine, "chosen": request.GET.get("goal", "")}
    if request.method == "POST":
        goal = {str(each.pk): each for each in free}.get(request.POST.get("goal", ""))
        reason = request.POST.get("opinion", "").strip()
        faults = {}
        if goal is None:
            faults["goal"] = "请选择要调整的绩效目标"
        if not reason:
            faults["opinion"] = "请写明调整原因（规程第21条）"
        if goal is None or faults:
            page |= {"faults": faults, "reason": reason, "chosen": request.POST.get("goal", "")}
            return render(request, "goal/new_change.html", page, status=422)
        full = Case.objects.select_related("zone", "department", "unit").get(pk=goal.case_id)
        goal.case = full
        changed = drafts.begin_change(goal, reason, by=request.user)
        messages.success(request, f"已开始调整“{goal.name}”{goal.year}年绩效目标，原版在新版生效前继续有效。")
        return redirect("goal_change-edit", key=changed.case_id)
    return render(request, "goal/new_change.html", page)
