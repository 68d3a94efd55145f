"""Addresses of room bureau."""

from django.urls import path
from django.views.generic import RedirectView

from jiheng.bureau import administrator_views, delegation_views, profile_views, views, workday_views

urlpatterns = [
    path("", views.organizations, name="organizations"),
    path("organization/<uuid:key>/", views.organization, name="organization"),
    path("organization/<uuid:key>/edit/", views.edit_organization, name="organization-edit"),
    path("organization/new/<slug:kind>/", views.edit_organization, name="organization-new"),
    path("people/", views.people, name="people"),
    path("people/new/", views.add_person, name="person-new"),
    path("people/<uuid:key>/", views.person, name="person"),
    path("people/<uuid:key>/change/", views.change_person, name="person-change"),
    path("delegations/", delegation_views.index, name="delegations"),
    path("delegations/<uuid:key>/end/", delegation_views.end, name="delegation-end"),
    path("administrators/", administrator_views.show, name="administrators"),
    path("changes/", views.changes, name="changes"),
    path("profile/", profile_views.show, name="profile"),
    path("profile/upload/", profile_views.upload, name="profile-upload"),
    path("profile/<uuid:key>/", profile_views.show, name="profile-version"),
    path("profile/<uuid:key>.toml", profile_views.download, name="profile-toml"),
    path("workdays/", workday_views.show, name="workdays"),
    path("workdays/change/", workday_views.change, name="workdays-change"),
    # The matrix is drawn from the procedures, which stand above this room (docs/decisions/0003-order-of-rooms.md).
    path("matrix/", RedirectView.as_view(pattern_name="matrix")),
]
