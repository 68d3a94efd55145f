"""Home: my tasks; for leadership, how far each kind of work is and which office is late (art. 4)."""

from collections import defaultdict
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate

from jiheng.bureau.models import Organization, Person
from jiheng.bureau.roles import LEADERSHIP
from jiheng.bureau.scope import organizations_of, role_keys, visible
from jiheng.notice import reminding
from jiheng.procedure.models import Act, Case, Task
from jiheng.procedure.table import PROCEDURES, WORKS
from jiheng.web import leading, queue
from jiheng.web.paging import Page, number_from

RECENT = 8


def home(request: HttpRequest) -> HttpResponse:
    person: Person = request.user
    if person.seat:
        return redirect("health")  # an administrator has no tasks (art. 40)
    only = queue.Filter.read(request.GET)
    counts = queue.counts(person)
    number = number_from(request.GET.get("page"))
    rows = []
    if counts.total:
        rows = queue.rows(
            person,
            only,
            offset=(number - 1) * queue.PAGE,
            dated=counts.dated,
            undated=counts.total > counts.dated,
        )
    context: dict[str, Any] = {
        "counts": counts,
        "only": only,
        "page": Page(rows, number, queue.PAGE),
        "tabs": _tabs(counts, only),
        "openings": queue.openings(person),
        "recent": recent(person),
        "leads": LEADERSHIP.key in role_keys(person),
        "reminders": reminding.shown(person, localdate()),
        "several_posts": len(organizations_of(person)) > 1,
    }
    if context["leads"]:
        context |= {
            "progress": progress(person),
            "late": late_by_organization(person),
            "stake": leading.stake(person),
            "instructions": leading.instructions(person),
        }
    return render(request, "web/home.html", context)


def _tabs(counts: queue.Counts, only: queue.Filter) -> list[dict[str, Any]]:
    """All, overdue, and each procedure that has something to do."""
    tabs: list[dict[str, Any]] = [
        {"url": "?", "label": "全部", "count": counts.total, "current": only == queue.Filter()},
        {
            "url": "?late=1",
            "label": "逾期",
            "count": counts.late,
            "current": only.late,
            "tone": "late" if counts.late else "",
        },
    ]
    for procedure in queue.procedures_of():
        key = procedure.key
        if key in counts.by_procedure or only.procedure == key:
            count = counts.by_procedure.get(key, 0)
            tabs.append(
                {
                    "url": f"?procedure={key}",
                    "label": procedure.label,
                    "count": f"{count}+" if counts.capped else count,
                    "current": only.procedure == key,
                }
            )
    return tabs


def recent(person: Person) -> list[Act]:
    """The last acts of my organizations."""
    keys = [organization.pk for organization in organizations_of(person)]
    acts = Act.objects.filter(zone_id=person.zone_id, organization_id__in=keys)
    return list(acts.select_related("case").order_by("-at")[:RECENT])


def progress(person: Person) -> list[dict[str, Any]]:
    """Each kind of work with its procedures: how many cases are open and done this year."""
    year = localdate().year
    cases = visible(Case.objects.filter(year__in=(year, year + 1)), person).order_by()
    tones: dict[str, dict[str, int]] = defaultdict(lambda: {"open": 0, "done": 0, "void": 0})
    for key, state, count in cases.values_list("procedure", "state").annotate(Count("pk")):
        if key in PROCEDURES:
            tones[key][PROCEDURES[key].state(state).tone] += count
    found = []
    for work, label in WORKS:
        lines = [
            {
                "procedure": each,
                **tones[each.key],
                "all": tones[each.key]["open"] + tones[each.key]["done"],
            }
            for each in queue.procedures_of(work)
        ]
        sums = {key: sum(line[key] for line in lines) for key in ("open", "done", "all")}
        found.append({"key": work, "label": label, "lines": lines, **sums})
    return found


def late_by_organization(person: Person) -> list[dict[str, Any]]:
    """Who is late with how much, the most first."""
    tasks = Task.objects.filter(zone_id=person.zone_id, due__lt=localdate()).order_by()
    counted = dict(tasks.values_list("organization").annotate(Count("pk")))
    organizations = Organization.objects.filter(pk__in=[key for key in counted if key])
    found = [
        {"organization": organization, "count": counted[organization.pk]} for organization in organizations
    ]
    return sorted(found, key=lambda line: -line["count"])[:20]
