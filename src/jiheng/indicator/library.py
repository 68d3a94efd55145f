"""The indicators every bureau begins with (art. 38): common ones of the national framework, core ones by industry.

They stand in ``data/library.csv``; names and levels follow 财预〔2021〕101号, reference values are usual ones and are
the bureau's to change.
"""

import csv
import hashlib
from functools import cache
from pathlib import Path

SEEDS = Path(__file__).parent / "data" / "library.csv"
COLUMNS = {
    "一级指标": "level1",
    "二级指标": "level2",
    "指标名称": "name",
    "性质": "kind",
    "计量单位": "unit",
    "方向": "direction",
    "参考值": "reference",
    "领域": "field",
    "行业": "industry",
    "取值依据": "source",
    "标准类别": "standard",
}


@cache
def seeds() -> tuple[dict[str, str], ...]:
    """Every indicator of the file, by the names of the record's fields; kind and direction as people write them."""
    with SEEDS.open(encoding="utf-8", newline="") as file:
        return tuple({COLUMNS[key]: value for key, value in row.items()} for row in csv.DictReader(file))


def code_of(*identity: str) -> str:
    """The code of an indicator that brings none: level 1 and 2, name, unit, field, industry; the same words, the same code."""
    summed = hashlib.blake2b("\x1f".join(identity).encode(), digest_size=8)
    return f"I{summed.hexdigest()}"
