"""``jiheng procedure export NAME --bpmn | --svg [-o FILE]``: a procedure for other tools."""

import argparse
import sys
from pathlib import Path

from jiheng.procedure.table import PROCEDURES


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``jiheng procedure``."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="操作")
    export = actions.add_parser("export", help="导出流程为 BPMN 2.0 或 SVG 图")
    export.add_argument("name", metavar="NAME", help="流程名，如 goal；写错时列出全部")
    form = export.add_mutually_exclusive_group(required=True)
    form.add_argument("--bpmn", action="store_true", help="BPMN 2.0 XML")
    form.add_argument("--svg", action="store_true", help="流程图 SVG")
    export.add_argument("-o", "--output", type=Path, metavar="FILE", help="写入文件；不写则输出到屏幕")


def run(options: argparse.Namespace) -> int:
    """Writes the export; reads no database. Exit 2: no such procedure, or the file can't be written."""
    from jiheng.procedure.bpmn import bpmn
    from jiheng.procedure.picture import picture

    procedure = PROCEDURES.get(options.name)
    if procedure is None:
        known = "、".join(f"{each.key}（{each.label}）" for each in PROCEDURES.values())
        print(f"没有流程“{options.name}”。现有：{known}。", file=sys.stderr)
        return 2
    text = bpmn(procedure) if options.bpmn else picture(procedure)
    if options.output is None:
        sys.stdout.write(text)
        return 0
    try:
        options.output.write_text(text, encoding="utf-8")
    except OSError as error:
        print(f"写不进文件 {options.output}：{error.strerror}。请换一个能写的位置。", file=sys.stderr)
        return 2
    return 0
