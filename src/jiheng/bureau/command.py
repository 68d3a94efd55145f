"""``jiheng profile check FILE`` and ``load FILE``: the bureau's profile from the command line (art. 43)."""

import argparse
import sys
from pathlib import Path

from jiheng.bureau.models import Profile, Zone
from jiheng.bureau.profile import CATALOGUE, ProfileError, decode, load, read


class ZoneUnclear(LookupError):
    """Which bureau is meant can't be told from what was given."""


def zone_of(code: str) -> Zone:
    """The zone of this code, or the only one there is. Raises ZoneUnclear."""
    zones = list(Zone.objects.filter(code=code) if code else Zone.objects.order_by("code"))
    if len(zones) == 1:
        return zones[0]
    known = "、".join(f"{zone.code} {zone.bureau}" for zone in Zone.objects.order_by("code"))
    if not known:
        raise ZoneUnclear("库里还没有区划。请先建立区划，或用 jiheng demo load 装入演示数据。")
    raise ZoneUnclear(f"{f'没有区划 {code}' if code else '有多个区划'}，请用 --zone 给出其中一个：{known}")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="what", required=True, metavar="check|load")
    check = commands.add_parser("check", help="检查局情配置文件，不写入")
    check.add_argument("file", type=Path, help="局情配置（TOML）")
    take = commands.add_parser("load", help="载入局情配置文件")
    take.add_argument("file", type=Path, help="局情配置（TOML）")
    take.add_argument("--zone", default="", metavar="CODE", help="区划代码；只有一个区划时不用给")


def run(options: argparse.Namespace) -> int:
    """Exit 0: fit, or loaded; 1: faults, listed with their places; 2: not readable."""
    try:
        text = decode(options.file.read_bytes())
        print(_check(text) if options.what == "check" else _load(zone_of(options.zone), text))
    except OSError as error:
        print(f"{options.file}：读不到这个文件（{error.strerror}）。", file=sys.stderr)
        return 2
    except (ProfileError, ZoneUnclear) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _check(text: str) -> str:
    effective, name, _ = read(text)
    return f"{name}：{len(CATALOGUE)} 个参数都合要求，{effective} 起生效。"


def _load(zone: Zone, text: str) -> str:
    before = Profile.objects.filter(zone=zone).count()
    loaded = load(zone, text)
    if Profile.objects.filter(zone=zone).count() == before:
        return f"{loaded.name}：同样的文件已经载入，没有改动。"
    return f"{loaded}：已载入第 {loaded.version} 版。"
