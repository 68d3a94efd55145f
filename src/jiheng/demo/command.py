"""The command `jiheng demo load`."""

import argparse
import sys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="action", required=True, metavar="做什么")
    loading = commands.add_parser("load", help="装入演示局：平原示范区财政局")
    loading.add_argument("--if-empty", action="store_true", help="库里已有区划时什么也不做")
    loading.add_argument("--small", action="store_true", help="只装前四个部门")


def run(options: argparse.Namespace) -> int:
    """Exit 0: loaded, or nothing to do; 1: refused, and the message says why."""
    from jiheng.demo.load import DemoOff, DemoRefused, load

    try:
        load(if_empty=options.if_empty, small=options.small)
    except DemoOff as off:
        print(off)
    except DemoRefused as refused:
        print(refused, file=sys.stderr)
        return 1
    return 0
