"""Taking in filled forms of self-evaluations: one, or a workbook of several, whole or not at all.

What the system knows is not taken from a form, and where a form says otherwise that is told.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from jiheng.bureau.models import Person
from jiheng.evaluation.assessing import figure_of, held_for, keep, score, take_execution
from jiheng.evaluation.models import Row, SelfEvaluation
from jiheng.goal.drafts import plain
from jiheng.indicator.form import Form
from jiheng.indicator.scoring import round_score
from jiheng.indicator.target import normalize
from jiheng.procedure import door
from jiheng.procedure.models import Case
from jiheng.project.execution import TOO_MUCH


@dataclass
class Taken:
    """What was taken from an uploaded form: notes where the form says otherwise than the system, faults that stop it."""

    form: Form | None = None
    notes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def take(forms: Sequence[Form], evaluation: SelfEvaluation, rows: Sequence[Row], *, known: bool) -> Taken:
    """Takes the sheet of this project into the record's rows (not saved): actual value, claimed points, reason.

    ``known``: the integrated system has the year's execution figures, so that the form's are only compared.
    """
    goal = evaluation.goal
    mine = [form for form in forms if fits(form, evaluation)]
    if not mine:
        given = "、".join(f"“{f.project or '未写项目名称'}”（工作表 {f.sheet}）" for f in forms)
        return Taken(faults=[f"文件里没有“{goal.name}”的自评表，只有{given}。请核对名称。"])
    form = mine[0]
    taken = Taken(form)
    taken.faults += (f"{form.sheet}：{said}" for code, _, said in form.findings if code == "external-link")
    wanted: dict[str, list[Row]] = {}
    for row in rows:
        wanted.setdefault(plain(row.name), []).append(row)
    for given in form.rows:
        alike = wanted.get(plain(given.name), [])
        row = next((row for row in alike if plain(row.level2) == plain(given.level2)), None)
        row = row or next(iter(alike), None)
        if row is None:
            cell = given.where("name")
            taken.faults.append(
                f"{form.sheet}!{cell}：指标“{given.name}”不在已批复的绩效目标里，请删去或改回批复的名称。"
            )
            continue
        alike.remove(row)
        row.actual, row.reason = (given.actual or "")[:500], given.reason or ""
        row.claimed = _points(given.published_score, f"{form.sheet}!{given.where('score')}", taken)
        if given.target and normalize(given.target) != normalize(row.target):
            taken.notes.append(
                f"{form.sheet}!{given.where('target')}：指标值“{given.target}”与批复的“{row.target}”不同，按批复的计分。"
            )
        if given.weight is not None and given.weight != row.weight:
            taken.notes.append(
                f"{form.sheet}!{given.where('weight')}：分值 {given.weight} 与批复的 {row.weight} 不同，按批复的计分。"
            )
    for row in sorted((row for left in wanted.values() for row in left), key=lambda row: row.order):
        taken.faults.append(f"{form.sheet}：缺少已批复的指标“{row.name}”（第 {row.order} 行），请补上。")
    evaluation.achieved = form.goal_actual or ""
    evaluation.claimed_total = _points(form.published_total, f"{form.sheet}!{form.where('total')}", taken)
    if known and form.budget.executed is not None and form.budget.executed != evaluation.executed:
        taken.notes.append(
            f"{form.sheet}!{form.budget.where('executed')}：全年执行数 {form.budget.executed:,.2f} 元与一体化系统的 "
            f"{evaluation.executed:,.2f} 元不同，按系统的计分。"
        )
    if not known:
        evaluation.initial, evaluation.full_year = form.budget.initial, form.budget.full_year
        evaluation.executed = form.budget.executed
        for amount in (evaluation.initial, evaluation.full_year, evaluation.executed):
            if amount is not None and abs(amount) >= TOO_MUCH:
                taken.faults.append(f"{form.sheet}：金额 {amount:f} 元大得不可能，请核对金额和单位。")
        taken.notes.append("系统里还没有本项目的全年执行数，暂按表内数计分；载入执行数后以系统的为准。")
    return taken


def _points(given: Decimal | None, place: str, taken: Taken) -> Decimal | None:
    """Points as the record keeps them, in two places half up; what can't be points is a fault."""
    if given is None or abs(given) < 1000:
        return None if given is None else round_score(given)
    taken.faults.append(f"{place}：得分“{given:f}”不是得分，请核对。")
    return None


class NothingSaved(Exception):
    """A file for several self-evaluations has faults: ``taken`` tells those of each."""

    def __init__(self, taken: dict[UUID, Taken]):
        super().__init__("nothing was saved")
        self.taken = taken


def fits(form: Form, evaluation: SelfEvaluation) -> bool:
    """Whether a sheet is this project's: by its code, or where the sheet has none that is known, by its name."""
    goal = evaluation.goal
    names = {plain(goal.name)} | ({plain(goal.organization.name)} if goal.organization else set())
    return bool(
        form.project_code == goal.code
        or plain(form.project) in names
        or (goal.whole and form.kind == "whole" and {plain(form.department), plain(form.unit)} & names)
    )


def save_together(
    evaluations: Sequence[SelfEvaluation], forms: Sequence[Form], *, by: Person, name: str, sha256: str
) -> dict[UUID, Taken]:
    """Takes every sheet of a file into its self-evaluation, or none: by case. Raises NothingSaved.

    A sheet that is nobody's is a fault (under no case: key of the nil UUID); self-evaluations without a sheet stay.
    """
    taken: dict[UUID, Taken] = {}
    lost = [form for form in forms if not any(fits(form, each) for each in evaluations)]
    if lost:
        taken[UUID(int=0)] = Taken(
            faults=[
                f"{form.sheet}：“{form.project or '未写项目名称'}”不在您要填的自评里，请核对名称、编码，或删去这张工作表。"
                for form in lost
            ]
        )
    with transaction.atomic():
        for each in evaluations:
            mine = [form for form in forms if fits(form, each)]
            if len(mine) > 1:
                sheets = "、".join(str(form.sheet) for form in mine)
                taken[each.case_id] = Taken(
                    faults=[f"“{each.goal.name}”有 {len(mine)} 张自评表（{sheets}），只留一张。"]
                )
            elif mine:
                taken[each.case_id] = save_form(each.case, mine, by=by, name=name, sha256=sha256)
        if any(each.faults for each in taken.values()):
            raise NothingSaved(taken)
    return taken


def save_form(case: Case, forms: Sequence[Form], *, by: Person, name: str, sha256: str) -> Taken:
    """Takes an uploaded form and scores it; nothing is saved when it has faults."""
    with door.editing(case, by) as held:
        evaluation, mine = held_for(held, None)
        take_execution([evaluation])
        taken = take(forms, evaluation, mine, known=figure_of(evaluation) is not None)
        if not taken.faults:
            evaluation.form, evaluation.form_sha256 = name[-200:], sha256
            score(evaluation, mine, taken.form)
            evaluation.revision += 1
            keep(evaluation, mine)
    return taken
