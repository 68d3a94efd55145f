"""How the system fares (健康): what each room watches, with a light, what it means and what to do next (art. 40)."""

import datetime
import os
import platform
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path

from axes.models import AccessAttempt
from django.conf import settings
from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from jiheng.bureau.administrators import in_office
from jiheng.bureau.models import Organization, Person, Profile, Workday
from jiheng.bureau.profile import Values, in_force
from jiheng.bureau.workdays import published
from jiheng.operations import backup
from jiheng.operations.models import Run
from jiheng.operations.running import State, last, seen_by

GREEN, YELLOW, RED = "green", "yellow", "red"
DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Sign:
    """One thing watched: its light, what was found, and, unless it is well, what to do next. ``link`` leads there."""

    label: str
    light: str
    told: str
    next: str = ""
    link: str = ""


Watch = Callable[[Person, Values], Iterator[Sign]]
WATCHES: list[Watch] = []


def watch(seen: Watch) -> Watch:
    """Declares what a room watches. Signs come in the order in which rooms are registered."""
    WATCHES.append(seen)
    return seen


def signs(person: Person) -> list[Sign]:
    """All signs as they are now, in the order of the rooms."""
    profile = in_force(person.zone_id, timezone.localdate())
    if profile is None:
        return [Sign("局情配置", RED, "没有现行的局情配置", "请在“局情配置”载入。", "profile")]
    values = Values(profile.values)
    return [sign for seen in WATCHES for sign in seen(person, values)]


def age(moment: datetime.datetime) -> datetime.timedelta:
    return timezone.now() - moment


@watch
def _program(person: Person, values: Values) -> Iterator[Sign]:
    yield Sign(
        "程序", GREEN, f"绩衡 {version('jiheng')}，Python {platform.python_version()}，{os.cpu_count()} 核"
    )
    if settings.DEMO:
        yield Sign(
            "演示模式", YELLOW, "开着：登录页可以不用口令直接进入", "正式使用时设 JIHENG_DEMO=0，重新启动。"
        )
    elif not settings.SECURE and set(settings.ALLOWED_HOSTS) - {"127.0.0.1", "localhost"}:
        yield Sign(
            "加密访问", YELLOW, "没有设为只走 HTTPS，口令可能在网上明文传送",
            "在前面放提供 HTTPS 的反向代理，设 JIHENG_HTTPS=1（运行与维护手册）。",
        )  # fmt: skip


@watch
def _database(person: Person, values: Values) -> Iterator[Sign]:
    size = backup.database_size() / 1024 / 1024
    with connection.cursor() as cursor:
        sqlite = connection.vendor == "sqlite"
        cursor.execute("SELECT sqlite_version()" if sqlite else "SHOW server_version")
        release = cursor.fetchone()[0]
    units = Organization.objects.filter(zone=person.zone_id, kind=Organization.Kind.UNIT).count()
    if sqlite and not settings.DEMO and units > 1:
        yield Sign(
            "数据库", YELLOW, f"SQLite {release}，{size:,.0f} MB，{units} 个单位在用",
            "多个单位同时填报时请改用 PostgreSQL（运行与维护手册）。",
        )  # fmt: skip
    else:
        yield Sign("数据库", GREEN, f"{'SQLite' if sqlite else 'PostgreSQL'} {release}，{size:,.0f} MB")


@watch
def _room(person: Person, values: Values) -> Iterator[Sign]:
    floor = values.decimal("operations", "free_disk")
    for label, place in (("数据盘", Path(settings.DATA)), ("备份盘", backup.folder())):
        use = shutil.disk_usage(place)
        share = Decimal(use.free) / use.total
        told = f"还剩 {use.free / 1024**3:,.1f} GB（{share:.0%}）"
        if share < floor / 2:
            yield Sign(label, RED, told, "很快会写满，办理会失败：请马上清理或扩容。")
        elif share < floor:
            yield Sign(label, YELLOW, told, f"少于 {floor:.0%}，请清理或扩容。")
        else:
            yield Sign(label, GREEN, told)


@watch
def _backups(person: Person, values: Values) -> Iterator[Sign]:
    within = values("operations", "backup_days")
    good = Run.objects.filter(kind=Run.Kind.BACKUP, state=State.DONE).first()
    latest = last(Run.Kind.BACKUP)
    if good is None:
        yield Sign("备份", RED, "还没有做过备份", "请做一次，并让系统每天自动做。", "backups")
    elif age(good.began_at) > within * DAY:
        yield Sign(
            "备份", RED, f"最近一次在 {_day(good)}，已超过 {within} 天",
            "请做一次，并查看自动备份为什么没有运行。", "backups",
        )  # fmt: skip
    elif latest and latest.state == State.FAILED:
        yield Sign("备份", YELLOW, f"最近一次没有做成：{latest.told}", "请照说明处理后再做一次。", "backups")
    else:
        yield Sign("备份", GREEN, f"最近一次在 {_day(good)}：{good.told}", link="backups")
    if good and backup.folder().stat().st_dev == Path(settings.DATA).stat().st_dev:
        yield Sign(
            "备份放在哪里", YELLOW, "备份和数据在同一块盘上，盘坏了会一起没有",
            "用 JIHENG_BACKUPS 指到另一块盘，或每天把备份抄到别的机器。",
        )  # fmt: skip
    tried = last(Run.Kind.TRIAL)
    within = values("operations", "trial_days")
    if tried is None or age(tried.began_at) > within * DAY:
        when = f"最近一次在 {_day(tried)}，已超过 {within} 天" if tried else "还没有试过"
        yield Sign("试恢复", YELLOW, when, "没有试过的备份不算备份：请选最新一份试恢复。", "backups")
    elif tried.state == State.FAILED:
        yield Sign(
            "试恢复", RED, f"{_day(tried)}没有成功：{tried.told}", "请换一份再试，并重新备份。", "backups"
        )
    else:
        yield Sign("试恢复", GREEN, f"{_day(tried)}：{tried.told}", link="backups")


def _day(run: Run) -> str:
    return f"{timezone.localtime(run.began_at):%Y-%m-%d %H:%M}"


@watch
def _pages(person: Person, values: Values) -> Iterator[Sign]:
    broken = seen_by(person).filter(kind=Run.Kind.FAULT, began_at__gt=timezone.now() - DAY).count()
    if broken:
        yield Sign(
            "页面出错", YELLOW, f"24 小时内 {broken} 处", "请把运行日志里的这些行告诉维护人员。", "runs"
        )
    else:
        yield Sign("页面出错", GREEN, "24 小时内没有")
    names = [each.username for each in locked(person)]
    if names:
        yield Sign(
            "暂停登录",
            YELLOW,
            f"口令连续输错的账号：{'、'.join(names)}",
            "核实是本人后解除，必要时重置口令。",
            "runs",
        )
    else:
        yield Sign("暂停登录", GREEN, "没有账号被暂停")


def locked(person: Person) -> list[Person]:
    """Accounts of the zone that typed wrong passwords too often and wait."""
    since = timezone.now() - datetime.timedelta(hours=settings.AXES_COOLOFF_TIME)
    tried = AccessAttempt.objects.filter(attempt_time__gt=since).values("username")
    full = tried.annotate(n=Sum("failures_since_start")).filter(n__gte=settings.AXES_FAILURE_LIMIT)
    names = list(full.values_list("username", flat=True))
    return list(Person.objects.filter(zone=person.zone_id, username__in=names).order_by("username"))


@watch
def _administrators(person: Person, values: Values) -> Iterator[Sign]:
    found = in_office(person.zone_id)
    told = "，".join(f"{seat.label} {each.name}" for seat, each in found.items() if each)
    if told:
        yield Sign("三员分立", GREEN, told, link="administrators")
    else:
        yield Sign(
            "三员分立", YELLOW, "没有设立：给账号、给权限、看日志的是同一些人",
            "请综合科指定系统管理员、安全保密管理员、安全审计员各一人。", "administrators",
        )  # fmt: skip


@watch
def _bureau(person: Person, values: Values) -> Iterator[Sign]:
    today = timezone.localdate()
    profile = in_force(person.zone_id, today)
    coming = Profile.objects.filter(zone=person.zone_id, effective__gt=today).order_by("effective").first()
    told = f"{profile}" + (f"；{coming.effective} 起换为“{coming.name}”" if coming else "")
    yield Sign("局情配置", GREEN, told, link="profile")
    for year in (today.year, today.year + 1):
        days = Workday.objects.filter(zone=person.zone_id, day__year=year).count()
        # The holidays of a year are announced late in the year before.
        wanted = year == today.year or published(year) is not None or today.month == 12
        if days:
            yield Sign(f"{year}年工作日历", GREEN, f"{days} 个调休、放假日", link="workdays")
        elif wanted:
            yield Sign(
                f"{year}年工作日历", YELLOW, "还没有登记放假和调休，期限会按周一至周五算",
                "请按放假通知登记。", "workdays",
            )  # fmt: skip
