"""A goal's official form (绩效目标申报表, 整体支出绩效目标申报表): read into the page, written from what is entered."""

from decimal import Decimal

from jiheng.goal.checking import form_of
from jiheng.goal.drafts import TEN_THOUSAND, Typed, plain
from jiheng.goal.drafts import read as read_typed
from jiheng.goal.models import Goal
from jiheng.indicator.form import Form, IndicatorRow
from jiheng.paper.goal_form import GoalForm, read_goals, write_goal
from jiheng.paper.whole_goal_form import TaskLine, WholeGoalForm, read_whole_goals, write_whole_goal


def _wan(amount: Decimal | None) -> str:
    return "" if amount is None else f"{(amount / TEN_THOUSAND).normalize():f}"


def read(content: bytes, goal: Goal) -> tuple[Typed, list[str]]:
    """The sheet of this goal as if it had been typed, with notes on what should be looked at.

    Raises Unreadable. A file for another project or organization is read too, with a note: names are often shortened.
    """
    return _read_whole(content, goal) if goal.whole else _read_project(content, goal)


def _read_project(content: bytes, goal: Goal) -> tuple[Typed, list[str]]:
    forms = read_goals(content)
    mine = [f for f in forms if f.form.project_code == goal.code or plain(f.form.project) == plain(goal.name)]
    chosen = (mine or forms)[0]
    notes = _notes(bool(mine), "项目名称", chosen.form.project, "本项目", len(forms), chosen.form)
    fiscal, other = chosen.fiscal, chosen.other
    if fiscal is None and other is None:
        fiscal = chosen.total
    return _typed(goal, chosen.form, fiscal, other, {}), notes


def _read_whole(content: bytes, goal: Goal) -> tuple[Typed, list[str]]:
    forms = read_whole_goals(content)
    mine = [each for each in forms if plain(each.organization) == plain(goal.organization.name)]
    chosen = (mine or forms)[0]
    named, count = chosen.organization, len(forms)
    notes = _notes(bool(mine), "部门（单位）名称", named, goal.organization.name, count, chosen.form)
    fiscal, other = chosen.fiscal, chosen.other
    if fiscal is None and other is None:
        fiscal = chosen.total
    if fiscal is None and other is None and chosen.tasks:
        fiscal = sum((_fiscal(task) or Decimal(0) for task in chosen.tasks), Decimal(0))
        other = sum((task.other or Decimal(0) for task in chosen.tasks), Decimal(0))
    tasks = {
        "task": [task.name for task in chosen.tasks],
        "content": [task.content for task in chosen.tasks],
        "task_fiscal": [_wan(_fiscal(task)) for task in chosen.tasks],
        "task_other": [_wan(task.other) for task in chosen.tasks],
    }
    return _typed(goal, chosen.form, fiscal, other, tasks), [*notes, *chosen.notes]


def _fiscal(task: TaskLine) -> Decimal | None:
    """A task's fiscal money; where the form has only a total, that is it."""
    return task.total if task.fiscal is None and task.other is None else task.fiscal


def _notes(mine: bool, what: str, named: str | None, whose: str, count: int, form: Form) -> list[str]:
    notes = []
    if not mine:
        notes.append(f"表内{what}是“{named or '空白'}”，与{whose}不同，请核对是不是拿错了表。")
    if count > 1:
        notes.append(f"文件里有 {count} 张表，读的是工作表“{form.sheet}”。")
    return notes


def _typed(
    goal: Goal, form: Form, fiscal: Decimal | None, other: Decimal | None, tasks: dict[str, list[str]]
) -> Typed:
    columns = {
        "level1": [_level1(row.level1) for row in form.rows],
        "level2": [row.level2 for row in form.rows],
        "name": [row.name for row in form.rows],
        "target": [row.target or "" for row in form.rows],
        "weight": ["" if row.weight is None else f"{row.weight:f}" for row in form.rows],
        **tasks,
    }
    given = {
        "fiscal": _wan(fiscal),
        "other": _wan(other),
        "text": form.goal_expected or "",
        "note": goal.note,
        "scheme": goal.scheme,
    }
    return read_typed(given, columns)


def _level1(text: str) -> str:
    """产出指标(50分) → 产出指标."""
    return text.split("（")[0].split("(")[0].strip()


def write(goal: Goal) -> bytes:
    """The official form as an xlsx file; what is written can be read back unchanged."""
    rows = tuple(
        IndicatorRow(i.level1, i.level2, i.name, i.target or None, i.weight) for i in goal.indicators.all()
    )
    form = form_of(goal, text=goal.text, scheme=goal.scheme, money=goal.money, rows=rows)
    if goal.whole:
        tasks = tuple(
            TaskLine(task.name, task.content, task.money, task.fiscal, task.other)
            for task in goal.tasks.all()
        )
        whole = WholeGoalForm(form, goal.organization.name, tasks, goal.money, goal.fiscal, goal.other)
        title = goal.get_kind_display().removesuffix("绩效目标")
        return write_whole_goal(whole, year=goal.year, title=title)
    project = goal.project
    filled = GoalForm(
        form,
        attribute=project.get_attribute_display(),
        period=f"{project.first_year}年—{project.last_year}年",
        total=goal.money,
        fiscal=goal.fiscal,
        other=goal.other,
    )
    return write_goal(filled, year=goal.year)
