"""Addresses of room evaluation."""

from django.urls import path

from jiheng.evaluation import (
    choosing_views,
    engaged_views,
    framework_views,
    spot_views,
    together_views,
    views,
)
from jiheng.evaluation.finance_evaluation import KINDS
from jiheng.evaluation.framework_views import by_case, by_engagement

SHARED = {
    "plan": framework_views.plan,
    "score": framework_views.score,
    "field": framework_views.field,
    "report": framework_views.report,
}
"""Pages that offices reach by the evaluation's case, and the engaged by their engagement's."""
OWN = {"answers": framework_views.answers, "comments": framework_views.comments}

urlpatterns = [
    path("round/", views.round_, name="evaluation-round"),
    path("together/", together_views.index, name="evaluations-together"),
    path("together/forms.xlsx", together_views.forms, name="evaluations-together-forms"),
    path("<uuid:key>/edit/", views.edit, name="evaluation-edit"),
    path("whole/<uuid:key>/edit/", views.edit, name="whole_evaluation-edit"),
    path("<uuid:key>/score/", views.live, name="evaluation-score"),
    path("<uuid:key>/upload/", views.upload, name="evaluation-upload"),
    path("<uuid:key>/uploaded/", views.uploaded, name="evaluation-uploaded"),
    path("<uuid:key>/form.xlsx", views.form, name="evaluation-form"),
    path("spot/new/", spot_views.new, name="spot_check-new"),
    path("spot/<uuid:key>/edit/", spot_views.edit, name="spot_check-edit"),
    path("spot/<uuid:key>/<uuid:item>/", spot_views.item, name="spot_check-item"),
    path("department/new/", choosing_views.department, name="department_evaluation-new"),
    *(
        path(
            f"{key.removesuffix('_evaluation')}/new/",
            choosing_views.finance,
            {"procedure": key},
            f"{key}-new",
        )
        for key in KINDS
    ),
    *(
        path(f"{key.removesuffix('_evaluation')}/<uuid:key>/edit/", framework_views.edit, name=f"{key}-edit")
        for key in framework_views.PROCEDURES
    ),
    *(
        path(f"framework/<uuid:key>/{page}/", by_case(view), name=f"framework-{page}")
        for page, view in {**SHARED, **OWN}.items()
    ),
    path("framework/<uuid:key>/paper/", framework_views.paper, name="framework-paper"),
    *(
        path(f"engaged/<uuid:key>/{page}/", by_engagement(view), name=f"engaged-{page}")
        for page, view in SHARED.items()
    ),
    path("engaged/<uuid:key>/", framework_views.work, name="engaged-work"),
    path("engaged/<uuid:key>/<uuid:attachment>/", engaged_views.file, name="engaged-file"),
]
