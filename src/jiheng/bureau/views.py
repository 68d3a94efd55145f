"""Organizations and people: everybody sees whom they deal with, the general office keeps it right (art. 40)."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from jiheng.bureau import directory
from jiheng.bureau.changes import NotAllowed, Seat, may_change, separated
from jiheng.bureau.forms import AccountForm, NameForm, OrganizationForm, PersonForm, PostForm, plain
from jiheng.bureau.listing import page_of
from jiheng.bureau.models import Change, Organization, Person, Post
from jiheng.bureau.roles import ROLES
from jiheng.bureau.scope import in_bureau

Kind = Organization.Kind


def refused(request: HttpRequest, reason: str) -> HttpResponse:
    """A page that says who may and what next, instead of a bare "no"."""
    return render(request, "bureau/refused.html", {"reason": reason}, status=403)


def organizations(request: HttpRequest) -> HttpResponse:
    """Offices with their roles, and departments with the office in charge and their units."""
    seen = directory.organizations(request.user)
    offices = list(
        seen.filter(kind=Kind.OFFICE).annotate(n=Count("posts", filter=Q(posts__person__is_active=True)))
    )
    for office in offices:
        office.role_list = [ROLES[key] for key in office.roles if key in ROLES]
    q = plain(request.GET.get("q", ""))
    charge = request.GET.get("charge", "")
    departments = seen.filter(kind=Kind.DEPARTMENT).select_related("charge")
    if q:
        named = Q(name__icontains=q) | Q(code__startswith=q)
        below = seen.filter(named, kind=Kind.UNIT).values("parent")
        departments = departments.filter(named | Q(pk__in=below))
    if charge in {str(office.pk) for office in offices}:
        departments = departments.filter(charge=charge)
    units = seen.filter(kind=Kind.UNIT).annotate(n=Count("posts", filter=Q(posts__person__is_active=True)))
    departments = departments.prefetch_related(Prefetch("units", queryset=units)).annotate(
        n=Count("posts", filter=Q(posts__person__is_active=True))
    )
    return render(
        request,
        "bureau/organizations.html",
        {
            "offices": offices,
            "charges": [office for office in offices if "expenditure" in office.roles],
            "page": page_of(request, departments.order_by("order", "code")),
            "find": q,
            "charge": charge,
            "reason": may_change(request.user),
            "connects": not may_change(request.user, Seat.SECURITY),
            "unfilled": directory.unfilled(request.user.zone_id),
        },
    )


def organization(request: HttpRequest, key) -> HttpResponse:
    """One organization: what it does, who works there, its units."""
    found = get_object_or_404(
        directory.organizations(request.user).select_related("parent", "charge"), pk=key
    )
    return render(
        request,
        "bureau/organization.html",
        {
            "organization": found,
            "role_list": [ROLES[k] for k in found.role_keys],
            "posts": Post.objects.filter(zone=found.zone_id, organization=found)
            .select_related("person")
            .order_by("-person__is_active", "person__username"),
            "units": found.units.all(),
            "charged": found.charged.all(),
            "reason": may_change(request.user),
            "adds_people": not may_change(request.user, Seat.SYSTEM),
        },
    )


def edit_organization(request: HttpRequest, key=None, kind: str = "") -> HttpResponse:
    """Adds or changes an organization."""
    if reason := may_change(request.user):
        return refused(request, f"组织{reason}")
    zone_id = request.user.zone_id
    known = get_object_or_404(Organization, pk=key, zone=zone_id) if key else Organization(zone_id=zone_id)
    kind = known.kind if key else kind
    if kind in (Kind.EXPERT, Kind.INSTITUTION):
        return refused(
            request,
            "专家和第三方机构由预算绩效管理科在“专家和机构库”中推荐、入库（规程第39条），不在这里新增或修改。",
        )
    if kind not in Kind.values:
        return refused(request, "没有这一类组织，只有科室、部门、单位（规程第4、16条）。请从组织页进入。")
    form = OrganizationForm(
        request.POST or None,
        instance=known,
        zone_id=zone_id,
        kind=kind,
        initial={"parent": request.GET.get("parent")} if request.GET.get("parent") else None,
    )
    errors = []
    if request.method == "POST" and form.is_valid():
        try:
            saved = directory.save_organization(form.save(commit=False), by=request.user)
        except NotAllowed as error:
            errors.append({"field": "", "text": str(error), "article": 40})
        else:
            messages.success(request, f"已保存{saved.get_kind_display()}“{saved.name}”。")
            return redirect("organization", key=saved.pk)
    return render(
        request,
        "bureau/organization_form.html",
        {
            "form": form,
            "known": known if key else None,
            "kind": Kind(kind).label,
            "errors": errors,
            "back": key,
        },
        status=422 if request.method == "POST" else 200,
    )


def people(request: HttpRequest) -> HttpResponse:
    """People with their posts: find by name or account, filter by organization and by use."""
    rows = directory.people(request.user)
    q = plain(request.GET.get("q", ""))
    if q:
        rows = rows.filter(
            Q(name__icontains=q) | Q(username__icontains=q) | Q(posts__organization__name__icontains=q)
        )
    if (kind := request.GET.get("kind", "")) in Kind.values:
        rows = rows.filter(posts__organization__kind=kind)
    if (use := request.GET.get("use", "")) in ("yes", "no"):
        rows = rows.filter(is_active=use == "yes")
    posts = Prefetch("posts", queryset=Post.objects.select_related("organization"))
    return render(
        request,
        "bureau/people.html",
        {
            "page": page_of(request, rows.distinct().order_by("username").prefetch_related(posts)),
            "find": q,
            "kind": kind,
            "use": use,
            "kinds": Kind.choices,
            "reason": may_change(request.user, Seat.SYSTEM),
        },
    )


def person(request: HttpRequest, key) -> HttpResponse:
    """One person: posts, and for the general office what can be done with the account."""
    found = get_object_or_404(directory.people(request.user), pk=key)
    return _person(request, found)


def _reasons(account: str, rights: str) -> list[tuple[str, str]]:
    """What of a person this reader can't change, and why: told once where it is the same for all of it."""
    if account == rights:
        return [("人员", account)] if account else []
    return [(what, why) for what, why in (("账号、姓名", account), ("岗位、口令", rights)) if why]


def _person(request: HttpRequest, found: Person, **more: Any) -> HttpResponse:
    account = may_change(request.user, Seat.SYSTEM)
    rights = may_change(request.user, Seat.SECURITY)
    context = {
        "subject": found,
        "posts": found.posts.select_related("organization"),
        "reasons": _reasons(account, rights),
        "keeps_account": not account,
        "keeps_posts": not rights and not found.seat,
        "keeps_password": not may_change(request.user, directory.keeps_password(found)),
        "name_form": NameForm(initial={"name": found.name}, prefix="name"),
        "post_form": PostForm(zone_id=request.user.zone_id, prefix="post"),
    }
    return render(request, "bureau/person.html", context | more, status=422 if more.get("errors") else 200)


def add_person(request: HttpRequest) -> HttpResponse:
    """A new person; the first password is shown once. Where a bureau has administrators, an account alone."""
    if reason := may_change(request.user, Seat.SYSTEM):
        return refused(request, f"人员{reason}")
    alone = separated(request.user.zone_id)
    if alone:
        form = AccountForm(request.POST or None)
    else:
        form = PersonForm(
            request.POST or None,
            zone_id=request.user.zone_id,
            initial={"organization": request.GET.get("organization")},
        )
    if request.method == "POST" and form.is_valid():
        if alone:
            added = directory.add_account(by=request.user, **form.cleaned_data)
            messages.success(
                request,
                f"已新增账号 {added.username}，还不能登录。请安全保密管理员为{added.name}设岗位、发口令。",
            )
            return redirect("person", key=added.pk)
        added, password = directory.add_person(by=request.user, **form.cleaned_data)
        return _password_once(request, added, password, "已新增")
    return render(
        request,
        "bureau/person_form.html",
        {"form": form, "alone": alone},
        status=422 if request.method == "POST" else 200,
    )


def _password_once(request: HttpRequest, subject: Person, password: str, done: str) -> HttpResponse:
    response = render(
        request, "bureau/password_once.html", {"subject": subject, "password": password, "done": done}
    )
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def change_person(request: HttpRequest, key) -> HttpResponse:
    """What the general office does with an account: ``what`` is name, password, stop, use, post or unpost."""
    found = get_object_or_404(directory.people(request.user), pk=key)
    what, by = request.POST.get("what", ""), request.user
    keeper = {"password": directory.keeps_password(found), "post": Seat.SECURITY, "unpost": Seat.SECURITY}
    if reason := may_change(by, keeper.get(what, Seat.SYSTEM)):
        return refused(request, f"人员{reason}")
    try:
        if what == "password":
            return _password_once(request, found, directory.reset_password(found, by=by), "已重置口令：")
        if what == "name":
            form = NameForm(request.POST, prefix="name")
            if not form.is_valid():
                return _person(request, found, name_form=form, errors=_told(form))
            directory.rename(found, form.cleaned_data["name"], by=by)
        elif what in ("stop", "use"):
            directory.set_active(found, what == "use", by=by)
        elif what == "post":
            form = PostForm(request.POST, zone_id=by.zone_id, prefix="post")
            if not form.is_valid():
                return _person(request, found, post_form=form, errors=_told(form))
            directory.add_post(found, form.cleaned_data["organization"], form.cleaned_data["title"], by=by)
        elif what == "unpost":
            post = get_object_or_404(
                Post.objects.select_related("person", "organization"),
                pk=request.POST.get("post"),
                person=found,
                zone=by.zone_id,
            )
            directory.remove_post(post, by=by)
        else:
            return refused(request, "没有这项操作。请回到人员页重新选择。")
    except NotAllowed as error:
        return _person(request, found, errors=[{"field": "", "text": str(error)}])
    messages.success(request, f"已保存{found.name}的改动。")
    return redirect("person", key=found.pk)


def _told(form) -> list[dict[str, str]]:
    return [
        {"field": form[name].id_for_label, "text": error}
        for name, errors in form.errors.items()
        for error in errors
    ]


def changes(request: HttpRequest) -> HttpResponse:
    """The log of changes to the set-up; offices of the bureau may read it."""
    if not in_bureau(request.user):
        return refused(request, "改动记录由本局科室查看（规程第40条）。")
    rows = Change.objects.filter(zone=request.user.zone_id)
    if (kind := request.GET.get("kind", "")) in Change.Kind.values:
        rows = rows.filter(kind=kind)
    return render(
        request,
        "bureau/changes.html",
        {"page": page_of(request, rows), "kind": kind, "kinds": Change.Kind.choices},
    )
