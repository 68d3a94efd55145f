"""The command ``jiheng remind``: to be run every morning; running it again reminds nobody twice."""

import argparse
import datetime
import sys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--zone", default="", metavar="CODE", help="区划代码；不给则全部区划")
    parser.add_argument("--day", default="", metavar="DAY", help="按这一天提醒，如 2026-07-31；不给则今天")


def run(options: argparse.Namespace) -> int:
    """Exit 0: reminded, or nobody to remind; 2: no such zone, or no such day."""
    from django.utils.timezone import localdate

    from jiheng.bureau.models import Zone
    from jiheng.notice.reminding import remind
    from jiheng.operations.models import Run
    from jiheng.operations.running import noted

    try:
        today = datetime.date.fromisoformat(options.day) if options.day else localdate()
    except ValueError:
        print(f"“{options.day}”不是日期，请按 2026-07-31 的写法。", file=sys.stderr)
        return 2
    zones = list(Zone.objects.filter(code=options.zone) if options.zone else Zone.objects.order_by("code"))
    if not zones:
        print(f"没有区划 {options.zone}。" if options.zone else "库里还没有区划。", file=sys.stderr)
        return 2
    for zone in zones:
        done = remind(zone, today)
        told = done.why_not or f"新提醒 {done.new} 件，先前已提醒过的 {done.known} 件不再提醒"
        if not done.why_not:
            noted(Run.Kind.REMIND, told, zone=zone)
        print(f"{zone.code} {zone.bureau}：{told}。")
    return 0
