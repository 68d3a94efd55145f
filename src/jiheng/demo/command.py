"""The command `jiheng demo load`."""

import argparse
import sys


def add_commands(subparsers: argparse._SubParsersAction) -> None:
    demo = subparsers.add_parser("demo", help="演示局")
    commands = demo.add_subparsers(dest="demo_command", required=True)
    loading = commands.add_parser("load", help="装入演示局：平原示范区财政局")
    loading.add_argument("--if-empty", action="store_true", help="库里已有区划时什么也不做")
    loading.add_argument("--small", action="store_true", help="只装前四个部门")
    loading.set_defaults(handler=handle_load)


def handle_load(arguments: argparse.Namespace) -> int:
    """Exit 0: loaded, or nothing to do; 1: refused, and the message says why."""
    from jiheng.demo.load import DemoRefused, load

    try:
        load(if_empty=arguments.if_empty, small=arguments.small)
    except DemoRefused as refused:
        print(refused, file=sys.stderr)
        return 1
    return 0
