"""Pages that broke: a line in the operations log, so that who runs the system sees it without reading log files."""

import logging
import re
import sys
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, connection
from django.utils import timezone

from jiheng.operations.models import Run
from jiheng.operations.running import State, noted

AGAIN = timedelta(minutes=10)
"""The same fault within so long is not told twice."""
log = logging.getLogger(__name__)


def note(sender: Any, request: Any = None, **_: Any) -> None:
    """Keeps where a page broke and of what kind the exception was; nothing of what was typed, nor of its message."""
    kind = sys.exc_info()[0]
    if request is None or kind is None or connection.in_atomic_block:
        return
    where = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "…", request.path)[:120]
    user = getattr(request, "user", None)
    known = user is not None and user.is_authenticated
    told = f"{request.method} {where}：{kind.__name__}"
    try:
        recent = Run.objects.filter(kind=Run.Kind.FAULT, began_at__gt=timezone.now() - AGAIN, told=told)
        if not recent.exists():
            noted(
                Run.Kind.FAULT,
                told,
                state=State.FAILED,
                by=user.name if known else "未登录",
                zone=user.zone if known else None,
            )
    except DatabaseError:
        log.exception("运行记录没有写成")
