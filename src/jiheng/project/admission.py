"""What a project must have before it may enter the library's reserve or a budget (art. 12, 13).

Rooms above know what is still missing (an ex-ante evaluation, a goal); they register a check here, and whoever
admits projects asks them all at once.
"""

from collections.abc import Callable, Iterable, Sequence
from uuid import UUID

from jiheng.bureau.profile import values_of
from jiheng.procedure.table import Reason
from jiheng.project.models import Project

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


def is_major(project: Project, profile_id: UUID) -> bool:
    """Whether a project counts as 重大 by the profile (art. 12)."""
    return project.total >= values_of(profile_id)("major", "amount")
