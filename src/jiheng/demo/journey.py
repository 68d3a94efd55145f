"""One project's year, to be done by hand from goal to result: what stands ready for it.

``UNIT`` has a project without a goal for this year; its department's 年中追加 budget is in draft with this line alone.
"""

from jiheng.demo.organizations import PASSWORD as PASSWORD
from jiheng.demo.tables import organizations, projects

PROJECT = next(project for project in projects() if project.plan == "journey")
PROJECT_NAME = PROJECT.name
AMOUNT = PROJECT.amount
"""In 元; the budget line has it already, so the goal must ask for the same."""
UNIT = f"u{PROJECT.unit}"
DEPARTMENT = f"d{PROJECT.department}"
EXPENDITURE, EXPENDITURE_CHIEF = "expenditure1", "expenditure2"
PERFORMANCE, ASSETS, BUDGET, TREASURY, GENERAL = "performance1", "assets1", "budget1", "treasury1", "general1"
BATCH = "年中追加"
EVERYBODY = (UNIT, DEPARTMENT, EXPENDITURE, EXPENDITURE_CHIEF, PERFORMANCE, ASSETS, BUDGET, TREASURY, GENERAL)


def project_code(year: int) -> str:
    """The project's 21-character code in the demo of that year."""
    serial = int(PROJECT.unit) * 1000 + projects().index(PROJECT) + 1
    return f"{organizations()['zone']['code']}{year % 100:02d}T{serial:012d}"
