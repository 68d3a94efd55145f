"""Ex-ante evaluations brought to where a test begins, through the door, and what a browser sends for their pages."""

from decimal import Decimal

from jiheng.exante import drafts, rules
from jiheng.exante.models import ExanteEvaluation
from jiheng.procedure import door
from jiheng.procedure.models import Case
from tests.bureau_fixture import make_project
from tests.rooms import file

EIGHT_MILLION = Decimal(8_000_000)
WEIGHTS = {"necessity": 20, "economy": 15, "feasibility": 15, "goals": 20, "support": 10, "budget": 20}
GOOD = {key: str(weight - 2) for key, weight in WEIGHTS.items()}
"""Scores of 88 points in all."""
FAIR = {
    "necessity": "14",
    "economy": "10",
    "feasibility": "10",
    "goals": "14",
    "support": "7",
    "budget": "15",
}
"""Scores of 70 points in all."""


def make_new(bureau, unit="unit", **given):
    """A new project above the profile's bound of 重大."""
    return make_project(bureau, unit, **{"attribute": "new", "total": EIGHT_MILLION, **given})


def report(**changed) -> dict[str, str]:
    """The report's page as a department fills it: 600 万元 asked, each point argued and scored."""
    form = {"background": "新建教学楼", "basis": "区政府常务会议纪要", "asked": "600", "revision": "0"}
    for key, weight in WEIGHTS.items():
        form |= {f"text-{key}": f"{key}的论证", f"self-{key}": str(weight)}
    return form | changed


def review(scores=None, **changed) -> dict[str, str]:
    """The review's page as the expenditure office fills it: 88 points, supported, 550 万元."""
    form = {"conclusion": rules.FULL, "priority": "first", "amount": "550", "word": "", "revision": "1"}
    for key, score in (scores or GOOD).items():
        form |= {f"score-{key}": score, f"comment-{key}": ""}
    return form | changed


def key_result(**changed) -> dict[str, str]:
    form = {
        "by": "某会计师事务所", "kind": "institution", "score": "82", "conclusion": rules.FULL, "amount": "500",
        "word": "总体合理", "revision": "2",
    }  # fmt: skip
    return form | changed


def save_report(evaluation, person, *, evidence=True, **changed):
    typed = drafts.read_report(report(**changed), drafts.bounds_of(evaluation.case.profile_id))
    uploads = [file("可行性论证.txt", b"grounds")] if evidence else []
    drafts.save(evaluation.case, typed, by=person, uploads=uploads)


def save_review(evaluation, person, scores=None, **changed):
    typed = drafts.read_review(review(scores, **changed), drafts.bounds_of(evaluation.case.profile_id))
    drafts.save(evaluation.case, typed, by=person)


def save_key(evaluation, person, *, files=True, **changed):
    uploads = [file("重点评估报告.txt", b"report")] if files else []
    drafts.save(evaluation.case, drafts.read_key(key_result(**changed)), by=person, uploads=uploads)


def reach(bureau, state, project=None, year=2026, scores=None, **changed) -> ExanteEvaluation:
    """An evaluation of unit 1's (or the given) project that stands at ``state``; ``changed`` goes into its review."""
    project = project or make_new(bureau)
    mine = next(key for key, place in bureau.organizations.items() if place == project.department)
    department = bureau.people[mine]
    evaluation = drafts.begin(project, year, by=department)
    case = evaluation.case
    way = ("draft", "submitted", "reviewed", "key" if state == "key" else "concluded")
    if state == "draft":
        return evaluation
    save_report(evaluation, department)
    door.perform("exante.submit", case, by=department)
    if way.index(state) >= 2:
        save_review(evaluation, bureau.expenditure, scores, **changed)
        door.perform("exante.review", case, by=bureau.expenditure)
    if state == "key":
        door.perform("exante.choose", case, by=bureau.budget, opinion="金额大，社会关注高")
    if state == "concluded":
        door.perform("exante.accept", case, by=bureau.budget)
    return ExanteEvaluation.objects.select_related("case", "project").get(pk=evaluation.pk)


def stands(evaluation) -> str:
    return Case.objects.get(pk=evaluation.case_id).state


def reasons(answer) -> list[str]:
    return [reason.text for reason in answer.reasons]
