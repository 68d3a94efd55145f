"""`jiheng import projects|units|indicators FILE`: the importers from the command line, for whoever keeps the machine.

It acts as a person of the bureau (--as), through the same door, with the same checks; --dry-run writes nothing.
"""

import argparse
import hashlib
import sys
from pathlib import Path

from jiheng.bureau.models import Person
from jiheng.exchange import running
from jiheng.exchange.models import Import
from jiheng.exchange.plan import Plan
from jiheng.exchange.procedure import KINDS
from jiheng.paper.container import Unreadable
from jiheng.paper.workbook import read_bytes
from jiheng.procedure import door

MANY = 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "kind", choices=sorted(KINDS), help="导入什么：projects 项目、units 部门和单位、indicators 指标"
    )
    parser.add_argument("file", type=Path, help="xlsx、xls 或 CSV 文件")
    parser.add_argument(
        "--as", dest="username", metavar="账号", help="以谁的名义导入；不给时用承担该职责的第一个在用账号"
    )
    parser.add_argument("--dry-run", action="store_true", help="只核对，不写入")


def run(options: argparse.Namespace) -> int:
    """Exit code 0 when written (or nothing to write), 1 when the file has errors, 2 when nobody may import."""
    kind = KINDS[options.kind]
    try:
        giver = running.must(kind, _person(kind, options.username))
        data = read_bytes(options.file)
        plan = kind.examine(data, options.file.name, giver, _tell)
    except (Unreadable, LookupError, door.Refusal) as error:
        print(error, file=sys.stderr)
        return 2 if not isinstance(error, Unreadable) else 1
    for note in plan.report.notes:
        print(note)
    if plan.report.count:
        for fault in plan.report.faults[:MANY]:
            print(fault)
        print(f"共 {plan.report.count} 处要改，没有写入任何一行。")
        return 1
    print(f"新增 {plan.new}，修改 {plan.changed}，没有变化 {plan.unchanged}。")
    if options.dry_run or not (plan.new or plan.changed):
        print("没有写入。" if options.dry_run else "和系统里的一模一样，不用写入。")
        return 0
    print(f"已写入，办理记录 {write(kind.key, options.file.name, data, plan, giver).case_id}。")
    return 0


def write(kind: str, name: str, data: bytes, plan: Plan, giver):
    """Writes a plan that was just made, as a batch of its own."""
    batch = Import(
        zone=giver.person.zone,
        person=giver.person,
        kind=kind,
        name=name[-200:],
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        new=plan.new,
        changed=plan.changed,
        unchanged=plan.unchanged,
        notes=plan.report.notes,
        shown=plan.shown,
    )
    return running.carry_out(batch, plan, giver, data)


def _person(kind, username: str | None) -> Person:
    people = Person.objects.filter(is_active=True)
    if username:
        found = people.filter(username=username).first()
        if not found:
            raise LookupError(f"没有在用的账号 {username}")
        return found
    roles = {role.key for role in kind.roles if role.key not in ("unit", "department")}
    for person in people.order_by("username"):
        if any(
            roles & set(post.organization.role_keys) for post in person.posts.select_related("organization")
        ):
            return person
    raise LookupError(f"没有人能导入{kind.label}；用 --as 指明账号")


def _tell(done: int, rows: int) -> None:
    if sys.stderr.isatty():
        print(f"\r已核对 {done} 行，约 {rows} 行", end="" if done + 5000 < rows else "\n", file=sys.stderr)
