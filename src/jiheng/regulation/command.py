"""``jiheng regulation load FILE``: reads the regulation's full text into articles (art. 1, 43)."""

import argparse
import datetime
import hashlib
import sys
from pathlib import Path

from jiheng.bureau.command import ZoneUnclear, zone_of
from jiheng.bureau.models import Zone
from jiheng.regulation import loading
from jiheng.regulation.models import Edition


def add_arguments(parser: argparse.ArgumentParser) -> None:
    load = parser.add_subparsers(dest="what", required=True, metavar="load").add_parser(
        "load", help="把规程全文（txt 或 docx）按条载入"
    )
    load.add_argument("file", type=Path, help="规程全文，UTF-8 或 GB18030 的 txt，或 docx")
    load.add_argument(
        "--effective", type=datetime.date.fromisoformat, metavar="YYYY-MM-DD", help="生效日，即印发日期"
    )
    load.add_argument("--zone", default="", metavar="CODE", help="区划代码；只有一个区划时不用给")
    load.add_argument(
        "--correct-day", action="store_true", help="同一文件已载入时，把生效日更正为 --effective 的日期"
    )


def run(options: argparse.Namespace) -> int:
    """Exit 0: loaded, or nothing to change; 1: the text has faults, listed with their lines; 2: not readable."""
    try:
        zone = zone_of(options.zone)
        if options.correct_day:
            return _correct(zone, options.file, options.effective)
        loaded = loading.load(zone, options.file, effective=options.effective)
    except OSError as error:
        print(f"{options.file}：读不到这个文件（{error.strerror}）。", file=sys.stderr)
        return 2
    except (loading.RegulationError, ZoneUnclear) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{loaded.edition.name}：{loaded.told}")
    return 0


def _correct(zone: Zone, file: Path, day: datetime.date | None) -> int:
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    known = Edition.objects.filter(zone=zone, sha256=sha256).first()
    if known is None or day is None:
        print("--correct-day 要给出已载入过的同一文件和 --effective 日期。", file=sys.stderr)
        return 2
    edition = loading.correct_day(known, day)
    print(f"{edition.name}：生效日已更正为 {edition.effective}。")
    return 0
