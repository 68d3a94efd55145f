"""The command `jiheng`: each subcommand is imported when it is asked for, so `jiheng score` doesn't wait for Django."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module


@dataclass(frozen=True, slots=True)
class Command:
    """A subcommand. Its module has add_arguments(parser) and run(options) -> exit code."""

    name: str
    module: str
    help: str
    database: bool = True


COMMANDS: tuple[Command, ...] = (
    Command("serve", "jiheng.web.serve_command", "启动网站"),
    Command("demo", "jiheng.demo.command", "演示局"),
    Command("audit", "jiheng.procedure.command", "核验办理记录"),
    Command("score", "jiheng.evaluation.score_command", "给自评表计分并校验", database=False),
    Command("regulation", "jiheng.regulation.command", "载入规程全文"),
    Command("bureau", "jiheng.bureau.begin_command", "建立本局（不用演示数据时）"),
    Command("profile", "jiheng.bureau.command", "检查、载入局情配置"),
    Command("import", "jiheng.exchange.command", "导入项目、部门和单位、指标"),
    Command("connection", "jiheng.exchange.connection_command", "系统对接的令牌：建立、列出、停用"),
    Command("dossier", "jiheng.filing.command", "制作一个年度的佐证包"),
    Command("remind", "jiheng.notice.remind_command", "到期前提醒，每个工作日早上运行一次"),
    Command("backup", "jiheng.operations.backup_command", "备份数据库和文件，每天夜里运行一次"),
    Command("restore", "jiheng.operations.restore_command", "检查、试恢复、恢复一份备份"),
    Command("procedure", "jiheng.procedure.export_command", "导出办理流程"),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Reads the command line and runs it; returns the exit code (2 when the command line is wrong)."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiheng.settings")
    if arguments[:1] == ["manage"]:
        from django.core.management import execute_from_command_line

        execute_from_command_line(["jiheng manage", *arguments[1:]])
        return 0
    parser = argparse.ArgumentParser(prog="jiheng", description="绩衡：预算绩效管理")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="命令")
    wanted = next((word for word in arguments if not word.startswith("-")), "")
    run = None
    for command in COMMANDS:
        sub = subparsers.add_parser(command.name, help=command.help, description=command.help)
        if command.name == wanted:
            if command.database:
                import django

                django.setup()
            module = import_module(command.module)
            module.add_arguments(sub)
            run = module.run
    subparsers.add_parser("manage", help="Django 的管理命令，如 migrate")
    options = parser.parse_args(arguments)
    assert run is not None
    try:
        return run(options)
    except BrokenPipeError:
        sys.stderr.close()
        return 0


if __name__ == "__main__":
    sys.exit(main())
