"""What a result's application says of a project, to stand beside its budget line of that year (art. 6, 33)."""

from collections.abc import Sequence
from uuid import UUID

from jiheng.application.models import Action, Application
from jiheng.project.known import Known
from jiheng.project.models import Project


def known(projects: Sequence[Project], year: int) -> dict[UUID, Known]:
    """Decided where it is, else proposed, else what the rule says; of the year that is asked about."""
    rows = Application.objects.filter(case__subject__in=[project.pk for project in projects], year=year)
    found = {}
    for row in rows.select_related("case"):
        who, action, amount = [line[:3] for line in row.lines][-1]
        found[row.case.subject] = Known(
            f"{action} {amount / 10000:,.2f} 万元",
            more=who,
            link=row.case.get_absolute_url(),
            wrong=action != Action.KEEP.label,
        )
    return found
