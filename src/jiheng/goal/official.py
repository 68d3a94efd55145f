"""The goal's official form (项目支出绩效目标申报表): read into the page, written from what is entered."""

from decimal import Decimal

from jiheng.goal.checking import form_of
from jiheng.goal.drafts import TEN_THOUSAND, Typed, plain
from jiheng.goal.drafts import read as read_typed
from jiheng.goal.models import Goal
from jiheng.indicator.form import IndicatorRow
from jiheng.paper.goal_form import GoalForm, read_goals, write_goal


def _wan(amount: Decimal | None) -> str:
    return "" if amount is None else f"{(amount / TEN_THOUSAND).normalize():f}"


def read(content: bytes, goal: Goal) -> tuple[Typed, list[str]]:
    """The sheet of this project as if it had been typed, with notes on what should be looked at.

    Raises Unreadable. A file for another project is read too, with a note: names are often shortened.
    """
    forms = read_goals(content)
    mine = [
        f
        for f in forms
        if f.form.project_code == goal.project.code or plain(f.form.project) == plain(goal.project.name)
    ]
    chosen, notes = (mine or forms)[0], []
    form = chosen.form
    if not mine:
        notes.append(f"表内项目名称是“{form.project or '空白'}”，与本项目不同，请核对是不是拿错了表。")
    if len(forms) > 1:
        notes.append(f"文件里有 {len(forms)} 张表，读的是工作表“{form.sheet}”。")
    fiscal, other = chosen.fiscal, chosen.other
    if fiscal is None and other is None:
        fiscal = chosen.total
    columns = {
        "level1": [_level1(row.level1) for row in form.rows],
        "level2": [row.level2 for row in form.rows],
        "name": [row.name for row in form.rows],
        "target": [row.target or "" for row in form.rows],
        "weight": ["" if row.weight is None else f"{row.weight:f}" for row in form.rows],
    }
    given = {
        "fiscal": _wan(fiscal),
        "other": _wan(other),
        "text": form.goal_expected or "",
        "note": goal.note,
        "scheme": goal.scheme,
    }
    return read_typed(given, columns), notes


def _level1(text: str) -> str:
    """产出指标(50分) → 产出指标."""
    return text.split("（")[0].split("(")[0].strip()


def write(goal: Goal) -> bytes:
    """The official form as an xlsx file; what is written can be read back unchanged."""
    rows = tuple(
        IndicatorRow(i.level1, i.level2, i.name, i.target or None, i.weight) for i in goal.indicators.all()
    )
    project = goal.project
    form = form_of(goal, text=goal.text, scheme=goal.scheme, money=goal.money, rows=rows)
    period = f"{project.first_year}年—{project.last_year}年"
    filled = GoalForm(
        form,
        attribute=project.get_attribute_display(),
        period=period,
        total=goal.money,
        fiscal=goal.fiscal,
        other=goal.other,
    )
    return write_goal(filled, year=goal.year)
