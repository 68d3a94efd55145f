"""`jiheng dossier YEAR -o FILE`: the dossier of a year from the command line, for whoever hands it over (art. 15)."""

import argparse
import sys
from pathlib import Path

from django.utils import timezone

from jiheng.bureau.models import Person
from jiheng.bureau.roles import PERFORMANCE
from jiheng.bureau.scope import holds
from jiheng.filing import completeness, dossier, making
from jiheng.paper.document import NoFont


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("year", type=int, help="年度")
    parser.add_argument("-o", "--output", type=Path, required=True, help="写到哪个文件（.zip）")
    parser.add_argument("--article", type=int, help="只要依据这一条的")
    parser.add_argument(
        "--as", dest="username", metavar="账号", help="以谁看得到的范围；不给时用第一个绩效科账号"
    )


def run(options: argparse.Namespace) -> int:
    """Exit 0: written; 1: written, but evidence is missing or not as it was; 2: not written."""
    people = Person.objects.filter(is_active=True).order_by("username")
    if options.username:
        people = people.filter(username=options.username)
    person = next((each for each in people if options.username or holds(each, [PERFORMANCE])), None)
    if person is None:
        print("没有这个账号，或没有绩效科的账号。", file=sys.stderr)
        return 2
    found = making.filings_of(person, options.year, options.article, None)
    missing = completeness.of_scope(person, options.year, timezone.localdate(), options.article)
    partial = options.output.with_name(f".{options.output.name}.part")
    try:
        with partial.open("wb") as file:
            made = dossier.make(found, missing, file, _tell, f"{options.year}年佐证包")
        partial.replace(options.output)
    except (NoFont, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    finally:
        partial.unlink(missing_ok=True)
    print(
        f"已写入 {options.output}：{made.filings} 件备案，{len(missing)} 项还没有备案。Merkle 根 {made.root}"
    )
    if made.problems:
        print(f"有 {made.problems} 处佐证材料缺少或与备案时不符，见目录。", file=sys.stderr)
    return 1 if made.problems else 0


def _tell(done: int, total: int) -> None:
    if sys.stderr.isatty():
        print(f"\r已做 {done} 件，共 {total} 件", end="" if done < total else "\n", file=sys.stderr)
