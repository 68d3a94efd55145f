"""One step on many cases of a list: chosen by filter, carried out in parts with progress, a result for each (art. 3).

It serves every procedure. Each part goes through ``door.perform_many``, so nothing bypasses a guard; what the cases
share is asked once, and folded needs (``Need.group``) are left as the system knows them.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from jiheng.bureau.listing import rows_as_excel
from jiheng.bureau.models import Person
from jiheng.bureau.scope import role_keys, visible
from jiheng.procedure import door
from jiheng.procedure.models import Case
from jiheng.procedure.table import WORKS, Need, Procedure, Reason, Step, step_named

MOST = 1000
"""A selection has no more cases than this."""
PART = 50
"""So many cases are carried out in one request: about a tenth of a second, so that progress is seen."""


@dataclass(frozen=True)
class Action:
    """A step that can be done on a selection, and what has to be given for all of it."""

    procedure: Procedure
    step: Step

    @property
    def name(self) -> str:
        return self.procedure.name_of(self.step)

    @property
    def needs(self) -> tuple[Need, ...]:
        return tuple(need for need in self.step.needs if not need.group)


def actions(person: Person, procedure: Procedure, state: str) -> list[Action]:
    """What this person may do on many cases standing in a state: their own steps that ask for no files."""
    keys = role_keys(person)
    return [
        Action(procedure, step)
        for step in (procedure.steps_from(state) if state else ())
        if keys & {role.key for role in step.roles}
        and not step.only_with
        and not any(need.kind == "files" for need in step.needs)
    ]


def _action(request: HttpRequest, name: str) -> Action:
    try:
        action = Action(*step_named(name))
    except KeyError:
        raise Http404 from None
    known = [each for state in action.step.source for each in actions(request.user, action.procedure, state)]
    if action.name not in {each.name for each in known}:
        raise Http404
    return action


def keys_from(texts: Sequence[str]) -> list[UUID]:
    """Keys as the page sends them, one or many to a field; what is no key is left out, twice is once."""
    found: dict[UUID, None] = {}
    for text in texts:
        for part in text.split(","):
            try:
                found[UUID(part.strip())] = None
            except ValueError:
                continue
    return list(found)[:MOST]


def chosen(request: HttpRequest, work: str) -> tuple[list[UUID], str, int]:
    """The cases chosen in a list, its address as it was left, and how many were too many.

    Chosen are the boxes ticked, or with ``all`` whatever the list's filter finds.
    """
    from jiheng.web.lists import Choice  # lists shows the actions of this module
    from jiheng.web.queue import concerning

    choice = Choice.read(request.GET, work, concerning(request.user, work))
    if request.POST.get("all") == "1":
        cases = choice.in_state(request.user)
    else:
        cases = visible(Case.objects.filter(procedure=choice.procedure.key), request.user)
        cases = cases.filter(pk__in=keys_from(request.POST.getlist("case")))
    keys = list(cases.order_by(choice.order, "-id").values_list("pk", flat=True))
    query = request.GET.urlencode()
    back = reverse("work", args=[work]) + (f"?{query}" if query else "")
    return keys[:MOST], back, max(0, len(keys) - MOST)


@require_POST
def choose(request: HttpRequest, work: str) -> HttpResponse:
    """The page of a selection: what is to be done with which cases, what is given for all, and then its progress."""
    if work not in dict(WORKS):
        raise Http404
    action = _action(request, request.POST.get("step", ""))
    keys, back, left = chosen(request, work)
    if not keys:
        messages.warning(request, "还没有选事项：请勾选，或选“符合条件的全部”。")
        return redirect(back)
    context = {
        "work_label": dict(WORKS)[work],
        "action": action,
        "keys": ",".join(map(str, keys)),
        "count": len(keys),
        "left": left,
        "part": PART,
        "back": back,
    }
    return render(request, "web/selection.html", context)


@require_POST
def carry_out(request: HttpRequest, name: str) -> HttpResponse:
    """Does the step on a part of a selection, and tells of every case what became of it."""
    action = _action(request, name)
    keys = keys_from(request.POST.getlist("case"))[:PART]
    given = {need.key: request.POST.get(need.key, "").strip() for need in action.needs}
    if missing := [need.label for need in action.needs if need.required and not given[need.key]]:
        return JsonResponse({"missing": f"请填写{'、'.join(missing)}"}, status=422)
    return JsonResponse({"results": perform_part(action, keys, given, by=request.user)})


def perform_part(
    action: Action, keys: Sequence[UUID], given: Mapping[str, Any], *, by: Person
) -> list[dict[str, Any]]:
    """One line for each case that this person may see, in the order of ``keys``: done, or refused with all reasons."""
    visible_cases = visible(Case.objects.select_related("unit", "department"), by).filter(pk__in=list(keys))
    known = {case.pk: case for case in visible_cases}
    cases = [known[key] for key in keys if key in known]
    outcome = door.perform_many(action.name, cases, by=by, given=given)
    refused = {case.pk: reasons for case, reasons in outcome.refused}
    done = {act.case_id: act for act in outcome.acts}
    lines = []
    for case in cases:
        act = done.get(case.pk)
        state = action.procedure.state(act.to_state).label if act else ""
        holder = case.unit or case.department
        lines.append(
            {
                "title": case.title,
                "code": case.code,
                "holder": holder.name if holder else "",
                "url": case.get_absolute_url(),
                "done": act is not None,
                "state": state,
                "reasons": [_told(reason) for reason in refused.get(case.pk, ())],
            }
        )
    return lines


def _told(reason: Reason) -> dict[str, Any]:
    return {"text": reason.text, "article": reason.article, "next": reason.next, "link": reason.link}


@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """The results that the page shows as an Excel file. They are the person's own, sent back by the page."""
    try:
        lines = json.loads(request.POST.get("results", ""))[:MOST]
        table = [
            [
                str(line["code"]),
                str(line["title"]),
                str(line["holder"]),
                "已办理" if line["done"] else "未办理",
                "；".join(f"{reason['text']}{reason['next']}" for reason in line["reasons"])
                or str(line["state"]),
            ]
            for line in lines
        ]
    except (ValueError, TypeError, KeyError):
        raise Http404 from None
    heads = (("编码", 24), ("事项", 40), ("单位", 24), ("结果", 10), ("现在的状态，或不能办理的原因", 80))
    return rows_as_excel(heads, table, "成批办理结果")
