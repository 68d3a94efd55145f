"""`jiheng restore FILE`: tries a backup, or puts it in the place of what is there, the website being stopped (art. 40)."""

import argparse
import sys
from contextlib import suppress
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="备份文件")
    parser.add_argument("--check", action="store_true", help="只检查并试恢复，不动现有数据")
    parser.add_argument("--yes", action="store_true", help="不再询问")


def run(options: argparse.Namespace) -> int:
    """Exit 0: restored, or found right; 1: not restored, nothing was changed; 2: not confirmed."""
    from django.core.management import call_command
    from django.db import DatabaseError
    from django.utils import timezone

    from jiheng.operations import restore
    from jiheng.operations.models import Run
    from jiheng.operations.running import Failed, interrupted, noted

    try:
        backup, proved = restore.check(options.file.absolute())
        print(proved)
        if options.check:
            with suppress(DatabaseError):  # a machine made ready to take it has no log yet
                noted(Run.Kind.TRIAL, proved, details={"file": options.file.name})
            return 0
        with restore.alone():
            made = f"{backup.manifest['made_at'][:16].replace('T', ' ')}（{'、'.join(backup.manifest['zones'])}）"
            if (
                not options.yes
                and input(f"将用 {made} 的备份替换现有数据。输入“恢复”继续：").strip() != "恢复"
            ):
                print("没有恢复，什么也没有改。", file=sys.stderr)
                return 2
            before = restore.put_back(backup, timezone.localtime())
            call_command("migrate", verbosity=0)
            interrupted()
            noted(Run.Kind.RESTORE, f"{options.file.name}，备份于 {made}；恢复前的库另存为 {before}")
    except (Failed, OSError) as fault:
        print(f"没有恢复：{fault}", file=sys.stderr)
        return 1
    print(
        f"已恢复。恢复前的库另存为 {before}，确认无误后可以删去。\n请运行 jiheng audit verify，再启动服务。"
    )
    return 0
