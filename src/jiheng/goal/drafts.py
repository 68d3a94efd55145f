"""Writing a goal: beginning one, reading what was typed or uploaded, saving the draft.

Figures are typed in 万元 and kept in 元. Nothing is half-written: a draft with a faulty field is not saved at all,
and the faults name their fields.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from jiheng.bureau.models import Organization, Person
from jiheng.goal.models import Goal, Indicator, MainTask
from jiheng.indicator.weights import SCHEMES
from jiheng.paper.typed import clean, number
from jiheng.paper.typed import revision_of as revision_of
from jiheng.procedure import door
from jiheng.procedure.chain import text as keepable
from jiheng.procedure.models import Case
from jiheng.project.models import Project

LEVELS: dict[str, tuple[str, ...]] = {
    "成本指标": ("经济成本指标", "社会成本指标", "生态环境成本指标"),
    "产出指标": ("数量指标", "质量指标", "时效指标", "成本指标"),
    "效益指标": ("经济效益指标", "社会效益指标", "生态效益指标", "可持续影响指标"),
    "满意度指标": ("服务对象满意度指标",),
}
"""Level-1 and level-2 indicators as the ministry names them (norms 1.6 and 2)."""

TEN_THOUSAND = Decimal(10_000)


@dataclass
class Typed:
    """What somebody typed for a goal, as text, with the faults found in it by field."""

    fiscal: str = ""
    other: str = ""
    text: str = ""
    note: str = ""
    scheme: str = "standard"
    rows: list[dict[str, str]] = field(default_factory=list)
    tasks: list[dict[str, str]] = field(default_factory=list)
    task_money: list[tuple[Decimal, Decimal]] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)
    money: dict[str, Decimal] = field(default_factory=dict)

    def fault(self, place: str, words: str) -> None:
        self.faults.setdefault(place, words)


COLUMNS = ("level1", "level2", "name", "target", "weight")
TASK_COLUMNS = ("task", "content", "task_fiscal", "task_other")
"""The fields of an indicator's row and of a main task's row, as the page sends them, one list for each."""


WIDE = str.maketrans(
    {**{chr(0xFF10 + n): str(n) for n in range(10)}, "％": "%", "．": ".", "＞": ">", "＜": "<", "＝": "="}
)


def tidy(target: str) -> str:
    """A target with its full-width digits and signs made plain and no space inside; words stay as they are."""
    return re.sub(r"(?<=[\d≥≤><=])\s+|\s+(?=[\d%])", "", target.translate(WIDE)).strip()


def plain(text: str | None) -> str:
    """A name without the spaces, widths and signs that people vary."""
    return re.sub(r"[\s\W_]+", "", clean(text or "")).lower()


def read(given: Mapping[str, Any], columns: Mapping[str, Sequence[str]]) -> Typed:
    """Reads the form's fields and the indicator rows (one list for each column), and finds the faults."""
    typed = Typed(**{key: keepable(str(given.get(key, ""))).strip() for key in ("text", "note", "scheme")})
    if typed.scheme not in ("", *SCHEMES):
        typed.fault("scheme", "权重方案不在可选范围内，请重新选择")
        typed.scheme = ""
    typed.fiscal, typed.other = str(given.get("fiscal", "")), str(given.get("other", ""))
    for key, label in (("fiscal", "财政拨款"), ("other", "其他资金")):
        amount = _amount(typed, key, label, getattr(typed, key))
        if amount is not None:
            typed.money[key] = amount
    _read_tasks(typed, columns)
    for row in _lines(columns, COLUMNS):
        row["target"] = tidy(row["target"])
        if any(row[key] for key in ("name", "target", "weight")):
            typed.rows.append(row)
    for index, row in enumerate(typed.rows):
        place = f"第 {index + 1} 行"
        if not row["level1"]:
            typed.fault(f"level1-{index}", f"{place}没有选一级指标")
        if not row["name"]:
            typed.fault(f"name-{index}", f"{place}没有写三级指标名称")
        weight = number(row["weight"]) if row["weight"] else Decimal(0)
        if weight is None or not 0 <= weight <= 100 or weight != round(weight, 2):
            typed.fault(f"weight-{index}", f"{place}分值“{row['weight']}”不是 0 至 100 的数（最多两位小数）")
        for key, longest in (("level1", 40), ("level2", 60), ("name", 200), ("target", 500)):
            if len(row[key]) > longest:
                typed.fault(f"{key}-{index}", f"{place}超过 {longest} 个字")
    return typed


def _amount(typed: Typed, place: str, label: str, value: str) -> Decimal | None:
    """万元 as typed, in 元; None with a fault where it is no amount."""
    amount = number(value) if value.strip() else Decimal(0)
    if amount is None or amount < 0 or amount >= 10**11:
        typed.fault(place, f"{label}“{value}”不是不小于 0 的数，单位是万元")
    elif amount != round(amount, 6):
        typed.fault(place, f"{label}“{value}”细到了分以下，请核对单位是不是万元")
    else:
        return amount * TEN_THOUSAND
    return None


def _lines(columns: Mapping[str, Sequence[str]], keys: Sequence[str]) -> Iterator[dict[str, str]]:
    """The columns as rows; where a column is shorter, its cells are empty."""
    for index in range(max((len(columns.get(key, ())) for key in keys), default=0)):
        yield {
            key: keepable(columns[key][index] if index < len(columns.get(key, ())) else "").strip()
            for key in keys
        }


def _read_tasks(typed: Typed, columns: Mapping[str, Sequence[str]]) -> None:
    """The year's main tasks of a whole goal (年度主要任务)."""
    typed.tasks = [row for row in _lines(columns, TASK_COLUMNS) if any(row.values())]
    for index, row in enumerate(typed.tasks):
        place = f"任务第 {index + 1} 行"
        if not row["task"]:
            typed.fault(f"task-{index}", f"{place}没有写任务名称")
        for key, longest in (("task", 200), ("content", 1000)):
            if len(row[key]) > longest:
                typed.fault(f"{key}-{index}", f"{place}超过 {longest} 个字")
        money = [
            _amount(typed, f"{key}-{index}", f"{place}{label}", row[key])
            for key, label in (("task_fiscal", "财政拨款"), ("task_other", "其他资金"))
        ]
        typed.task_money.append((money[0] or Decimal(0), money[1] or Decimal(0)))


def typed_of(goal: Goal) -> Typed:
    """A saved goal, as it would have been typed."""

    def wan(amount: Decimal) -> str:
        return f"{(amount / TEN_THOUSAND).normalize():f}"

    rows = [
        {"level1": i.level1, "level2": i.level2, "name": i.name, "target": i.target, "weight": f"{i.weight.normalize():f}"}
        for i in goal.indicators.all()
    ]  # fmt: skip
    return Typed(
        fiscal=wan(goal.fiscal),
        other=wan(goal.other),
        text=goal.text,
        note=goal.note,
        scheme=goal.scheme,
        rows=rows,
        tasks=[
            {"task": t.name, "content": t.content, "task_fiscal": wan(t.fiscal), "task_other": wan(t.other)}
            for t in goal.tasks.all()
        ],
    )


def write(goal: Goal, typed: Typed) -> None:
    """Puts what was typed into the goal and its indicators, all at once. The caller holds the case."""
    assert not typed.faults, typed.faults
    goal.fiscal, goal.other = typed.money.get("fiscal", Decimal(0)), typed.money.get("other", Decimal(0))
    goal.text, goal.note, goal.scheme = typed.text, typed.note, typed.scheme or "standard"
    goal.revision += 1
    goal.save()
    goal.indicators.all().delete()
    Indicator.objects.bulk_create(
        Indicator(
            zone_id=goal.zone_id,
            goal=goal,
            order=order,
            level1=row["level1"],
            level2=row["level2"],
            name=row["name"],
            target=row["target"],
            weight=number(row["weight"] or "0"),
        )
        for order, row in enumerate(typed.rows, 1)
    )
    goal.tasks.all().delete()
    MainTask.objects.bulk_create(
        MainTask(
            zone_id=goal.zone_id,
            goal=goal,
            order=order,
            name=row["task"],
            content=row["content"],
            fiscal=fiscal,
            other=other,
        )
        for order, (row, (fiscal, other)) in enumerate(zip(typed.tasks, typed.task_money, strict=True), 1)
    )
    Case.objects.filter(pk=goal.case_id).update(amount=goal.money)


def save(case: Case, typed: Typed, *, by: Person, revision: int | None = None) -> Goal:
    """Saves a draft if the case stands where its unit may edit it. Raises Refusal, or door.Overtaken."""
    with door.editing(case, by) as held:
        goal = Goal.objects.select_for_update().get(case=held)
        if revision is not None and revision != goal.revision:
            raise door.Overtaken
        write(goal, typed)
    return goal


def begin(project: Project, year: int, *, by: Person, typed: Typed | None = None) -> Goal:
    """Begins the goal of a project for a year (step 编报绩效目标), empty or with what was read from a form."""
    goal = Goal(zone_id=project.zone_id, kind=project.kind, project=project, year=year)
    draft = Case(
        zone=project.zone,
        year=year,
        department=project.department,
        unit=project.unit,
        subject=project.pk,
        code=project.code,
        title=project.name,
    )
    return _begin("goal.open", goal, draft, typed, by=by)


def begin_whole(organization: Organization, year: int, *, by: Person, typed: Typed | None = None) -> Goal:
    """Begins the goal of a unit or a department as a whole for a year (整体支出绩效目标)."""
    department = organization if organization.kind == Organization.Kind.DEPARTMENT else organization.parent
    own = department == organization
    kind = Goal.Kind.DEPARTMENT_WHOLE if own else Goal.Kind.UNIT_WHOLE
    goal = Goal(zone_id=organization.zone_id, kind=kind, organization=organization, year=year)
    draft = Case(
        zone=organization.zone,
        year=year,
        department=department,
        unit=None if own else organization,
        code=organization.code,
        title=goal.name,
    )
    return _begin("whole_goal.open" if own else "goal.open", goal, draft, typed, by=by)


def begin_change(goal: Goal, reason: str, *, by: Person) -> Goal:
    """Begins the next version of a goal in force, with all that the version in force says (art. 21)."""
    before = goal.case
    changed = Goal(
        zone_id=goal.zone_id, kind=goal.kind, project=goal.project, organization=goal.organization, year=goal.year,
        version=goal.version + 1, note=goal.note, reason=reason,
    )  # fmt: skip
    draft = Case(
        zone=before.zone,
        year=goal.year,
        department=before.department,
        unit=before.unit,
        subject=before.subject,
        code=before.code,
        title=before.title,
    )
    said = typed_of(goal)
    rows = {key: [row[key] for row in said.rows] for key in COLUMNS}
    tasks = {key: [row[key] for row in said.tasks] for key in TASK_COLUMNS}
    typed = read(vars(said), rows | tasks)
    return _begin("goal_change.open", changed, draft, typed, by=by, opinion=reason)


def _begin(name: str, goal: Goal, draft: Case, typed: Typed | None, *, by: Person, **given: Any) -> Goal:
    def make(cases: list[Case]) -> None:
        goal.case = cases[0]
        goal.save(force_insert=True)
        if typed:
            write(goal, typed)

    door.start(name, [draft], by=by, make=make, **given)
    return goal


def last_year(goal: Goal) -> Goal | None:
    """The goal the same project, unit or department had a year before, to be copied."""
    found = Goal.objects.filter(
        zone_id=goal.zone_id, kind=goal.kind, project_id=goal.project_id, organization_id=goal.organization_id,
        year=goal.year - 1,
    )  # fmt: skip
    return found.prefetch_related("indicators", "tasks").order_by("-version").first()
