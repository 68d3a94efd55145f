"""A goal seen with the checks of norm 15 and the points of norm 4: between this room's record and the rules."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from functools import cached_property, lru_cache
from uuid import UUID

from jiheng.bureau.catalogue import caps_of
from jiheng.bureau.profile import Values, values_of
from jiheng.goal import rules
from jiheng.goal.drafts import Typed, number
from jiheng.goal.models import Goal
from jiheng.indicator.checks import Check, goal_checks, make_check
from jiheng.indicator.form import Budget, Form, IndicatorRow
from jiheng.indicator.models import LibraryIndicator
from jiheng.indicator.rules import ScoringRules
from jiheng.indicator.standard import Key, Standard, standard_checks
from jiheng.indicator.weights import SCHEMES
from jiheng.paper.money import wan


@lru_cache(maxsize=256)
def rules_of(profile_id: UUID) -> ScoringRules:
    """The scoring rules of a bureau profile (本局设定 and norms 1.3–1.4). Profiles never change, so they are kept."""
    return rules_from(values_of(profile_id))


def rules_from(values: Values) -> ScoringRules:
    """The same of a profile that need not be loaded."""
    return ScoringRules(
        grade_bounds=(
            ("优", values.decimal("grades", "excellent")),
            ("良", values.decimal("grades", "good")),
            ("中", values.decimal("grades", "fair")),
            ("差", Decimal(0)),
        ),
        execution_strategy=values("scoring", "execution_strategy"),
        execution_low=values.decimal("scoring", "execution_low"),
        over_achieved=values.decimal("scoring", "over_achieved"),
        concentrated=values.decimal("scoring", "weight_concentrated"),
        quantified=values.decimal("goal_points", "quantified"),
        consistency_gap=values.decimal("scoring", "consistency_gap"),
        unspent=values.decimal("scoring", "unspent"),
        over_deduction=(
            1 + values.decimal("scoring", "over_deducted_from"),
            values.decimal("scoring", "over_deduction"),
        ),
        total_caps=caps_of(values("scoring", "total_caps")),
    )


def shares_of(profile_id: UUID) -> dict[str, Decimal]:
    """What share of a point's full marks each grade is worth (本局设定)."""
    values = values_of(profile_id)
    keys = dict(zip(rules.GRADES, ("excellent", "good", "fair", "poor"), strict=True))
    return {grade: values.decimal("goal_points", key) for grade, key in keys.items()}


def execution_weight(scheme: str) -> Decimal:
    """The points that the budget's execution has in a weight scheme."""
    parts = SCHEMES[scheme].parts if scheme in SCHEMES else None
    if parts:
        return parts["execution"]
    return Decimal(20) if scheme == "execution20" else ScoringRules().execution_weight


def form_of(
    goal: Goal, *, text: str, scheme: str, money: Decimal | None, rows: tuple[IndicatorRow, ...]
) -> Form:
    """The goal as the form that the checks read. A row's place is its number on the page."""
    return Form(
        kind="goal",
        project=goal.name,
        department=goal.case.department.name if goal.case.department else None,
        unit=goal.case.unit.name if goal.case.unit else None,
        project_code=goal.code,
        budget=Budget(full_year=money, weight=execution_weight(scheme)),
        goal_expected=text,
        rows=rows,
        texts=(("年度目标", text),),
    )


def _row(
    order: int, level1: str, level2: str, name: str, target: str, weight: Decimal | None
) -> IndicatorRow:
    cells = {"name": f"第{order}行", "target": f"第{order}行指标值", "weight": f"第{order}行分值"}
    return IndicatorRow(level1, level2, name, target or None, weight, cells=cells)


def form(goal: Goal) -> Form:
    """A saved goal as the form that the checks read, made once for each reading of the record."""
    known: Form | None = goal.__dict__.get("_form")
    if known is not None:
        return known
    rows = tuple(_row(i.order, i.level1, i.level2, i.name, i.target, i.weight) for i in goal.indicators.all())
    known = form_of(goal, text=goal.text, scheme=goal.scheme, money=goal.money, rows=rows)
    goal.__dict__["_form"] = known
    return known


def standards(zone_id: UUID, names: Collection[str]) -> dict[Key, Standard]:
    """The standards that the library ties to indicators of these names (art. 38): published, and a standard."""
    rows = LibraryIndicator.objects.filter(
        zone_id=zone_id, status=LibraryIndicator.Status.PUBLISHED, name__in=names
    ).exclude(standard="")
    labels = dict(LibraryIndicator.Standard.choices)
    return {
        (level2, name): Standard(reference, direction, f"{labels[kind]}：{source}")
        for level2, name, reference, direction, source, kind in rows.order_by("industry", "code").values_list(
            "level2", "name", "reference", "direction", "source", "standard"
        )
    }


class Together:
    """Goals loaded together: what their checks ask the database is asked once for all, when the first is checked."""

    def __init__(self, goals: Sequence[Goal]) -> None:
        self.goals = goals

    @cached_property
    def standards(self) -> dict[Key, Standard]:
        names = {row.name for goal in self.goals for row in goal.indicators.all()}
        return standards(self.goals[0].zone_id, names)


def together(goals: Sequence[Goal]) -> None:
    """Lets goals that were loaded together share what their checks read."""
    shared = Together(goals)
    for goal in goals:
        goal.__dict__["_together"] = shared


def checks(goal: Goal) -> list[Check]:
    """What the checks find in a saved goal; worked out once for each reading of the record, whoever asks."""
    found: list[Check] | None = goal.__dict__.get("_found")
    if found is None:
        found = goal_checks(form(goal), rules=rules_of(goal.case.profile_id), scheme=goal.scheme)
        shared = goal.__dict__.get("_together") or Together([goal])
        found += standard_checks(form(goal), shared.standards)
        if goal.whole:
            tasks = [(task.fiscal, task.other) for task in goal.tasks.all()]
            found += _tasks(tasks, goal.fiscal, goal.other)
        goal.__dict__["_found"] = found
    return found


def _tasks(tasks: Sequence[tuple[Decimal, Decimal]], fiscal: Decimal, other: Decimal) -> list[Check]:
    """Whether a whole goal's main tasks add up to its money (norms 4: 相应匹配)."""
    found = []
    for label, sum_, money in (
        ("财政拨款", sum((each[0] for each in tasks), Decimal(0)), fiscal),
        ("其他资金", sum((each[1] for each in tasks), Decimal(0)), other),
    ):
        if sum_ != money:
            problem = f"各任务{label}之和 {wan(sum_)} 万元，与总额 {wan(money)} 万元不符"
            remedy = "补齐任务或改正金额，使两者相等"
            found.append(
                make_check(
                    "task-money",
                    cell="tasks",
                    place="年度主要任务",
                    field="tasks",
                    problem=problem,
                    remedy=remedy,
                )
            )
    return found


def checks_of_typed(goal: Goal, typed: Typed) -> list[Check]:
    """What the checks find in what stands on the page, not saved yet."""
    rows = tuple(
        _row(order, row["level1"], row["level2"], row["name"], row["target"], number(row["weight"] or "0"))
        for order, row in enumerate(typed.rows, 1)
    )
    money = sum(typed.money.values(), Decimal(0))
    typed_form = form_of(goal, text=typed.text, scheme=typed.scheme, money=money, rows=rows)
    found = goal_checks(typed_form, rules=rules_of(goal.case.profile_id), scheme=typed.scheme)
    found += standard_checks(typed_form, standards(goal.zone_id, {row.name for row in rows if row.name}))
    if goal.whole and not typed.faults:
        fiscal, other = (typed.money.get(key, Decimal(0)) for key in ("fiscal", "other"))
        found += _tasks(typed.task_money, fiscal, other)
    return found


def suggestions(goal: Goal) -> tuple[rules.Suggestion, ...]:
    """The grade suggested for each of the eight points, worked out once for each reading of the record."""
    found: tuple[rules.Suggestion, ...] | None = goal.__dict__.get("_suggested")
    if found is None:
        found = rules.suggest(checks(goal), rules.observations(form(goal)))
        goal.__dict__["_suggested"] = found
    return found


def grades(goal: Goal, given: Mapping[str, str]) -> dict[str, str]:
    """The grade of each point: what the reviewer gave (``point_<key>``), otherwise what is suggested."""
    return {each.point.key: given.get(f"point_{each.point.key}") or each.grade for each in suggestions(goal)}


def verdict(goal: Goal, given: Mapping[str, str]) -> tuple[Decimal, str]:
    """Total and grade of a review with these grades given."""
    profile = goal.case.profile_id
    total = rules.total(grades(goal, given), shares_of(profile))
    return total, rules.grade_of(total, rules_of(profile).grade_bounds)
