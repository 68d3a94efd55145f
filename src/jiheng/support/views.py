"""Pages of engagements: drawing and inviting for a case, the engaged's own list, and the material they may read."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from jiheng.bureau.forms import plain
from jiheng.bureau.models import Person
from jiheng.bureau.profile import in_force
from jiheng.bureau.roles import OFFICE_ROLES
from jiheng.bureau.scope import holds, organizations_of, visible
from jiheng.procedure import answers, door, files
from jiheng.procedure.models import Attachment, Case
from jiheng.procedure.table import PROCEDURES, Matter, Reason
from jiheng.support import engagement, engaging
from jiheng.support.forms import KINDS
from jiheng.support.models import Draw, Engagement
from jiheng.support.offering import OFFERS, Offer
from jiheng.support.rules import FIELDS

MOST = 20
"""Lots drawn at once."""


def _subject(person: Person, key: UUID) -> tuple[Case, Offer]:
    """A case on which engagements are possible, for an office that may see it; otherwise 404."""
    cases = Case.objects.select_related("zone", "unit", "department", "profile").defer("profile__text")
    case = get_object_or_404(visible(cases, person), pk=key)
    offer = OFFERS.get(case.procedure)
    if offer is None or not holds(person, OFFICE_ROLES):
        raise Http404
    return case, offer


def panel(case: Case, person: Person) -> dict[str, Any] | None:
    """What a case's page shows of engagements to an office; nothing to others, and where none are possible."""
    offer = OFFERS.get(case.procedure)
    if offer is None or not holds(person, OFFICE_ROLES):
        return None
    engagements = engagement.on(case)
    found = {result.case: result for result in engagement.results([case.pk]).get(case.pk, [])}
    may = case.state in offer.states and holds(person, [offer.kind.role])
    if not engagements and not may:
        return None
    lines = [{"engagement": each, "result": found.get(each.case_id)} for each in engagements]
    return {"case": case, "offer": offer, "lines": lines, "may": may}


@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest, key: UUID) -> HttpResponse:
    """Draw lots and invite, or invite by name with a reason; shows who can be chosen and who not, and why."""
    subject, offer = _subject(request.user, key)
    chosen = request.POST if request.method == "POST" else request.GET
    kind, field = chosen.get("kind", "expert"), plain(chosen.get("field", ""))
    kind = kind if kind in dict(KINDS) else "expert"
    field = field if field in FIELDS else ""
    typed = {name: chosen.get(name, "").strip() for name in ("number", "due", "task", "way")}
    typed["parties"] = chosen.getlist("party")
    faults: dict[str, str] = {}
    errors: list[dict[str, Any]] = []
    candidates, left_out = engagement.pool(subject, kind, field)
    if request.method == "POST":
        _must_engage(request.user, subject, offer)
        if not typed["task"]:
            faults["task"] = "请写明委托事项和要求"
        number = int(typed["number"]) if typed["number"].isdecimal() and len(typed["number"]) < 4 else 0
        drawing = "draw" in request.POST
        named = [party for party in candidates if str(party.pk) in typed["parties"]]
        if drawing and not 1 <= number <= MOST:
            faults["number"] = f"抽取数应是 1 至 {MOST} 的整数"
        if not drawing and not named:
            faults["parties"] = "请至少选一位"
        if not drawing and not typed["way"]:
            faults["way"] = "不经抽取直接选用的，请写明理由"
        if not faults:
            given = {"by": request.user, "due": typed["due"], "task": typed["task"]}
            try:
                if drawing:
                    draw = engagement.draw_and_invite(subject, kind=kind, field=field, number=number, **given)
                    names = "、".join(name for _, name, _ in draw.drawn)
                else:
                    engagement.invite(subject, named, way=typed["way"], **given)
                    names = "、".join(str(party) for party in named)
            except engagement.TooFew as few:
                errors.append({"field": "number", "text": str(few)})
            except door.Refusal as refusal:
                errors += [
                    {
                        "field": reason.field,
                        "text": reason.text,
                        "article": reason.article,
                        "next": reason.next,
                    }
                    for reason in refusal.reasons
                ]
            else:
                messages.success(request, f"已邀请{names}，对方已收到待办。")
                return redirect(subject)
    profile = in_force(subject.zone_id, engaging.today())
    context = {
        "subject": subject,
        "offer": offer,
        "kind": kind,
        "kinds": KINDS,
        "field": field,
        "fields": FIELDS,
        "candidates": candidates,
        "left_out": left_out,
        "typed": typed,
        "due": typed["due"] or f"{engagement.usual_due(subject.zone, profile.pk):%Y-%m-%d}",
        "number": typed["number"] or "3",
        "faults": faults,
        "errors": errors,
        "barred": _why_not(request.user, subject, offer),
    }
    return render(request, "support/invite.html", context, status=422 if faults or errors else 200)


def _why_not(person: Person, subject: Case, offer: Offer) -> list[Reason]:
    """Why this person can't invite on the case now, whoever is to be invited."""
    draft = Case(zone=subject.zone, procedure=offer.kind.key, subject=subject.pk)
    reasons = list(engaging.offered(Matter(draft, None)))
    if not answers.desks([offer.kind.role], draft, person):
        office = answers.who(offer.kind.role, draft)
        told = Reason(f"“{offer.kind.label}”由{office}办理", offer.kind.articles[0], kind="role")
        reasons.insert(0, told)
    return reasons


def _must_engage(person: Person, subject: Case, offer: Offer) -> None:
    if reasons := _why_not(person, subject, offer):
        procedure = PROCEDURES[offer.kind.key]
        raise door.Refusal(procedure, procedure.opening(), subject, reasons)


def draw(request: HttpRequest, key: UUID) -> HttpResponse:
    """A draw as it was: seed, pool with every lot, who was left out and why; anybody can repeat it."""
    found = get_object_or_404(
        Draw.objects.select_related("subject__unit", "by"), pk=key, zone=request.user.zone_id
    )
    _subject(request.user, found.subject_id)
    context = {
        "draw": found,
        "field": found.field or "全部领域",
        "kind": dict(KINDS)[found.kind],
        "intact": found.sha256 == engagement.digest(found),
    }
    return render(request, "support/draw.html", context)


def mine(request: HttpRequest) -> HttpResponse:
    """The engagements of the expert or institution who asks."""
    own = [organization for organization in organizations_of(request.user) if organization.engaged]
    if not own:
        raise Http404
    found = Engagement.objects.filter(zone=request.user.zone_id, party__organization__in=own)
    found = found.select_related("case", "subject__unit", "subject__department").order_by("-id")
    return render(request, "support/mine.html", {"engagements": found})


def material(request: HttpRequest, key: UUID, attachment: UUID) -> HttpResponse:
    """A file of the subject that was handed over, while the engaged may read it; offices may always."""
    cases = visible(Case.objects.filter(procedure__in=engaging_keys()), request.user)
    case = get_object_or_404(cases, pk=key)
    found = engaging.load([case.pk])[case.pk]
    handed = {each["id"]: each for each in (found.shown or {}).get("files", ())}
    if str(attachment) not in handed:
        raise Http404
    if case.state not in engaging.READING and not holds(request.user, OFFICE_ROLES):
        raise Http404
    file = get_object_or_404(
        Attachment, pk=attachment, zone=case.zone_id, sha256=handed[str(attachment)]["sha256"]
    )
    return files.download(file.zone_id, file.name, file.sha256)


def engaging_keys() -> list[str]:
    """The procedures that are engagements."""
    return [offer.kind.key for offer in OFFERS.values()]
