"""How the system fares, its backups, its log (art. 40). The bureau reads; who acts is told by ``bureau.changes``."""

from dataclasses import replace
from functools import partial
from uuid import UUID

from axes.models import AccessLog
from axes.utils import reset
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate, localtime
from django.views.decorators.http import require_http_methods, require_POST

from jiheng.bureau.administrators import REACHES
from jiheng.bureau.changes import Seat, may_change
from jiheng.bureau.directory import keeps_password
from jiheng.bureau.listing import page_of, rows_as_excel
from jiheng.bureau.models import Person
from jiheng.bureau.profile import Values, in_force
from jiheng.bureau.scope import in_bureau
from jiheng.bureau.views import refused
from jiheng.operations import backup, health, restore
from jiheng.operations.models import Run
from jiheng.operations.running import Failed, begin, carry_out_apart, noted, revive, say, seen_by

LOG_HEADS = (("开始", 18), ("结束", 18), ("做什么", 14), ("情况", 10), ("谁做的", 18), ("结果", 80))


def _stranger(request: HttpRequest) -> HttpResponse | None:
    """A refusal for departments and units."""
    if in_bureau(request.user):
        return None
    return refused(request, "系统运行情况由本局科室查看、综合科维护（规程第40条）。有问题请联系综合科。")


def show(request: HttpRequest) -> HttpResponse:
    """All signs, those that need somebody first."""
    if stranger := _stranger(request):
        return stranger
    found = health.signs(request.user)
    if request.user.seat:
        found = [sign if sign.link in REACHES else replace(sign, link="") for sign in found]
    grave = {health.RED: 0, health.YELLOW: 1}
    context = {
        "wrong": sorted((each for each in found if each.light in grave), key=lambda each: grave[each.light]),
        "well": [each for each in found if each.light not in grave],
        "locked": [
            each for each in health.locked(request.user) if not may_change(request.user, keeps_password(each))
        ],
        "audits": not may_change(request.user, Seat.AUDIT),
        "reason": "" if request.user.seat else may_change(request.user, Seat.SYSTEM),
    }
    return render(request, "operations/health.html", context)


def runs(request: HttpRequest) -> HttpResponse:
    """The operations log, by kind; as Excel too."""
    if stranger := _stranger(request):
        return stranger
    rows = seen_by(request.user)
    if (kind := request.GET.get("kind", "")) in Run.Kind.values:
        rows = rows.filter(kind=kind)
    if request.GET.get("export") == "xlsx":
        cells = (
            (
                f"{localtime(run.began_at):%Y-%m-%d %H:%M:%S}",
                f"{localtime(run.ended_at):%Y-%m-%d %H:%M:%S}" if run.ended_at else "",
                run.get_kind_display(),
                run.get_state_display(),
                run.by,
                run.told,
            )
            for run in rows
        )
        return rows_as_excel(LOG_HEADS, cells, f"运行日志{localdate()}")
    context = {"page": page_of(request, rows), "kind": kind, "kinds": Run.Kind.choices}
    context["reason"] = may_change(request.user, Seat.AUDIT)
    return render(request, "operations/runs.html", context)


def sign_ins(request: HttpRequest) -> HttpResponse:
    """Who signed in when and from where, for whoever audits alone; an account's own if asked for."""
    if reason := may_change(request.user, Seat.AUDIT):
        return refused(request, f"登录记录{reason}")
    names = Person.objects.filter(zone=request.user.zone_id).values("username")
    rows = AccessLog.objects.filter(username__in=names).order_by("-attempt_time")
    if account := request.GET.get("account", "").strip()[:60]:
        rows = rows.filter(username=account)
    page = page_of(request, rows)
    people = dict(
        Person.objects.filter(
            zone=request.user.zone_id, username__in=[row.username for row in page]
        ).values_list("username", "name")
    )
    context = {
        "page": page,
        "account": account,
        "rows": [(row, people.get(row.username, "")) for row in page],
    }
    return render(request, "operations/sign_ins.html", context)


@require_http_methods(["GET", "POST"])
def backups(request: HttpRequest) -> HttpResponse:
    """The backups there are; making another one beside the work of everybody else."""
    if stranger := _stranger(request):
        return stranger
    reason = may_change(request.user, Seat.SYSTEM)
    if request.method == "POST":
        if reason:
            return refused(request, f"备份{reason}")
        profile = in_force(request.user.zone_id, localdate())
        keep = Values(profile.values if profile else {})("operations", "backups_kept")
        try:
            run = begin(Run.Kind.BACKUP, person=request.user)
        except Failed as fault:
            messages.error(request, str(fault))
        else:
            carry_out_apart(run, lambda run: backup.carry_out(run, keep, partial(say, run)))
        return redirect("backups")
    running = list(Run.objects.filter(kind__in=(Run.Kind.BACKUP, Run.Kind.TRIAL), state=Run.State.RUNNING))
    for each in running:
        revive(each)
    made = {
        run.details.get("file"): run
        for run in Run.objects.filter(kind=Run.Kind.BACKUP, state=Run.State.DONE)[:500]
    }
    tried: dict[str, Run] = {}
    for run in Run.objects.filter(kind=Run.Kind.TRIAL).exclude(state=Run.State.RUNNING)[:500]:
        tried.setdefault(run.details.get("file", ""), run)
    context = {
        "running": [each for each in running if each.state == Run.State.RUNNING],
        "failed": next(
            iter(Run.objects.filter(kind=Run.Kind.BACKUP).exclude(state=Run.State.RUNNING)[:1]), None
        ),
        "rows": [
            {
                "name": path.name,
                "size": path.stat().st_size,
                "run": made.get(path.name),
                "tried": tried.get(path.name),
            }
            for path in backup.listed()
        ],
        "folder": settings.BACKUPS,
        "reason": reason,
    }
    if request.headers.get("HX-Request"):
        return render(request, "operations/_backups.html", context)
    return render(request, "operations/backups.html", context)


@require_POST
def trial(request: HttpRequest, name: str) -> HttpResponse:
    """Restores a backup in a place of its own and counts it through."""
    if reason := may_change(request.user, Seat.SYSTEM):
        return refused(request, f"备份{reason}")
    path = next((each for each in backup.listed() if each.name == name), None)
    if path is None:
        messages.error(request, f"没有 {name} 这份备份，可能已按留存份数删去。")
        return redirect("backups")
    try:
        run = begin(Run.Kind.TRIAL, person=request.user, file=name)
    except Failed as fault:
        messages.error(request, str(fault))
    else:
        carry_out_apart(run, lambda run: restore.check(path, partial(say, run))[1])
    return redirect("backups")


@require_POST
def unlock(request: HttpRequest, key: UUID) -> HttpResponse:
    """Lets an account sign in again before its wait is over."""
    person = get_object_or_404(Person, pk=key, zone=request.user.zone_id)
    if reason := may_change(request.user, keeps_password(person)):
        return refused(request, f"账号{reason}")
    reset(username=person.username)
    noted(
        Run.Kind.UNLOCK,
        f"{person.name}（{person.username}）",
        by=request.user.name,
        person=request.user,
        zone=request.user.zone,
    )
    messages.success(request, f"{person.name}现在可以登录。忘了口令的，请在人员页重置。")
    return redirect("health")
