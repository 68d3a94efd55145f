"""Beginning evaluations by framework, and writing their plans (art. 27, 31, 32).

A case gets its own copy of the framework for its kind. Output and benefit items are replaced by the indicators of the
goal in force, which share the item's points by their own weights; until the plan is settled all of it can be adapted.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from jiheng.bureau.models import Organization, Person
from jiheng.evaluation import frameworks
from jiheng.evaluation.framework_models import Evaluation, Item, Sheet
from jiheng.goal.drafts import tidy
from jiheng.goal.models import Goal, Indicator
from jiheng.paper.typed import number
from jiheng.procedure import door
from jiheng.procedure.chain import text as keepable
from jiheng.procedure.models import Case
from jiheng.procedure.table import PROCEDURES, Reason
from jiheng.project.models import Project

DROPPED = "dropped"


@dataclass(frozen=True)
class Subject:
    """What is to be evaluated: a project, a department's whole spending, or something named; ``amount`` in 元."""

    kind: str
    department: Organization
    title: str
    project: Project | None = None
    amount: Decimal | None = None
    known: Sequence[tuple[str, str]] = ()

    @property
    def code(self) -> str:
        return self.project.code if self.project else self.department.code


def begin(
    procedure: str,
    subjects: Sequence[Subject],
    year: int,
    *,
    by: Person,
    reasons: Sequence[str] = (),
    reason: str = "",
) -> list[Case]:
    """Begins an evaluation of each subject for a year, all or none. Raises Refusal, also for what is begun already."""
    drafts = [
        Case(
            zone=by.zone, year=year, department=subject.department, title=subject.title, code=subject.code,
            unit=subject.project.unit if subject.project else None,
            subject=subject.project.pk if subject.project else None, amount=subject.amount,
        )
        for subject in subjects
    ]  # fmt: skip

    def make(cases: list[Case]) -> None:
        goals = _goals(subjects, year)
        for case, subject in zip(cases, subjects, strict=True):
            chosen = frameworks.framework(subject.kind)
            evaluation = Evaluation.objects.create(
                zone=case.zone, case=case, kind=subject.kind, project=subject.project, year=year,
                framework=[chosen.label, chosen.version, chosen.source], reasons=list(reasons),
                reason=reason, known=[list(pair) for pair in subject.known],
            )  # fmt: skip
            goal = goals.get(subject.project.pk if subject.project else subject.department.pk)
            items = laid_out(chosen, list(goal.indicators.all()) if goal else [])
            Item.objects.bulk_create(_placed(item, evaluation, order) for order, item in enumerate(items, 1))
            Sheet.objects.create(zone=case.zone, evaluation=evaluation, name="定分", final=True)

    with transaction.atomic():
        keys = [subject.project.pk for subject in subjects if subject.project]
        list(Project.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))
        if again := _begun(procedure, subjects, year):
            table = PROCEDURES[procedure]
            raise door.Refusal(table, table.opening(), drafts[0], again)
        acts = door.start(f"{procedure}.open", drafts, by=by, make=make, opinion=reason)
    return [act.case for act in acts]


def _placed(item: Item, evaluation: Evaluation, order: int) -> Item:
    item.zone_id, item.evaluation, item.order = evaluation.zone_id, evaluation, order
    return item


def _begun(procedure: str, subjects: Sequence[Subject], year: int) -> list[Reason]:
    """What is under evaluation for the year already, by the same procedure."""
    wanted = Q(pk__in=[])
    for subject in subjects:
        wanted |= (
            Q(project=subject.project)
            if subject.project
            else Q(project=None, kind=subject.kind, case__title=subject.title)
            & Q(case__department=subject.department)
        )
    table = PROCEDURES[procedure]
    article = table.opening().articles[-1]
    zone = subjects[0].department.zone_id if subjects else None
    rows = Evaluation.objects.filter(wanted, zone=zone, year=year, case__procedure=procedure)
    rows = rows.exclude(case__state=DROPPED).select_related("case")
    return [
        Reason(
            f"“{row.case.title}”{year}年的{table.label}已经开始",
            article,
            next="请在原来的那一份里办理。",
            link=row.case.get_absolute_url(),
        )
        for row in rows
    ]


def _goals(subjects: Sequence[Subject], year: int) -> dict[UUID, Goal]:
    """The goal in force of each project, or of each department as a whole."""
    projects = [subject.project.pk for subject in subjects if subject.project]
    wholes = [subject.department.pk for subject in subjects if subject.kind == "whole"]
    rows = Goal.objects.filter(year=year, case__state="in_force")
    rows = rows.filter(Q(project__in=projects) | Q(organization__in=wholes, kind="department_whole"))
    found: dict[UUID, Goal] = {}
    for goal in rows.prefetch_related("indicators").order_by("version"):
        if key := goal.project_id or goal.organization_id:
            found[key] = goal
    return found


def laid_out(chosen: frameworks.Framework, indicators: Sequence[Indicator]) -> list[Item]:
    """A framework's items, with a goal's own indicators in place of those that ask for them (not saved)."""
    own: dict[str, list[Indicator]] = {}
    for indicator in indicators:
        own.setdefault(frameworks.taken_by(indicator.level2, indicator.level1), []).append(indicator)
    items: list[Item] = []
    for row in chosen.items:
        mine = own.get(row.takes, []) if row.takes else []
        if not mine:
            items.append(
                Item(
                    part=row.part, level1=row.level1, level2=row.level2, name=row.name, weight=row.weight,
                    method=row.method, points=list(row.points), standard=row.standard, evidence=row.evidence,
                    figure=row.figure,
                )
            )  # fmt: skip
            continue
        weights = frameworks.shared_out(row.weight, [each.weight for each in mine])
        items += (
            Item(
                part=row.part, level1=row.level1, level2=each.level2 or row.level2, name=each.name, weight=weight,
                method="goal", target=each.target, standard="完成值与批复的指标值比较，按比例计分，不超过分值",
                evidence=row.evidence, origin=Item.Origin.GOAL,
            )
            for each, weight in zip(mine, weights, strict=True)
        )  # fmt: skip
    return items


COLUMNS = (
    "item", "part", "level2", "name", "method", "target", "weight", "points", "standard", "evidence",
)  # fmt: skip
TEXTS = ("purpose", "approach", "schedule")
LONGEST = {"level2": 60, "name": 200, "target": 500, "evidence": 500, "points": 2000, "standard": 1000}
LABELS = {"level2": "二级指标", "name": "三级指标", "target": "指标值", "evidence": "佐证要求"}
MOST = 60
"""Items of one plan: more is a mistake of pasting."""


@dataclass
class Plan:
    """A plan as it was typed, with the faults found in it by field."""

    texts: dict[str, str] = field(default_factory=dict)
    rows: list[dict[str, str]] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)


def read_plan(given: Mapping[str, Any], columns: Mapping[str, Sequence[str]]) -> Plan:
    """Reads what was typed: texts, and one list for each column of the items; a row without name and weight is left out."""
    plan = Plan({key: keepable(str(given.get(key, ""))).strip()[:5000] for key in TEXTS})
    longest = max((len(columns.get(key, ())) for key in COLUMNS), default=0)
    for index in range(longest):
        row = {
            key: keepable(columns[key][index] if index < len(columns.get(key, ())) else "").strip()
            for key in COLUMNS
        }
        if row["name"] or row["weight"]:
            row["target"] = tidy(row["target"])
            plan.rows.append(row)
    if len(plan.rows) > MOST:
        plan.faults["rows"] = f"指标有 {len(plan.rows)} 个，最多 {MOST} 个"
    for index, row in enumerate(plan.rows):
        for place, told in _row_faults(row, f"第 {index + 1} 行"):
            plan.faults.setdefault(f"{place}-{index}", told)
    return plan


def _row_faults(row: Mapping[str, str], place: str) -> Iterable[tuple[str, str]]:
    if not row["name"]:
        yield "name", f"{place}没有写三级指标名称"
    weight = number(row["weight"]) if row["weight"] else None
    if weight is None or not 0 < weight <= 100 or weight != round(weight, 2):
        yield "weight", f"{place}分值“{row['weight']}”不是大于 0、不超过 100 的数（最多两位小数）"
    if row["part"] not in frameworks.PARTS:
        yield "part", f"{place}没有选属于哪一部分"
    if row["method"] not in frameworks.METHODS:
        yield "method", f"{place}没有选计分办法"
    if row["method"] == "points" and not key_points(row["points"]):
        yield "points", f"{place}按要点计分，请写要点，一行一个"
    if row["method"] == "goal" and not row["target"]:
        yield "target", f"{place}按指标值计分，请写指标值，如 ≥50个"
    for key, longest in LONGEST.items():
        if len(row[key]) > longest:
            yield key, f"{place}{LABELS.get(key, '评分标准')}超过 {longest} 个字"


def key_points(text: str) -> list[str]:
    """Key points as typed, one a line."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def plan_of(evaluation: Evaluation) -> Plan:
    """A saved plan, as it would have been typed."""
    return Plan(
        {key: getattr(evaluation, key) for key in TEXTS},
        [
            {
                "item": str(item.pk), "part": item.part, "level2": item.level2, "name": item.name,
                "method": item.method, "target": item.target, "weight": f"{item.weight.normalize():f}",
                "points": "\n".join(item.points), "standard": item.standard, "evidence": item.evidence,
            }
            for item in evaluation.items.all()
        ],
    )  # fmt: skip


def write_plan(evaluation: Evaluation, plan: Plan, revision: int | None) -> None:
    """Puts a faultless plan into the record; items keep their scores while they stay. The caller holds the case."""
    assert not plan.faults, plan.faults
    if revision is not None and revision != evaluation.revision:
        raise door.Overtaken
    for key in TEXTS:
        setattr(evaluation, key, plan.texts[key])
    evaluation.revision += 1
    evaluation.save()
    had = {str(item.pk): item for item in evaluation.items.all()}
    kept: list[UUID] = []
    for order, row in enumerate(plan.rows, 1):
        item = had.pop(row["item"], None)
        if item is None:
            item = Item(
                zone_id=evaluation.zone_id, evaluation=evaluation, level1=frameworks.PARTS[row["part"]],
                origin=Item.Origin.PLAN,
            )  # fmt: skip
        if item.method != row["method"]:
            item.figure = ""  # the record answers for the framework's own rate alone
        if item.part != row["part"]:
            item.level1 = frameworks.PARTS[row["part"]]
        weight = number(row["weight"])
        assert weight is not None
        item.order, item.part, item.level2, item.name = order, row["part"], row["level2"], row["name"]
        item.method, item.target, item.weight = row["method"], row["target"], weight
        item.points = key_points(row["points"]) if row["method"] == "points" else []
        item.standard, item.evidence = row["standard"], row["evidence"]
        item.save()
        kept.append(item.pk)
    evaluation.items.exclude(pk__in=kept).delete()
