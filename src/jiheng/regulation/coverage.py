"""Which steps carry out an article, who owes what by it, and how much was done: drawn from the procedures (art. 3)."""

import datetime
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from jiheng.bureau.models import Person
from jiheng.bureau.roles import ROLES, Role
from jiheng.bureau.scope import visible
from jiheng.procedure.models import Act, Task
from jiheng.procedure.table import PROCEDURES, WORKS, Procedure, Step
from jiheng.regulation.articles import OUTSIDERS, Article

SCREENS: dict[int, tuple[tuple[str, str], ...]] = {
    1: (("rules", "制度文件"), ("regulation", "规程全文")),
    2: (("home", "首页：按六类工作进入"),),
    3: (("matrix", "职责矩阵"),),
    4: (("home", "首页：全局一览"),),
    5: (("rules", "制度文件"),),
    9: (("profile", "局情配置：专门领域牵头"), ("rules", "制度文件：共性制度")),
    15: (("filings", "备案台账"), ("filings-missing", "备案缺项"), ("dossiers", "佐证包")),
    22: (("disclosures", "信息公开：各部门、各事项"), ("public-home", "公开站点")),
    7: (("revenue", "收入绩效"), ("execution-batches", "执行数批次")),
    26: (("controls", "生效中的暂缓、停止拨款"),),
    37: (("disclosures", "信息公开：各部门、各事项"), ("public-home", "公开站点")),
    40: (
        ("organizations", "组织与人员"),
        ("profile", "局情配置"),
        ("workdays", "工作日历"),
        ("delegations", "委托代办"),
        ("connections", "系统对接"),
        ("changes", "改动记录"),
        ("health", "系统运行"),
        ("backups", "备份和恢复"),
        ("runs", "运行日志"),
    ),
    43: (("regulation", "规程版本"), ("profile", "局情配置版本")),
}
"""Articles carried out on a screen of their own (address name, label), beside or instead of steps."""

PLANNED: dict[int, str] = {}
"""Articles that no step or screen carries out yet, with what is missing: said to users rather than hidden."""


@dataclass(frozen=True)
class Governed:
    """A step under an article."""

    procedure: Procedure
    step: Step

    @property
    def work_label(self) -> str:
        return dict(WORKS)[self.procedure.work]

    @property
    def roles_label(self) -> str:
        return ("、" if not self.step.countersigned else "与").join(role.label for role in self.step.roles)

    @property
    def way(self) -> str:
        """From which state to which, in the words users see."""
        before = "、".join(self.procedure.state(key).label for key in self.step.source) or "（新建）"
        after = (
            self.procedure.state(self.step.target).label
            if isinstance(self.step.target, str)
            else "来时的环节"
        )
        return f"{before} → {after}"


@dataclass(frozen=True)
class Counts:
    """What was done under an article this year, and what is owed now."""

    acts: int = 0
    open: int = 0
    overdue: int = 0


def governed(number: int | None = None) -> list[Governed]:
    """The steps under an article, or all steps, in the order of the six kinds of work."""
    order = [key for key, _ in WORKS]
    return [
        Governed(procedure, step)
        for procedure in sorted(PROCEDURES.values(), key=lambda each: order.index(each.work))
        for step in procedure.steps
        if number is None or number in step.articles
    ]


def duties(number: int) -> list[tuple[Role, list[Governed]]]:
    """Who owes which steps by this article."""
    found: dict[str, list[Governed]] = defaultdict(list)
    for each in governed(number):
        for role in each.step.roles:
            found[role.key].append(each)
    return [(ROLES[key], found[key]) for key in ROLES if key in found]


def party_labels(article: Article) -> list[str]:
    return [ROLES[key].label if key in ROLES else OUTSIDERS[key] for key in article.parties]


def acts(person: Person, year: int) -> QuerySet[Act]:
    """What was done in a year on cases the person may see."""
    rows = Act.objects.filter(at__year=year).order_by()
    return visible(rows, person, department="case__department", unit="case__unit")


def tasks(person: Person) -> QuerySet[Task]:
    """All open duties on cases the person may see."""
    return visible(Task.objects.order_by(), person, department="case__department", unit="case__unit")


def counts(person: Person, today: datetime.date) -> dict[int, Counts]:
    """For every article: acts of this year, open duties, overdue ones; two queries, whatever the number of articles."""
    done = acts(person, today.year).values_list("case__procedure", "step").annotate(n=Count("pk"))
    owed = (
        tasks(person)
        .values_list("case__procedure", "step")
        .annotate(n=Count("pk"), late=Count("pk", filter=Q(due__lt=today)))
    )
    doing = {(procedure, step): n for procedure, step, n in done}
    duty = {(procedure, step): (n, late) for procedure, step, n, late in owed}
    totals: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for each in governed():
        place = (each.procedure.key, each.step.key)
        n, late = duty.get(place, (0, 0))
        for number in each.step.articles:
            total = totals[number]
            total[0] += doing.get(place, 0)
            total[1] += n
            total[2] += late
    return {number: Counts(*total) for number, total in totals.items()}


def under(number: int, prefix: str = "case__") -> Q:
    """A condition on acts or tasks: those of a step under this article."""
    condition = Q(pk__in=[])
    for each in governed(number):
        condition |= Q(**{f"{prefix}procedure": each.procedure.key, "step": each.step.key})
    return condition


def cases_acted(person: Person, number: int, year: int) -> int:
    """How many different cases were acted on under this article in the year."""
    found = acts(person, year).filter(under(number)).aggregate(n=Count("case", distinct=True))
    return found["n"]
