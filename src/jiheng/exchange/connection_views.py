"""The general office's page of connected systems (art. 40)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from jiheng.bureau.changes import NotAllowed, Seat, may_change
from jiheng.bureau.models import Person
from jiheng.bureau.roles import TREASURY
from jiheng.bureau.scope import holds
from jiheng.bureau.views import refused
from jiheng.exchange import connections
from jiheng.exchange.models import Connection
from jiheng.paper.execution_figures import FIELDS
from jiheng.procedure.chain import text as keepable


@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Which systems may send, who answers for them, when they last did; a new one gets its token here, once."""
    if reason := may_change(request.user, Seat.SECURITY):
        return refused(request, f"系统对接{reason}")
    zone = request.user.zone_id
    people = [
        person
        for person in Person.objects.filter(zone=zone, is_active=True).order_by("username")
        if holds(person, [TREASURY])
    ]
    faults: dict[str, str] = {}
    token = ""
    if request.method == "POST":
        name = keepable(request.POST.get("name", "")).strip()[:60]
        person = next((each for each in people if str(each.pk) == request.POST.get("person")), None)
        if not name:
            faults["name"] = "请写明对接的是哪个系统"
        if person is None:
            faults["person"] = "请选择国库科的一位责任人"
        if not faults and person is not None:
            try:
                made, token = connections.create(name, person, by=request.user)
            except NotAllowed as error:
                return refused(request, str(error))
            return render(request, "exchange/token_once.html", {"connection": made, "token": token})
    context = {
        "connections": Connection.objects.filter(zone=zone).select_related("person"),
        "people": people,
        "faults": faults,
        "fields": FIELDS,
        "given": {
            "name": keepable(request.POST.get("name", ""))[:60],
            "person": request.POST.get("person", ""),
        },
        "address": request.build_absolute_uri("/api/execution"),
    }
    return render(request, "exchange/connections.html", context, status=422 if faults else 200)


@require_POST
def revoke(request: HttpRequest, key) -> HttpResponse:
    """The token is of no use from this moment."""
    found = get_object_or_404(Connection.objects.select_related("person"), pk=key, zone=request.user.zone_id)
    try:
        connections.revoke(found, by=request.user)
    except NotAllowed as error:
        return refused(request, f"系统对接{error}")
    messages.success(request, f"已停用“{found.name}”，它的令牌不再有效。")
    return redirect("connections")
