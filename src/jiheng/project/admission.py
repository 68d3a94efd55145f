"""What a project must have before it may enter the library's reserve or a budget (art. 12, 13).

Rooms above know what is still missing (an ex-ante evaluation, a goal); they register a check here, and whoever
admits projects asks them all at once. The project's own check is registered here too: its code, period and amounts.
"""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from uuid import UUID

from django.db.models import F, Q

from jiheng.bureau.profile import Values, values_of
from jiheng.procedure.table import Reason
from jiheng.project import rules
from jiheng.project.models import Project, ProjectYear

Check = Callable[[Sequence[Project], int, UUID], dict[UUID, list[Reason]]]
"""Asks about many projects at once, for a budget year, under a profile: the reasons against each, by its key."""

CHECKS: list[Check] = []


def register(check: Check) -> Check:
    """Makes a check known; each room does so once when the application starts."""
    CHECKS.append(check)
    return check


def refusals(projects: Iterable[Project], year: int, profile_id: UUID) -> dict[UUID, list[Reason]]:
    """Every reason against each project that can't be admitted for the year; projects without any are not there."""
    asked = list(projects)
    found: dict[UUID, list[Reason]] = {}
    for check in CHECKS:
        for key, reasons in check(asked, year, profile_id).items():
            if reasons:
                found.setdefault(key, []).extend(reasons)
    return found


def major_because(project: Project, profile_id: UUID) -> list[str]:
    """Why a project counts as 重大 by the profile: amount, kind, period; nothing when it doesn't (art. 12)."""
    values = values_of(profile_id)
    return rules.major_because(
        project.kind,
        project.total,
        project.first_year,
        project.last_year,
        lambda key: values("major", key),
    )


def major_rows(profile_id: UUID) -> Q:
    """The condition of ``major_because`` on rows of projects, for lists."""
    return major_rows_by(values_of(profile_id))


def major_rows_by(get: Values) -> Q:
    """The same of a profile that need not be loaded."""
    amount, policy_amount = get("major", "amount"), get("major", "policy_amount")
    years, years_amount = get("major", "period"), get("major", "period_amount")
    condition = Q(pk__in=[])
    if amount is not None:
        condition |= Q(kind=Project.Kind.PROJECT, total__gte=Decimal(str(amount)))
    least = policy_amount if policy_amount is not None else amount
    if least is not None:
        condition |= Q(kind=Project.Kind.POLICY, total__gte=Decimal(str(least)))
    if years is not None:
        condition |= Q(
            last_year__gte=F("first_year") + int(years) - 1, total__gte=Decimal(str(years_amount or 0))
        )
    return condition


def is_major(project: Project, profile_id: UUID) -> bool:
    """Whether a project counts as 重大 by the profile, new or not (art. 12)."""
    return bool(major_because(project, profile_id))


def needs_exante(project: Project, profile_id: UUID) -> bool:
    """Whether art. 12 asks an ex-ante evaluation first: 新出台 and 重大. A continuing project was let in before."""
    return project.attribute == Project.Attribute.NEW and is_major(project, profile_id)


def amounts_of(projects: Iterable[Project]) -> dict[UUID, dict[int, Decimal]]:
    """The amounts by year of many projects, in one query."""
    keys = [project.pk for project in projects]
    found: dict[UUID, dict[int, Decimal]] = {key: {} for key in keys}
    for key, year, amount in ProjectYear.objects.filter(project_id__in=keys).values_list(
        "project_id", "year", "amount"
    ):
        found[key][year] = amount
    return found


def own_faults(projects: Sequence[Project]) -> dict[UUID, list[rules.Wrong]]:
    """What is wrong with each project's own facts: code, period, amounts (norms 10)."""
    amounts = amounts_of(projects)
    zones = {project.zone_id: project.zone.code for project in projects}
    found = {}
    for project in projects:
        wrong = rules.code_faults(project.code, zones[project.zone_id], project.first_year)
        period = rules.period_faults(project.first_year, project.last_year)
        wrong += period or rules.amount_faults(
            project.first_year, project.last_year, project.total, amounts[project.pk]
        )
        if wrong:
            found[project.pk] = wrong
    return found


@register
def _own(projects: Sequence[Project], year: int, profile_id: UUID) -> dict[UUID, list[Reason]]:
    """The project's own facts, where it came into the library by its own case; older ones were let in as they are."""
    asked = [project for project in projects if project.case_id]
    faults = own_faults(asked)
    reasons = {
        key: [Reason(each.message, 12, next=f"{each.remedy}。", field=each.field) for each in found]
        for key, found in faults.items()
    }
    for project in asked:
        if not project.first_year <= year <= project.last_year:
            words = f"{year} 年不在项目周期 {project.first_year}–{project.last_year} 内"
            reasons.setdefault(project.pk, []).append(
                Reason(words, 12, next="核对项目周期，或改在周期内的年度安排。", field="first_year")
            )
    return reasons
