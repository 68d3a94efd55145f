"""Requirements and notices of the demo: rounds that are over, rounds that run, and drafts on every desk (art. 17, 22, 24, 28, 37)."""

import datetime
from typing import Any

from jiheng.bureau.standing import standing
from jiheng.demo.goals import Desk
from jiheng.notice import drafting, urging
from jiheng.notice.kinds import KINDS, Kind
from jiheng.notice.models import Notice, Receipt, Requirement
from jiheng.notice.reminding import remind
from jiheng.procedure import door
from jiheng.procedure.models import Case

REQUIREMENTS = {
    "budget": "一、所有申请预算的项目都要编报绩效目标，没有目标的不安排预算。\n"
    "二、指标要细化、量化，指标值有依据，产出、效益、满意度指标齐全。\n"
    "三、目标随部门预算一并报送，单位填报、部门确认后报归口支出管理科。",
    "disclosure": "一、部门预算公开时，项目绩效目标表和部门整体绩效目标表一并公开。\n"
    "二、涉密内容按规定不予公开，并说明依据。\n三、公开后将网址报归口支出管理科。",
    "accounts": "一、部门决算公开时，单位自评结果汇总表和部门评价报告一并公开。\n"
    "二、公开的得分、等级与系统中认可的结果一致。",
}
TEXTS = {
    "budget": "现就做好部门预算和绩效目标编制工作通知如下：请各部门组织所属单位从项目库中选取项目，按轻重缓急编报"
    "部门预算，同步编报绩效目标，逾期未报的不纳入预算安排。",
    "disclosure": "请各部门在预算批复后二十日内，在门户网站公开部门预算和绩效目标，公开内容应当完整、真实、便于查阅。",
    "monitoring": "请各单位对已批复绩效目标的项目开展双监控，如实填报指标完成值和预计完成情况，分析偏差原因并提出措施，"
    "经部门确认后报归口支出管理科。",
    "evaluation": "请各单位按已批复的绩效目标开展自评，各部门选择重点项目开展部门评价，评价结果与预算安排挂钩。",
    "accounts": "请各部门在决算批复后二十日内公开部门决算，绩效评价结果随决算一并公开。",
}
SCOPE = "单位自评：上年全部项目支出。部门评价：各部门选择的重点项目。财政评价另行通知。"
URGED = "系统里还没有看到贵单位报送，请抓紧组织填报，有困难的请在回复中说明。"
ANSWERED = ("已安排专人填报，三日内报送。", "正在核对数据，本周内报送。", "材料已齐，明日报送。")
RETURNED = {
    "requirement": "第二条与预算公开的统一格式不一致，请核对后重送。",
    "leadership": "请写明逾期未报的处理办法后再送签。",
    "host": "时限与预算编制日程冲突，重新核定。",
}


def send_notices(desk: Desk) -> None:
    """This year's notices and those of the budgets before and after it."""
    year, calendar = desk.calendar.year, desk.calendar
    cutoff = calendar.cutoffs()[-1]
    past = [
        ("budget", year, desk.workday(year - 1, 10, 20), {}),
        ("disclosure", year, desk.workday(year, 1, 6), {}),
        ("evaluation", year - 1, desk.workday(year, 1, 8), {"scope": SCOPE}),
        ("accounts", year - 1, desk.workday(year, 8, 20), {}),
    ]
    for key, of, day, more in past:
        receipts = _send(desk, KINDS[key], of, min(day, calendar.ago(16)), 15, more)
        _sign(desk, receipts, min(day, calendar.ago(16)), 3)
    receipts = _send(desk, KINDS["monitoring"], cutoff.year, calendar.ago(9), 10, {"cutoff": cutoff})
    _sign(desk, receipts, calendar.ago(9), 2)
    receipts = _send(desk, KINDS["budget"], year + 1, calendar.ago(12), 16, {})
    _run(desk, receipts)
    _drafts(desk)
    remind(desk.bureau.zone, calendar.today)


def _require(desk: Desk, kind: Kind, year: int, day: datetime.date, more: str = "") -> Requirement:
    """A requirement sent to its host."""
    by = desk.bureau.clerk("performance")
    given = {
        "year": year,
        "title": f"{year}年{kind.about}的绩效管理要求{more}",
        "text": REQUIREMENTS[kind.key],
    }
    with desk.calendar.at(day, 9):
        requirement = drafting.begin_requirement(kind, given, by=by)
    with desk.calendar.at(day, 10):
        door.perform(f"{kind.carried}.send", requirement.case, by=by)
    return requirement


def _take(desk: Desk, requirement: Requirement, day: datetime.date) -> None:
    kind = requirement.is_a
    with desk.calendar.at(day, 11):
        by = desk.bureau.clerk(kind.host.key)
        door.perform(f"{kind.carried}.take", requirement.case, by=by, opinion="已列入通知稿。")


def _draft(
    desk: Desk, kind: Kind, year: int, day: datetime.date, workdays: int, given: dict[str, Any]
) -> Notice:
    """A draft whose deadline lies so many workdays after ``day``."""
    deadline = standing(desk.bureau.zone).workday_after(day, workdays)
    title = f"关于做好{year}年{kind.about}工作的通知"
    told = {
        "year": year, "title": title, "text": TEXTS[kind.key], "deadline": deadline,
        "asks": Notice.Asks.EVERYBODY, "number": "",
    }  # fmt: skip
    with desk.calendar.at(day, 14):
        return drafting.begin_notice(kind, told | given, by=desk.bureau.clerk(kind.host.key))


def _send(
    desk: Desk, kind: Kind, year: int, day: datetime.date, workdays: int, given: dict[str, Any]
) -> list[Receipt]:
    """A notice issued on ``day``, with the requirement it carries where its kind carries one."""
    if kind.requirement:
        _take(desk, _require(desk, kind, year, day), day)
    notice = _draft(desk, kind, year, day, workdays, given)
    with desk.calendar.at(day, 15):
        door.perform(f"{kind.notice}.issue", notice.case, by=desk.bureau.chief(kind.host.key))
    found = Receipt.objects.filter(round__notice=notice).select_related("case__zone", "organization", "round")
    return list(found.order_by("organization__order", "organization__code"))


def _sign(desk: Desk, receipts: list[Receipt], day: datetime.date, within: int) -> None:
    """Everybody signs within so many workdays."""
    stands = standing(desk.bureau.zone)
    for index, receipt in enumerate(receipts):
        with desk.calendar.at(stands.workday_after(day, 1 + index % within)):
            by = desk.bureau.clerk(receipt.organization.code)
            door.perform(f"{receipt.case.procedure}.sign", receipt.case, by=by)


def _run(desk: Desk, receipts: list[Receipt]) -> None:
    """The running round: most have signed, some have not; some were urged, and some of these have answered."""
    calendar, stands = desk.calendar, standing(desk.bureau.zone)
    late = [receipt for index, receipt in enumerate(receipts) if index % 6 == 4]
    unsigned = [receipt for index, receipt in enumerate(receipts) if index % 11 == 7 and receipt not in late]
    signed = [receipt for receipt in receipts if receipt not in unsigned and receipt not in late[::2]]
    _sign(desk, signed, calendar.ago(12), 3)
    with calendar.at(calendar.ago(4), 10):
        outcome = urging.urge(late, URGED, by=desk.bureau.clerk("expenditure"))
    urged = {act.case_id for act in outcome.acts}
    for index, receipt in enumerate(each for each in late if each.case_id in urged):
        if index % 2:
            with calendar.at(stands.workday_after(calendar.ago(4), 1)):
                by = desk.bureau.clerk(receipt.organization.code)
                word = ANSWERED[index % len(ANSWERED)]
                door.perform(f"{receipt.case.procedure}.answer", receipt.case, by=by, opinion=word)


def _drafts(desk: Desk) -> None:
    """What lies on the offices' desks: requirements at every stage, and notices that are not out yet."""
    year, calendar, bureau = desk.calendar.year, desk.calendar, desk.bureau
    disclosure, accounts, monitoring = KINDS["disclosure"], KINDS["accounts"], KINDS["monitoring"]
    _draft(desk, disclosure, year + 1, calendar.ago(2), 20, {})
    _require(desk, disclosure, year + 1, calendar.ago(1))
    more = _require(desk, disclosure, year + 1, calendar.ago(3), "（补充）")
    with calendar.at(calendar.ago(2)):
        door.perform(
            "requirement_disclosure.return",
            more.case,
            by=bureau.clerk("budget"),
            opinion=RETURNED["requirement"],
        )
    _take(desk, _require(desk, accounts, year, calendar.ago(2)), calendar.ago(1))
    given = {"title": f"关于补报{year - 1}年部门决算公开情况的通知", "asks": Notice.Asks.DEPARTMENTS}
    notice = _draft(desk, accounts, year - 1, calendar.ago(6), 20, given)
    _sign_off(desk, notice, ("submit", "leadership_return", "submit"))
    given = {"cutoff": calendar.cutoffs()[-1], "title": f"关于{year}年绩效监控发现问题抓紧整改的通知"}
    notice = _draft(desk, monitoring, year, calendar.ago(8), 20, given)
    _sign_off(desk, notice, ("submit", "sign", "host_return", "submit", "sign"))


def _sign_off(desk: Desk, notice: Notice, steps: tuple[str, ...]) -> None:
    """A notice on its way over leadership's desk, a step a workday, the last of them yesterday."""
    case: Case = notice.case
    host = notice.is_a.host.key
    for days_ago, step in zip(range(len(steps), 0, -1), steps, strict=True):
        people = {"sign": "leadership", "leadership_return": "leadership"}
        given = {"opinion": "同意印发。"} if step == "sign" else {}
        if step.endswith("return"):
            given = {"opinion": RETURNED[step.removesuffix("_return")], "desk": "draft"}
        with desk.calendar.at(desk.calendar.ago(days_ago)):
            door.perform(
                f"{case.procedure}.{step}", case, by=desk.bureau.clerk(people.get(step, host)), **given
            )
