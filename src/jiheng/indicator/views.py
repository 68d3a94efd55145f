"""Pages of the indicator library: the list with its filters, one indicator, putting what waits to its countersign."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods, require_POST

from jiheng.bureau.catalogue import FIELDS
from jiheng.bureau.listing import page_of, rows_as_excel
from jiheng.bureau.models import Person
from jiheng.bureau.profile import field_owner
from jiheng.bureau.roles import EXPENDITURE, PERFORMANCE, ROLES
from jiheng.bureau.scope import holds
from jiheng.indicator import finding, library, procedure
from jiheng.indicator.forms import IndicatorForm, NewIndicatorForm
from jiheng.indicator.levels import LEVELS
from jiheng.indicator.library import code_of
from jiheng.indicator.models import REVISED, LibraryIndicator, Revision
from jiheng.procedure import door
from jiheng.procedure.chain import text as keepable
from jiheng.procedure.models import Case
from jiheng.procedure.table import PROCEDURES, Reason

HEADS = (
    ("指标编码", 20), ("一级指标", 14), ("二级指标", 18), ("指标名称", 36), ("指标性质", 10), ("计量单位", 12), ("方向", 10),
    ("参考值", 16), ("领域", 16), ("行业", 14), ("取值依据", 30), ("标准类别", 14), ("引用次数", 10), ("状态", 10),
)  # fmt: skip
USES: list = []
"""How the room of goals tells which goals use an indicator: (zone, level 2, name) → [(label, link)]."""


@dataclass(frozen=True)
class Choice:
    """One filter of the list: its name in the address, its label, its options and what is chosen."""

    name: str
    label: str
    options: list[tuple[str, str]]
    chosen: str


def index(request: HttpRequest) -> HttpResponse:
    """The library: search, filters by level, field, industry, kind and status; most used first."""
    rows = LibraryIndicator.objects.filter(zone_id=request.user.zone_id)
    industries = rows.exclude(industry="").order_by("industry").values_list("industry", flat=True).distinct()
    fields = rows.exclude(field="").order_by("field").values_list("field", flat=True).distinct()
    asked = {
        name: request.GET.get(name, "")
        for name in ("level1", "level2", "field", "industry", "kind", "status")
    }
    asked["status"] = asked["status"] or ("" if "q" in request.GET or "page" in request.GET else "published")
    options = {
        "status": ("状态", list(LibraryIndicator.Status.choices)),
        "level1": ("一级指标", [(each, each) for each in LEVELS]),
        "level2": ("二级指标", [(each, each) for each in LEVELS.get(asked["level1"], ())]),
        "field": ("领域", [(each, each) for each in fields]),
        "industry": ("行业", [(each, each) for each in industries[:200]]),
        "kind": ("性质", list(LibraryIndicator.Kind.choices)),
    }
    choices = []
    for name, (label, known) in options.items():
        chosen = asked[name] if asked[name] in dict(known) else ""
        if chosen:
            rows = rows.filter(**{name: chosen})
        if known:
            choices.append(Choice(name, label, known, chosen))
    q = request.GET.get("q", "").strip()[:60]
    found = finding.searched(rows, q).order_by("-used", "level1", "level2", "code")
    if request.GET.get("export") == "xlsx":
        return _as_excel(found)
    page = page_of(request, found)
    context = {
        "page": page,
        "total": page.paginator.count,
        "q": q,
        "choices": choices,
        "filtered": bool(q) or any(each.chosen for each in choices),
        "waiting": procedure.waiting_count(request.user.zone_id) if holds(request.user, [PERFORMANCE]) else 0,
        "may_import": holds(request.user, [PERFORMANCE]),
        "may_propose": bool(_keepers(request.user)),
    }
    return render(request, "indicator/index.html", context)


def _as_excel(rows: QuerySet[LibraryIndicator]) -> FileResponse:
    """The list as a workbook that can be imported again: the same heads as the import asks for."""
    told = (
        (
            row.code, row.level1, row.level2, row.name, row.get_kind_display(), row.unit, row.get_direction_display(),
            row.reference, row.field, row.industry, row.source, row.get_standard_display(), row.used, row.get_status_display(),
        )
        for row in rows.iterator(chunk_size=2000)
    )  # fmt: skip
    return rows_as_excel(HEADS, told, "指标库")


def builtin(request: HttpRequest) -> FileResponse:
    """The indicators that come with the product, as a file to look through, change and import."""
    return FileResponse(
        library.SEEDS.open("rb"), as_attachment=True, filename="通用指标.csv", content_type="text/csv"
    )


def show(request: HttpRequest, key: UUID) -> HttpResponse:
    """One indicator: what it says, who owns it, how it came into the library, where it is used."""
    row = get_object_or_404(
        LibraryIndicator.objects.select_related("proposal__case"), pk=key, zone_id=request.user.zone_id
    )
    uses = [use for ask in USES for use in ask(request.user, row.level2, row.name)]
    owner = ROLES[row.owner].label if row.owner in ROLES else row.owner
    mine = row.status == LibraryIndicator.Status.PUBLISHED and (
        holds(request.user, [PERFORMANCE]) or (row.owner in ROLES and holds(request.user, [ROLES[row.owner]]))
    )
    context = {
        "row": row,
        "uses": uses,
        "owner": owner,
        "editions": row.editions.select_related("case"),
        "waiting": _waiting(row),
        "mine": mine,
    }
    return render(request, "indicator/show.html", context)


def _waiting(row: LibraryIndicator) -> Revision | None:
    """A revision of this indicator that is neither signed nor refused."""
    return Revision.waiting().filter(indicator=row).select_related("proposal__case").first()


def _keepers(person: Person) -> dict[str, str]:
    """The fields (one is none) whose indicators this person may write, with the owner's role (art. 5, 9)."""
    owners = {field: field_owner(person.zone_id, localdate(), field) for field in ("", *FIELDS)}
    if holds(person, [PERFORMANCE]):
        return owners
    return {field: owner for field, owner in owners.items() if holds(person, [ROLES[owner]])}


def _must_keep(person: Person, owner: str) -> str:
    """The step by which this person puts an indicator of this owner forward; raises Refusal for others."""
    if holds(person, [PERFORMANCE]):
        return "office_propose"
    if owner in ROLES and holds(person, [ROLES[owner]]):
        return "owner_propose"
    table = PROCEDURES[procedure.PROPOSALS.get(owner, procedure.PROPOSALS[EXPENDITURE.key])]
    step = table.step("owner_propose")
    who = ROLES[owner].label if owner in ROLES else PERFORMANCE.label
    reason = Reason(
        f"这类指标由{who}或{PERFORMANCE.label}提出", 9, kind="role",
        next="部门和单位可在填写绩效目标时提出新指标。",
    )  # fmt: skip
    raise door.Refusal(table, step, Case(title=step.label), [reason])


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """An owner, or the performance office, puts a new indicator forward."""
    person = request.user
    keepers = _keepers(person)
    if not keepers:
        _must_keep(person, EXPENDITURE.key)
    form = NewIndicatorForm(request.POST or None)
    form.fields["field"].choices = [
        (key, label) for key, label in form.fields["field"].choices if key in keepers
    ]
    if request.method == "POST" and form.is_valid():
        typed = dict(form.cleaned_data)
        word, field = typed.pop("word"), typed["field"]
        owner = keepers[field]
        row = LibraryIndicator(
            zone_id=person.zone_id, owner=owner, **typed,
            code=code_of(typed["level1"], typed["level2"], typed["name"], typed["unit"], field, typed["industry"]),
        )  # fmt: skip
        if known := LibraryIndicator.objects.filter(zone_id=person.zone_id, code=row.code).first():
            form.add_error(
                "name",
                f"库里已有同级、同名、同单位的“{known.name}”（{known.get_status_display()}），请在它的页面修订",
            )
        else:
            act = procedure.propose(
                _must_keep(person, owner), owner, row.name, by=person, new=[row], word=word
            )
            messages.success(request, "已提出，会签后发布。")
            return redirect("case", key=act.case_id)
    return _form(request, form, "提出新指标")


@require_http_methods(["GET", "POST"])
def revise(request: HttpRequest, key: UUID) -> HttpResponse:
    """Puts a change of a published indicator forward; it stays in use as it is until the change is signed."""
    row = get_object_or_404(
        LibraryIndicator, pk=key, zone_id=request.user.zone_id, status=LibraryIndicator.Status.PUBLISHED
    )
    step = _must_keep(request.user, row.owner)
    initial = {name: getattr(row, name) for name in REVISED} | {"level": f"{row.level1}|{row.level2}"}
    form = IndicatorForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        changes = {
            name: [getattr(row, name), typed[name]] for name in REVISED if typed[name] != getattr(row, name)
        }
        if waiting := _waiting(row):
            form.add_error(None, f"这条指标已有修订{_where(waiting)}，请等它办完")
        elif not changes:
            form.add_error(None, "没有改动任何内容")
        else:
            act = procedure.propose(
                step, row.owner, f"修订：{row.name}", by=request.user, word=typed["word"],
                revisions=[Revision(zone_id=row.zone_id, indicator=row, changes=changes)],
            )  # fmt: skip
            messages.success(request, "已提出修订，会签后成为新的一版；在那以前按现在的一版用。")
            return redirect("case", key=act.case_id)
    return _form(request, form, f"修订“{row.name}”", row)


@require_POST
def stop(request: HttpRequest, key: UUID) -> HttpResponse:
    """Puts forward that a published indicator be retired."""
    row = get_object_or_404(
        LibraryIndicator, pk=key, zone_id=request.user.zone_id, status=LibraryIndicator.Status.PUBLISHED
    )
    step = _must_keep(request.user, row.owner)
    word = keepable(request.POST.get("word", "")).strip()[:300]
    if not word:
        messages.error(request, "请写明为什么停用。")
        return redirect("indicator", key=row.pk)
    if waiting := _waiting(row):
        messages.error(request, f"这条指标已有修订或停用{_where(waiting)}，请等它办完。")
        return redirect("indicator", key=row.pk)
    changes = {"status": [row.status, LibraryIndicator.Status.RETIRED.value]}
    act = procedure.propose(
        step, row.owner, f"停用：{row.name}", by=request.user, word=word,
        revisions=[Revision(zone_id=row.zone_id, indicator=row, changes=changes)],
    )  # fmt: skip
    messages.success(request, "已提出停用，会签后不再能引用；用过它的目标不受影响。")
    return redirect("case", key=act.case_id)


def _where(waiting: Revision) -> str:
    return f"在会签（{waiting.proposal.case.title}）" if waiting.proposal else "是导入的，还没有送会签"


def _form(
    request: HttpRequest, form: IndicatorForm, heading: str, row: LibraryIndicator | None = None
) -> HttpResponse:
    context = {"form": form, "heading": heading, "row": row}
    return render(request, "indicator/edit.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest) -> HttpResponse:
    """Puts everything that was imported and waits to its countersign, by owner."""
    if not holds(request.user, [PERFORMANCE]):
        table = PROCEDURES[procedure.PROPOSALS["expenditure"]]
        step = table.step("office_propose")
        reason = Reason(
            "导入的指标由绩效科送会签", 38, kind="role", next="部门和单位可在填写绩效目标时提出新指标。"
        )
        raise door.Refusal(table, step, Case(title=step.label), [reason])
    if request.method == "POST":
        acts = procedure.put_waiting_to_sign(request.user)
        messages.success(request, f"已送会签：{len(acts)} 批。牵头科室会签后发布。")
        return redirect(
            f"{reverse('work', args=['support'])}" if len(acts) != 1 else acts[0].case.get_absolute_url()
        )
    owners = [
        (ROLES[owner].label if owner in ROLES else owner, len(each.new), len(each.revisions))
        for owner, each in procedure.waiting(request.user.zone_id).items()
    ]
    return render(request, "indicator/publish.html", {"owners": owners})
