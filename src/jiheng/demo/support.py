"""The demo's experts and institutions: a register with its credit records, and key reviews of goals (art. 18, 39).

Everybody is named by field and number; nobody is real.
"""

import datetime
from collections.abc import Sequence
from decimal import Decimal

from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile

from jiheng.bureau.models import Organization, Person, Post
from jiheng.bureau.standing import standing
from jiheng.demo.goals import Desk
from jiheng.demo.organizations import PASSWORD
from jiheng.procedure import door
from jiheng.procedure.models import Case
from jiheng.support import engagement, party
from jiheng.support.models import Party
from jiheng.support.party import Profile

TASK = "审核绩效目标是否完整、相关、适当、可行，重点看指标值的依据和预算与任务是否匹配。"
OPINIONS = (
    "目标与任务基本对应；数量指标依据充分，建议补充效益指标的取数办法。",
    "指标完整，指标值与上年完成情况衔接；建议把验收合格率改为分批考核。",
    "年度目标表述清楚，预算与任务量匹配，建议按此执行。",
    "个别时效指标过松，建议按合同工期调整。",
)
RATED = ((90, 92, 95), (85, 80, 82), (92, 90, 88), (78, 75, 70), (60, 55, 50), (95, 90, 96))
"""What the office gave for plan, process and report, one after another."""

HOURS = {"accept": 10, "decline": 10, "deliver": 13, "return": 15, "rate": 16, "cancel": 16}
"""What happens on one day happens in this order."""


def _experts() -> list[tuple[Profile, str]]:
    """Who is in the register, with what became of them."""
    numbered = "甲乙丙丁戊己庚辛"
    rows = [
        ("农业", "农林水", "高级农艺师", "某农业大学", 3, ""),
        ("教育", "教育", "副教授", "某师范学院", 2, ""),
        ("财务", "财务会计", "高级会计师", "某会计师事务所", 3, ""),
        ("卫生", "卫生健康", "主任医师", "某医学院附属医院", 1, ""),
        ("工程", "工程造价", "注册造价工程师", "某工程咨询公司", 2, ""),
        ("绩效", "绩效管理", "教授", "某财经大学", 2, ""),
        ("信息", "工业和信息化", "高级工程师", "某理工大学", 1, "proposed"),
        ("交通", "交通运输", "高级工程师", "某交通设计院", 1, "retired"),
        ("水利", "农林水", "高级工程师", "某水利设计院", 1, "dropped"),
        ("法律", "法律", "律师", "某律师事务所", 1, "barred"),
    ]
    found = [
        (
            Profile(
                "expert",
                f"{name}专家{numbered[n]}",
                [field, "绩效管理"][: 1 + (n == 0 and field != "绩效管理")],
                title,
                employer,
            ),
            story,
        )
        for name, field, title, employer, count, story in rows
        for n in range(count)
    ]
    found[0][0].services.append(("农业农村局", 2024, 2026))
    found[3][0].services.append(("教育局", 2023, 2026))
    for n, story in enumerate(("", "", "", "barred")):
        name = f"第三方机构{'一二三四'[n]}"
        fields = ["绩效管理", "财务会计", "教育", "农林水"][: 2 + n % 3]
        profile = Profile(
            "institution", name, fields, "会计师事务所执业证书", lead="主评人一名，注册会计师三名"
        )
        found.append((profile, story))
    return found


def make_register(desk: Desk) -> None:
    """Everybody is put forward and registered two years ago; later some are barred or leave."""
    performance, year = desk.bureau.clerk("performance"), desk.calendar.year
    begun, password = desk.workday(year - 2, 3, 10), make_password(PASSWORD)
    people, posts = [], []
    for number, (profile, story) in enumerate(_experts(), 1):
        recent = story in ("proposed", "dropped")
        with desk.calendar.at(desk.calendar.ago(6) if recent else begun, 9):
            made = party.propose(profile, by=performance)
        expert = profile.kind == Organization.Kind.EXPERT
        title = "本人" if expert else "经办"
        person = Person(
            zone=desk.bureau.zone, username=f"{'e' if expert else 'i'}{number:03d}", name=f"{profile.name}{title}",
            must_change_password=False, password=password,
        )  # fmt: skip
        people.append(person)
        posts.append(Post(zone=desk.bureau.zone, person=person, organization=made.organization, title=title))
        if story == "proposed":
            continue
        with desk.calendar.at(desk.calendar.ago(4) if recent else begun, 15):
            if story == "dropped":
                door.perform("party.drop", made.case, by=performance, opinion="资质证书已过有效期。")
                continue
            door.perform("party.register", made.case, by=performance)
        with desk.calendar.at(desk.calendar.ago(30)):
            if story == "barred":
                until = desk.calendar.today + datetime.timedelta(days=300)
                given = {"until": until.isoformat(), "opinion": "提交的报告与他人成果雷同，经核实属实。"}
                door.perform("party.bar", made.case, by=performance, **given)
            elif story == "retired":
                door.perform("party.retire", made.case, by=performance, opinion="本人申请退出。")
    Person.objects.bulk_create(people)
    Post.objects.bulk_create(posts)


class Reviews:
    """Engagements on cases of the demo, of whatever kind, made through the door by its office."""

    def __init__(self, desk: Desk, by: Person):
        self.desk, self.by, self.done = desk, by, 0

    def person(self, case: Case) -> Person:
        return Post.objects.select_related("person").get(organization=case.unit_id).person

    def draw(self, subject: Case, number: int, day: datetime.date, *, days: int = 10) -> list[Case]:
        """Lots among all experts, invited on ``day``; the cases in the order drawn."""
        due = standing(self.desk.bureau.zone).workday_after(day, days).isoformat()
        seed = f"{self.desk.random.getrandbits(128):032x}"
        with self.desk.calendar.at(day, 9):
            draw = engagement.draw_and_invite(
                subject, by=self.by, kind="expert", field="", number=number, due=due, task=TASK, seed=seed
            )
        return [each.case for each in draw.engagements.select_related("case").order_by("id")]

    def name(
        self, subject: Case, parties: Sequence[Party], day: datetime.date, *, days: int = 10
    ) -> list[Case]:
        """Parties invited by name."""
        due = standing(self.desk.bureau.zone).workday_after(day, days).isoformat()
        with self.desk.calendar.at(day, 10):
            acts = engagement.invite(
                subject, parties, by=self.by, due=due, task=TASK, way="公开采购的年度服务单位，按合同派单。"
            )
        return [act.case for act in acts]

    def act(self, case: Case, step: str, day: datetime.date, by: Person | None = None, **given) -> None:
        with self.desk.calendar.at(day, HOURS[step]):
            door.perform(f"{case.procedure}.{step}", case, by=by or self.person(case), **given)

    def accept(self, case: Case, day: datetime.date) -> None:
        self.act(case, "accept", day, declared="none")

    def deliver(self, case: Case, day: datetime.date, conclusion: str = "amend") -> None:
        opinion = OPINIONS[self.done % len(OPINIONS)]
        score = Decimal(72 + self.desk.random.randint(0, 24))
        file = ContentFile(f"审核意见\n\n{opinion}\n".encode(), name="审核报告.txt")
        given = {"score": str(score), "conclusion": conclusion, "opinion": opinion, "report": [file]}
        self.act(case, "deliver", day, **given)
        self.done += 1

    def rate(self, case: Case, day: datetime.date) -> None:
        plan, process, report = (str(points) for points in RATED[self.done % len(RATED)])
        self.act(case, "rate", day, self.by, plan=plan, process=process, report=report)


def review_goals(desk: Desk, cases: Sequence[Case], day: datetime.date, until: datetime.date) -> None:
    """Key reviews of some goals, begun on ``day`` and rated before ``until``, when the re-review follows."""
    reviews, after = Reviews(desk, desk.bureau.clerk("performance")), standing(desk.bureau.zone).workday_after
    first = after(day, 1)
    last = max(until - datetime.timedelta(days=1), first)
    for case in cases:
        for one in reviews.draw(case, 2, day, days=2):
            reviews.accept(one, first)
            reviews.deliver(one, last, "pass" if reviews.done % 3 else "amend")
            reviews.rate(one, last)


def review_now(desk: Desk, kind: str, cases: Sequence[Case]) -> None:
    """Engagements at every desk on cases that stand where they are possible now."""
    office = engagement.KINDS[kind].role.key
    reviews, ago = Reviews(desk, desk.bureau.clerk(office)), desk.calendar.ago
    if not cases:
        return
    subject = cases[0]
    drawn = reviews.draw(subject, 5, ago(4))
    for case in drawn[:3]:
        reviews.accept(case, ago(3))
    reviews.act(drawn[3], "decline", ago(3), ground="time", opinion="近期出差，不能按期完成。")
    for case in drawn[:2]:
        reviews.deliver(case, ago(2))
    reviews.act(drawn[0], "return", ago(1), reviews.by, opinion="没有附打分底稿，请补充后再交。")
    reviews.deliver(drawn[0], ago(0))
    reviews.rate(drawn[1], ago(0))
    institutions = Party.objects.filter(
        zone=desk.bureau.zone, organization__kind=Organization.Kind.INSTITUTION, case__state="registered"
    )
    (named,) = reviews.name(subject, institutions.select_related("organization", "case")[:1], ago(1))
    reviews.act(named, "cancel", ago(0), reviews.by, opinion="已有三位专家承办，不再另请机构。")
