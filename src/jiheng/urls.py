"""All addresses. Every one asks for sign-in unless web.middleware lists it as public; disclosure.public_urls is."""

from django.urls import include, path

from jiheng.exchange import interface

urlpatterns = [
    path("", include("jiheng.web.urls")),
    path("indicator/", include("jiheng.indicator.urls")),
    path("project/", include("jiheng.project.urls")),
    path("import/", include("jiheng.exchange.urls")),
    path("api/execution", interface.execution, name="api-execution"),
    path("notice/", include("jiheng.notice.urls")),
    path("filing/", include("jiheng.filing.urls")),
    path("support/", include("jiheng.support.urls")),
    path("exante/", include("jiheng.exante.urls")),
    path("goal/", include("jiheng.goal.urls")),
    path("budget/", include("jiheng.budget.urls")),
    path("monitoring/", include("jiheng.monitoring.urls")),
    path("evaluation/", include("jiheng.evaluation.urls")),
    path("application/", include("jiheng.application.urls")),
    path("disclosure/", include("jiheng.disclosure.urls")),
    path("assessment/", include("jiheng.assessment.urls")),
    path("revenue/", include("jiheng.revenue.urls")),
    path("consultation/", include("jiheng.consultation.urls")),
    path("", include("jiheng.disclosure.public_urls")),
    path("procedure/", include("jiheng.procedure.urls")),
    path("rulebook/", include("jiheng.rulebook.urls")),
    path("regulation/", include("jiheng.regulation.urls")),
    path("bureau/", include("jiheng.bureau.urls")),
    path("operations/", include("jiheng.operations.urls")),
]
