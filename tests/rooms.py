"""Ways to bring a case where a room's tests begin: goals in force, figures loaded, reports and evaluations asked for.

Everything goes through the door or a page, as the right office; files are real.
"""

import datetime
import html
import re
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from jiheng.evaluation import assessing
from jiheng.evaluation.models import SelfEvaluation
from jiheng.goal.models import Goal
from jiheng.monitoring import reporting
from jiheng.monitoring.models import Report
from jiheng.procedure.models import Act, Case
from jiheng.project.execution import Entry, load_batch
from tests.bureau_fixture import GOAL_PATH, advance, make_budget, make_goal, make_project

JULY = datetime.date(2026, 7, 31)
YEAR_END = datetime.date(2026, 12, 31)
MILLION = Decimal(1_000_000)


def in_force(bureau, project=None, **given) -> Goal:
    """A goal of unit 1 that came into force with its budget."""
    project = project or make_project(bureau, **given)
    case = advance(bureau, make_goal(bureau, project), *GOAL_PATH.passed)
    advance(bureau, make_budget(bureau, [project]), ("submit", "department"), ("approve", "budget"))
    return Goal.objects.select_related("case", "project").get(case=case)


def load_figures(bureau, project, paid, *, cutoff=YEAR_END, full_year=MILLION, sha256="", plan=None) -> Case:
    """The treasury's batch with one project's figures; each call is another file."""
    entry = Entry(project, Decimal(full_year), Decimal(full_year), Decimal(paid), plan and Decimal(plan))
    sha256 = sha256 or f"{project.code}{cutoff}{paid}{full_year}".ljust(64, "0")[:64]
    act = load_batch(
        by=bureau.treasury, zone=bureau.zone, cutoff=cutoff, source="执行数.csv", sha256=sha256, entries=[entry]
    )  # fmt: skip
    return act.case


def ask_report(bureau, goal: Goal, cutoff=JULY) -> Report:
    """The monitoring report the performance office asked for."""
    wanted = [each for each in reporting.to_monitor(bureau.zone, goal.year, cutoff) if each.pk == goal.pk]
    (act,) = reporting.open_reports(wanted, cutoff, by=bureau.performance)
    return Report.objects.select_related("case").get(case_id=act.case_id)


def ask_evaluation(bureau, goal: Goal) -> SelfEvaluation:
    """The self-evaluation the performance office asked for."""
    wanted = [each for each in assessing.to_evaluate(bureau.zone, goal.year) if each.pk == goal.pk]
    (act,) = assessing.open_evaluations(wanted, by=bureau.performance)
    return SelfEvaluation.objects.select_related("case").get(case_id=act.case_id)


def file(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def words(response) -> str:
    """What a page says, without its tags; parts that only tags part are joined."""
    text = re.sub(r"<(script|style)\b.*?</\1>", "", response.content.decode(), flags=re.S)
    return re.sub(r"[ \t\n]+", " ", html.unescape(re.sub(r"<[^>]+>", "", text)))


def acts() -> int:
    return Act.objects.count()
