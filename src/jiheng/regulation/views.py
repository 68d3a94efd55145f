"""The regulation on the screen: chapters and articles, one article (art. 1, 3, 43)."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import localdate

from jiheng.regulation import coverage
from jiheng.regulation.articles import (
    ARTICLES,
    CHAPTERS,
    EFFECT,
    UnknownArticle,
    article,
    articles_of,
)
from jiheng.regulation.documents import DOCUMENTS
from jiheng.regulation.loading import in_force
from jiheng.regulation.models import ArticleText, Edition

SHOWN = 20


def index(request: HttpRequest) -> HttpResponse:
    """Chapters and articles with this year's counts, and the editions loaded."""
    today = localdate()
    counted = coverage.counts(request.user, today)
    carried = {number for each in coverage.governed() for number in each.step.articles}
    chapters = [
        (
            chapter,
            [
                {
                    "article": each,
                    "counts": counted.get(each.number, coverage.Counts()),
                    "steps": each.number in carried,
                    "screens": coverage.SCREENS.get(each.number, ()),
                }
                for each in articles_of(chapter)
            ],
        )
        for chapter in CHAPTERS
    ]
    editions = list(Edition.objects.filter(zone=request.user.zone_id))
    current = next((each for each in editions if each.effective <= today), None)
    return render(
        request,
        "regulation/index.html",
        {
            "chapters": chapters,
            "editions": editions,
            "current": current,
            "effect": EFFECT,
            "year": today.year,
        },
    )


def show(request: HttpRequest, number: int) -> HttpResponse:
    """One article: summary, text, duties, steps, counts, what is overdue, where it is done.

    ``?edition=`` with an edition's SHA-256 shows that edition's text instead of the one in force.
    """
    try:
        found = article(number)
    except UnknownArticle as error:
        raise Http404(str(error)) from None
    today = localdate()
    if chosen := request.GET.get("edition"):
        edition = get_object_or_404(Edition, zone=request.user.zone_id, sha256=chosen)
    else:
        edition = in_force(request.user.zone_id, today)
    text = (
        edition and ArticleText.objects.filter(zone=edition.zone_id, edition=edition, number=number).first()
    )
    steps = coverage.governed(number)
    overdue = (
        coverage.tasks(request.user)
        .filter(coverage.under(number), due__lt=today)
        .select_related("case", "organization")
        .order_by("due")[:SHOWN]
        if steps
        else []
    )
    return render(
        request,
        "regulation/article.html",
        {
            "article": found,
            "parties": coverage.party_labels(found),
            "edition": edition,
            "chosen": chosen,
            "text": text,
            "steps": steps,
            "duties": coverage.duties(number),
            "counts": coverage.counts(request.user, today).get(number, coverage.Counts()),
            "cases": coverage.cases_acted(request.user, number, today.year) if steps else 0,
            "overdue": overdue,
            "screens": coverage.SCREENS.get(number, ()),
            "planned": coverage.PLANNED.get(number),
            "documents": [each for each in DOCUMENTS if number in each.articles],
            "before": ARTICLES[number - 2] if number > 1 else None,
            "after": ARTICLES[number] if number < len(ARTICLES) else None,
            "year": today.year,
        },
    )
