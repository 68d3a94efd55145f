"""A round's page: who has signed, begun, handed in, been returned, finished; urging; the same as Excel (art. 8, 24)."""

import datetime
from collections import Counter
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, localtime
from django.views.decorators.http import require_POST

from jiheng.bureau.listing import page_of, rows_as_excel
from jiheng.bureau.models import Person
from jiheng.bureau.roles import EXPENDITURE
from jiheng.bureau.scope import holds, visible
from jiheng.notice import rounds, urging
from jiheng.notice.models import Round
from jiheng.notice.rounds import Line
from jiheng.notice.views import is_office, rounds_seen

COLUMNS = ("filling", "returned", "handed_in", "finished")
TOLD = 3
"""So many refusals are told one by one."""


def _lines(person: Person, round_: Round) -> list[Line]:
    seen = visible(rounds.receipts_of(round_), person, department="case__department", unit="case__unit")
    return rounds.lines(round_, seen)


def show(request: HttpRequest, key: UUID) -> HttpResponse:
    """Everybody asked, as far as I may see them, by where they stand; each number leads to its list."""
    person: Person = request.user
    round_ = get_object_or_404(rounds_seen(person), pk=key)
    lines = _lines(person, round_)
    standing = request.GET.get("standing", "")
    standing = standing if standing in rounds.STANDINGS else ""
    shown = [line for line in lines if standing in ("", line.standing)]
    if request.GET.get("export") == "xlsx":
        return _excel(round_, shown)
    counted = rounds.COUNTED.get(round_.kind)
    numbers = Counter(line.standing for line in lines)
    tabs = [{"url": "?", "label": "全部", "count": len(lines), "current": not standing}]
    tabs += [
        {"url": f"?standing={each}", "label": label, "count": numbers[each], "current": each == standing}
        for each, label in rounds.STANDINGS.items()
        if numbers[each] or each == standing
    ]
    page = page_of(request, shown)
    if counted:
        for line in page:
            line.links = _links(round_, line, office=is_office(person))
            if line.whole.all:
                line.whole_link = _whole_link(round_, line, office=is_office(person))
    context = {
        "round": round_, "kind": round_.is_a, "notice": round_.notice, "counted": counted, "tabs": tabs,
        "page": page, "total": len(shown), "standing": standing,
        "behind": sum(line.behind for line in lines), "urges": holds(person, [EXPENDITURE]),
        "late": round_.deadline < localdate(), "signed": sum(line.standing != "unsigned" for line in lines),
        "asked": len(lines),
    }  # fmt: skip
    return render(request, "notice/round.html", context)


def _links(round_: Round, line: Line, *, office: bool) -> dict[str, str]:
    """Each number's list: the cases of this organization that it counts."""
    counted = rounds.COUNTED[round_.kind]
    own = line.organization
    base = {"procedure": counted.procedure, "year": round_.year}
    if own.parent_id:
        base["unit"] = own.pk
    elif office:  # a department's own lists have nobody else's cases
        base["department"] = own.pk
    states = {
        "filling": (counted.filling, "0"), "returned": (counted.filling, "1"),
        "handed_in": (counted.handed_in, ""), "finished": (counted.finished, ""),
    }  # fmt: skip
    work = reverse("work", args=[counted.table.work])
    return {
        name: f"{work}?{urlencode(base | {'state': ','.join(keys)} | ({'returned': back} if back else {}))}"
        for name, (keys, back) in states.items()
        if getattr(line.tally, name)
    }


def _whole_link(round_: Round, line: Line, *, office: bool) -> str:
    """The list with the department's own whole."""
    table = rounds.COUNTED[round_.kind].whole.table
    query = {"procedure": table.key, "year": round_.year} | (
        {"department": line.organization.pk} if office else {}
    )
    return f"{reverse('work', args=[table.work])}?{urlencode(query)}"


@require_POST
def urge(request: HttpRequest, key: UUID) -> HttpResponse:
    """The expenditure office urges those picked, or all of its charge that are behind; each is an act with a word."""
    person: Person = request.user
    round_ = get_object_or_404(rounds_seen(person), pk=key)
    lines = _lines(person, round_)
    picked = set(request.POST.getlist("receipt"))
    if request.POST.get("all"):
        wanted = [line.receipt for line in lines if line.behind]
    else:
        wanted = [line.receipt for line in lines if str(line.receipt.pk) in picked]
    word = request.POST.get("opinion", "").strip()
    if not wanted:
        messages.warning(request, "没有督促任何部门、单位：请先勾选，或没有落后的。")
        return redirect(round_)
    outcome = urging.urge(wanted, word, by=person)
    if outcome.acts:
        messages.success(
            request, f"已督促 {len(outcome.acts)} 个部门、单位，都进了对方的待办，并记入办理记录。"
        )
    for case, reasons in outcome.refused[:TOLD]:
        name = (case.unit or case.department).name
        messages.warning(request, f"没有督促{name}：{'；'.join(str(reason) for reason in reasons)}")
    if len(outcome.refused) > TOLD:
        messages.warning(request, f"另有 {len(outcome.refused) - TOLD} 个因同样原因没有督促。")
    return redirect(round_)


def _excel(round_: Round, lines: list[Line]) -> FileResponse:
    """The round as one sheet, a row for everybody asked."""
    heads = [("部门", 24), ("单位", 28), ("情况", 12), ("签收时间", 18), ("督促次数", 10), ("最近督促", 18)]
    counted = COLUMNS if round_.kind in rounds.COUNTED else ()
    heads += [("在填", 10), ("退回", 10), ("已报", 10), ("办完", 10)] if counted else []

    def moment(at: datetime.datetime | None) -> str:
        return f"{localtime(at):%Y-%m-%d %H:%M}" if at else ""

    rows = (
        (
            line.department.name,
            line.organization.name if line.organization.parent_id else "",
            line.label,
            moment(line.receipt.signed_at),
            line.receipt.urged,
            moment(line.receipt.urged_at),
            *(getattr(line.tally, name) for name in counted),
        )
        for line in lines
    )
    return rows_as_excel(heads, rows, str(round_))
