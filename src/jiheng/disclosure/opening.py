"""What has to be published comes due by acts of other rooms (art. 22, 37).

The budget's approval makes a department's budget and goals due so many days later (预算法 art. 14, by the profile); the
notice on final accounts makes the results of its evaluations due on its day; a final finance evaluation makes its goal
and result due with the performance office.
"""

import datetime
from collections.abc import Sequence

from django.utils.timezone import localdate

from jiheng.budget.approval import ON_APPROVED
from jiheng.bureau.models import Organization, Person
from jiheng.bureau.profile import in_force, values_of
from jiheng.disclosure.items import ITEMS
from jiheng.disclosure.models import Disclosure
from jiheng.disclosure.procedure import OF_BUDGET, OF_FINANCE, OF_RESULTS
from jiheng.evaluation.framework_guards import ON_FINAL
from jiheng.notice import rounds
from jiheng.notice.models import Round
from jiheng.notice.procedure import ON_ISSUED, asked
from jiheng.procedure import door
from jiheng.procedure.models import Case
from jiheng.procedure.table import Matter


def _days_on(matter: Matter, limit: str) -> datetime.date:
    """So many days from today, by the profile in force: days of the calendar, as the law counts them."""
    today = localdate(door.now())
    profile = in_force(matter.case.zone_id, today)
    return today + datetime.timedelta(days=values_of(profile.pk)("disclosure", limit))


def _open(procedure: str, drafts: Sequence[Disclosure], matter: Matter, by: Person) -> None:
    """Begins them within the act that made them due."""
    wanted = list(drafts)

    def make(cases: list[Case]) -> None:
        for case, draft in zip(cases, wanted, strict=True):
            draft.case = case
        Disclosure.objects.bulk_create(wanted, batch_size=500)

    cases = [
        Case(
            zone=matter.case.zone, year=draft.year, department=draft.department, code=draft.department.code,
            subject=matter.case.subject if draft.item == "finance" else None, title=_title(draft, matter),
        )
        for draft in wanted
    ]  # fmt: skip
    door.start(f"{procedure}.open", cases, by=by, make=make, within=matter.act)


def _title(draft: Disclosure, matter: Matter) -> str:
    label = ITEMS[draft.item].label
    if draft.item == "finance":
        return f"{matter.case.title}{draft.year}年{label}公开"[:200]
    more = f"（{matter.record.batch}）" if draft.item == "budget" else ""
    return f"{draft.department.name}{draft.year}年{label}公开{more}"


def _number(department: Organization, year: int, item: str) -> int:
    known = Disclosure.objects.filter(zone_id=department.zone_id, department=department, year=year, item=item)
    return known.count() + 1


def open_budgets(matters: list[Matter], by: Person) -> None:
    """An approved budget is to be published with its goals (art. 22)."""
    for matter in matters:
        budget = matter.record
        draft = Disclosure(
            zone_id=budget.zone_id, department=budget.department, year=budget.year, item="budget",
            number=_number(budget.department, budget.year, "budget"), source=matter.case,
            due=_days_on(matter, "budget_days"),
        )  # fmt: skip
        _open(OF_BUDGET, [draft], matter, by)


def open_results(matter: Matter, round_: Round, by: Person) -> None:
    """The notice on final accounts asks each department for its self- and department evaluations (art. 37)."""
    departments = [each for each in asked(matter.record) if each.kind == Organization.Kind.DEPARTMENT]
    known = set(
        Disclosure.objects.filter(zone_id=round_.zone_id, year=round_.year, department__in=departments)
        .exclude(item="budget")
        .values_list("department", "item")
    )
    drafts = [
        Disclosure(
            zone_id=round_.zone_id, department=department, year=round_.year, item=item, source=matter.case,
            due=round_.deadline,
        )
        for department in departments
        for item in ("self", "department")
        if (department.pk, item) not in known
    ]  # fmt: skip
    _open(OF_RESULTS, drafts, matter, by)


def open_finance(matters: list[Matter], by: Person) -> None:
    """A final finance evaluation is published by the performance office, with the goal evaluated (art. 22, 37)."""
    for matter in matters:
        if (procedure := OF_FINANCE.get(matter.case.procedure)) is None or matter.case.department is None:
            continue
        department, year = matter.case.department, matter.record.year
        draft = Disclosure(
            zone_id=matter.case.zone_id, department=department, year=year, item="finance",
            number=_number(department, year, "finance"), source=matter.case, due=_days_on(matter, "finance_days"),
        )  # fmt: skip
        _open(procedure, [draft], matter, by)


ON_APPROVED.append(open_budgets)
ON_ISSUED.setdefault("accounts", []).append(open_results)
ON_FINAL.append(open_finance)
rounds.counts("disclosure", OF_BUDGET)
rounds.counts("accounts", OF_RESULTS)
