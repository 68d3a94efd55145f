"""The command `jiheng`."""

import os
import sys


def main(argv: list[str] | None = None) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiheng.settings")
    argv = sys.argv[1:] if argv is None else argv
    from django.core.management import execute_from_command_line

    execute_from_command_line(["jiheng manage", *argv[1:]])
    return 0
