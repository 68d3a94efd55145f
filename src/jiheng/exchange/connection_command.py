"""`jiheng connection create|list|revoke`: who may send figures by the interface, from the command line (art. 40)."""

import argparse
import sys

from django.utils import timezone

from jiheng.bureau.changes import NotAllowed, Seat, may_change
from jiheng.bureau.models import Person
from jiheng.exchange import connections
from jiheng.exchange.models import Connection


def add_arguments(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="what", required=True, metavar="create|list|revoke")
    create = commands.add_parser("create", help="建立对接，令牌只显示这一次")
    create.add_argument("name", help="对接的系统，如 预算管理一体化系统")
    create.add_argument("--person", required=True, metavar="账号", help="责任人：国库科的一个账号")
    commands.add_parser("list", help="列出全部对接")
    revoke = commands.add_parser("revoke", help="停用对接，令牌立即失效")
    revoke.add_argument("name", help="对接的系统")
    for each in (create, revoke):
        each.add_argument(
            "--as", dest="username", metavar="账号", help="以谁的名义；不给时用第一个可以办的账号"
        )


def run(options: argparse.Namespace) -> int:
    """Exit 0: done; 2: no such person or connection, or who asks may not."""
    if options.what == "list":
        for each in Connection.objects.select_related("person", "zone"):
            state = f"已于 {timezone.localtime(each.revoked_at):%Y-%m-%d} 停用" if each.revoked_at else "在用"
            used = f"{timezone.localtime(each.used_at):%Y-%m-%d %H:%M}" if each.used_at else "从未"
            print(f"{each.zone.code} {each.name}：{state}，责任人 {each.person.name}，最近使用 {used}")
        return 0
    try:
        by = _acting(options.username)
        if options.what == "create":
            _, token = connections.create(options.name, _person(options.person), by=by)
            print(token)
            print("令牌只显示这一次，请交给对方系统妥善保存。", file=sys.stderr)
            return 0
        found = Connection.objects.filter(zone=by.zone, name=options.name, revoked_at=None)
        if not [each for each in found.select_related("person") if connections.revoke(each, by=by)]:
            print(f"没有在用的对接“{options.name}”。", file=sys.stderr)
            return 2
        print(f"已停用“{options.name}”。")
    except (LookupError, NotAllowed) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _person(username: str) -> Person:
    found = Person.objects.filter(username=username, is_active=True).first()
    if found is None:
        raise LookupError(f"没有在用的账号 {username}")
    return found


def _acting(username: str | None) -> Person:
    if username:
        return _person(username)
    for person in Person.objects.filter(is_active=True).order_by("username"):
        if not may_change(person, Seat.SECURITY):
            return person
    raise LookupError("没有可以办对接的账号（综合科，或设立三员后的安全保密管理员）；用 --as 指明以谁的名义")
