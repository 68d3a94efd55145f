"""The page of standing in: one's own, and for the general office everybody's (art. 40)."""

import datetime

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods, require_POST

from jiheng.bureau import delegating
from jiheng.bureau.changes import NotAllowed, Seat, may_change
from jiheng.bureau.forms import plain
from jiheng.bureau.listing import page_of
from jiheng.bureau.models import Delegation, Person, Post
from jiheng.bureau.views import refused


def _day(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Who stands in for whom, and a form to let somebody stand in for oneself; the general office for anybody."""
    by: Person = request.user
    general = not may_change(by, Seat.SECURITY)
    posts = Post.objects.filter(zone_id=by.zone_id, person__is_active=True).select_related(
        "person", "organization"
    )
    mine = posts if general else posts.filter(person=by)
    chosen = next(
        (post for post in mine if str(post.pk) == (request.POST.get("post") or request.GET.get("post"))), None
    )
    if chosen is None:
        chosen = mine.filter(person=by).first()
    people = delegating.candidates(chosen) if chosen else []
    typed = {
        "substitute": request.POST.get("substitute", ""),
        "first": request.POST.get("first", localdate().isoformat()),
        "last": request.POST.get("last", ""),
        "reason": plain(request.POST.get("reason", ""))[:100],
    }
    errors = []
    if request.method == "POST":
        substitute = next((each for each in people if str(each.pk) == typed["substitute"]), None)
        first, last = _day(typed["first"]), _day(typed["last"])
        if chosen is None:
            errors.append({"field": "post", "text": "请选择岗位"})
        if substitute is None:
            errors.append({"field": "substitute", "text": "请选择由谁代办"})
        if first is None or last is None:
            errors.append({"field": "last", "text": "请选择起止日期"})
        if chosen and substitute and first and last:
            try:
                made = delegating.delegate(chosen, substitute, first, last, typed["reason"], by=by)
            except NotAllowed as error:
                errors.append({"field": "", "text": str(error)})
            else:
                messages.success(request, f"已设定：{made}，{made.first} 至 {made.last}。")
                return redirect("delegations")
    seen = Delegation.objects.filter(zone_id=by.zone_id).select_related(
        "post__person", "post__organization", "substitute"
    )
    if not general:
        seen = seen.filter(Q(post__person=by) | Q(substitute=by))
    context = {
        "page": page_of(request, seen),
        "posts": mine,
        "chosen": chosen,
        "why_not": delegating.why_not(chosen, by) if chosen else "",
        "people": people,
        "typed": typed,
        "errors": errors,
        "general": general,
        "today": localdate(),
        "longest": delegating.longest(by.zone_id),
    }
    return render(request, "bureau/delegations.html", context, status=422 if errors else 200)


@require_POST
def end(request: HttpRequest, key) -> HttpResponse:
    """Takes it back, or gives it back."""
    seen = Delegation.objects.filter(zone_id=request.user.zone_id)
    if may_change(request.user, Seat.SECURITY):
        seen = seen.filter(Q(post__person=request.user) | Q(substitute=request.user))
    found = get_object_or_404(seen.select_related("post__person", "post__organization", "substitute"), pk=key)
    try:
        if delegating.end(found, by=request.user):
            messages.success(request, f"已收回：{found}。")
    except NotAllowed as error:
        return refused(request, str(error))
    return redirect("delegations")
