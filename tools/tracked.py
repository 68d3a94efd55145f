"""Finds what must never be committed: package registries' hosts, CDNs, and paths of somebody's machine.

Prints each place as `file:line: what` and exits 1 if there is one. Looks at tracked files and at new ones
that git does not ignore. The needles are put together from parts so that this file does not find itself.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

HOSTS = [
    ("pypi", "org"),
    ("pythonhosted", "org"),
    ("npmjs", "org"),
    ("npmjs", "com"),
    ("npmmirror", "com"),
    ("yarnpkg", "com"),
    ("deb.debian", "org"),
    ("security.debian", "org"),
    ("mirrors.aliyun", "com"),
    ("tuna.tsinghua", "edu.cn"),
    ("mirrors.ustc", "edu.cn"),
    ("unpkg", "com"),
    ("jsdelivr", "net"),
    ("cdnjs.cloudflare", "com"),
]
PATHS = [("/ro", "ot/"), ("/home", r"/\w"), ("/Users", r"/\w"), ("/wo", r"rk/(main|shared|wt-|\.)")]

FORBIDDEN = re.compile(
    "|".join(
        [re.escape(f"{name}.{top}") for name, top in HOSTS]
        + [rf"(?<![\w.])({start}{rest})" for start, rest in PATHS]
    ),
    re.IGNORECASE,
)


def files() -> list[Path]:
    """Files that are, or would be, in the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    paths = (ROOT / name for name in listed.split("\0") if name)
    return sorted(path for path in paths if path.is_file() and not path.is_symlink())


def findings(text: str) -> list[tuple[int, str]]:
    """Line number and the forbidden words, for each line that has some."""
    return [
        (number, match.group())
        for number, line in enumerate(text.splitlines(), start=1)
        if (match := FORBIDDEN.search(line))
    ]


def main() -> int:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {what}"
        for path in files()
        for number, what in findings(path.read_bytes().decode("utf-8", "replace"))
    ]
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
