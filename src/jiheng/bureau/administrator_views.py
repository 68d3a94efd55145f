"""The page of the three administrators (三员分立, art. 40): who does what, appointing them, replacing one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from jiheng.bureau import administrators
from jiheng.bureau.administrators import REPLACED_BY, WORK, Duty, Named
from jiheng.bureau.changes import NotAllowed, may_change, separated
from jiheng.bureau.forms import AccountForm
from jiheng.bureau.models import Person
from jiheng.bureau.scope import in_bureau
from jiheng.bureau.views import refused


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """The three duties with who has them; a form where this person may appoint or replace."""
    if not in_bureau(request.user):
        return refused(request, "三员分立由本局科室查看（规程第40条）。")
    apart = separated(request.user.zone_id)
    reasons = {
        duty: may_change(request.user, REPLACED_BY[duty]) if apart else may_change(request.user)
        for duty in Duty
    }
    given = request.POST if request.method == "POST" else None
    # Replacing sends one duty's form, appointing all three.
    asked = [duty for duty in Duty if not apart or (given is not None and given.get("duty") == duty)]
    forms = {duty: AccountForm(given if duty in asked else None, prefix=duty) for duty in Duty}
    errors: list[dict[str, str]] = []
    if given is not None:
        if not asked:
            return refused(request, "没有这项操作。请回到三员分立页重新选择。")
        if reason := next((reasons[duty] for duty in asked if reasons[duty]), ""):
            return refused(request, f"三员{reason}")
        if all(forms[duty].is_valid() for duty in asked):
            named = {
                duty: Named(forms[duty].cleaned_data["name"], forms[duty].cleaned_data["username"])
                for duty in asked
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
            {"field": forms[duty][field].id_for_label, "text": f"{duty.label}：{text}"}
            for duty in asked
            for field, texts in forms[duty].errors.items()
            for text in texts
        ]
    now = administrators.in_office(request.user.zone_id)
    context = {
        "rows": [(duty, WORK[duty], now[duty], forms[duty], reasons[duty]) for duty in Duty],
        "apart": apart,
        "may_appoint": not apart and not any(reasons.values()),
        "errors": errors,
        "open": asked if given is not None else [],
    }
    return render(request, "bureau/administrators.html", context, status=422 if errors else 200)


def _made(apart: bool, named: dict[Duty, Named], by: Person) -> list[tuple[Person, str]]:
    if len({each.username for each in named.values()}) < len(named):
        raise NotAllowed("三个账号不能相同。请各用一个。")
    if not apart:
        return administrators.appoint(named, by=by)
    return [administrators.replace(duty, each, by=by) for duty, each in named.items()]
