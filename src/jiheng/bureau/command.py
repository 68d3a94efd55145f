"""``jiheng profile``: checks and loads the bureau's profile (art. 43)."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jiheng.bureau.models import Zone


class ZoneUnclear(LookupError):
    """Which bureau is meant can't be told from what was given."""


def zone_of(code: str) -> "Zone":
    """The zone of this code, or the only one there is. Raises ZoneUnclear."""
    from jiheng.bureau.models import Zone

    zones = list(Zone.objects.filter(code=code) if code else Zone.objects.order_by("code"))
    if len(zones) == 1:
        return zones[0]
    known = "、".join(f"{zone.code} {zone.bureau}" for zone in Zone.objects.order_by("code"))
    if not known:
        raise ZoneUnclear("库里还没有区划。请先建立区划，或用 jiheng demo load 装入演示数据。")
    raise ZoneUnclear(f"{f'没有区划 {code}' if code else '有多个区划'}，请用 --zone 给出其中一个：{known}")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="action", required=True, metavar="做什么")
    check = commands.add_parser("check", help="检查局情配置文件，不写入")
    check.add_argument("file", type=Path, help="局情配置（TOML）")
    check.set_defaults(handler=check_profile)
    load = commands.add_parser("load", help="载入局情配置文件")
    load.add_argument("file", type=Path, help="局情配置（TOML）")
    load.add_argument("--zone", default="", metavar="CODE", help="区划代码；只有一个区划时不用给")
    load.set_defaults(handler=load_profile)


def run(options: argparse.Namespace) -> int:
    """Does what was asked; returns the exit code."""
    code: int = options.handler(options)
    return code


def _text(path: Path) -> str:
    from jiheng.bureau.profile import decode

    return decode(path.read_bytes())


def check_profile(args: argparse.Namespace) -> int:
    """Exit 0: can be loaded; 1: faults, listed with their places; 2: not readable."""
    from jiheng.bureau.profile import CATALOGUE, ProfileError, read

    try:
        effective, name, _ = read(_text(args.file))
    except OSError as error:
        print(f"{args.file}：读不到这个文件（{error.strerror}）。", file=sys.stderr)
        return 2
    except ProfileError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{name}：{len(CATALOGUE)} 个参数都合要求，{effective} 起生效。")
    return 0


def load_profile(args: argparse.Namespace) -> int:
    from jiheng.bureau.models import Profile
    from jiheng.bureau.profile import ProfileError, load

    try:
        zone = zone_of(args.zone)
        before = Profile.objects.filter(zone=zone).count()
        loaded = load(zone, _text(args.file))
        if Profile.objects.filter(zone=zone).count() == before:
            print(f"{loaded.name}：同样的文件已经载入，没有改动。")
            return 0
    except OSError as error:
        print(f"{args.file}：读不到这个文件（{error.strerror}）。", file=sys.stderr)
        return 2
    except (ProfileError, ZoneUnclear) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{loaded}：已载入第 {loaded.version} 版。")
    return 0
