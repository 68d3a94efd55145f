"""Evaluations by framework as their offices, departments and experts work on them: through the pages, not around them."""

from jiheng.evaluation.framework_models import Evaluation
from jiheng.procedure import door
from jiheng.procedure.models import Case
from tests.rooms import file

TEXTS = {
    "purpose": "评价校舍维修资金的使用效果。",
    "approach": "比较法、现场核查；计划标准。",
    "schedule": "两周完成，三人参加。",
}
ACTUALS = {
    "修缮校舍面积": "1200平方米",
    "验收合格率": "100%",
    "按期完工率": "95%",
    "受益学生人数": "450人",
    "师生满意度": "90%",
}
"""Every target of the tests' goal met, but half of the pupils reached."""


def plan_fields(evaluation: Evaluation, **weights: str) -> dict:
    """The plan's page as it was laid out, with the texts filled in; ``weights`` by the item's name."""
    items = list(evaluation.items.all())
    return {
        "revision": str(evaluation.revision),
        **TEXTS,
        "item": [str(item.pk) for item in items],
        "part": [item.part for item in items],
        "level2": [item.level2 for item in items],
        "name": [item.name for item in items],
        "method": [item.method for item in items],
        "target": [item.target for item in items],
        "weight": [weights.get(item.name, f"{item.weight}") for item in items],
        "points": ["\n".join(item.points) for item in items],
        "standard": [item.standard for item in items],
        "evidence": [item.evidence for item in items],
    }


def score_fields(
    evaluation: Evaluation, *, low: str = "1", comment: str = "受益人数只到一半。", **more
) -> dict:
    """A scoring sheet: every key point met but the first of 成本节约率, which gets ``low``; rates in full."""
    given = {"revision": "0", **more}
    for item in evaluation.items.all():
        key = str(item.pk)
        if item.method == "points":
            given[f"rating-{key}"] = [
                low if n == 0 and item.name == "成本节约率" else "1" for n in range(len(item.points))
            ]
        elif item.method == "goal":
            given[f"actual-{key}"] = ACTUALS[item.name]
        elif not item.figure:
            given[f"actual-{key}"] = "100"
        given[f"comment-{key}"] = comment
    return given


def problem_fields(evaluation: Evaluation) -> dict:
    evaluation.refresh_from_db()
    return {
        "revision": str(evaluation.revision), "ask": "", "day": "", "place": "", "people": "", "note": "",
        "problem": ["", ""], "problem_text": ["受益学生不到目标的一半。", ""], "suggestion": ["按实际需求编报人数。", ""],
    }  # fmt: skip


def do(case: Case, step: str, by, **given):
    """One step through the door, with the files some ask for."""
    given.setdefault("opinion", "同意。")
    if given.pop("files", None):
        given["evidence"] = [file("资料.txt", "补充的验收单".encode())]
    return door.perform(f"{case.procedure}.{step}", case, by=by, **given)


def finance_evaluated(as_person, bureau, project) -> Evaluation:
    """A finance evaluation of a project's year, from its choice to its final result (90 points, one problem)."""
    client = as_person(bureau.performance)
    given = {"year": "2026", "project": [str(project.pk)], "reason": ["livelihood"], "word": "涉及学生安全。"}
    client.post("/evaluation/finance/new/", given)
    found = Evaluation.objects.select_related("case").get(case__procedure="finance_evaluation")
    for office in ("performance", "budget", "expenditure"):
        do(found.case, "sign", bureau.people[office])
    base = f"/evaluation/framework/{found.case_id}/"
    client.post(base + "plan/", plan_fields(found))
    do(found.case, "plan", bureau.performance)
    do(found.case, "approve", bureau.budget)
    do(found.case, "approve", bureau.expenditure)
    client.post(base + "score/", score_fields(found))
    client.post(base + "field/", problem_fields(found))
    do(found.case, "consult", bureau.performance)
    do(found.case, "comment", bureau.department, opinion="无意见。")
    do(found.case, "finish", bureau.performance)
    found.refresh_from_db()
    return found
