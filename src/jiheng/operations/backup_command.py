"""`jiheng backup`: a backup of database and files, while people go on working; to be run every night (art. 40)."""

import argparse
import sys
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-o", "--output", type=Path, help="写到哪个文件；不给则写到备份目录，并按留存份数删去旧的"
    )


def run(options: argparse.Namespace) -> int:
    """Exit 0: made; 1: not made, with the reason."""
    from functools import partial

    from django.utils.timezone import localdate

    from jiheng.bureau.models import Zone
    from jiheng.bureau.profile import in_force, values_of
    from jiheng.operations import backup
    from jiheng.operations.models import Run
    from jiheng.operations.running import Failed, begin, carry_out, say

    profiles = [in_force(zone.pk, localdate()) for zone in Zone.objects.all()]
    keep = max((values_of(each.pk)("operations", "backups_kept") for each in profiles if each), default=1)
    try:
        if options.output:
            known = backup.make(options.output.absolute())
            print(f"已写入 {options.output}，SHA-256 {known['sha256']}")
            return 0
        made = carry_out(begin(Run.Kind.BACKUP), lambda run: backup.carry_out(run, keep, partial(say, run)))
    except (Failed, OSError) as fault:
        print(f"没有备份：{fault}", file=sys.stderr)
        return 1
    if made.state == Run.State.FAILED:
        print(f"没有备份：{made.told}", file=sys.stderr)
        return 1
    print(f"{backup.folder()}/{made.told}\nSHA-256 {made.details['sha256']}")
    return 0
