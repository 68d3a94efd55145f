"""Addresses of room support: the register of experts and institutions, and engagements."""

from django.urls import path

from jiheng.support import party_views, views

urlpatterns = [
    path("parties/", party_views.parties, name="parties"),
    path("parties/new/", party_views.new, name="party-new"),
    path("parties/<uuid:key>/edit/", party_views.edit, name="party-edit"),
    path("engagements/", views.mine, name="engagements"),
    path("engagements/<uuid:key>/material/<uuid:attachment>/", views.material, name="engagement-material"),
    path("invite/<uuid:key>/", views.invite, name="engagement-invite"),
    path("draw/<uuid:key>/", views.draw, name="engagement-draw"),
]
