"""``jiheng regulation``: loads the regulation's full text."""

import argparse
import datetime
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="action", required=True, metavar="做什么")
    load = commands.add_parser("load", help="把规程全文（txt 或 docx）按条载入")
    load.add_argument("file", type=Path, help="规程全文，UTF-8 或 GB18030 的 txt，或 docx")
    load.add_argument(
        "--effective", type=datetime.date.fromisoformat, metavar="YYYY-MM-DD", help="生效日，即印发日期"
    )
    load.add_argument("--zone", default="", metavar="CODE", help="区划代码；只有一个区划时不用给")
    load.add_argument(
        "--correct-day", action="store_true", help="同一文件已载入时，把生效日更正为 --effective 的日期"
    )
    load.set_defaults(handler=load_regulation)


def run(options: argparse.Namespace) -> int:
    """Does what was asked; returns the exit code."""
    code: int = options.handler(options)
    return code


def load_regulation(args: argparse.Namespace) -> int:
    import hashlib
    import sys

    from jiheng.bureau.command import ZoneUnclear, zone_of
    from jiheng.regulation import loading
    from jiheng.regulation.models import Edition

    try:
        zone = zone_of(args.zone)
        if args.correct_day:
            sha256 = hashlib.sha256(args.file.read_bytes()).hexdigest()
            known = Edition.objects.filter(zone=zone, sha256=sha256).first()
            if known is None or args.effective is None:
                print("--correct-day 要给出已载入过的同一文件和 --effective 日期。", file=sys.stderr)
                return 2
            edition = loading.correct_day(known, args.effective)
            print(f"{edition.name}：生效日已更正为 {edition.effective}。")
            return 0
        loaded = loading.load(zone, args.file, effective=args.effective)
    except OSError as error:
        print(f"{args.file}：读不到这个文件（{error.strerror}）。", file=sys.stderr)
        return 2
    except (loading.RegulationError, ZoneUnclear) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{loaded.edition.name}：{loaded.told}")
    return 0
