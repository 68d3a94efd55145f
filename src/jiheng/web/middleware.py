"""Every address asks for sign-in unless it stands on the public list; a refusal becomes a page that explains itself."""

import time
from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import resolve, reverse

from jiheng.bureau import administrators
from jiheng.bureau.keys import new_key
from jiheng.bureau.scope import only_engaged
from jiheng.procedure.door import Refusal, request_id

PUBLIC = frozenset({"sign-in", "sign-out", "demo-sign-in", "calendar-feed"})
"""Names of addresses that need no sign-in; a test holds every other address to it. A calendar's address is a secret."""
SITE = frozenset(
    {"robots", "public-home", "public-zone", "public-year", "public-department", "public-page", "public-project",
     "public-search", "public-data", "public-dictionary"}
)  # fmt: skip
"""The public site: it needs no sign-in and takes no notice of one, so that its pages can be cached (art. 22, 37)."""
INTERFACE = frozenset({"api-execution"})
"""For other systems: they show a token, and no session counts there (art. 40, exchange.interface)."""
ENGAGED = PUBLIC | {
    "home", "password", "case", "case-do", "case-file", "case-picture", "article", "engagements", "engagement-material",
    "engaged-work", "engaged-plan", "engaged-score", "engaged-field", "engaged-report", "engaged-file",
}  # fmt: skip
"""All that an expert or institution can reach, and there only its own engagements (art. 39, bureau.scope)."""
WITH_OLD_PASSWORD = PUBLIC | {"password"}

Respond = Callable[[HttpRequest], HttpResponse]


class SignInRequired:
    """Sends whoever isn't signed in to the sign-in page, and whoever must change the password to that page."""

    def __init__(self, respond: Respond):
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(settings.STATIC_URL):
            return self.respond(request)
        name = resolve(request.path_info).url_name
        if name in SITE | INTERFACE:
            return self.respond(request)
        if name not in PUBLIC and not request.user.is_authenticated:
            return redirect(f"{reverse('sign-in')}?{urlencode({'next': request.get_full_path()})}")
        if name not in WITH_OLD_PASSWORD and getattr(request.user, "must_change_password", False):
            return redirect("password")
        if request.user.is_authenticated:
            _stay(request)
            if name not in ENGAGED and only_engaged(request.user):
                raise Http404("受托专家和机构只看自己的委托（规程第39条）")
            if name not in PUBLIC | administrators.REACHES and request.user.seat:
                raise Http404("管理员不办业务（规程第40条）")
        return self.respond(request)


def _stay(request: HttpRequest) -> None:
    """A session ends after so long without use, not in the middle of work: half-way through it is written anew."""
    used = request.session.get("used", 0)
    if time.time() - used > settings.SESSION_COOKIE_AGE / 2:
        mark_used(request)


def mark_used(request: HttpRequest) -> None:
    """Notes that the session is in use, which gives it its full time again."""
    request.session["used"] = int(time.time())


class RefusalPage:
    """Names the request for the acts it leads to, and shows refusals with all their reasons.

    When two press at once to begin the same thing, the database keeps one; the other reads that it was done.
    """

    def __init__(self, respond: Respond):
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = request_id.set(new_key())
        try:
            return self.respond(request)
        finally:
            request_id.reset(token)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, IntegrityError) and "unique" in str(exception).lower():
            return render(request, "web/twice.html", status=409)
        if not isinstance(exception, Refusal):
            return None
        return render(request, "web/refusal.html", {"refusal": exception}, status=409)
