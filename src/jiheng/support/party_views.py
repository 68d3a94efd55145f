"""Pages of the register of experts and institutions: the list, as Excel too, and filling one in (art. 39)."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Max, Q, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from jiheng.bureau.forms import plain
from jiheng.bureau.listing import page_of, rows_as_excel
from jiheng.bureau.roles import OFFICE_ROLES, PERFORMANCE
from jiheng.bureau.scope import holds, visible
from jiheng.procedure import door
from jiheng.procedure.models import Case
from jiheng.procedure.table import Reason
from jiheng.support import party
from jiheng.support.forms import KINDS, PartyForm, read_services, rows_of
from jiheng.support.models import Party
from jiheng.support.rules import FIELDS

BLANK_ROWS = 3
SORTS = {"code": "organization__code", "-credit": "-credit", "credit": "credit"}


def parties(request: HttpRequest) -> HttpResponse:
    """The register, for offices of the bureau: by kind, field, state and name; as Excel with ``export=xlsx``."""
    if not holds(request.user, OFFICE_ROLES):
        raise Http404
    query = request.GET
    q, kind, field, state = (plain(query.get(key, "")) for key in ("q", "kind", "field", "state"))
    rows = Party.objects.filter(zone=request.user.zone_id).select_related("organization", "case")
    if q:
        rows = rows.filter(
            Q(organization__name__icontains=q) | Q(organization__code=q) | Q(employer__icontains=q)
        )
    if kind in dict(KINDS):
        rows = rows.filter(organization__kind=kind)
    if field in FIELDS:
        rows = rows.filter(fields__contains=field)
    states = {each.key: each.label for each in party.PARTY.states}
    if state in states:
        rows = rows.filter(case__state=state)
    sort = query.get("sort", "code")
    rows = rows.annotate(
        total=Count("engagements"),
        open=Count("engagements", filter=Q(engagements__case__closed=False)),
        last=Max("engagements__delivered_at"),
    ).order_by(SORTS.get(sort, "organization__code"), "organization__code")
    if query.get("export") == "xlsx":
        return _as_excel(rows)
    page = page_of(request, rows)
    context = {
        "page": page, "total": page.paginator.count, "q": q, "kind": kind, "field": field, "state": state, "sort": sort,
        "kinds": KINDS, "fields": FIELDS, "states": states.items(), "filtered": bool(q or kind or field or state),
        "may_propose": holds(request.user, [PERFORMANCE]),
    }  # fmt: skip
    return render(request, "support/parties.html", context)


HEADS = (
    ("编码", 10), ("类别", 12), ("名称", 30), ("专业领域", 30), ("职称或资质", 24), ("所在单位", 30),
    ("信用平台编号", 18), ("信用分", 10), ("状态", 12), ("暂停选用至", 12), ("委托次数", 10), ("承办中", 10),
)  # fmt: skip


def _as_excel(rows: QuerySet[Party]) -> FileResponse:
    """The register as one sheet."""
    labels = {state.key: state.label for state in party.PARTY.states}
    told = (
        (
            row.organization.code,
            row.organization.get_kind_display(),
            row.organization.name,
            row.fields,
            row.title,
            row.employer,
            row.credit_code,
            row.credit,
            labels[row.case.state],
            row.barred_until.isoformat() if row.barred_until else "",
            row.total,
            row.open,
        )
        for row in rows.iterator(chunk_size=1000)
    )
    return rows_as_excel(HEADS, told, "专家和机构库")


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Puts an expert or institution forward for the register."""
    if not holds(request.user, [PERFORMANCE]):
        step = party.PARTY.opening()
        reason = Reason("推荐专家和机构由预算绩效管理科办理", 39, kind="role", next="请把人选告诉绩效科。")
        raise door.Refusal(party.PARTY, step, Case(title=step.label), [reason])
    given = request.POST if request.method == "POST" else None
    form = PartyForm(given, zone_id=request.user.zone_id, initial={"kind": request.GET.get("kind", "expert")})
    if given is None:
        return _page(request, form, [], {})
    rows = rows_of(dict(given.lists()))
    services, faults = read_services(rows)
    if not form.is_valid() or faults:
        return _page(request, form, rows, faults)
    made = party.propose(form.profile(services), by=request.user)
    messages.success(request, f"已推荐“{made}”，核对资料后办理入库。")
    return redirect("case", key=made.case_id)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, key: UUID) -> HttpResponse:
    """Changes the facts of one that is still to be registered, or whose facts are being renewed."""
    cases = visible(Case.objects.filter(procedure="party").select_related("zone"), request.user)
    case = get_object_or_404(cases, pk=key)
    door.must_edit(case, request.user)
    known = party.load([case.pk])[case.pk]
    if request.method == "GET":
        typed = party.profile_of(known)
        initial = {**vars(typed), "fields_": typed.fields}
        form = PartyForm(zone_id=request.user.zone_id, known=known, initial=initial)
        rows = [
            {"service_name": name, "service_first": str(first), "service_last": str(last)}
            for name, first, last in typed.services
        ]
        return _page(request, form, rows, {}, known)
    form = PartyForm(request.POST, zone_id=request.user.zone_id, known=known)
    rows = rows_of(dict(request.POST.lists()))
    services, faults = read_services(rows)
    if form.is_valid() and not faults:
        told = request.POST.get("revision", "")
        revision = int(told) if told.isdecimal() and len(told) < 10 else -1
        try:
            party.save(case, form.profile(services), by=request.user, revision=revision)
        except door.Overtaken:
            faults["revision"] = "这份资料刚被同科室的人在别处保存过；请另开页面核对后再保存，以免互相覆盖"
        else:
            messages.success(request, "资料已保存。")
            return redirect("case", key=key)
    return _page(request, form, rows, faults, known)


def _page(
    request: HttpRequest,
    form: PartyForm,
    rows: list[dict[str, str]],
    faults: dict[str, str],
    known: Party | None = None,
) -> HttpResponse:
    blank = {"service_name": "", "service_first": "", "service_last": ""}
    context = {"form": form, "rows": rows + [blank] * BLANK_ROWS, "faults": faults, "known": known}
    return render(request, "support/party_form.html", context, status=422 if form.is_bound else 200)
