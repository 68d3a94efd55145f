"""Pages on which an evaluation is worked out: plan, scores, evidence and problems, report, comments.

Each page serves the office (or department) by the evaluation's own case, and experts and institutions by their
engagement's case; ``access.py`` says who may write where.
"""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from jiheng.bureau.profile import values_of
from jiheng.bureau.roles import OFFICE_ROLES
from jiheng.bureau.scope import holds
from jiheng.evaluation import evaluating, exchanging, frameworks, marking, outline, sheets
from jiheng.evaluation.access import Access, must_write, of_case, of_engagement, writing
from jiheng.evaluation.department_evaluation import KEY
from jiheng.evaluation.finance_evaluation import KINDS
from jiheng.evaluation.measured import measured, reported
from jiheng.filing.documents import paper_page
from jiheng.goal.drafts import revision_of
from jiheng.procedure import door
from jiheng.procedure.chain import text as keepable

PROCEDURES = (KEY, *KINDS)
STATES: dict[str, tuple[str, ...]] = {
    "plan": ("planning",), "score": ("scoring", "final"), "field": ("scoring", "final"),
    "report": ("scoring", "final"), "answers": ("asked",), "comments": ("commenting", "final"),
}  # fmt: skip
"""Where an evaluation must stand for a page to be written by the office or the department."""
ENGAGED_STATES: dict[str, tuple[str, ...]] = {
    "plan": ("planning",), "score": ("scoring",), "field": ("scoring", "asked"), "report": ("scoring",),
}  # fmt: skip
"""And by the engaged."""
OVERTAKEN = "这一页刚被别人保存过；请另开页面核对后再保存，以免互相覆盖"
PAGES = {"plan": "评价方案", "score": "打分表", "field": "取证、现场和问题", "report": "评价报告"}
DRAFT_OPEN = ("commenting", "final", "finished")
"""From here on the evaluated may read points and draft."""

View = Callable[[HttpRequest, Access], HttpResponse]


def by_case(view: View) -> Callable[..., HttpResponse]:
    @require_http_methods(["GET", "POST"])
    def of(request: HttpRequest, key: UUID) -> HttpResponse:
        return view(request, of_case(request.user, key, PROCEDURES))

    return of


def by_engagement(view: View) -> Callable[..., HttpResponse]:
    @require_http_methods(["GET", "POST"])
    def of(request: HttpRequest, key: UUID) -> HttpResponse:
        return view(request, of_engagement(request.user, key))

    return of


def _states(access: Access, page: str) -> tuple[str, ...]:
    return (ENGAGED_STATES if access.engagement else STATES)[page]


def _address(access: Access, page: str) -> str:
    prefix = "engaged" if access.engagement else "framework"
    return reverse(f"{prefix}-{page}", args=[access.base.pk])


def _page(
    request: HttpRequest, access: Access, page: str, context: dict, faults: dict[str, str] | None = None
) -> HttpResponse:
    common = {
        "evaluation": access.evaluation, "case": access.case, "base": access.base, "engaged": access.engagement,
        "pages": [
            (label, _address(access, key) if access.case.state in _states(access, key) else "", key == page)
            for key, label in PAGES.items()
        ],
        "page_label": PAGES.get(page, ""), "faults": faults or {},
    }  # fmt: skip
    status = 422 if faults else 200
    return render(request, f"evaluation/framework_{page}.html", common | context, status=status)


def _saved(request: HttpRequest, access: Access, page: str, told: str) -> HttpResponse:
    """After saving: stay on the page, or back to where one came from."""
    messages.success(request, told)
    return redirect(_address(access, page) if "stay" in request.POST else access.base.get_absolute_url())


def edit(request: HttpRequest, key: UUID) -> HttpResponse:
    """To the page that is worked on where the case stands."""
    access = of_case(request.user, key, PROCEDURES)
    door.must_edit(access.case, request.user)
    pages = {"planning": "plan", "scoring": "score", "asked": "answers", "commenting": "comments"}
    page = pages.get(access.case.state, "")
    if access.case.state == "final":
        page = "comments" if access.evaluation.comments.all() else "report"
    return redirect(f"framework-{page}", key=key)


def work(request: HttpRequest, key: UUID) -> HttpResponse:
    """To the page that an engaged one works on where the evaluation stands."""
    access = of_engagement(request.user, key)
    page = {"planning": "plan", "asked": "field"}.get(access.case.state, "score")
    return redirect(f"engaged-{page}", key=key)


def plan(request: HttpRequest, access: Access) -> HttpResponse:
    """The plan: purpose, method, schedule, and the items with their points (art. 31)."""
    states = _states(access, "plan")
    must_write(access, states, "评价方案")
    evaluation = access.evaluation
    typed = evaluating.plan_of(evaluation)
    if request.method == "POST":
        columns = {column: request.POST.getlist(column) for column in evaluating.COLUMNS}
        typed = evaluating.read_plan(request.POST, columns)
        if not typed.faults:
            try:
                with writing(access, states, "评价方案") as held:
                    evaluating.write_plan(held, typed, revision_of(request.POST))
            except door.Overtaken:
                typed.faults["revision"] = OVERTAKEN
            else:
                return _saved(request, access, "plan", "评价方案已保存。")
    weights = dict.fromkeys(frameworks.PARTS, marking.ZERO)
    for item in evaluation.items.all():
        weights[item.part] += item.weight
    blank = dict.fromkeys(evaluating.COLUMNS, "") | {"method": "points"}
    context = {
        "plan": typed, "rows": typed.rows + [blank] * 2, "parts": frameworks.PARTS, "methods": frameworks.METHODS,
        "sums": [(frameworks.PARTS[part], weight) for part, weight in weights.items()],
        "total": sum(weights.values()),
        "outcome": sum(weights[part] for part in frameworks.OUTCOME),
        "floor": values_of(access.case.profile_id).decimal("evaluation", "outcome_floor"),
        "floored": evaluation.kind in ("project", "policy"),
    }  # fmt: skip
    return _page(request, access, "plan", context, typed.faults)


def _typed_scores(request: HttpRequest, evaluation, faults: dict[str, str]) -> dict[str, sheets.Typed]:
    """What was typed on the scoring sheet, by the item's key."""
    everything = "all_mean" in request.POST
    known = dict(marking.RATINGS)
    typed: dict[str, sheets.Typed] = {}
    for item in evaluation.items.all():
        key = str(item.pk)
        actual = keepable(request.POST.get(f"actual-{key}", "")).strip()
        comment = keepable(request.POST.get(f"comment-{key}", "")).strip()
        ratings = [rating if rating in known else "" for rating in request.POST.getlist(f"rating-{key}")]
        if item.method in sheets.RATES and actual and marking.ratio_of(actual) is None:
            faults[f"actual-{key}"] = f"“{item.name}”的实际值“{actual}”不是百分数，如 92.5"
        if len(actual) > 500:
            faults[f"actual-{key}"] = f"“{item.name}”的实际值超过 500 个字"
        mean = everything or f"mean-{key}" in request.POST
        typed[key] = sheets.Typed(ratings, actual, comment[:2000], mean)
    return typed


def score(request: HttpRequest, access: Access) -> HttpResponse:
    """The scoring sheet: key points rated, rates and values entered; points and working follow from them."""
    states = _states(access, "score")
    must_write(access, states, "打分表")
    evaluation, sheet = access.evaluation, access.sheet()
    faults: dict[str, str] = {}
    marks = {mark.item_id: mark for mark in sheet.marks.all()} if not sheet._state.adding else {}
    typed = {str(key): sheets.typed_of(mark) for key, mark in marks.items()}
    if request.method == "POST":
        typed = _typed_scores(request, evaluation, faults)
        if not faults:
            try:
                with writing(access, states, "打分表") as held:
                    total = sheets.save(held, sheet, typed, revision_of(request.POST))
            except door.Overtaken:
                faults["revision"] = OVERTAKEN
            else:
                told = f"总分 {total:.2f} 分。" if total is not None else "还有指标没有得分。"
                return _saved(request, access, "score", f"打分表已保存，{told}")
    known, hints = measured(evaluation), reported(evaluation)
    given = sheets.scores_by_item(evaluation) if sheet.final else {}
    rows = []
    for item in evaluation.items.all():
        told = typed.get(str(item.pk), sheets.Typed(actual=hints.get(item.name, "")))
        ratings = [*told.ratings, *[""] * len(item.points)]
        rows.append(
            {
                "item": item, "typed": told, "mark": marks.get(item.pk), "figure": known.get(item.figure),
                "points": list(zip(item.points, ratings, strict=False)), "rating": ratings[0] if ratings else "",
                "hint": hints.get(item.name, ""), "rate": item.method in sheets.RATES,
                "spread": marking.spread([points for _, points in given.get(item.pk, ())]),
            }
        )  # fmt: skip
    context = {"sheet": sheet, "rows": rows, "ratings": marking.RATINGS, "has_others": bool(given)}
    return _page(request, access, "score", context, faults)


def field(request: HttpRequest, access: Access) -> HttpResponse:
    """What the evaluated are to add, what was seen on the spot, and the problems found."""
    states = _states(access, "field")
    must_write(access, states, "取证、现场和问题")
    faults: dict[str, str] = {}
    if request.method == "POST":
        columns = {name: request.POST.getlist(name) for name in exchanging.COLUMNS}
        typed = exchanging.read(columns, faults)
        if not faults:
            try:
                with writing(access, states, "取证、现场和问题") as held:
                    exchanging.write(held, typed, revision_of(request.POST), author=access.author)
            except door.Overtaken:
                faults["revision"] = OVERTAKEN
            else:
                return _saved(request, access, "field", "已保存。")
    evaluation = access.evaluation
    problems = [(str(row.pk), row.text, row.suggestion) for row in evaluation.problems.all()]
    if faults:
        problems = list(
            zip(*(columns[name] for name in ("problem", "problem_text", "suggestion")), strict=False)
        )
    context = {
        "requests": list(evaluation.requests.all()), "notes": list(evaluation.notes.all()),
        "problems": [*problems, *[("", "", "")] * 2], "posted": request.POST,
        "answers": exchanging.files_of_answers(access.case), "may_ask": access.case.procedure != KEY,
    }  # fmt: skip
    return _page(request, access, "field", context, faults)


def report(request: HttpRequest, access: Access) -> HttpResponse:
    """The report by its outline, drafted from the figures; any section can be rewritten, or taken back to the draft."""
    states = _states(access, "report")
    must_write(access, states, "评价报告")
    faults: dict[str, str] = {}
    if request.method == "POST":
        texts = {key: keepable(request.POST.get(key, "")).strip()[:20000] for key in outline.SECTIONS}
        again = set(request.POST.getlist("again"))
        try:
            with writing(access, states, "评价报告") as held:
                exchanging.write_report(held, texts, again, revision_of(request.POST))
        except door.Overtaken:
            faults["revision"] = OVERTAKEN
        else:
            return _saved(request, access, "report", "评价报告已保存。")
    said = outline.report(access.evaluation)
    context = {
        "sections": [
            (key, title, request.POST.get(key, said[key]), key in access.evaluation.report)
            for key, title in outline.SECTIONS.items()
        ],
    }
    return _page(request, access, "report", context, faults)


def answers(request: HttpRequest, access: Access) -> HttpResponse:
    """The evaluated department answers what was asked, one by one; files go with the step that sends it."""
    states = _states(access, "answers")
    must_write(access, states, "补充资料")
    if request.method == "POST":
        with writing(access, states, "补充资料") as held:
            exchanging.write_answers(
                held, {str(row.pk): request.POST.get(f"answer-{row.pk}", "") for row in held.requests.all()}
            )
        messages.success(request, "答复已保存；请在事项页附上资料后报送。")
        return redirect(access.case)
    open_ = [row for row in access.evaluation.requests.all() if row.sent_on and not row.answered_on]
    return _page(request, access, "answers", {"requests": open_})


def comments(request: HttpRequest, access: Access) -> HttpResponse:
    """The evaluated department comments on the draft; afterwards the office answers each comment."""
    states = _states(access, "comments")
    must_write(access, states, "意见")
    replying = access.case.state == "final"
    faults: dict[str, str] = {}
    if request.method == "POST":
        with writing(access, (access.case.state,), "意见") as held:
            if replying:
                exchanging.write_replies(held, request.POST, faults)
            else:
                exchanging.write_comments(held, request.POST.getlist("comment"))
        if not faults:
            messages.success(request, "已保存。")
            return redirect(access.case)
    rows = list(access.evaluation.comments.all())
    context = {
        "comments": rows, "replying": replying, "texts": [*(row.text for row in rows), "", ""],
        "posted": request.POST,
    }  # fmt: skip
    return _page(request, access, "comments", context, faults)


def paper(request: HttpRequest, key: UUID) -> HttpResponse:
    """The report as it stands, to be read and printed; the evaluated see it once the draft went out to them."""
    access = of_case(request.user, key, PROCEDURES)
    office, own = holds(request.user, OFFICE_ROLES), access.case.procedure == KEY
    if not (office or own or access.case.state in DRAFT_OPEN):
        raise Http404("征求意见之前，报告只供评价的科室看（规程第31条）")
    title = f"{access.case.title}绩效评价报告{'' if access.case.closed else '（样稿）'}"
    sections = outline.paper(access.evaluation)
    return paper_page(
        request, "evaluation/framework_paper.html", sections, {"case": access.case}, title=title
    )
