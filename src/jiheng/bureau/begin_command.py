"""``jiheng bureau begin``: a bureau's first steps without demo data, up to somebody who can set up the rest (art. 40)."""

import argparse
import json
import re
import sys

from django.db import connection, transaction
from django.utils.timezone import localdate

from jiheng.bureau import profile
from jiheng.bureau.changes import log
from jiheng.bureau.directory import temporary_password
from jiheng.bureau.forms import plain
from jiheng.bureau.models import Change, Organization, Person, Post, Zone
from jiheng.bureau.roles import GENERAL, OFFICE_ROLES
from jiheng.bureau.standing import changed
from jiheng.bureau.workdays import Seeded, seed_workdays

ASKED = (
    ("code", "区划代码（6 或 9 位数字）"),
    ("name", "区划名称"),
    ("bureau", "财政局名称"),
    ("username", "综合科第一个账号"),
)


class BeginRefused(Exception):
    """The bureau can't be begun; the message says why and what to do."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="what", required=True, metavar="做什么")
    begin = commands.add_parser(
        "begin", help="建立本局：区划、科室、局情配置、工作日和综合科第一个账号；没给出的会逐项询问"
    )
    for key, label in ASKED:
        begin.add_argument(f"--{key}", default="", help=label)


def run(options: argparse.Namespace) -> int:
    """Exit 0: begun, and the first password was shown; 1: refused, nothing written; 2: an answer is missing."""
    given = {}
    for key, label in ASKED:
        given[key] = plain(getattr(options, key) or _ask(label))
        if not given[key]:
            print(f"没有给出{label}。请用 --{key} 写在命令里，或在询问时填写。", file=sys.stderr)
            return 2
    try:
        person, password, seeded = begin(**given)
    except BeginRefused as refused:
        print(refused, file=sys.stderr)
        return 1
    print(
        f"{person.zone.bureau}已建立：{len(OFFICE_ROLES)} 个科室，局情配置用随附的一套（“本局设定”的各项请逐一核定）。\n"
        f"工作日：{seeded}\n"
        f"综合科账号 {person.username}，口令 {password}\n"
        "口令只显示这一次，首次登录须修改。下一步：登录后在“组织与人员”登记部门、单位和人员。"
    )
    return 0


def _ask(label: str) -> str:
    if not sys.stdin.isatty():
        return ""
    return input(f"{label}：")


def _profile_text(bureau: str) -> str:
    """The default profile under this bureau's own name (art. 43)."""
    name = json.dumps(f"{bureau}局情配置", ensure_ascii=False)
    lines = profile.DEFAULT.read_text(encoding="utf-8").splitlines()
    lines[0] = "# 规程没有写的数字都在这里，每个值写明出处；没有上位依据的写“本局设定”，请逐一核定。"
    return "\n".join(f"name = {name}" if line.startswith("name = ") else line for line in lines) + "\n"


@transaction.atomic
def begin(*, code: str, name: str, bureau: str, username: str) -> tuple[Person, str, Seeded]:
    """Creates the zone, an office for each role, profile, workdays and the general office's first person.

    Returns the person with the password to be changed at the first sign-in. Raises BeginRefused; nothing is
    half-written. Offices may be renamed or their roles joined later on the page 组织与人员 (art. 4–11).
    """
    if Zone._meta.db_table not in connection.introspection.table_names():
        raise BeginRefused("没有建立：库里还没有表。请先运行 jiheng manage migrate，再来一次。")
    if not re.fullmatch(r"[0-9]{6}|[0-9]{9}", code):
        raise BeginRefused(f"没有建立：区划代码“{code}”应为 6 位或 9 位数字，请核对后再试。")
    for key, model, value in (("name", Zone, name), ("bureau", Zone, bureau), ("username", Person, username)):
        field = model._meta.get_field(key)
        if len(value) > field.max_length:
            raise BeginRefused(f"没有建立：{field.verbose_name}最多 {field.max_length} 个字。")
    if known := Zone.objects.filter(code=code).first():
        raise BeginRefused(
            f"没有建立：区划 {code} 已有“{known.bureau}”。增改科室和人员请由综合科登录后在“组织与人员”办理"
            "（规程第40条）；要另建一个局，请换一个区划代码。"
        )
    if Person.objects.filter(username=username).exists():
        raise BeginRefused(f"没有建立：账号 {username} 已有人使用，账号在全系统不重复，请换一个。")
    zone = Zone.objects.create(code=code, name=name, bureau=bureau)
    offices = {}
    for order, role in enumerate(OFFICE_ROLES):
        offices[role.key] = Organization.objects.create(
            zone=zone,
            kind=Organization.Kind.OFFICE,
            code=f"{order + 1:03}",
            name=role.label,
            roles=[role.key],
            order=order,
        )
    profile.load(zone, _profile_text(bureau))
    year = localdate().year
    seeded = seed_workdays(zone, [year - 1, year, year + 1])
    password = temporary_password()
    general = offices[GENERAL.key]
    person = Person.objects.create_person(
        zone=zone, username=username, name=f"{general.name}经办", password=password
    )
    Post.objects.create(zone=zone, person=person, organization=general)
    log(
        person,
        Change.Kind.ORGANIZATION,
        bureau,
        "建立本局",
        after={
            "区划代码": code,
            "科室": "、".join(office.name for office in offices.values()),
            "账号": username,
        },
    )
    changed(zone)
    return person, password, seeded
