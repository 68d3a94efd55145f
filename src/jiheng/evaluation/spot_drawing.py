"""Drawing a spot check's sample and keeping its re-scores (art. 30). Points are in points, shares are ratios."""

import secrets
from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from django.utils.timezone import localdate

from jiheng.bureau.models import Person, Zone
from jiheng.bureau.profile import in_force, values_of
from jiheng.evaluation import assessing, sampling
from jiheng.evaluation.models import Row, SelfEvaluation, SpotCheck, SpotItem
from jiheng.indicator import scoring
from jiheng.procedure import door
from jiheng.procedure.models import Case
from jiheng.procedure.table import Reason


class NothingToDraw(Exception):
    """A year without accepted self-evaluations."""


def candidates(zone: Zone, year: int) -> list[SelfEvaluation]:
    """The accepted self-evaluations of a year's project goals, in order of code."""
    found = SelfEvaluation.objects.filter(
        zone=zone, goal__year=year, goal__project__isnull=False, case__state="accepted", total__isnull=False
    )
    found = found.select_related("case__department", "goal__project").prefetch_related("rows")
    return list(found.order_by("case__code", "id"))


def usual_number(zone: Zone, year: int) -> int:
    """How many the profile's share asks for."""
    profile = in_force(zone.pk, localdate(door.now()))
    share = values_of(profile.pk).decimal("evaluation", "spot_share") if profile else Decimal("0.1")
    return sampling.number_of(len(candidates(zone, year)), share)


def begin(zone: Zone, year: int, number: int, *, by: Person, seed: str = "") -> SpotCheck:
    """Draws the sample and begins the case with it, in one act. Raises NothingToDraw, or Refusal."""
    found = candidates(zone, year)
    if not found:
        raise NothingToDraw(f"{year}年还没有已认可的单位自评，抽不了样本")
    seed = seed or secrets.token_hex(16)
    by_code = {evaluation.case.code: evaluation for evaluation in found}
    asked = [
        sampling.Candidate(code, evaluation.case.department.name, evaluation.grade)
        for code, evaluation in by_code.items()
    ]
    strata, sample = sampling.draw(seed, asked, number)

    def make(cases: list[Case]) -> None:
        check = SpotCheck.objects.create(
            zone=zone, case=cases[0], year=year, number=len(sample), seed=seed, method=sampling.METHOD,
            strata=[[s.department, s.grade, s.size, s.seats] for s in strata],
            population=[
                [code, each.case.title, each.case.department.name, each.grade, str(each.case_id)]
                for code, each in by_code.items()
            ],
            bound=values_of(cases[0].profile_id).decimal("evaluation", "spot_bound"),
        )  # fmt: skip
        SpotItem.objects.bulk_create(
            SpotItem(
                zone=zone, check_of=check, order=order, evaluation=by_code[one.code],
                original=_original(by_code[one.code]),
            )
            for order, one in enumerate(sample, 1)
        )  # fmt: skip

    draft = Case(zone=zone, year=year, title=f"{year}年单位自评抽查复核（{len(sample)} 份）")
    (act,) = door.start("spot_check.open", [draft], by=by, make=make)
    return SpotCheck.objects.select_related("case").get(case_id=act.case_id)


def counted(row: Row) -> Decimal:
    """The points of a row that its self-evaluation counted: by rule, else as claimed."""
    return row.score if row.score is not None else row.claimed or Decimal(0)


def _original(evaluation: SelfEvaluation) -> dict:
    """What the self-evaluation said when it was drawn."""
    return {
        "total": str(evaluation.total),
        "grade": evaluation.grade,
        "execution": str(evaluation.execution_score or 0),
        "points": [[row.order, str(counted(row))] for row in evaluation.rows.all()],
    }


def reasons_against(item: SpotItem) -> list[Reason]:
    """Why this one can't be scored (again) now."""
    if item.returned:
        return [Reason("已按复核结果退回单位，复核分不再改", 30, next="请等单位重报。")]
    if item.total is not None and item.round >= item.check_of.case.round:
        return [
            Reason(
                "复核分已保存，原自评分已显示，不能再改",
                30,
                next="差异表被退回时才能重新复核，以前的复核分会一并留存。",
            )
        ]
    return []


def rescore(
    item_key: UUID,
    case: Case,
    points: Mapping[int, Decimal],
    comments: Mapping[int, str],
    word: str,
    *,
    by: Person,
) -> SpotItem:
    """Keeps a re-score whole: every row's points; the execution's points stay those of the rule. Once, for good."""
    with door.editing(case, by) as held:
        item = (
            SpotItem.objects.select_for_update(of=("self",))
            .select_related("check_of", "evaluation")
            .get(pk=item_key, check_of__case=held)
        )
        item.check_of.case = held
        if reasons := reasons_against(item):
            raise door.Overtaken(str(reasons[0]))
        if item.total is not None:
            item.earlier = [*item.earlier, [item.round, str(item.total), item.grade, item.points, item.word]]
        rows = list(item.evaluation.rows.all())
        item.points = [[row.order, str(points[row.order]), comments.get(row.order, "")] for row in rows]
        item.total = sum(points.values(), Decimal(item.original["execution"]))
        rules = assessing.rules_of(held.profile_id)
        item.grade = scoring.grade(item.total, rules) or ""
        item.word, item.round = word, held.round
        item.save()
    return item
