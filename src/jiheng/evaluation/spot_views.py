"""Pages of a spot check: draw the sample, score each self-evaluation without seeing what it gave itself (art. 30)."""

from decimal import Decimal
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from jiheng.bureau.roles import PERFORMANCE
from jiheng.bureau.scope import holds, visible
from jiheng.evaluation import spot_check, spot_drawing
from jiheng.evaluation.models import SpotCheck
from jiheng.goal.drafts import number as number_of
from jiheng.procedure import door
from jiheng.procedure.chain import text as keepable
from jiheng.procedure.models import Attachment, Case
from jiheng.procedure.table import Reason

SEED = 64


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Choose year and number; the sample is drawn by a seed that is kept, one's own or a fresh one."""
    if not holds(request.user, [PERFORMANCE]):
        step = spot_check.SPOT_CHECK.opening()
        reason = Reason(
            "抽查复核由预算绩效管理科办理", 30, kind="role", next="差异会送预算科、支出管理科签收。"
        )
        raise door.Refusal(spot_check.SPOT_CHECK, step, Case(title=step.label), [reason])
    this_year = timezone.localdate().year
    years = [this_year - 2, this_year - 1, this_year]
    typed = (request.POST or request.GET).get("year", "")
    year = int(typed) if typed in map(str, years) else this_year - 1
    zone = request.user.zone
    population = len(spot_drawing.candidates(zone, year))
    usual = spot_drawing.usual_number(zone, year) if population else 0
    faults: dict[str, str] = {}
    asked = request.POST.get("number", str(usual)).strip()
    seed = keepable(request.POST.get("seed", "")).strip()
    if request.method == "POST":
        if not asked.isdecimal() or not 0 < int(asked) <= population:
            faults["number"] = f"抽取数“{asked}”不是 1 至 {population} 的整数"
        if len(seed) > SEED:
            faults["seed"] = f"种子最多 {SEED} 个字"
        if not population:
            faults = {"year": f"{year}年还没有已认可的单位自评，抽不了样本"}
        if not faults:
            check = spot_drawing.begin(zone, year, int(asked), by=request.user, seed=seed)
            messages.success(request, f"已从 {population} 份中抽取 {check.number} 份，请逐份复核打分。")
            return redirect("case", key=check.case_id)
    context = {
        "year": year, "years": years, "population": population, "usual": usual, "number": asked, "seed": seed,
        "faults": faults,
    }  # fmt: skip
    return render(request, "evaluation/spot_new.html", context, status=422 if faults else 200)


def _check(request: HttpRequest, key: UUID) -> SpotCheck:
    cases = visible(Case.objects.filter(procedure="spot_check"), request.user)
    case = get_object_or_404(cases.select_related("zone"), pk=key)
    check = spot_check.load([case.pk])[case.pk]
    check.case = case
    return check


def edit(request: HttpRequest, key: UUID) -> HttpResponse:
    """To the next one without a re-score; back to the case when there is none."""
    check = _check(request, key)
    door.must_edit(check.case, request.user)
    following = next((item for item in check.items.all() if item.total is None), None)
    if following:
        return redirect("spot_check-item", key=key, item=following.pk)
    return redirect("case", key=key)


@require_http_methods(["GET", "POST"])
def item(request: HttpRequest, key: UUID, item: UUID) -> HttpResponse:
    """Goal, actual values, money and evidence of one drawn self-evaluation, and the re-scorer's own points."""
    check = _check(request, key)
    door.must_edit(check.case, request.user)
    found = get_object_or_404(
        check.items.select_related("evaluation__goal", "evaluation__case__unit"), pk=item
    )
    found.check_of = check
    if reasons := spot_drawing.reasons_against(found):
        raise door.Refusal(
            spot_check.SPOT_CHECK, spot_check.SPOT_CHECK.step("send"), check.case, reasons, "复核打分"
        )
    evaluation = found.evaluation
    rows = list(evaluation.rows.all())
    points: dict[int, Decimal] = {}
    comments: dict[int, str] = {}
    faults: dict[str, str] = {}
    for row in rows:
        row.typed = request.POST.get(f"points-{row.pk}", "").strip()
        row.comment = keepable(request.POST.get(f"comment-{row.pk}", "")).strip()
        if request.method == "POST":
            given = number_of(row.typed) if row.typed else None
            if given is None or not 0 <= given <= row.weight or given != round(given, 2):
                faults[f"points-{row.pk}"] = (
                    f"第 {row.order} 行复核得分“{row.typed}”不是 0 至 {row.weight} 的数（最多两位小数）"
                )
            else:
                points[row.order] = given
                if given < row.weight and not row.comment:
                    faults[f"comment-{row.pk}"] = f"第 {row.order} 行有扣分，请写明扣分的依据"
            comments[row.order] = row.comment
    word = keepable(request.POST.get("word", "")).strip()
    if request.method == "POST" and not faults:
        try:
            kept = spot_drawing.rescore(found.pk, check.case, points, comments, word, by=request.user)
        except door.Overtaken as overtaken:
            faults["word"] = str(overtaken)
        else:
            kept.check_of = check
            messages.success(
                request,
                f"“{evaluation.case.title}”：自评 {kept.original_total:.2f} 分，复核 {kept.total:.2f} 分，"
                f"相差 {kept.difference:+.2f} 分。",
            )
            following = "spot_check-edit" if "next" in request.POST else "case"
            return redirect(following, key=key)
    context = {
        "check": check, "case": check.case, "item": found, "record": evaluation, "rows": rows, "word": word,
        "execution": Decimal(found.original["execution"]),
        "files": Attachment.objects.filter(zone_id=check.zone_id, case=evaluation.case).order_by("id"),
        "faults": faults,
    }  # fmt: skip
    return render(request, "evaluation/spot_item.html", context, status=422 if faults else 200)
