"""What is on file of a year and what is missing, by article, and whose it is (art. 15, 20, 25, 36).

Drawn from the procedures: a step that files its case says so, so a case of such a procedure that is not on file yet is
missing, and whoever has its task is asked for it.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import Count

from jiheng.bureau.models import Organization, Person
from jiheng.bureau.scope import visible
from jiheng.filing.filing import filed_by
from jiheng.filing.models import Filing
from jiheng.procedure.models import Case, Task
from jiheng.procedure.table import PROCEDURES, Procedure, Step


@dataclass(frozen=True)
class Missing:
    """A case that is not on file yet: where it stands and who owes the next step."""

    article: int
    case: Case
    procedure: Procedure
    holders: list[str]
    late: bool

    @property
    def stands(self) -> str:
        return self.procedure.state(self.case.state).label


@dataclass
class Line:
    """One kind of filing under an article: how many are there, and the cases that are not."""

    article: int
    procedure: Procedure
    step: Step
    filed: int = 0
    missing: list[Missing] = field(default_factory=list)

    @property
    def none(self) -> bool:
        """Nothing of this kind was even begun this year."""
        return not self.filed and not self.missing


def lines(person: Person, year: int, today) -> list[Line]:
    """Every kind of filing by article, with what the person sees of it."""
    wanted = {
        (article, procedure.key): Line(article, procedure, step)
        for procedure in PROCEDURES.values()
        for article, step in filed_by(procedure)
    }
    there = visible(Filing.objects.filter(year=year), person).order_by()
    for article, key, count in there.values_list("article", "case__procedure").annotate(Count("pk")):
        if line := wanted.get((article, key)):
            line.filed = count
    keys = {key for _, key in wanted}
    cases = visible(Case.objects.filter(year=year, procedure__in=keys), person)
    void = [state.key for key in keys for state in PROCEDURES[key].states if state.tone == "void"]
    absent = list(
        cases.exclude(state__in=void)
        .exclude(pk__in=Filing.objects.filter(zone_id=person.zone_id).values("case"))
        .select_related("department", "unit")
        .order_by("procedure", "code", "id")
    )
    holders: dict[object, list[str]] = defaultdict(list)
    late: set[object] = set()
    tasks = Task.objects.filter(case__in=[case.pk for case in absent]).select_related("organization")
    for task in tasks.order_by("due"):
        if task.organization and task.organization.name not in holders[task.case_id]:
            holders[task.case_id].append(task.organization.name)
        if task.due and task.due < today:
            late.add(task.case_id)
    for case in absent:
        for (article, key), line in wanted.items():
            if key == case.procedure:
                line.missing.append(Missing(article, case, line.procedure, holders[case.pk], case.pk in late))
    return sorted(wanted.values(), key=lambda line: (line.article, line.procedure.label))


def of_scope(
    person: Person, year: int, today, article: int | None = None, department: Organization | None = None
) -> list[tuple[str, ...]]:
    """What is missing of a year, or of one article or one department in it, as rows."""
    found = [line for line in lines(person, year, today) if not article or line.article == article]
    if department:
        for line in found:
            line.missing = [each for each in line.missing if each.case.department_id == department.pk]
        found = [line for line in found if line.missing]
    return list(told(found))


def told(found: list[Line]) -> Iterator[tuple[str, ...]]:
    """What is missing as rows: article, kind, case, code, department, unit, where it stands, whose it is."""
    for line in found:
        label = line.procedure.label
        if line.none:
            yield (f"第{line.article}条", label, "本年没有这类事项", "", "", "", "", "")
        for each in line.missing:
            case = each.case
            yield (
                f"第{line.article}条", label, case.title, case.code,
                case.department.name if case.department else "", case.unit.name if case.unit else "",
                each.stands, "、".join(each.holders),
            )  # fmt: skip
