"""Addresses of the public site (web.middleware.SITE): public codes and years alone, no key of the inside."""

from django.urls import path

from jiheng.disclosure import public

urlpatterns = [
    path("robots.txt", public.robots, name="robots"),
    path("public/", public.home, name="public-home"),
    path("public/<slug:zone>/", public.zone, name="public-zone"),
    path("public/<slug:zone>/search/", public.search, name="public-search"),
    path("public/<slug:zone>/dictionary/", public.dictionary, name="public-dictionary"),
    path("public/<slug:zone>/data/<int:year>.<slug:kind>", public.data, name="public-data"),
    path("public/<slug:zone>/project/<slug:code>/", public.project, name="public-project"),
    path("public/<slug:zone>/<int:year>/", public.year, name="public-year"),
    path("public/<slug:zone>/<int:year>/<slug:department>/", public.department, name="public-department"),
    path(
        "public/<slug:zone>/<int:year>/<slug:department>/<slug:item>/<slug:slug>/",
        public.page,
        name="public-page",
    ),
]
