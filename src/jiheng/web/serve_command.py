"""`jiheng serve`: the website by gunicorn, on this machine alone unless told otherwise."""

import argparse
import fcntl
import os
import sys
from pathlib import Path

from django.conf import settings

from jiheng.operations.restore import SERVING


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default=os.environ.get("JIHENG_HOST", "127.0.0.1"), help="监听的地址")
    parser.add_argument("--port", default=os.environ.get("JIHENG_PORT", "8000"), help="监听的端口")
    parser.add_argument("--workers", default=os.environ.get("JIHENG_WORKERS", "2"), help="进程数")


def run(options: argparse.Namespace) -> int:
    """Becomes gunicorn, so that a signal sent to this process reaches it."""
    if not _stand_in():
        print("正在恢复备份，等它做完再启动。", file=sys.stderr)
        return 1
    print(f"绩衡已启动：http://{options.host}:{options.port}　按 Ctrl+C 停止", flush=True)
    gunicorn = Path(sys.executable).with_name("gunicorn")
    os.execv(
        gunicorn,
        [
            str(gunicorn),
            "jiheng.wsgi",
            f"--bind={options.host}:{options.port}",
            f"--workers={options.workers}",
            "--threads=4",
            "--preload",
            "--timeout=120",
            "--log-level=warning",
            "--no-control-socket",
            f"--worker-tmp-dir={settings.DATA}",
        ],
    )


def _stand_in() -> bool:
    """Holds a shared lock as long as gunicorn and its workers live, so that nothing is restored under them."""
    lock = os.open(settings.DATA / SERVING, os.O_RDWR | os.O_CREAT, 0o640)
    os.set_inheritable(lock, True)
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
