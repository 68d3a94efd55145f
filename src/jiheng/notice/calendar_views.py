"""The calendar of duties: a month on the screen, and everything to come as a subscription by a secret address.

The address proves its owner by a code worked out from the installation's key, so the database alone doesn't give it
away; renewing it makes the old one worthless. What it gives is titles and days, nothing else.
"""

import calendar as months
import datetime
import hashlib
import re
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.views.decorators.http import require_POST, require_safe

from jiheng.bureau.models import Workday
from jiheng.bureau.standing import standing
from jiheng.notice.duties import Duty, duties
from jiheng.notice.ics import Event, calendar
from jiheng.notice.models import CalendarLink

PAST, AHEAD = datetime.timedelta(days=31), datetime.timedelta(days=400)
"""How far back and ahead the subscription goes."""


def _month(text: str, today: datetime.date) -> datetime.date:
    """The first day of the month asked for (2026-11), or of this month."""
    found = re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", text, re.ASCII)
    return datetime.date(int(found[1]), int(found[2]), 1) if found else today.replace(day=1)


def show(request: HttpRequest) -> HttpResponse:
    """A month with its workdays, deadlines and tasks."""
    today = timezone.localdate()
    first = _month(request.GET.get("month", ""), today)
    weeks = months.Calendar().monthdatescalendar(first.year, first.month)
    by_day: dict[datetime.date, list[Duty]] = {}
    found = duties(request.user, weeks[0][0], weeks[-1][-1])
    for duty in found:
        by_day.setdefault(duty.day, []).append(duty)
    stands = standing(request.user.zone)
    names = dict(
        Workday.objects.filter(
            zone_id=request.user.zone_id, day__range=(weeks[0][0], weeks[-1][-1])
        ).values_list("day", "name")
    )
    rows = [
        [
            {
                "day": day, "inside": day.month == first.month, "works": stands.works(day), "today": day == today,
                "name": names.get(day, ""), "duties": by_day.get(day, []),
            }
            for day in week
        ]
        for week in weeks
    ]  # fmt: skip
    link = CalendarLink.objects.filter(person=request.user).first()
    context = {
        "first": first, "weeks": rows, "heads": "一二三四五六日", "any": any(d.day.month == first.month for d in found),
        "before": f"{first - datetime.timedelta(days=1):%Y-%m}",
        "after": f"{first + datetime.timedelta(days=31):%Y-%m}",
        "address": request.build_absolute_uri(_address(link)) if link else "", "link": link,
    }  # fmt: skip
    return render(request, "notice/calendar.html", context)


def _code(link: CalendarLink) -> str:
    return salted_hmac("jiheng.notice.calendar", f"{link.pk}:{link.serial}", algorithm="sha256").hexdigest()


def _address(link: CalendarLink) -> str:
    return reverse("calendar-feed", args=[link.pk, _code(link)])


@require_POST
def renew(request: HttpRequest) -> HttpResponse:
    """Makes the person's address, or a new one in place of the old."""
    with transaction.atomic():
        known = CalendarLink.objects.select_for_update().filter(person=request.user).first()
        if known:
            known.serial += 1
            known.save(update_fields=["serial", "renewed_at"])
        else:
            CalendarLink.objects.create(zone_id=request.user.zone_id, person=request.user)
    messages.success(request, "已换成新的订阅地址，原来的地址不再有效。" if known else "已生成订阅地址。")
    return redirect("calendar")


@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """Takes the person's address away."""
    CalendarLink.objects.filter(person=request.user).delete()
    messages.success(request, "已停止订阅，原来的地址不再有效。")
    return redirect("calendar")


@require_safe
def feed(request: HttpRequest, key: UUID, code: str) -> HttpResponse:
    """The person's days for a calendar program, without sign-in. A wrong address is as if there were none."""
    link = CalendarLink.objects.select_related("person__zone").filter(pk=key, person__is_active=True).first()
    if link is None or not constant_time_compare(code, _code(link)):
        raise Http404("没有这个地址")
    today = timezone.localdate()
    events = [
        Event(_uid(link, duty), duty.day, duty.title)
        for duty in duties(link.person, today - PAST, today + AHEAD)
    ]
    body = calendar("绩效管理日历", events, now=timezone.now())
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="jiheng.ics"'
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def _uid(link: CalendarLink, duty: Duty) -> str:
    """The same for the same duty of the same subscriber; tells nothing of what stands behind it."""
    return f"{hashlib.sha256(f'{link.pk}:{duty.key}'.encode()).hexdigest()[:32]}@jiheng"
