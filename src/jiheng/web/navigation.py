"""What every page carries: the six kinds of work in the regulation's order (art. 2)."""

from typing import Any

from django.http import HttpRequest

from jiheng.procedure.table import WORKS


def context(request: HttpRequest) -> dict[str, Any]:
    return {"works": WORKS}
