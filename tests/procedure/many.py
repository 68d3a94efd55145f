"""Many goals at once, begun through the door in one call: for tests of selections and for the bench."""

from decimal import Decimal

from jiheng.goal.models import Goal, Indicator
from jiheng.procedure import door
from jiheng.procedure.models import Case
from jiheng.project.models import Project
from tests.bureau_fixture import INDICATORS, Bureau


def make_goals(
    bureau: Bureau, count: int, unit: str = "unit", indicators: int = len(INDICATORS)
) -> list[Case]:
    """So many goals of one unit in draft, each of a project of its own."""
    organization = bureau.organizations[unit]
    projects = Project.objects.bulk_create(
        (
            Project(
                zone=bureau.zone,
                department=organization.parent,
                unit=organization,
                code=f"{bureau.zone.code}26T{next(bureau._number):011}"[:21],
                name=f"校舍维修{number}",
                first_year=2026,
                last_year=2026,
                total=Decimal("1000000"),
            )
            for number in range(count)
        ),
        batch_size=500,
    )
    drafts = [
        Case(
            zone=bureau.zone,
            year=2026,
            department=organization.parent,
            unit=organization,
            subject=project.pk,
            code=project.code,
            title=project.name,
            amount=project.total,
        )
        for project in projects
    ]

    def make(cases: list[Case]) -> None:
        goals = Goal.objects.bulk_create(
            (
                Goal(
                    zone=bureau.zone,
                    case=case,
                    project=project,
                    year=2026,
                    fiscal=project.total,
                    text="完成校舍维修。",
                )
                for case, project in zip(cases, projects, strict=True)
            ),
            batch_size=500,
        )
        rows = (INDICATORS * indicators)[:indicators]
        Indicator.objects.bulk_create(
            (
                Indicator(
                    zone=bureau.zone, goal=goal, order=order, level1=level1, level2=level2, name=name, target=target,
                    weight=weight,
                )
                for goal in goals
                for order, (level1, level2, name, target, weight) in enumerate(rows, 1)
            ),
            batch_size=500,
        )  # fmt: skip

    door.start("goal.open", drafts, by=bureau.people[unit], make=make)
    return drafts
