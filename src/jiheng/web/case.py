"""The page of a case: its facts and form, what I can do on it or why not, and its whole history."""

import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.views.decorators.http import require_http_methods

from jiheng.bureau.models import Person
from jiheng.bureau.roles import ROLES
from jiheng.bureau.scope import organizations_of, visible
from jiheng.consultation.asking import on as asked_on
from jiheng.procedure import answers, door, files
from jiheng.procedure.models import Act, Attachment, Case, Task
from jiheng.procedure.table import PROCEDURES, WORKS, Procedure, Reason, Step
from jiheng.support.views import panel
from jiheng.web import desk, queue
from jiheng.web.navigation import address
from jiheng.web.reading import Reading


def case_of(person: Person, key: UUID) -> Case:
    """The case, if this person may see it; otherwise it is as if it did not exist."""
    cases = Case.objects.select_related("zone", "department", "unit", "profile").defer("profile__text")
    return get_object_or_404(visible(cases, person), pk=key)


def show(request: HttpRequest, key: UUID) -> HttpResponse:
    return _page(request, case_of(request.user, key))


@require_http_methods(["GET", "POST"])
def do(request: HttpRequest, key: UUID, step: str) -> HttpResponse:
    """Does one step and goes on: to the case, or to the next task when one is going through the list."""
    person: Person = request.user
    case = case_of(person, key)
    if request.method == "GET":  # the address of a refused form, opened again
        return redirect(case)
    procedure = PROCEDURES[case.procedure]
    try:
        wanted = procedure.step(step)
    except KeyError:
        raise Http404 from None
    given = _given(request, wanted)
    task = _my_task(person, case)
    if too_big := _too_big(given, wanted):
        return _page(request, case, tried=wanted, typed=given, refused=too_big)
    try:
        act = door.perform(procedure.name_of(wanted), case, by=person, **given)
    except door.Refusal as refusal:
        return _page(
            request, case_of(person, key), tried=wanted, typed=given, refused=_worded(refusal.reasons)
        )
    tasks = list(case.tasks.select_related("organization", "case"))
    after = f"下一步由{desk.holders(tasks)}。" if tasks else "已办结。" if case.closed else ""
    messages.success(request, f"已办理“{act.label}”：{case.title}。{after}")
    if reading := Reading.of(request):
        return redirect(reading.did(case.pk, act.label))
    if request.GET.get("queue"):
        only = queue.Filter.read(request.GET)
        following = queue.following(person, only, task) if task else queue.mine(person, only).first()
        if following:
            return redirect(f"{address('case', following.case_id)}?{only.query}")
        return redirect("home")
    return redirect(case)


def _given(request: HttpRequest, step: Step) -> dict[str, Any]:
    """What came with the form, cleaned of outer spaces; figures of full-width digits and thousand marks."""
    given: dict[str, Any] = {}
    for need in step.needs:
        if need.kind == "files":
            given[need.key] = request.FILES.getlist(need.key)
        else:
            text = request.POST.get(need.key, "").strip()
            given[need.key] = figure_of(text) if need.kind == "figure" else text
    if step.returns and (chosen := request.POST.get("desk")):
        given["desk"] = chosen
    return given


def figure_of(text: str) -> str:
    """A figure as people write it, as the door reads it: １，２３４．５ → 1234.5."""
    return unicodedata.normalize("NFKC", text).replace(",", "").replace("，", "").replace(" ", "")


def _too_big(given: Mapping[str, Any], step: Step) -> list[Reason]:
    limit = settings.UPLOAD_LIMIT
    return [
        Reason(
            f"文件“{file.name}”有 {file.size / 1048576:.1f} MB，超过 {limit // 1048576} MB",
            step.articles[0],
            next="请压缩或拆分后再上传。",
            kind="given",
            field=need.key,
        )
        for need in step.needs
        if need.kind == "files"
        for file in given[need.key]
        if file.size > limit
    ]


def _worded(reasons: Sequence[Reason]) -> list[Reason]:
    """Each reason once: a need and a guard may say the same."""
    return list(dict.fromkeys(reasons))


def _my_task(person: Person, case: Case) -> Task | None:
    keys = [organization.pk for organization in organizations_of(person)]
    return case.tasks.filter(organization_id__in=keys).first()


def _page(
    request: HttpRequest,
    case: Case,
    *,
    tried: Step | None = None,
    typed: Mapping[str, Any] | None = None,
    refused: Sequence[Reason] = (),
) -> HttpResponse:
    person: Person = request.user
    procedure = PROCEDURES[case.procedure]
    only = queue.Filter.read(request.GET)
    record = procedure.load([case.pk]).get(case.pk)
    extra = procedure.context(record) if procedure.context and record else {}
    editable = not answers.may_edit(procedure, case, person)
    edit_url = address(f"{procedure.key}-edit", case.pk) if editable else ""
    faults = {reason.field: reason.text for reason in refused if reason.field and reason.kind == "given"}
    forms = desk.lay_out(
        case,
        person,
        door.offers(case, person),
        known=extra.get("given"),
        typed=typed,
        tried=tried.key if tried else "",
        errors=faults,
        edit_url=edit_url,
    )
    shown = [form.step.key for form in (*forms.main, *forms.also, *forms.returns)]
    tasks = list(case.tasks.select_related("organization", "case"))
    keys = {organization.pk for organization in organizations_of(person)}
    my_task = next((task for task in tasks if task.organization_id in keys), None)
    reading = Reading.of(request)
    place = reading.at(case.pk) if reading else None
    walks = my_task and not reading
    before = queue.preceding(person, only, my_task) if walks else None
    after = queue.following(person, only, my_task) if walks else None
    context = {
        **extra,
        "place": place,
        "case": case,
        "procedure": procedure,
        "record": record,
        "work_label": dict(WORKS)[procedure.work],
        "facts_template": _existing(procedure.template),
        "desk": forms,
        "tasks": tasks,
        "together": "" if tasks else desk.together(case),
        "edit_url": edit_url,
        "queue_query": reading.query if reading else only.query if request.GET.get("queue") else "",
        "before": place.before
        if place
        else f"{address('case', before.case_id)}?{only.query}"
        if before
        else "",
        "after": place.after if place else f"{address('case', after.case_id)}?{only.query}" if after else "",
        "history": history(case, procedure),
        "picture": address("case-picture", case.pk),
        "subject_url": extra.get("subject_url", address("project", case.subject) if case.subject else ""),
        "engaging": panel(case, person),
        "asked": asked_on(case, person),
        "tried": tried,
        "errors": [
            {
                "field": desk.field_id(tried, reason.field)
                if tried and reason.kind == "given" and reason.field and tried.key in shown
                else "",
                "text": reason.text,
                "article": reason.article,
                "next": reason.next,
            }
            for reason in refused
        ],
        "left_over": (typed or {}).get("opinion", "") if tried and tried.key not in shown else "",
    }
    only_given = all(reason.kind == "given" for reason in refused)
    status = 200 if not refused else 422 if only_given else 409
    return render(request, "web/case.html", context, status=status)


def _existing(template: str) -> str:
    if not template:
        return ""
    try:
        get_template(template)
    except TemplateDoesNotExist:
        return ""
    return template


def history(case: Case, procedure: Procedure) -> list[dict[str, Any]]:
    """Every act of the case, the newest first, with its files and what was given in the procedure's own words."""
    acts = list(case.acts.order_by("-seq"))
    attached: dict[UUID, list[Attachment]] = defaultdict(list)
    for attachment in Attachment.objects.filter(zone_id=case.zone_id, case=case):
        attached[attachment.act_id].append(attachment)
    outer = {
        act.pk: act
        for act in Act.objects.filter(pk__in=[a.within for a in acts if a.within]).select_related("case")
    }
    return [
        {
            "act": act,
            "from": procedure.state(act.from_state).label if act.from_state else "",
            "to": procedure.state(act.to_state).label,
            "moved": act.from_state != act.to_state,
            "returned": procedure.step(act.step).returns,
            "role": ROLES[act.role].label if act.role in ROLES else "",
            "given": list(_told(act, procedure.step(act.step))),
            "files": attached[act.pk],
            "within": outer.get(act.within),
        }
        for act in acts
    ]


def _told(act: Act, step: Step):
    """What was given with an act besides opinion and files, label by label."""
    for need in step.needs:
        value = act.given.get(need.key)
        if need.kind != "files" and need.key != "opinion" and value not in (None, "", []):
            yield need.label, dict(need.choices).get(value, value)


def file(request: HttpRequest, key: UUID, attachment: UUID) -> HttpResponse:
    """A file given with an act, to be saved: never shown as a page of ours."""
    case = case_of(request.user, key)
    found = get_object_or_404(Attachment, pk=attachment, case=case, zone_id=case.zone_id)
    return files.download(found.zone_id, found.name, found.sha256)
