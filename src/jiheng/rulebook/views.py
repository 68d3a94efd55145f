"""Pages of the rulebook: what stands, what is being made; one document as everybody reads it; writing one."""

import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods

from jiheng.bureau.listing import page_of, rows_as_excel
from jiheng.bureau.models import Organization, Person
from jiheng.bureau.roles import PERFORMANCE
from jiheng.bureau.scope import holds, organizations_of, visible
from jiheng.procedure import door, files
from jiheng.procedure.models import Case
from jiheng.procedure.table import PROCEDURES, Reason
from jiheng.project.rules import FIELDS
from jiheng.regulation.documents import DOCUMENTS
from jiheng.rulebook import drafting, procedure
from jiheng.rulebook.forms import RuleForm
from jiheng.rulebook.models import RuleDocument

Kind = RuleDocument.Kind
OVERTAKEN = "这份草稿刚被同科室的人在别处保存过；请另开页面核对后再保存，以免互相覆盖"
HEADS = (
    ("类别", 12),
    ("领域", 16),
    ("文号", 24),
    ("标题", 50),
    ("印发机关", 24),
    ("施行日期", 14),
    ("现在", 12),
    ("用在何处", 40),
)
STANDINGS = {"now": "施行中", "coming": "未到施行日", "past": "已被替代、废止", "making": "制定中"}


def _office(person: Person) -> bool:
    return any(each.kind == Organization.Kind.OFFICE for each in organizations_of(person))


def _of(person: Person, standing: str, today: datetime.date) -> Any:
    """The documents that stand so today, as far as the person reads them: drafts are for offices."""
    rows = RuleDocument.objects.filter(zone_id=person.zone_id).select_related("case", "replaces")
    now = procedure.standing(person.zone_id, today).values("pk")
    if standing == "making":
        return (
            rows.exclude(case__state__in=("issued", "ended", "dropped")) if _office(person) else rows.none()
        )
    if standing == "coming":
        return rows.filter(case__state="issued", effective__gt=today)
    if standing == "past":
        over = Q(case__state="ended") | Q(case__state="issued", effective__lte=today) & ~Q(pk__in=now)
        return rows.filter(over)
    return rows.filter(pk__in=now)


def index(request: HttpRequest) -> HttpResponse:
    """The rulebook by standing, kind and field; what the regulation cites and is not taken in yet; Excel."""
    person, today = request.user, localdate()
    standing = request.GET.get("standing", "now")
    standing = standing if standing in STANDINGS else "now"
    kind, field = request.GET.get("kind", ""), request.GET.get("field", "")
    q = request.GET.get("q", "").strip()[:60]
    rows = _of(person, standing, today)
    if kind in Kind.values:
        rows = rows.filter(kind=kind)
    if field in FIELDS:
        rows = rows.filter(field=field)
    if q:
        rows = rows.filter(Q(title__icontains=q) | Q(number__icontains=q) | Q(text__icontains=q))
    if request.GET.get("export") == "xlsx":
        told = (
            (
                row.get_kind_display(), row.field, row.number, row.title, row.issuer, str(row.effective or ""),
                STANDINGS[standing], row.note,
            )
            for row in rows
        )  # fmt: skip
        return rows_as_excel(HEADS, told, f"制度文件{today}")
    kept = set(
        RuleDocument.objects.filter(zone_id=person.zone_id)
        .exclude(case__state="dropped")
        .values_list("number", flat=True)
    )
    tabs = [
        {
            "url": f"?standing={key}",
            "label": label,
            "current": key == standing,
            "count": _of(person, key, today).count(),
        }
        for key, label in STANDINGS.items()
        if key != "making" or _office(person)
    ]
    context = {
        "page": page_of(request, rows),
        "tabs": tabs,
        "standing": standing,
        "kinds": Kind.choices,
        "kind": kind,
        "fields": [(each, drafting.owner_of(person.zone_id, each).label) for each in FIELDS],
        "field": field,
        "q": q,
        "filtered": bool(kind or field or q),
        "cited": [each for each in DOCUMENTS if each.number not in kept] if standing == "now" else [],
        "keeps": holds(person, [PERFORMANCE]),
        "own_fields": [
            each for each in FIELDS if holds(person, [drafting.owner_of(person.zone_id, each)])
        ],
    }  # fmt: skip
    return render(request, "rulebook/index.html", context)


def _read(person: Person, key: UUID) -> RuleDocument:
    """One that was issued: everybody in the zone may read it. One in the making: offices."""
    rows = RuleDocument.objects.filter(zone_id=person.zone_id).select_related("case", "replaces__case")
    if not _office(person):
        rows = rows.filter(case__state__in=("issued", "ended"))
    return get_object_or_404(rows, pk=key)


def show(request: HttpRequest, key: UUID) -> HttpResponse:
    """One document to be read, with the editions before and after it."""
    record = _read(request.user, key)
    _, keeper = drafting.procedure_for(record.zone_id, record.kind, record.field)
    context = {
        "record": record,
        "files": procedure.files_of(record),
        "newer": procedure.newer(record),
        "today": localdate(),
        "office": _office(request.user),
        "may_revise": record.case.state == "issued" and holds(request.user, [keeper]),
    }
    return render(request, "rulebook/show.html", context)


def file(request: HttpRequest, key: UUID, attachment: UUID) -> FileResponse:
    """A document's file, for whoever may read the document; saved, never shown as a page of ours."""
    record = _read(request.user, key)
    found = next((each for each in procedure.files_of(record) if each.pk == attachment), None)
    if found is None:
        raise Http404("没有这个文件")
    return files.download(found.zone_id, found.name, found.sha256)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begins a document: taken in from above, of the bureau's own, or common to a field; or another edition of one."""
    person, asked = request.user, request.GET
    old = None
    if asked.get("replaces"):
        try:
            old = _read(person, UUID(asked["replaces"]))
        except ValueError:
            raise Http404("没有这份文件") from None
    kind = old.kind if old else asked.get("kind", "")
    kind = kind if kind in Kind.values else Kind.OWN
    field = old.field if old else asked.get("field", "")
    if kind == Kind.COMMON and field not in FIELDS:
        raise Http404("共性制度要指明领域（规程第9条）")
    field = field if kind == Kind.COMMON else ""
    _must_keep(person, kind, field)
    form = RuleForm(request.POST or None, initial=_initial(person, kind, field, old, asked.get("number", "")))
    if request.method == "POST" and form.is_valid():
        record = drafting.begin(kind, form.cleaned_data, by=person, field=field, replaces=old)
        messages.success(request, "已保存。核对后请办理下一步。")
        return redirect("case", key=record.case_id)
    heading = f"修订“{old.title}”" if old else f"{'收录' if kind == Kind.BASIS else '起草'}{Kind(kind).label}"
    return _form(request, form, heading, kind, field)


def _must_keep(person: Person, kind: str, field: str) -> None:
    """Whoever doesn't keep such documents learns who does before filling in a form."""
    name, keeper = drafting.procedure_for(person.zone_id, kind, field)
    if holds(person, [keeper]):
        return
    table = PROCEDURES[name]
    step = table.opening()
    what = f"{field}领域的共性制度" if field else Kind(kind).label
    reason = Reason(
        f"{what}由{keeper.label}负责",
        step.articles[-1],
        kind="role",
        next="有建议的，请在相关事项上发起协商。",
    )
    raise door.Refusal(table, step, Case(title=step.label), [reason])


def _initial(person: Person, kind: str, field: str, old: RuleDocument | None, number: str) -> dict[str, Any]:
    if old:
        return {"title": old.title, "issuer": old.issuer, "text": old.text, "note": old.note}
    if cited := next((each for each in DOCUMENTS if each.number == number), None):
        return {"title": cited.title, "number": cited.number, "issuer": cited.issuer, "note": cited.note}
    return {"issuer": "" if kind == Kind.BASIS else person.zone.bureau}


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, key: UUID) -> HttpResponse:
    """A draft."""
    case = get_object_or_404(
        visible(Case.objects.select_related("zone", "department", "unit"), request.user),
        pk=key,
        procedure__in=procedure.KEYS,
    )
    door.must_edit(case, request.user)
    record = case.rule_document
    initial = {name: getattr(record, name) for name in (*drafting.NAMES, "revision")}
    form = RuleForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            drafting.save(case, form.cleaned_data, by=request.user)
        except door.Overtaken:
            form.add_error(None, OVERTAKEN)
        else:
            messages.success(request, "已保存。")
            return redirect("case", key=case.pk)
    return _form(request, form, case.title, record.kind, record.field, case)


def _form(
    request: HttpRequest, form: RuleForm, heading: str, kind: str, field: str, case: Case | None = None
) -> HttpResponse:
    name, keeper = drafting.procedure_for(request.user.zone_id, kind, field)
    context = {
        "form": form, "heading": heading, "case": case, "kind": Kind(kind).label, "field": field, "keeper": keeper,
        "articles": PROCEDURES[name].opening().articles,
    }  # fmt: skip
    return render(request, "rulebook/edit.html", context, status=422 if form.errors else 200)
