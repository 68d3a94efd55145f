"""Pages of requirements and notices: the lists, writing one, the notice as it is read and printed, its files."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods

from jiheng.bureau.listing import page_of
from jiheng.bureau.models import Organization, Person
from jiheng.bureau.roles import PERFORMANCE
from jiheng.bureau.scope import holds, organizations_of, role_keys, visible
from jiheng.notice import drafting, procedure
from jiheng.notice.forms import NoticeForm, RequirementForm
from jiheng.notice.kinds import CARRYING, KINDS, Kind, kind_of
from jiheng.notice.models import Notice, Receipt, Requirement, Round
from jiheng.procedure import door, files
from jiheng.procedure.models import Attachment, Case
from jiheng.procedure.table import PROCEDURES, Reason

OVERTAKEN = "这份草稿刚被同科室的人在别处保存过；请另开页面核对后再保存，以免互相覆盖"
LISTS = {"rounds": "批次", "receipts": "签收", "notices": "通知", "requirements": "工作要求"}


def is_office(person: Person) -> bool:
    return any(each.kind == Organization.Kind.OFFICE for each in organizations_of(person))


def rounds_seen(person: Person) -> QuerySet[Round]:
    """Offices see the bureau's rounds; departments and units those that asked them or their units."""
    found = Round.objects.filter(zone_id=person.zone_id).select_related("zone", "notice__case")
    if is_office(person):
        return found
    mine = visible(Receipt.objects.all(), person, department="case__department", unit="case__unit")
    return found.filter(pk__in=mine.values("round"))


def index(request: HttpRequest) -> HttpResponse:
    """Rounds, receipts, notices and requirements, as far as they are mine to see, by kind and year."""
    person: Person = request.user
    office = is_office(person)
    open_to_me = [key for key in LISTS if office or key in ("rounds", "receipts")]
    what = request.GET.get("what", "")
    what = what if what in open_to_me else "rounds" if office else "receipts"
    kind, year = request.GET.get("kind", ""), request.GET.get("year", "")
    only = Q()
    field = "round__" if what == "receipts" else ""
    if kind in KINDS:
        only &= Q(**{f"{field}kind": kind})
    if year.isascii() and year.isdecimal() and len(year) == 4:
        only &= Q(**{f"{field}year": int(year)})
    rows = _rows(person, what).filter(only)
    years = _rows(person, what).order_by(f"-{field}year").values_list(f"{field}year", flat=True).distinct()
    tabs = [
        {"url": f"?what={key}", "label": LISTS[key], "current": key == what, "count": None}
        for key in open_to_me
    ]
    context = {
        "what": what, "tabs": tabs, "kinds": KINDS, "kind": kind, "year": year, "years": list(years),
        "page": page_of(request, rows), "openings": openings(person), "filtered": bool(only),
        "articles": sorted({kind.article for kind in KINDS.values()}),
    }  # fmt: skip
    return render(request, "notice/index.html", context)


def _rows(person: Person, what: str) -> QuerySet[Any]:
    if what == "rounds":
        signed = Count("receipts", filter=Q(receipts__signed_at__isnull=False))
        counted = rounds_seen(person).annotate(asked=Count("receipts"), signed=signed)
        return counted.order_by("-opened_on", "-pk")
    if what == "receipts":
        found = Receipt.objects.select_related("case", "organization", "round__notice")
        seen = visible(found, person, department="case__department", unit="case__unit")
        return seen.order_by("-round__opened_on", "-round", "organization__order", "organization__code")
    model = Notice if what == "notices" else Requirement
    return model.objects.filter(zone_id=person.zone_id).select_related("case").order_by("-pk")


def openings(person: Person) -> list[tuple[str, str]]:
    """What this person may begin here: address name and label."""
    keys = role_keys(person)
    found = []
    if holds(person, [PERFORMANCE]):
        found += [(f"{kind.carried}-new", f"起草{kind.requirement}") for kind in CARRYING]
    found += [(f"{kind.notice}-new", f"起草{kind.label}") for kind in KINDS.values() if kind.host.key in keys]
    return found


def _default_year(kind: Kind, today: date) -> int:
    """The year that is asked for at this time of the year: budgets ahead, accounts and evaluations behind."""
    if kind.key == "budget" and today.month >= 6:
        return today.year + 1
    return today.year - 1 if kind.key in ("accounts", "evaluation") and today.month < 10 else today.year


def _must_begin(request: HttpRequest, name: str, role: Any, kind: Kind) -> None:
    """Whoever can't begin it learns so before filling in a form."""
    if not holds(request.user, [role]):
        table = PROCEDURES[name]
        step = table.opening()
        reason = Reason(f"“{step.label}”由{role.label}办理", kind.article, kind="role")
        raise door.Refusal(table, step, Case(title=step.label), [reason])


@require_http_methods(["GET", "POST"])
def new_requirement(request: HttpRequest, kind: str) -> HttpResponse:
    """The performance office writes a requirement."""
    wanted, today = KINDS[kind], localdate()
    _must_begin(request, wanted.carried, PERFORMANCE, wanted)
    year = _default_year(wanted, today)
    initial = {"year": year, "title": f"{year}年{wanted.about}的绩效管理要求"}
    form = RequirementForm(request.POST or None, kind=wanted, this_year=today.year, initial=initial)
    if request.method == "POST" and form.is_valid():
        requirement = drafting.begin_requirement(wanted, form.cleaned_data, by=request.user)
        messages.success(request, "已保存。核对后请送出。")
        return redirect("case", key=requirement.case_id)
    return _form(request, form, wanted, f"起草{wanted.requirement}")


@require_http_methods(["GET", "POST"])
def new_notice(request: HttpRequest, kind: str) -> HttpResponse:
    """The host office writes a notice; it goes out on the case's page, where everything is seen once more."""
    wanted, today = KINDS[kind], localdate()
    _must_begin(request, wanted.notice, wanted.host, wanted)
    year = _default_year(wanted, today)
    initial = {
        "year": year,
        "title": f"关于做好{year}年{wanted.about}工作的通知",
        "asks": Notice.Asks.EVERYBODY,
    }
    form = NoticeForm(
        request.POST or None, kind=wanted, this_year=today.year, initial=initial, zone_id=request.user.zone_id
    )
    if request.method == "POST" and form.is_valid():
        notice = drafting.begin_notice(wanted, form.cleaned_data, by=request.user)
        messages.success(request, "已保存。核对后请印发。")
        return redirect("case", key=notice.case_id)
    return _form(request, form, wanted, f"起草{wanted.label}")


@require_http_methods(["GET", "POST"])
def edit_requirement(request: HttpRequest, key: UUID, kind: str) -> HttpResponse:
    case, wanted = _mine(request, key, KINDS[kind].carried), KINDS[kind]
    record = case.requirement
    initial = {name: getattr(record, name) for name in (*drafting.REQUIREMENT, "revision")}
    form = RequirementForm(request.POST or None, kind=wanted, this_year=localdate().year, initial=initial)
    return _edit(request, form, case, drafting.save_requirement)


@require_http_methods(["GET", "POST"])
def edit_notice(request: HttpRequest, key: UUID, kind: str) -> HttpResponse:
    case, wanted = _mine(request, key, KINDS[kind].notice), KINDS[kind]
    record = case.notice
    initial = {name: getattr(record, name) for name in (*drafting.NOTICE, "revision")}
    initial["chosen"] = [str(pk) for pk in record.addressees.values_list("organization", flat=True)]
    form = NoticeForm(
        request.POST or None, kind=wanted, this_year=localdate().year, initial=initial,
        zone_id=request.user.zone_id, notice=record,
    )  # fmt: skip
    return _edit(request, form, case, drafting.save_notice)


def _mine(request: HttpRequest, key: UUID, procedure_key: str) -> Case:
    """The case, if the person may see it and may change it now."""
    cases = visible(Case.objects.filter(procedure=procedure_key), request.user)
    case = get_object_or_404(cases.select_related("zone", "department", "unit"), pk=key)
    door.must_edit(case, request.user)
    return case


def _edit(request: HttpRequest, form: Any, case: Case, save: Any) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            save(case, form.cleaned_data, by=request.user)
        except door.Overtaken:
            form.add_error(None, OVERTAKEN)
        else:
            messages.success(request, "已保存。")
            return redirect("case", key=case.pk)
    return _form(request, form, form.kind, case.title, case)


def _form(
    request: HttpRequest, form: Any, kind: Kind, heading: str, case: Case | None = None
) -> HttpResponse:
    context = {"form": form, "kind": kind, "heading": heading, "case": case}
    return render(request, "notice/edit.html", context, status=422 if form.errors else 200)


def _read(request: HttpRequest, key: UUID) -> tuple[Notice, Case]:
    """The notice that a case of this room shows: its own, or the one that a receipt is for. Else 404."""
    case = get_object_or_404(visible(Case.objects.select_related("zone"), request.user), pk=key)
    notices = Notice.objects.select_related("case", "zone")
    if case.procedure.startswith("notice_"):
        return get_object_or_404(notices, case=case), case
    return get_object_or_404(notices, round__receipts__case=case), case


def paper(request: HttpRequest, key: UUID) -> HttpResponse:
    """The notice to be read and printed."""
    notice, case = _read(request, key)
    context = {
        "notice": notice, "case": case, "carried": procedure.carried(notice),
        "host": kind_of(notice.case.procedure).host, "files": enclosed(notice),
        "receivers": "、".join(each.name for each in procedure.asked(notice))
        if notice.asks == Notice.Asks.CHOSEN else notice.get_asks_display().replace("全部", "各"),
    }  # fmt: skip
    return render(request, "notice/paper.html", context)


def enclosed(notice: Notice) -> list[Attachment]:
    """Files that go out with the notice: those given when it was issued, and those of the requirements it carries.

    Of a requirement that was sent twice, the last sending counts.
    """
    cases = [notice.case_id, *(each.case_id for each in procedure.carried(notice))]
    found = Attachment.objects.filter(zone_id=notice.zone_id, case_id__in=cases, need="files")
    found = list(found.filter(act__step__in=("issue", "send")).select_related("act").order_by("pk"))
    last: dict[UUID, int] = {}
    for each in found:
        last[each.case_id] = max(last.get(each.case_id, 0), each.act.seq)
    return [each for each in found if each.act.seq == last[each.case_id]]


def file(request: HttpRequest, key: UUID, attachment: UUID) -> HttpResponse:
    """A file of the notice, for everybody who may read the notice; saved, never shown as a page of ours."""
    notice, _ = _read(request, key)
    found = next((each for each in enclosed(notice) if each.pk == attachment), None)
    if found is None:
        raise Http404("没有这个附件")
    return files.download(found.zone_id, found.name, found.sha256)
