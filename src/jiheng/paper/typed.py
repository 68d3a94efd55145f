"""What people type into fields, read kindly: full-width digits, thousand marks, units written after the figure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any


def clean(text: str) -> str:
    """Full-width digits, signs and spaces as people type them, made plain."""
    return unicodedata.normalize("NFKC", text).strip()


def number(text: str) -> Decimal | None:
    """A number as typed (thousand marks, full-width digits allowed), or None if it is none."""
    plain = re.sub(r"[,\s]", "", clean(text)).removesuffix("分").removesuffix("万元")
    if "_" in plain:  # which Python takes for a thousand mark
        return None
    try:
        value = Decimal(plain)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def revision_of(given: Mapping[str, Any]) -> int:
    """Which saving of the draft the page was opened at; -1, which no draft has, where the page says none."""
    told = str(given.get("revision", ""))
    return int(told) if told.isdecimal() and len(told) < 10 else -1
