"""Rules of experts and institutions (art. 39, norms 7): who must stand aside, how lots are drawn, what quality earns.

Pure functions. Points are out of 100; weights are ratios; days are workdays.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

FIELDS: tuple[str, ...] = (
    "一般公共服务", "公共安全", "教育", "科学技术", "文化旅游体育", "社会保障和就业", "卫生健康", "节能环保", "城乡社区",
    "农林水", "交通运输", "工业和信息化", "商业服务业", "金融", "自然资源", "住房保障", "粮油物资储备", "应急管理",
    "财务会计", "工程造价", "绩效管理", "法律",
)  # fmt: skip
"""Fields of expertise: the functional classes of 政府收支分类科目, and four crafts. None is part of another's name."""

CRITERIA: tuple[tuple[str, str, str], ...] = (
    ("plan", "工作方案", "方案是否切题、指标和方法是否合适"),
    ("process", "实施过程", "是否独立、客观，取证是否充分，沟通和保密是否守规矩"),
    ("report", "成果质量", "依据是否充分，结论是否明确，建议是否可行"),
)
"""What an office scores after delivery (norms 7: 方案、过程、报告); timeliness is measured, not scored."""
TIMELINESS = "timeliness"

CENT = Decimal("0.01")
FULL = Decimal(100)
SHORTEST = 3
"""Names shorter than this are compared whole, since a short word stands in too many names."""


@dataclass(frozen=True)
class Served:
    """An organization somebody worked for, and the last year they did."""

    name: str
    last_year: int


def plain_name(name: str) -> str:
    """A name without the spaces, widths and signs that people vary."""
    return re.sub(r"[\s\W_]+", "", unicodedata.normalize("NFKC", name)).lower()


def same_body(one: str, other: str) -> bool:
    """Whether two names mean one organization: 教育局 and 平原示范区教育局 do."""
    a, b = sorted((plain_name(one), plain_name(other)), key=len)
    return bool(a) and (a == b or (len(a) >= SHORTEST and a in b))


def recusal(
    employer: str, served: Iterable[Served], evaluated: Sequence[str], *, year: int, years: int
) -> list[str]:
    """Why somebody must stand aside from judging these units and departments; empty when they need not.

    ``year`` is this year, ``years`` how long a service counts: one that ended in 2023 counts through 2026 for 3.
    """
    found = [
        f"所在单位“{employer}”就是被评单位或其主管部门“{name}”"
        for name in evaluated
        if same_body(employer, name)
    ]
    for service in served:
        for name in evaluated:
            if same_body(service.name, name) and year - service.last_year <= years:
                found.append(f"{service.last_year}年为“{name}”提供过服务，未满 {years} 年")
    return list(dict.fromkeys(found))


def ticket(seed: str, code: str) -> str:
    """A candidate's lot: SHA-256 of “seed:code”, so that anybody can repeat the draw with sha256sum."""
    return hashlib.sha256(f"{seed}:{code}".encode()).hexdigest()


def draw(seed: str, codes: Iterable[str], number: int) -> list[str]:
    """The ``number`` candidates with the smallest lots. The same seed and pool always give the same."""
    return sorted(set(codes), key=lambda code: (ticket(seed, code), code))[: max(number, 0)]


def timeliness(late: int, step: Decimal) -> Decimal:
    """Points for being on time: 100, less ``step`` for each workday late, never below 0."""
    return max(FULL - step * max(late, 0), Decimal(0))


def quality(points: Mapping[str, Decimal], weights: Mapping[str, Decimal]) -> Decimal:
    """The weighted points of all criteria, in two places. Weights sum to 1."""
    return sum((points[key] * weight for key, weight in weights.items()), Decimal(0)).quantize(
        CENT, ROUND_HALF_UP
    )


def credit_after(credit: Decimal, effect: Decimal) -> Decimal:
    """A credit score after a rating, kept within 0 and 100."""
    return min(max(credit + effect, Decimal(0)), FULL)
