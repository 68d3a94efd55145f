"""Department and finance evaluations of the finished year, at every desk (art. 27, 29, 31, 32)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from jiheng.bureau.models import Person
from jiheng.bureau.profile import in_force
from jiheng.demo.control import paper
from jiheng.demo.goals import Desk
from jiheng.demo.support import Reviews
from jiheng.evaluation import choosing, evaluating, exchanging, sheets
from jiheng.evaluation.access import Access, writing
from jiheng.evaluation.evaluating import Subject
from jiheng.evaluation.finance_evaluation import KINDS
from jiheng.evaluation.measured import reported
from jiheng.procedure import door
from jiheng.procedure.models import Case
from jiheng.procedure.table import PROCEDURES
from jiheng.project.models import Project

DEPARTMENT_ENDS = ("accepted", "return", "scoring", "planning", "dropped", "submitted")
FINANCE_ENDS = (
    "finished", "scoring", "final", "commenting", "asked", "planned", "plan_return", "proposed", "dropped", "finished",
)  # fmt: skip
"""How far each has gone: a state, or the return that sent it back."""
BEGAN = 60
TASK = "按评价方案核查资料和现场，填打分表，提出问题和建议。"
PLAN = {
    "purpose": "评价资金使用的经济性、效率性和效益性，范围为全年预算资金和全部实施地点。",
    "approach": "比较法、因素分析法、公众评判法；采用计划标准和历史标准，现场核查不少于三处。",
    "schedule": "第一周收集资料，第二、三周现场核查和访谈，第四周打分、写报告；三人承担。",
}
PROBLEMS = (
    ("部分效益指标没有建立统计台账，完成数靠估算。", "明确统计口径和责任人，按季度登记台账。"),
    ("项目启动晚，资金集中在四季度支付。", "提前完成前期工作，按进度编制用款计划。"),
    ("个别合同验收资料不全，归档不及时。", "补齐验收资料，一个月内归档。"),
)
COMMENT = "抽查资料不全，按满足程度计分。"


@dataclass
class Worker:
    """Evaluations of the demo as their people work on them; ``day`` is told in workdays before today."""

    desk: Desk

    def person(self, place: str) -> Person:
        return self.desk.bureau.clerk(place)

    def do(
        self,
        case: Case,
        step: str,
        day: int,
        by: Person,
        opinion: str = "同意。",
        hour: int | None = None,
        **given,
    ) -> None:
        with self.desk.calendar.at(self.desk.calendar.ago(day), hour):
            door.perform(f"{case.procedure}.{step}", case, by=by, opinion=opinion, **given)

    def access(self, case: Case, by: Person, engagement: Case | None = None) -> Access:
        evaluation = PROCEDURES[case.procedure].load([case.pk])[case.pk]
        evaluation.case = case
        return Access(evaluation, case, by, engagement)

    def plan(self, case: Case, day: int, by: Person) -> None:
        access = self.access(case, by)
        plan = evaluating.plan_of(access.evaluation)
        plan.texts = PLAN
        with (
            self.desk.calendar.at(self.desk.calendar.ago(day)),
            writing(access, ("planning",), "方案") as held,
        ):
            evaluating.write_plan(held, plan, None)

    def score(self, case: Case, day: int, by: Person, engagement: Case | None = None) -> Decimal:
        """Fills in one's own sheet: mostly met, not everywhere, each one a little differently."""
        access = self.access(case, by, engagement)
        evaluation, random = access.evaluation, Random(f"{case.code}{case.title}{access.author}")
        hints = reported(evaluation)
        typed = {}
        for item in evaluation.items.all():
            ratings = [random.choice(("1", "1", "1", "0.8", "0.5")) for _ in item.points]
            rate = str(random.choice((100, 100, 98, 95, 88)))
            actual = hints.get(item.name) or item.target.strip("≥≤=") if item.method == "goal" else rate
            rating = ["0.9"] if item.method == "goal" else ratings
            typed[str(item.pk)] = sheets.Typed(rating, actual if item.method != "points" else "", COMMENT)
        with (
            self.desk.calendar.at(self.desk.calendar.ago(day), 9),
            writing(access, ("scoring",), "打分") as held,
        ):
            total = sheets.save(held, access.sheet(), typed, None)
        assert total is not None, f"{case.title}: {sheets.lines(self.access(case, by).evaluation)}"
        return total

    def note(
        self, case: Case, day: int, by: Person, *, ask: str = "", engagement: Case | None = None
    ) -> None:
        """Site notes, problems and, where ``ask`` says so, a request for evidence."""
        access = self.access(case, by, engagement)
        when = self.desk.calendar.ago(day)
        number = Random(case.title).randint(1, len(PROBLEMS))
        typed = exchanging.Typed(
            [ask] if ask else [],
            [(when, case.unit.name if case.unit else case.department.name, "项目负责人、财务经办", "现场查看两处，与台账相符。")],
            [("", *pair) for pair in PROBLEMS[:number]],
        )  # fmt: skip
        with self.desk.calendar.at(when), writing(access, ("scoring",), "取证") as held:
            exchanging.write(held, typed, None, author=access.author)


def evaluate_some(desk: Desk, year: int) -> None:
    """A few of each: departments' own, finance's, state capital and investment funds, insurance funds."""
    zone = desk.bureau.zone
    clerk = desk.bureau.clerk("performance")
    rows = choosing.projects_for(clerk, "finance_evaluation", year).order_by("-total", "code")
    found = [row for row in rows if desk.bureau.places.get(row.unit.code)]
    profile = in_force(zone.pk, desk.calendar.today).pk
    candidates = choosing.candidates(found[:40], "finance_evaluation", year, zone.pk, profile)
    ready = [each for each in candidates if each.self_evaluation]
    if not ready:
        return
    worker = Worker(desk)
    _departments(worker, ready, year)
    _finance(worker, ready[::-1], year)
    _special(worker, "capital_evaluation", "产业发展引导基金", "fund", year, "commenting")
    _special(worker, "insurance_evaluation", "城乡居民基本养老保险基金", "insurance", year, "finished")


def _departments(worker: Worker, ready: Sequence[choosing.Candidate], year: int) -> None:
    for candidate, end in zip(ready, DEPARTMENT_ENDS, strict=False):
        project = candidate.project
        by, key = worker.person(project.department.code), "department_evaluation"
        with worker.desk.calendar.at(worker.desk.calendar.ago(BEGAN), 9):
            (case,) = evaluating.begin(key, [choosing.subject_of(candidate, key)], year, by=by)
        if end == "dropped":
            worker.do(case, "drop", 58, by, "已列入财政评价，不重复评价。")
        if end in ("planning", "dropped"):
            continue
        worker.plan(case, 55, by)
        worker.do(case, "plan", 54, by)
        if end == "scoring":
            worker.do(case, "replan", 50, by, "增设满意度调查样本要求。")
            worker.do(case, "plan", 48, by)
            continue
        worker.score(case, 20, by)
        worker.note(case, 19, by)
        worker.do(case, "submit", 18, by, "报告和评分表请审核。")
        if end == "return":
            worker.do(case, "return", 12, worker.person("expenditure"), "请补充满意度问卷和样本数。")
        elif end == "accepted":
            worker.do(case, "accept", 10, worker.person("expenditure"), "认可。")


def _finance(worker: Worker, ready: Sequence[choosing.Candidate], year: int) -> None:
    key = "finance_evaluation"
    kind, calendar = KINDS[key], worker.desk.calendar
    lead = worker.person(kind.lead.key)
    chosen = [choosing.subject_of(each, key) for each in ready[: len(FINANCE_ENDS) - 1]]
    whole = choosing.wholes(worker.desk.bureau.zone.pk, year)[0]
    title = f"{whole.department.name}整体支出"
    chosen.append(Subject("whole", whole.department, title, None, whole.granted, tuple(whole.known())))
    with calendar.at(calendar.ago(BEGAN), 9):
        cases = evaluating.begin(
            key, chosen, year, by=lead, reasons=["livelihood", "attention"],
            reason="关系民生、群众关注，列入今年财政评价。",
        )  # fmt: skip
    for case, end in zip(cases, (*FINANCE_ENDS[: len(cases) - 1], FINANCE_ENDS[-1]), strict=True):
        _follow(worker, case, end)


def _special(worker: Worker, key: str, name: str, subject: str, year: int, end: str) -> None:
    kind, calendar = KINDS[key], worker.desk.calendar
    department = Project.objects.filter(zone=worker.desk.bureau.zone).order_by("-total").first().department
    with calendar.at(calendar.ago(BEGAN), 9):
        (case,) = evaluating.begin(
            key, [Subject(subject, department, name, None, Decimal(30_000_000))], year,
            by=worker.person(kind.lead.key), reasons=["development"], reason="了解综合运行情况。",
        )  # fmt: skip
    _follow(worker, case, end)


def _follow(worker: Worker, case: Case, end: str) -> None:
    """Goes on with a finance evaluation until it stands where it is to end."""
    kind = KINDS[case.procedure]
    lead, others = worker.person(kind.lead.key), [worker.person(role.key) for role in kind.others]
    department = worker.person(case.department.code)
    if end == "proposed":
        worker.do(case, "sign", 58, lead)
        return
    if end == "dropped":
        worker.do(case, "drop", 57, lead, "已列入审计计划，不重复评价。")
        return
    for hour, person in enumerate((lead, *others), 9):
        worker.do(case, "sign", 56, person, hour=hour)
    worker.plan(case, 52, lead)
    worker.do(case, "plan", 51, lead, "方案请审定。")
    if end == "plan_return":
        worker.do(case, "plan_return", 48, others[-1], "请写明抽样办法和样本数。")
    if end in ("planned", "plan_return"):
        return
    for hour, person in enumerate(others, 9):
        worker.do(case, "approve", 47, person, hour=hour)
    if end == "scoring":
        _engage(worker, case, lead)
        return
    if end in ("asked", "final"):
        worker.note(case, 38, lead, ask="请提供合同、验收单和满意度问卷。")
        worker.do(case, "ask", 37, lead, "请按清单补充资料。")
    if end == "asked":
        return
    if end == "final":
        evidence = [paper("补充资料（演示）.txt", f"{case.title}\n合同、验收单、问卷汇总\n")]
        worker.do(case, "answer", 33, department, "资料已补齐。", evidence=evidence)
    worker.score(case, 28, lead)
    worker.note(case, 27, lead)
    worker.do(case, "consult", 26, lead, "请反馈意见。")
    if end == "commenting":
        worker.do(case, "recall", 25, lead, "补充一处数据后再送。")
        worker.do(case, "consult", 4, lead, "请反馈意见。")
        return
    if case.unit is None:
        worker.do(case, "close", 15, lead, "逾期没有反馈，按无意见处理。")
    else:
        access = worker.access(case, department)
        with (
            worker.desk.calendar.at(worker.desk.calendar.ago(22)),
            writing(access, ("commenting",), "意见") as held,
        ):
            exchanging.write_comments(held, ["受益人数口径应按全年累计计算。"])
        worker.do(case, "comment", 21, department, "有一条意见，请研究。")
    if end == "finished":
        access = worker.access(case, lead)
        replies = {}
        for comment in access.evaluation.comments.all():
            replies |= {
                f"accepted-{comment.pk}": "no",
                f"reply-{comment.pk}": "目标口径为年末人数，不作调整。",
            }
        with (
            worker.desk.calendar.at(worker.desk.calendar.ago(14)),
            writing(access, ("final",), "答复") as held,
        ):
            exchanging.write_replies(held, replies, {})
        worker.do(case, "finish", 12, lead, "评价结果定稿。")


def _engage(worker: Worker, case: Case, lead: Person) -> None:
    """Three experts by lot: two have delivered, one is still at work and has asked for evidence."""
    desk = worker.desk
    reviews, ago = Reviews(desk, lead, TASK), desk.calendar.ago
    for number, engagement in enumerate(reviews.draw(case, 3, ago(30), days=40)):
        expert = reviews.person(engagement)
        reviews.accept(engagement, ago(28))
        total = worker.score(case, 20, expert, engagement)
        if number == 2:
            worker.note(case, 18, expert, ask="请提供受益对象名册。", engagement=engagement)
            continue
        report = [paper("评价意见（演示）.txt", f"{case.title}\n得分 {total}\n")]
        with desk.calendar.at(ago(16 - number), 14):
            door.perform(
                f"{engagement.procedure}.deliver", engagement, by=expert, score=f"{total:f}",
                opinion="总体完成较好，效益数据支撑不足。", report=report,
            )  # fmt: skip
