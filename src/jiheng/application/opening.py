"""From a final result to its application (art. 8, 33): opened by the accepted self-evaluation, ruled by all that is known.

A department's or finance evaluation of the same year speaks before the self-evaluation; until the budget office has
decided, an application is ruled again when a result becomes final.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.utils.timezone import localdate

from jiheng.application.models import Application, Rectification
from jiheng.application.procedure import APPLICATION, WHOLE
from jiheng.application.rules import Rates, Result, Ruling, rule
from jiheng.bureau.models import Person
from jiheng.bureau.profile import Values, values_of
from jiheng.evaluation import results
from jiheng.evaluation.framework_guards import ON_FINAL
from jiheng.evaluation.models import SelfEvaluation
from jiheng.evaluation.procedure import AGAINST_REOPENING, ON_ACCEPTED
from jiheng.exante import ceiling
from jiheng.monitoring.models import Light, Problem
from jiheng.monitoring.reporting import newest
from jiheng.procedure import door
from jiheng.procedure.models import Case
from jiheng.procedure.table import PROCEDURES, Matter, Reason
from jiheng.project.models import Project

WHOLE_GOAL = "department_whole"


def rates_of(profile_id: UUID) -> Rates:
    """The rule's table in a bureau's profile."""
    return rates_from(values_of(profile_id))


def rates_from(values: Values) -> Rates:
    """The same of a profile that need not be loaded."""
    names = ("fair_cut", "fair_most", "poor_cut", "poor_most", "red_cut", "open_cut", "low_execution")
    return Rates(**{name: values.decimal("application", name) for name in names})


def open_problems(projects: Iterable[UUID]) -> dict[UUID, int]:
    """How many problems of monitoring and evaluation are past their day and not put right, by project."""
    keys, today = list(projects), localdate(door.now())
    found: dict[UUID, int] = defaultdict(int)
    late = Problem.objects.filter(report__goal__project__in=keys, due__lt=today)
    late = late.exclude(case__state__in=("closed", "dropped"))
    for key, number in late.order_by().values_list("report__goal__project").annotate(Count("pk")):
        found[key] += number
    owed = Rectification.objects.filter(case__subject__in=keys, case__state="notified", due__lt=today)
    for key, number in owed.order_by().values_list("case__subject").annotate(Count("items")):
        found[key] += number
    return dict(found)


def rulings(
    evaluations: Sequence[SelfEvaluation], rates: Rates | None = None
) -> dict[UUID, tuple[Decimal, Ruling, Case | None]]:
    """Base, ruling and the evaluation that speaks, for self-evaluations of one year, asked for all at once.

    By these ``rates``, or by those of the profile each began with.
    """
    year, zone_id = evaluations[0].goal.year, evaluations[0].zone_id
    keys = [each.goal.project_id for each in evaluations if each.goal.project_id]
    procedures = (*results.DEPARTMENT, *results.FINANCE)
    final: dict[UUID, results.Result] = {}
    for result in results.final(zone_id, procedures=results.DEPARTMENT, year=year, projects=keys):
        final[result.project or result.department.pk] = result
    for result in results.final(zone_id, procedures=results.FINANCE, year=year):
        if result.project in keys or (result.project is None and result.kind == "whole"):
            final[result.project or result.department.pk] = result
    assert set(procedures) >= {result.procedure for result in final.values()}
    reports, problems = newest(keys, year), open_problems(keys)
    policies = set(Project.objects.filter(pk__in=keys, kind=Project.Kind.POLICY).values_list("pk", flat=True))
    found = {}
    for each in evaluations:
        key = each.goal.project_id or each.case.department_id
        spoken, base = final.get(key), each.full_year or Decimal(0)
        if each.goal.project_id is None:
            entered = ceiling.of(zone_id, each.case.department_id, _next_year())
            base = base if entered is None else entered
        full, paid = each.full_year, each.executed
        ruling = rule(
            Result(
                PROCEDURES[spoken.procedure].label if spoken else "自评",
                spoken.score if spoken else each.total,
                spoken.grade if spoken else each.grade,
                base,
                paid / full if full and paid is not None else None,
                key in reports and reports[key].light == Light.RED,
                problems.get(key, 0),
                key in policies,
            ),
            rates or rates_of(each.case.profile_id),
        )
        found[each.pk] = (base, ruling, spoken.case if spoken else None)
    return found


def _next_year() -> int:
    """The year whose budget a result known today bears on."""
    return localdate(door.now()).year + 1


def _ruled(base: Decimal, ruling: Ruling, spoken: Case | None) -> dict[str, Any]:
    return {
        "base": base,
        "ruled": ruling.action,
        "ruled_amount": ruling.amount,
        "low": min(ruling.low, ruling.amount),
        "high": ruling.amount,
        "result": spoken,
        "working": list(ruling.working),
    }


def _rule_again(known: Application, base: Decimal, ruling: Ruling, spoken: Case | None) -> None:
    """A result changed before it was applied: the application goes on by what the rule says now.

    A proposal made on the result that no longer holds is taken out where the ruling changed (art. 30).
    """
    if (known.ruled, known.ruled_amount, known.base) != (ruling.action, ruling.amount, base):
        known.proposed, known.proposed_amount = "", None
    for name, value in _ruled(base, ruling, spoken).items():
        setattr(known, name, value)
    known.save()


def open_applications(matters: list[Matter], by: Person) -> None:
    """Accepted self-evaluations go on to their applications, with what the rule says (art. 8, 33).

    Those of projects bear on the project's money, those of whole departments on the ceiling; a unit's whole result is
    part of its department's.
    """
    by_year: dict[int, list[Matter]] = defaultdict(list)
    for matter in matters:
        if matter.record.goal.project_id or matter.record.goal.kind == WHOLE_GOAL:
            by_year[matter.record.goal.year].append(matter)
    for some in by_year.values():
        ruled = rulings([matter.record for matter in some])
        known = {
            row.evaluation_id: row
            for row in Application.objects.filter(evaluation__in=list(ruled)).select_related("case")
        }
        for matter in some:
            base, ruling, spoken = ruled[matter.record.pk]
            if matter.record.pk in known:
                _rule_again(known[matter.record.pk], base, ruling, spoken)
            else:
                _open(matter, _ruled(base, ruling, spoken), by)


def _open(matter: Matter, ruled: dict[str, Any], by: Person) -> None:
    evaluation, case = matter.record, matter.case

    def make(cases: list[Case]) -> None:
        Application.objects.create(
            zone_id=case.zone_id, case=cases[0], evaluation=evaluation, year=cases[0].year, **ruled
        )

    draft = Case(
        zone=case.zone,
        year=_next_year(),
        department=case.department,
        unit=case.unit,
        subject=case.subject,
        code=case.code,
        title=case.title,
        amount=ruled["base"],
    )
    procedure = APPLICATION if evaluation.goal.project_id else WHOLE
    door.start(f"{procedure.key}.open", [draft], by=by, make=make, within=matter.act)


def rule_by_final_results(matters: list[Matter], by: Person) -> None:
    """An evaluation became final: what is not decided yet is ruled again by it."""
    projects = {matter.record.project_id for matter in matters if matter.record.project_id}
    wholes = {matter.case.department_id for matter in matters if matter.record.kind == "whole"}
    years = {matter.record.year for matter in matters}
    rows = SelfEvaluation.objects.filter(
        goal__year__in=years, case__state="accepted", application__isnull=False
    ).exclude(application__case__state="decided")
    rows = rows.select_related("goal", "case", "application__case")
    of_them = Q(goal__project__in=projects) | Q(goal__project=None, case__department__in=wholes)
    touched = list(rows.filter(of_them))
    for year in years:
        if some := [row for row in touched if row.goal.year == year]:
            for key, (base, ruling, spoken) in rulings(some).items():
                known = next(row.application for row in some if row.pk == key)
                _rule_again(known, base, ruling, spoken)


def _decided(matter: Matter) -> Iterable[Reason]:
    found = Application.objects.filter(evaluation=matter.record, case__state="decided").select_related("case")
    for application in found:
        yield Reason(
            "结果已由预算科决定应用，自评不再退回",
            33,
            next="差异送预算科、支出管理科，作为下次安排的参考。",
            link=application.case.get_absolute_url(),
        )


ON_ACCEPTED.append(open_applications)
ON_FINAL.append(rule_by_final_results)
AGAINST_REOPENING.append(_decided)
