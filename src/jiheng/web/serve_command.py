"""`jiheng serve`: the website by gunicorn, on this machine alone unless told otherwise."""

import argparse
import os
import sys
from pathlib import Path

from django.conf import settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default=os.environ.get("JIHENG_HOST", "127.0.0.1"), help="监听的地址")
    parser.add_argument("--port", default=os.environ.get("JIHENG_PORT", "8000"), help="监听的端口")
    parser.add_argument("--workers", default=os.environ.get("JIHENG_WORKERS", "2"), help="进程数")


def run(options: argparse.Namespace) -> int:
    """Becomes gunicorn, so that a signal sent to this process reaches it."""
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
