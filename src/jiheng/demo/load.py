"""Loads the demo bureau: everything goes through the door, in one transaction, so its history is as real as any."""

import datetime
from collections.abc import Callable
from decimal import Decimal
from random import Random

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from jiheng.bureau.models import Zone
from jiheng.demo import (
    assessing,
    budget,
    consulting,
    control,
    disclosing,
    evaluation,
    exante,
    finance,
    frameworks,
    goals,
    indicators,
    journey,
    key_monitoring,
    library,
    monitoring,
    notice,
    organizations,
    rectifying,
    revenue,
    rulebook,
    support,
    wholes,
)
from jiheng.demo.calendar import Calendar
from jiheng.demo.goals import Desk
from jiheng.demo.tables import organizations as organization_texts
from jiheng.demo.tables import projects
from jiheng.procedure.models import Act, Case
from jiheng.project.models import Project

SMALL = 4
"""Departments of the small demo."""


class DemoOff(Exception):
    """Demo mode is off and the database is empty: nothing to load, and something else to do first."""


class DemoRefused(Exception):
    """The demo can't be loaded here; the message says why and what to do."""


def load(
    if_empty: bool = False,
    *,
    small: bool = False,
    now: datetime.datetime | None = None,
    say: Callable[[str], object] = print,
) -> Zone:
    """Loads the demo and returns its zone. With ``if_empty`` a database that has a zone is left as it is.

    Everything is reckoned from ``now``, the present if not given. Raises DemoRefused, or DemoOff; nothing is half-written.
    """
    if if_empty and (zone := Zone.objects.order_by("id").first()):
        return zone
    if if_empty and not settings.DEMO:
        raise DemoOff("演示模式已关闭，没有装入演示数据。请先用 jiheng bureau begin 建立本局。")
    if not settings.DEMO:
        raise DemoRefused(
            "没有装入演示数据：演示模式已关闭（JIHENG_DEMO=0），演示账号的口令是公开的，不能放进正式系统。"
            "要看演示，请换一个数据目录并设 JIHENG_DEMO=1。"
        )
    code = organization_texts()["zone"]["code"]
    if Zone.objects.filter(code=code).exists():
        raise DemoRefused(
            f"没有装入演示数据：库里已有演示区划 {code}。要重新装入，请换一个数据目录（JIHENG_DATA）或删去旧库。"
        )
    with transaction.atomic():
        zone = _load(SMALL if small else None, now or timezone.now(), say)
    say(f"{zone.bureau}：{Case.objects.filter(zone=zone).count()} 个事项，"
        f"{Act.objects.filter(zone=zone).count()} 次办理。口令都是 {organizations.PASSWORD}")  # fmt: skip
    return zone


def _load(departments: int | None, now: datetime.datetime, say: Callable[[str], object]) -> Zone:
    year = timezone.localdate(now).year
    say("科室、部门、单位、人员")
    bureau = organizations.make([year - 2, year - 1, year, year + 1], departments)
    desk = Desk(bureau, Calendar(bureau.zone, now, Random(43)))
    goals.make_projects(desk, projects())
    library.spread(list(desk.projects.values()))
    say("专家和机构库")
    support.make_register(desk)
    say("制度文件")
    rulebook.write(desk, year)
    say("指标库")
    indicators.make(desk, year)
    finished, running = desk.of("last", "both"), desk.of("both", "this")
    say(f"{year - 1}年：事前评估、目标和预算、资金下达、执行数、监控")
    exante.evaluate(desk, finished, year - 1)
    _approve_year(desk, finished, year - 1)
    budget.pass_on(desk, finished, year - 1, 3, Decimal(1))
    _finish_year(desk, finished, year - 1)
    budget.file_summaries(desk, finished, year - 1)
    say(f"{year}年：事前评估、目标和预算、追加")
    exante.evaluate(desk, running, year)
    _approve_year(desk, running, year)
    wholes.ensure(desk, {text.department for text in desk.of("add", "journey")}, year, 70)
    goals.prepare(desk, "add", year, journey.BATCH, frozenset({"107", "110", "104"}))
    if texts := desk.of("journey"):
        goals.begin_budget(desk, texts[0].department, year, journey.BATCH, desk.calendar.ago(2), texts)
    say(f"{year}年：资金下达、调剂、执行数、监控")
    budget.this_year(desk, running, year, timezone.localdate(now))
    _run_year(desk, year)
    say("监控问题、重点监控、暂缓和停止拨款")
    control.list_problems(desk)
    key_monitoring.watch_some(desk)
    control.stop_some(desk)
    say(f"{year - 1}年：自评、结果应用")
    evaluation.evaluate_year(desk, finished, year - 1)
    evaluation.open_early(desk, year, 3)
    say(f"{year - 1}年：抽查复核")
    finance.check_year(desk, year - 1)
    say(f"{year - 1}年：部门评价、财政评价、整改、应用汇总")
    frameworks.evaluate_some(desk, year - 1)
    rectifying.rectify_some(desk, year - 1)
    rectifying.sum_up(desk, year)
    say(f"{year + 1}年：事前评估")
    exante.prepare(desk, year + 1)
    say(f"{year + 1}年：目标和预算编制")
    wholes.prepare(desk, year + 1)
    goals.prepare(desk, "next", year + 1, "年初", frozenset({"103", "104", "110", "111"}))
    say("要求、通知、签收、督促")
    notice.send_notices(desk)
    say("信息公开")
    disclosing.publish_some(desk, year)
    say("工作考核")
    assessing.assess(desk, year)
    say("收入绩效")
    revenue.collect(desk, year)
    say("协商和批示")
    consulting.ask_around(desk)
    say(f"{year + 1}年：项目申报入库")
    library.propose(desk)
    indicators.propose_some(desk)
    library.import_files(desk)
    indicators.revise_some(desk)
    say("目标重点审核委托")
    support.review_now(desk, "engagement_goal", reviewed_goals(desk))
    return bureau.zone


def _approve_year(desk: Desk, texts: list, year: int) -> None:
    """The departments' whole goals first, then their projects' goals and budgets with all of them (art. 16, 19)."""
    days = [
        desk.workday(year - 1, month, day) for month, day in ((11, 5), (11, 13), (11, 28), (12, 4), (12, 5))
    ]
    wholes.pass_reviews(desk, texts, year, days)
    goals.approve_year(desk, texts, year, support.review_goals)


def reviewed_goals(desk: Desk) -> list[Case]:
    """Goals that wait for the re-review, the longest-waiting first: some go to key review (art. 18)."""
    waiting = Case.objects.filter(zone=desk.bureau.zone, procedure="goal", state="reviewed")
    return list(waiting.select_related("zone", "unit", "department", "profile").order_by("moved_at")[:1])


def _finish_year(desk: Desk, texts: list, year: int) -> None:
    """Figures and monitoring of the finished year; its one-off projects end."""
    rates = evaluation.year_end_rates(texts, year)
    summer = datetime.date(year, 7, 31)
    monitoring.pay(desk, texts, year, summer)
    monitoring.run_round(desk, year, summer, desk.workday(year, 8, 6), finished=True)
    monitoring.pay(desk, texts, year, datetime.date(year, 12, 31), rates)
    once = [desk.projects[text].pk for text in texts if text.plan == "last"]
    Project.objects.filter(pk__in=once).update(stage=Project.Stage.CLOSED)


def _run_year(desk: Desk, year: int) -> None:
    """Figures and monitoring of this year: the latest round runs these weeks, earlier ones are finished."""
    calendar = desk.calendar
    texts = desk.of("both", "this") + [text for text in desk.of("add") if text.story == "approved"]
    days = calendar.cutoffs()
    for cutoff in days:
        running = cutoff == days[-1]
        if running:
            monitoring.pay(desk, texts, year, cutoff, mistaken=True)
        monitoring.pay(desk, texts, year, cutoff)
        opened = desk.workday(year, cutoff.month, cutoff.day) + datetime.timedelta(days=6)
        if running:
            opened = max(opened, calendar.ago(9))
        monitoring.run_round(desk, year, cutoff, opened, finished=not running)
