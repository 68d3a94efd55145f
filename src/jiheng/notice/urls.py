"""Addresses of room notice. Each kind of notice and of requirement has its own, named by its procedure."""

from django.urls import path

from jiheng.notice import calendar_views, round_views, views
from jiheng.notice.kinds import CARRYING, KINDS

urlpatterns = [
    path("", views.index, name="notices"),
    path("<uuid:key>/", views.paper, name="notice-paper"),
    path("<uuid:key>/file/<uuid:attachment>/", views.file, name="notice-file"),
    path("round/<uuid:key>/", round_views.show, name="round"),
    path("round/<uuid:key>/urge/", round_views.urge, name="round-urge"),
    path("calendar/", calendar_views.show, name="calendar"),
    path("calendar/renew/", calendar_views.renew, name="calendar-renew"),
    path("calendar/stop/", calendar_views.stop, name="calendar-stop"),
    path("calendar/<uuid:key>-<slug:code>.ics", calendar_views.feed, name="calendar-feed"),
]
for kind in KINDS.values():
    urlpatterns += [
        path(f"{kind.key}/new/", views.new_notice, {"kind": kind.key}, name=f"{kind.notice}-new"),
        path(
            f"{kind.key}/<uuid:key>/edit/", views.edit_notice, {"kind": kind.key}, name=f"{kind.notice}-edit"
        ),
    ]
for kind in CARRYING:
    urlpatterns += [
        path(
            f"requirement/{kind.key}/new/",
            views.new_requirement,
            {"kind": kind.key},
            name=f"{kind.carried}-new",
        ),
        path(
            f"requirement/{kind.key}/<uuid:key>/edit/",
            views.edit_requirement,
            {"kind": kind.key},
            name=f"{kind.carried}-edit",
        ),
    ]
