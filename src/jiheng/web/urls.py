"""Addresses of the shell: sign-in, home, search, lists, projects and the case page."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from jiheng.web import case, home, library, lists, office, project, reading, search, selection, sign_in

urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in/", sign_in.SignIn.as_view(), name="sign-in"),
    path("sign-in/demo/", sign_in.demo_sign_in, name="demo-sign-in"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("password/", sign_in.ChangePassword.as_view(), name="password"),
    path("work/<slug:work>/", lists.work, name="work"),
    path("work/<slug:work>/select/", selection.choose, name="work-select"),
    path("work/<slug:work>/read/", reading.begin, name="work-read"),
    path("selection/export/", selection.export, name="selection-export"),
    path("selection/<str:name>/", selection.carry_out, name="selection-do"),
    path("reading/<slug:token>/", reading.end, name="reading-end"),
    path("reading/<slug:token>/later/<uuid:key>/", reading.later, name="reading-later"),
    path("case/<uuid:key>/", case.show, name="case"),
    path("case/<uuid:key>/do/<slug:step>/", case.do, name="case-do"),
    path("case/<uuid:key>/file/<uuid:attachment>/", case.file, name="case-file"),
    path("office/", office.show, name="office"),
    path("office/<slug:code>/", office.show, name="office"),
    path("projects/", library.index, name="projects"),
    path("projects/<uuid:key>/", project.show, name="project"),
    path("search/", search.search, name="search"),
]
