"""命令行入口 `jiheng`：各子命令用到时才载入，`jiheng score` 不必等 Django。"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module


@dataclass(frozen=True, slots=True)
class Command:
    """一个子命令：模块里要有 add_arguments(parser) 和 run(options) -> 退出码。"""

    name: str
    module: str
    help: str


COMMANDS: tuple[Command, ...] = (Command("score", "jiheng.evaluation.score_command", "给自评表计分并校验"),)


def main(argv: Sequence[str] | None = None) -> int:
    """解析命令行并执行；返回退出码（命令写错时 argparse 以 2 退出）。"""
    arguments = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(prog="jiheng", description="绩衡：预算绩效管理")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="命令")
    wanted = next((word for word in arguments if not word.startswith("-")), "")
    runners: dict[str, Callable[[argparse.Namespace], int]] = {}
    for command in COMMANDS:
        sub = subparsers.add_parser(command.name, help=command.help, description=command.help)
        if command.name == wanted:
            module = import_module(command.module)
            module.add_arguments(sub)
            runners[command.name] = module.run
    options = parser.parse_args(arguments)
    try:
        return runners[options.command](options)
    except BrokenPipeError:
        sys.stderr.close()
        return 0


if __name__ == "__main__":
    sys.exit(main())
