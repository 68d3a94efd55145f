"""``jiheng procedure export NAME --bpmn | --svg [-o FILE]``: a procedure for other tools."""

import argparse
import sys
from pathlib import Path
from typing import Any

from jiheng.procedure.table import PROCEDURES


def add_commands(subparsers: Any) -> None:
    """Adds ``procedure`` to the command line; each command's ``run(args)`` gives the exit code."""
    procedure = subparsers.add_parser("procedure", help="办理流程").add_subparsers(
        dest="procedure_command", required=True, metavar="命令"
    )
    export = procedure.add_parser("export", help="导出流程为 BPMN 2.0 或 SVG 图")
    export.add_argument("name", metavar="NAME", help="流程名，如 goal；写错时列出全部")
    form = export.add_mutually_exclusive_group(required=True)
    form.add_argument("--bpmn", action="store_true", help="BPMN 2.0 XML")
    form.add_argument("--svg", action="store_true", help="流程图 SVG")
    export.add_argument("-o", "--output", type=Path, metavar="FILE", help="写入文件；不写则输出到屏幕")
    export.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Writes the export. Needs Django set up, no database. Exit 2: no such procedure, or the file can't be written."""
    from jiheng.procedure.bpmn import bpmn
    from jiheng.procedure.picture import picture

    procedure = PROCEDURES.get(args.name)
    if procedure is None:
        known = "、".join(f"{each.key}（{each.label}）" for each in PROCEDURES.values())
        print(f"没有流程“{args.name}”。现有：{known}。", file=sys.stderr)
        return 2
    text = bpmn(procedure) if args.bpmn else picture(procedure)
    if args.output is None:
        sys.stdout.write(text)
        return 0
    try:
        args.output.write_text(text, encoding="utf-8")
    except OSError as error:
        print(f"写不进文件 {args.output}：{error.strerror}。请换一个能写的位置。", file=sys.stderr)
        return 2
    return 0
