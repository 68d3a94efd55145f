"""What ex-ante evaluation says of projects, for other rooms: beside a budget line, at the library's gate (art. 12–14)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.urls import reverse

from jiheng.exante import rules
from jiheng.exante.models import ExanteEvaluation
from jiheng.procedure.answers import next_owed
from jiheng.procedure.table import PROCEDURES, Reason
from jiheng.project import admission
from jiheng.project.known import Known
from jiheng.project.models import Project


@dataclass(frozen=True)
class Result:
    """The newest evaluation of a project: where it stands, and once concluded its score, conclusion and amount (元)."""

    evaluation: ExanteEvaluation
    concluded: bool

    @property
    def year(self) -> int:
        return self.evaluation.year

    @property
    def link(self) -> str:
        return self.evaluation.case.get_absolute_url()

    @property
    def score(self) -> Decimal | None:
        return self.evaluation.final_score

    @property
    def conclusion(self) -> str:
        """support, part or refuse; empty while not concluded."""
        return self.evaluation.final_conclusion

    @property
    def label(self) -> str:
        """The conclusion in words, or where the evaluation stands."""
        if self.concluded:
            return self.evaluation.get_final_conclusion_display()
        return PROCEDURES["exante"].state(self.evaluation.case.state).label

    @property
    def amount(self) -> Decimal | None:
        return self.evaluation.final_amount

    @property
    def key(self) -> bool:
        """Whether experts or an institution made a key evaluation of it."""
        return self.evaluation.is_key

    @property
    def supports(self) -> bool:
        return self.concluded and self.conclusion in (rules.FULL, rules.PART)


def results_of(project_ids: Iterable[UUID], year: int) -> dict[UUID, Result]:
    """For each project its newest evaluation for a budget year up to ``year``; projects without one are not there."""
    rows = ExanteEvaluation.objects.filter(project_id__in=list(project_ids), year__lte=year, dropped=False)
    rows = rows.select_related("case__zone", "case__department", "case__unit").order_by("year")
    return {row.project_id: Result(row, row.case.state == "concluded") for row in rows}


def against_admission(projects: Sequence[Project], year: int, profile_id: UUID) -> dict[UUID, list[Reason]]:
    """A new major project enters neither reserve nor budget without an evaluation that supports it (art. 12)."""
    asked = [project for project in projects if admission.needs_exante(project, profile_id)]
    if not asked:
        return {}
    found = results_of([project.pk for project in asked], year)
    reasons = {}
    for project in asked:
        result = found.get(project.pk)
        if result is None or not result.supports:
            reasons[project.pk] = [_reason(project, year, result)]
    return reasons


def _reason(project: Project, year: int, result: Result | None) -> Reason:
    whose = f"“{project.name}”是新增的重大{project.get_kind_display()}"
    if result is None:
        return Reason(
            f"{whose}，还没有事前绩效评估",
            12,
            next=f"请{project.department.name}先编报 {year} 年事前评估报告，评定后再列入。",
            link=f"{reverse('exante-new')}?project={project.pk}",
        )
    if not result.concluded:
        case = result.evaluation.case
        return Reason(
            f"{whose}，事前绩效评估还在“{result.label}”",
            12,
            next=next_owed(case),
            link=result.link,
        )
    return Reason(
        f"{whose}，{result.year} 年事前绩效评估的结论是“{result.label}”",
        12,
        next="请移出该项目；方案调整后可为以后年度重新申报评估。",
        link=result.link,
    )


def known(projects: Sequence[Project], year: int) -> dict[UUID, Known]:
    """What stands beside a project's budget line (art. 6)."""
    return {
        key: Known(
            result.label,
            f"{result.score:.2f} 分，建议 {result.amount / 10000:,.2f} 万元"
            if result.concluded and result.score is not None and result.amount is not None
            else "",
            result.link,
            wrong=result.concluded and not result.supports,
        )
        for key, result in results_of([project.pk for project in projects], year).items()
    }
