"""The working calendar on the screen (art. 40): by it all time limits are counted."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_POST

from jiheng.bureau import workdays
from jiheng.bureau.changes import may_change
from jiheng.bureau.forms import WorkdayForm
from jiheng.bureau.models import Workday
from jiheng.bureau.views import refused


def _year(request: HttpRequest) -> int:
    given = request.GET.get("year") or request.POST.get("year") or ""
    return int(given) if given.isdecimal() and 2000 <= int(given) <= 2100 else localdate().year


def show(request: HttpRequest) -> HttpResponse:
    """The days of a year that depart from Monday to Friday."""
    return _page(request, WorkdayForm(initial={"day": None}), 200)


def _page(request: HttpRequest, form: WorkdayForm, status: int) -> HttpResponse:
    year = _year(request)
    there = Workday.objects.filter(zone=request.user.zone_id)
    years = sorted(
        {day.year for day in there.dates("day", "year")} | {localdate().year, localdate().year + 1, year}
    )
    return render(
        request,
        "bureau/workdays.html",
        {
            "year": year,
            "tabs": [
                {
                    "url": f"{reverse('workdays')}?year={each}",
                    "label": f"{each}年",
                    "count": None,
                    "current": each == year,
                }
                for each in years
            ],
            "days": there.filter(day__year=year),
            "known": workdays.published(year) is not None,
            "reason": may_change(request.user),
            "form": form,
        },
        status=status,
    )


@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Enters, removes or seeds days: ``what`` is set, remove or seed."""
    if reason := may_change(request.user):
        return refused(request, f"工作日历{reason}")
    what, year = request.POST.get("what", ""), _year(request)
    if what == "set":
        form = WorkdayForm(request.POST)
        if not form.is_valid():
            return _page(request, form, 422)
        given = form.cleaned_data
        workdays.set_day(given["day"], given["works"], given["name"], by=request.user)
        messages.success(request, f"已登记 {given['day']}。此后计算的时限按新日历。")
        year = given["day"].year
    elif what == "remove":
        day = get_object_or_404(Workday, zone=request.user.zone_id, pk=request.POST.get("day"))
        workdays.remove_day(day, by=request.user)
        messages.success(request, f"已删去 {day.day}。")
    elif what == "seed":
        seeded = workdays.seed([year], by=request.user)
        (messages.warning if seeded.unknown else messages.success)(request, f"{year} 年：{seeded}")
    else:
        return refused(request, "没有这项操作。请回到工作日历重新选择。")
    return redirect(f"{reverse('workdays')}?year={year}")
