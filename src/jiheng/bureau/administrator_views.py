"""The page of the three administrators (三员分立, art. 40): who does what, appointing them, replacing one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from jiheng.bureau import administrators
from jiheng.bureau.administrators import REPLACED_BY, WORK, Named, Seat
from jiheng.bureau.changes import NotAllowed, may_change, separated
from jiheng.bureau.forms import AccountForm
from jiheng.bureau.models import Person
from jiheng.bureau.scope import in_bureau
from jiheng.bureau.views import refused


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """The three seats with who has them; a form where this person may appoint or replace."""
    if not in_bureau(request.user):
        return refused(request, "三员分立由本局科室查看、综合科设立（规程第40条）。有问题请联系综合科。")
    apart = separated(request.user.zone_id)
    reasons = {
        seat: may_change(request.user, REPLACED_BY[seat]) if apart else may_change(request.user)
        for seat in Seat
    }
    given = request.POST if request.method == "POST" else None
    # Replacing sends the form of one seat, appointing all three.
    asked = [seat for seat in Seat if not apart or (given is not None and given.get("seat") == seat)]
    forms = {seat: AccountForm(given if seat in asked else None, prefix=seat) for seat in Seat}
    errors: list[dict[str, str]] = []
    if given is not None:
        if not asked:
            return refused(request, "没有这项操作。请回到三员分立页重新选择。")
        if reason := next((reasons[seat] for seat in asked if reasons[seat]), ""):
            return refused(request, f"三员{reason}")
        if all(forms[seat].is_valid() for seat in asked):
            named = {
                seat: Named(forms[seat].cleaned_data["name"], forms[seat].cleaned_data["username"])
                for seat in asked
            }
            try:
                made = _made(apart, named, request.user)
            except NotAllowed as error:
                errors.append({"field": "", "text": str(error)})
            else:
                response = render(request, "bureau/administrators_once.html", {"made": made})
                response["Cache-Control"] = "no-store"
                return response
        errors += [
            {"field": forms[seat][field].id_for_label, "text": f"{seat.label}：{text}"}
            for seat in asked
            for field, texts in forms[seat].errors.items()
            for text in texts
        ]
    now = administrators.in_office(request.user.zone_id)
    context = {
        "rows": [(seat, WORK[seat], now[seat], forms[seat], reasons[seat]) for seat in Seat],
        "apart": apart,
        "may_appoint": not apart and not any(reasons.values()),
        "errors": errors,
        "open": asked if given is not None else [],
    }
    return render(request, "bureau/administrators.html", context, status=422 if errors else 200)


def _made(apart: bool, named: dict[Seat, Named], by: Person) -> list[tuple[Person, str]]:
    if len({each.username for each in named.values()}) < len(named):
        raise NotAllowed("三个账号不能相同（规程第40条）。请各用一个。")
    if not apart:
        return administrators.appoint(named, by=by)
    return [administrators.replace(seat, each, by=by) for seat, each in named.items()]
