"""``jiheng audit``: checks that no act and no file was changed, lost or slipped in."""

import argparse
import sys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="action", required=True, metavar="做什么")
    verify = commands.add_parser("verify", help="核验办理记录的哈希链和所附文件")
    verify.add_argument("--zone", default="", metavar="CODE", help="区划代码；不给则核验全部区划")
    verify.set_defaults(handler=verify_acts)


def run(options: argparse.Namespace) -> int:
    """Does what was asked; returns the exit code."""
    code: int = options.handler(options)
    return code


def verify_acts(args: argparse.Namespace) -> int:
    """Exit 0: whole; 1: faults, each on its line; 2: no such zone."""
    from jiheng.bureau.models import Zone
    from jiheng.operations.models import Run
    from jiheng.operations.running import State, noted
    from jiheng.procedure import chain
    from jiheng.procedure.models import Act

    zones = list(Zone.objects.filter(code=args.zone) if args.zone else Zone.objects.order_by("code"))
    if not zones:
        known = "、".join(Zone.objects.order_by("code").values_list("code", flat=True))
        print(f"没有区划 {args.zone}。现有：{known}" if known else "库里还没有区划。", file=sys.stderr)
        return 2
    broken = False
    for zone in zones:
        count = 0
        for fault in chain.verify(zone.pk):
            count += 1
            print(f"{zone.code} {fault}")
        acts = Act.objects.filter(zone=zone).count()
        print(
            f"{zone.code} {zone.bureau}：{acts} 次办理，" + (f"{count} 处有问题。" if count else "都完整。")
        )
        told = f"{acts:,} 次办理" + (f"，{count} 处有问题" if count else "和所附文件都完整")
        noted(Run.Kind.VERIFY, told, zone=zone, state=State.FAILED if count else State.DONE)
        broken = broken or bool(count)
    return 1 if broken else 0
