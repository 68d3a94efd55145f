"""Ex-ante evaluations of the demo: those that last and this year's new major projects had, and next year's at every desk."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from jiheng.bureau.models import Organization
from jiheng.demo.goals import Desk, amount_in
from jiheng.demo.tables import ProjectText
from jiheng.exante import ceiling, drafts, ordering, rules
from jiheng.exante.models import ExanteEvaluation
from jiheng.procedure import door
from jiheng.project.models import Project

MAJOR = Decimal(5_000_000)


@dataclass(frozen=True)
class Proposal:
    """A new project for next year: whose, what, how much (万元), what became of it, and how it was scored."""

    unit: str
    name: str
    amount: int
    story: str
    share: str = "0.9"
    priority: str = "second"
    kind: str = "project"


PROPOSALS = (
    Proposal("101002", "义务教育薄弱学校提升工程", 860, "concluded", "0.92", "first"),
    Proposal("101003", "中学智慧教室建设", 640, "concluded", "0.72", "second"),
    Proposal("101005", "课后服务财政补助", 720, "key_concluded", "0.84", "first", "policy"),
    Proposal("101004", "公办幼儿园新增学位", 980, "reviewed", "0.86", "first"),
    Proposal("102004", "高标准农田管护提升", 1500, "submitted"),
    Proposal("102001", "粮食烘干仓储设施建设", 780, "unit_draft"),
    Proposal("102003", "畜禽粪污资源化利用", 560, "dropped"),
    Proposal("103003", "县域医疗中心能力提升", 2600, "key", "0.88", "first"),
    Proposal("103004", "适龄女孩疫苗接种补助", 530, "concluded", "0.95", "first", "policy"),
    Proposal("103002", "疾控实验室改造", 690, "budget_returned", "0.75"),
    Proposal("104002", "农村公路危桥改造", 1320, "concluded", "0.9", "first"),
    Proposal("104003", "交通综合执法信息平台", 510, "concluded", "0.52", "third"),
    Proposal("104001", "新能源公交车更新", 1680, "returned", "0.7"),
    Proposal("106001", "老旧小区加装电梯补助", 900, "draft", kind="policy"),
    Proposal("107001", "大气环境监测网络升级", 750, "recorded", "0.83"),
    Proposal("111003", "农村供水水源保护工程", 1150, "missing"),
    Proposal("113003", "生活垃圾焚烧处理设施配套", 2200, "reviewed", "0.81", "second"),
    Proposal("116002", "城市运行数据中台", 1260, "concluded", "0.66", "third"),
)

TO_REVIEW = ("fill", "submit", "score", "review")
STORIES: dict[str, tuple[str, ...]] = {
    "missing": (),
    "draft": (),
    "dropped": ("drop",),
    "unit_draft": ("half",),
    "submitted": ("fill", "hand_in", "submit"),
    "returned": ("fill", "submit", "score", "expenditure_return"),
    "reviewed": TO_REVIEW,
    "budget_returned": (*TO_REVIEW, "budget_return"),
    "key": (*TO_REVIEW, "choose"),
    "recorded": (*TO_REVIEW, "choose", "record"),
    "key_concluded": (*TO_REVIEW, "choose", "record", "conclude"),
    "concluded": (*TO_REVIEW, "accept"),
}
TO_UNIT = ("unit_draft", "submitted")

ARGUED = {
    "necessity": "{name}列入本区年度重点工作，属于财政支出责任；现有设施和政策不能满足需要，与已有项目不重复。",
    "economy": "按同类项目单位成本测算，共需 {amount} 万元；比较了新建、改造、购买服务三个方案，本方案全周期费用最低。",
    "feasibility": "实施主体、场地和前期手续已落实；分三个阶段推进，明确了每月进度和责任人，有应急预案。",
    "goals": "数量、质量、时效、成本和效益指标都已量化，指标值参照近三年平均水平，与资金规模匹配。",
    "support": "属公共服务，市场难以充分提供；区级财政承担主要部分，其余由上级补助和单位自筹解决。",
    "budget": "按支出标准和询价结果编制，列出了构成明细和测算过程，与任务一一对应。",
}
COMMENTS = {
    "necessity": "依据充分，与重点工作一致。",
    "economy": "部分单价偏高，建议按近期采购成交价核定。",
    "feasibility": "前期手续还差一项批复，需在安排前取得。",
    "goals": "效益指标可以更具体。",
    "support": "应进一步落实其他资金来源。",
    "budget": "明细中有两项与已有项目重复，应予核减。",
}
RETURNED = "投入经济性没有比较不同方案，预算明细缺测算依据，请补充后再报。"
SENT_BACK = "建议安排金额与上年同类项目差距较大，请复核预算编制合理性的评分。"


@dataclass
class _Story:
    """One evaluation on its way."""

    desk: Desk
    evaluation: ExanteEvaluation
    department: str
    unit: str
    amount: Decimal
    share: Decimal
    priority: str

    def weight(self, key: str) -> Decimal:
        return drafts.bounds_of(self.evaluation.case.profile_id).weights[key]

    def do(self, step: str) -> None:
        case, bureau = self.evaluation.case, self.desk.bureau
        if step in ("fill", "half"):
            self.fill(whole=step == "fill")
        elif step == "score":
            self.score()
        elif step == "record":
            self.record()
        else:
            by = {
                "drop": bureau.clerk(self.department),
                "hand_in": bureau.clerk(self.unit),
                "submit": bureau.clerk(self.department),
                "review": bureau.chief("expenditure"),
                "expenditure_return": bureau.clerk("expenditure"),
            }.get(step) or bureau.clerk("budget")
            words = {
                "drop": "与上级专项重复，今年不再申报。",
                "expenditure_return": RETURNED,
                "budget_return": SENT_BACK,
                "choose": "金额大、专业性强，由第三方机构作重点评估。",
                "accept": "同意评估结果，预算安排时统筹考虑。",
            }
            given = {"opinion": words[step]} if step in words else {}
            door.perform(f"exante.{step}", case, by=by, **given)

    def fill(self, *, whole: bool) -> None:
        """The report as the drafting side writes it, all of it or only its beginning."""
        name = self.evaluation.project.name
        amount = f"{self.amount / 10000:f}"
        given = {
            "background": f"{name}面向全区实施，{self.evaluation.year}年完成主要任务，资金按进度安排，建成后由项目单位负责运行。",
            "basis": "列入区级年度重点工作任务清单；经部门集体研究决定，并完成可行性论证。",
            "asked": amount,
        }
        for point in rules.POINTS if whole else rules.POINTS[:2]:
            given[f"text-{point.key}"] = ARGUED[point.key].format(name=name, amount=amount)
            given[f"self-{point.key}"] = f"{self.weight(point.key) * Decimal('0.95'):f}"
        bounds = drafts.bounds_of(self.evaluation.case.profile_id)
        self.evaluation.case.refresh_from_db()
        by = self.unit if self.evaluation.case.state == "unit_draft" else self.department
        uploads = [
            _file(f"{name}可行性论证.txt", given["background"]),
            _file(f"{name}资金测算明细.txt", f"申请 {amount} 万元。{ARGUED['budget']}"),
        ]
        typed = drafts.read_report(given, bounds)
        drafts.save(
            self.evaluation.case, typed, by=self.desk.bureau.clerk(by), uploads=uploads if whole else ()
        )

    def score(self) -> None:
        """The expenditure office's six scores: about the given share of each weight."""
        bounds = drafts.bounds_of(self.evaluation.case.profile_id)
        given: dict[str, str] = {}
        total = Decimal(0)
        for place, point in enumerate(rules.POINTS):
            shift = Decimal((-1) ** place) * Decimal("0.04")
            score = (self.weight(point.key) * min(self.share + shift, Decimal(1))).quantize(Decimal("0.5"))
            total += score
            given |= {f"score-{point.key}": f"{score:f}", f"comment-{point.key}": COMMENTS[point.key]}
        conclusion = rules.allowed(total, bounds)
        amount = self.amount * {rules.FULL: Decimal("0.95"), rules.PART: Decimal("0.7")}.get(
            conclusion, Decimal(0)
        )
        given |= {"conclusion": conclusion, "priority": self.priority, "amount": f"{amount / 10000:f}"}
        given["word"] = {
            rules.FULL: "建议列入预算。",
            rules.PART: "建议调整完善、核减后安排。",
            rules.NONE: "条件尚不具备，建议暂不安排。",
        }[conclusion]
        typed = drafts.read_review(given, bounds)
        drafts.save(self.evaluation.case, typed, by=self.desk.bureau.clerk("expenditure"))

    def record(self) -> None:
        """What the institution found, a little stricter than the review."""
        amount = self.amount * Decimal("0.85") / 10000
        given = {
            "by": "某会计师事务所评估组", "kind": "institution", "score": "82", "conclusion": rules.FULL, "amount": f"{amount:f}",
            "word": "必要性充分，测算总体合理，个别单价按成交价核减。",
        }  # fmt: skip
        report = _file(f"{self.evaluation.project.name}重点评估报告.txt", given["word"])
        typed = drafts.read_key(given)
        drafts.save(self.evaluation.case, typed, by=self.desk.bureau.clerk("budget"), uploads=[report])


def _file(name: str, text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, f"演示材料：{text}\n".encode())


def _begin(desk: Desk, project: Project, year: int, amount: Decimal, told: Proposal | None) -> _Story:
    department = project.department.code
    to_unit = told is not None and told.story in TO_UNIT
    evaluation = drafts.begin(project, year, by=desk.bureau.clerk(department), to_unit=to_unit)
    share, priority = (Decimal(told.share), told.priority) if told else (Decimal("0.9"), "first")
    return _Story(desk, evaluation, department, project.unit.code, amount, share, priority)


def evaluate(desk: Desk, texts: Iterable[ProjectText], year: int) -> None:
    """The new major projects of a year were evaluated in the autumn before, and listed for the district (art. 12–15)."""
    before, steps = year - 1, STORIES["concluded"]
    found = [
        (desk.projects[text], amount_in(desk, text, year))
        for text in texts
        if desk.projects[text].attribute == "new" and desk.projects[text].total >= MAJOR
    ]
    for project, amount in found:
        with desk.calendar.at(desk.workday(before, 9, 2)):
            story = _begin(desk, project, year, amount, None)
        for step, day in zip(steps, (9, 10, 16, 18, 24), strict=True):
            with desk.calendar.at(desk.workday(before, 9, day)):
                story.do(step)
    if found:
        _list(desk, None, year, [desk.workday(before, 10, day) for day in (10, 14, 16)])


def prepare(desk: Desk, year: int) -> None:
    """Next year's new projects, each evaluation at its own desk, with ceilings and lists."""
    projects = _projects(desk, year)
    budget = desk.bureau.clerk("budget")
    by_department: dict[Organization | None, Decimal] = {}
    for _, project in projects:
        by_department[project.department] = by_department.get(project.department, Decimal(0)) + project.total
    amounts = {
        place: (amount * Decimal("0.8")).quantize(Decimal(1)) for place, amount in by_department.items()
    }
    amounts[None] = sum(amounts.values(), Decimal(0))
    with desk.calendar.at(desk.calendar.ago(26)):
        ceiling.enter(amounts, year, by=budget)
    for told, project in projects:
        if told.story == "missing":
            continue
        steps = STORIES[told.story]
        last = desk.random.choice((3, 4, 5, 6))
        days = [last + 2 * (len(steps) - index) for index in range(len(steps) + 1)]
        with desk.calendar.at(desk.calendar.ago(days[0])):
            story = _begin(desk, project, year, project.total, told)
        for step, ago in zip(steps, days[1:], strict=True):
            with desk.calendar.at(desk.calendar.ago(ago)):
                story.do(step)
    places = desk.bureau.places
    ago = desk.calendar.ago
    for code, days in (("101", [2]), ("103", [2, 1]), ("104", [2, 1, 0])):
        _list(desk, places[code], year, [ago(day) for day in days], returned=code == "104")


def _projects(desk: Desk, year: int) -> list[tuple[Proposal, Project]]:
    """Enters the proposals as projects, with codes of their own in the integrated system's shape."""
    zone, places = desk.bureau.zone, desk.bureau.places
    made = [
        (
            told,
            Project(
                zone=zone,
                department=places[told.unit[:3]],
                unit=places[told.unit],
                code=f"{zone.code}{year % 100:02d}T{int(told.unit) * 1000 + 900 + number:012d}",
                name=told.name,
                kind=told.kind,
                attribute="new",
                stage=Project.Stage.PROPOSED,
                first_year=year,
                last_year=year,
                total=Decimal(told.amount) * 10000,
            ),
        )
        for number, told in enumerate(PROPOSALS)
        if told.unit in places
    ]
    Project.objects.bulk_create(project for _, project in made)
    return made


def _list(
    desk: Desk,
    department: Organization | None,
    year: int,
    days: list[datetime.date],
    *,
    returned: bool = False,
) -> None:
    """A list begun, then as far as there are days: sent, and received or returned."""
    by, budget = desk.bureau.chief("expenditure"), desk.bureau.clerk("budget")
    place = department.pk if department else None
    if not ordering.candidates(desk.bureau.zone.pk, place, year):
        return
    with desk.calendar.at(days[0], 9):
        listing = ordering.begin(department, year, by=by)
    if len(days) > 1:
        with desk.calendar.at(days[1], 10):
            door.perform("priority_list.send", listing.case, by=by)
    if len(days) > 2:
        with desk.calendar.at(days[2], 11):
            if returned:
                door.perform(
                    "priority_list.return",
                    listing.case,
                    by=budget,
                    opinion="请说明排在前面的理由，按控制数再核减。",
                )
            else:
                door.perform(
                    "priority_list.receive", listing.case, by=budget, opinion="收到，预算安排时统筹考虑。"
                )
