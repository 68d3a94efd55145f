"""Importing the indicator library (art. 38): a hundred thousand rows are read, checked and written within seconds.

A row without a code is known by its levels, name, unit, field and industry, so that the same file twice changes nothing.
What is imported waits for the countersign of performance and the offices concerned before it is published.
"""

import json
import re
import sys
from collections.abc import Sequence
from functools import lru_cache

from django.db import connection
from django.utils import timezone

from jiheng.bureau.keys import new_key
from jiheng.bureau.profile import field_owner
from jiheng.bureau.roles import PERFORMANCE
from jiheng.exchange.plan import STEP, Giver, Kind, Plan, Say, insert
from jiheng.indicator.levels import COUNTED, LEVELS, named
from jiheng.indicator.library import code_of
from jiheng.indicator.models import LibraryIndicator, Revision
from jiheng.indicator.target import Kind as Valued
from jiheng.indicator.target import read
from jiheng.paper.columns import Column, Table, as_text, tables
from jiheng.procedure.models import Act
from jiheng.project.rules import FIELDS

KINDS = {"定量": "quantitative", "定性": "qualitative"}
DIRECTIONS = {
    "正向": "higher-better", "越高越好": "higher-better", "反向": "lower-better", "负向": "lower-better",
    "越低越好": "lower-better", "约束": "bound", "等于": "bound", "": "",
}  # fmt: skip
STANDARDS = {"": "", **{label: key for key, label in LibraryIndicator.Standard.choices}}
COLUMNS = (
    Column("code", "指标编码", r"^指标(?:编码|编号|代码)|^编码$", False, help="没有的留空，由系统按内容编", width=20),
    Column("level1", "一级指标", r"^一级", choices=tuple(LEVELS), width=14, example="产出指标"),
    Column("level2", "二级指标", r"^二级", help="须是该一级指标下的二级指标", width=18, example="数量指标"),
    Column("name", "指标名称", r"^(?:三级指标|指标)?名称$|^三级指标", help="最多 200 个字", width=36, example="培训教师人数"),
    Column("kind", "指标性质", r"^指标性质|^性质$|定量定性|定性定量", choices=tuple(KINDS), example="定量"),
    Column("unit", "计量单位", r"^(?:计量|度量)?单位$", False, help="数量、成本指标必填，最多 20 个字", example="人"),
    Column("direction", "方向", r"^(?:指标)?方向$", False, ("正向", "反向", "约束"), "定量指标必填", example="正向"),
    Column("reference", "参考值", r"^参考值|^(?:历史)?参考", False, help="定量的写数，可带 ≥ ≤ 和单位", example="≥200"),
    Column("field", "领域", r"^领域|^专门领域", False, tuple(FIELDS), "规程第9条的五个专门领域，不属于的留空"),
    Column("industry", "行业", r"^行业", False, help="如教育、卫生；最多 40 个字", example="教育"),
    Column("source", "取值依据", r"^取值依据|^来源|^依据|标准来源|^标准$", False, help="公共服务标准、支出标准或文件名", width=30,
           example="《义务教育学校校长专业标准》"),
    Column("standard", "标准类别", r"^标准类别|^标准种类", False, tuple(STANDARDS)[1:],
           "参考值就是标准的才写：编目标时，指标值在标准以外的会提示"),
)  # fmt: skip
KEYS = tuple(column.key for column in COLUMNS)
LONGEST = {
    each: LibraryIndicator._meta.get_field(each).max_length or 0
    for each in ("code", "name", "unit", "reference", "industry", "source")
}
KEPT = (
    "code", "level1", "level2", "name", "kind", "unit", "direction", "reference", "field", "industry", "source",
    "standard", "owner",
)  # fmt: skip
"""What of an indicator an import decides, in the order of the rows it makes."""
SIMPLE = re.compile(r"[≥≤><=]?\d{1,12}(?:\.\d{1,6})?[%％\u4e00-\u9fff/]{0,12}")


@lru_cache(maxsize=100_000)
def _is_number(reference: str) -> bool:
    """Whether a quantitative indicator's reference value can be read as a number or a range."""
    return bool(SIMPLE.fullmatch(reference)) or read(reference).kind in (Valued.QUANTITATIVE, Valued.RANGE)


def examine(data: bytes, name: str, giver: Giver, say: Say) -> Plan:
    """Reads and checks a workbook, and compares it with the library."""
    plan = Plan()
    rows: list[tuple[str, ...]] = []
    seen: list[tuple[Table, dict[str, int]]] = []
    owners = _owners(giver)
    for table in tables(data, name, COLUMNS, plan.report):
        before = len(rows)
        _read(table, plan, rows, seen, owners, say)
        if len(rows) == before and not plan.report.count:
            plan.report.add(table.fault(table.heading + 1, "", "标题行以下没有一行指标", "填写后再传"))
    if plan.report.count:
        return plan
    _compare(plan, rows, giver)
    return plan


def _owners(giver: Giver) -> dict[str, str]:
    """The role that keeps an indicator, by its field (art. 9); individual ones are the expenditure office's."""
    zone, today = giver.person.zone_id, timezone.localdate()
    return {field: field_owner(zone, today, field) for field in ("", *FIELDS)}


def _read(
    table: Table,
    plan: Plan,
    rows: list[tuple[str, ...]],
    seen: list[tuple[Table, dict[str, int]]],
    owners: dict[str, str],
    say: Say,
) -> None:
    """Reads one sheet. A good row costs as little as can be; what is wrong with a bad one is looked for apart."""
    levels: dict[tuple[str, str], tuple[str, str] | None] = {}
    places: dict[str, int] = {}
    code_most, name_most, unit_most, reference_most, industry_most, source_most = LONGEST.values()
    total, strip, intern = table.sheet.height, str.strip, sys.intern
    for number, values in table.lines(plan.report):
        if not number % STEP:
            say(number, total)
        try:
            line = [*map(strip, values)]
        except TypeError:  # a number or a truth value among them
            line = [as_text(value) for value in values]
        code, level1, level2, name, kind, unit, direction, reference, field, industry, source, standard = line
        pair = (level1, level2)
        if pair not in levels:
            levels[pair] = named(level1, level2)
        official = levels[pair]
        way = DIRECTIONS.get(direction)
        if (
            official is None
            or not name
            or kind not in KINDS
            or way is None
            or (
                kind == "定量"
                and (
                    (not unit and official[1] in COUNTED)
                    or not way
                    or (reference and not _is_number(reference))
                )
            )
            or field not in owners
            or standard not in STANDARDS
            or (standard and not (reference and source and kind == "定量"))
            or len(name) > name_most
            or len(source) > source_most
            or len(reference) > reference_most
            or len(unit) > unit_most
            or len(industry) > industry_most
            or len(code) > code_most
            or "\x00" in "".join(line)
        ):
            _say_what_is_wrong(table, number, dict(zip(KEYS, line, strict=True)), plan)
            continue
        given = code
        code = code or code_of(*official, name, unit, field, industry)
        if code in places or (seen and any(code in before for _, before in seen)):
            other, at = next(((each, all_[code]) for each, all_ in [*seen, (table, places)] if code in all_))
            place = other.place(at, "name")
            words = f"指标编码 {code} 与{place}重复" if given else f"指标“{name}”与{place}重复"
            plan.report.add(table.fault(number, "code" if given else "name", words, "只留一行"))
            continue
        places[code] = number
        rows.append(
            (code, *official, name, KINDS[kind], intern(unit), way, intern(reference), field, intern(industry),
             intern(source), STANDARDS[standard], owners[field])
        )  # fmt: skip
    seen.append((table, places))


def _say_what_is_wrong(table: Table, number: int, line: dict[str, str], plan: Plan) -> None:
    """Every fault of a row that was found wanting, each with its cell."""

    def wrong(key: str, words: str, remedy: str) -> None:
        plan.report.add(table.fault(number, key, words, remedy))

    level1, level2 = line["level1"], line["level2"]
    if not level1:
        wrong("level1", "一级指标空白", "填写一级指标")
    elif not (under := LEVELS.get(level1) or LEVELS.get(f"{level1}指标")):
        wrong("level1", f"一级指标“{level1}”不在规范的名称里", f"改成{'、'.join(LEVELS)}之一（规程第38条）")
    elif not level2:
        wrong("level2", "二级指标空白", f"填写{'、'.join(under)}之一")
    elif named(level1, level2) is None:
        wrong("level2", f"“{level1}”下没有二级指标“{level2}”", f"改成{'、'.join(under)}之一")
    if not line["name"]:
        wrong("name", "指标名称空白", "填写指标名称")
    if line["kind"] not in KINDS:
        wrong(
            "kind",
            f"指标性质“{line['kind']}”不是定量或定性" if line["kind"] else "指标性质空白",
            "填写定量或定性",
        )
    if line["direction"] not in DIRECTIONS:
        wrong("direction", f"方向“{line['direction']}”认不出", "填写正向、反向或约束")
    if line["kind"] == "定量":
        if not line["unit"] and (named(level1, level2) or ("", ""))[1] in COUNTED:
            wrong("unit", f"{level2}没有计量单位", "填写计量单位，如个、人、元")
        if not line["direction"]:
            wrong("direction", "定量指标没有方向", "填写正向、反向或约束")
        if line["reference"] and not _is_number(line["reference"]):
            wrong(
                "reference",
                f"定量指标的参考值“{line['reference']}”不是数",
                "写成 ≥95%、≤3 这样的数，或把性质改为定性",
            )
    if line["standard"] not in STANDARDS:
        wrong(
            "standard",
            f"标准类别“{line['standard']}”认不出",
            f"改成{'、'.join(list(STANDARDS)[1:])}之一，或留空",
        )
    elif line["standard"] and not (line["reference"] and line["source"] and line["kind"] == "定量"):
        wrong(
            "standard",
            "写了标准类别，但没有参考值或取值依据，或不是定量指标",
            "补上参考值和依据哪项标准，或把标准类别留空",
        )
    if line["field"] and line["field"] not in FIELDS:
        wrong(
            "field",
            f"领域“{line['field']}”不是规程第9条的专门领域",
            f"改成{'、'.join(FIELDS)}之一，或填在行业列",
        )
    for key, most in LONGEST.items():
        if len(line[key]) > most:
            label = table.labels[key]
            wrong(key, f"{label}有 {len(line[key])} 个字，最多 {most} 个字", f"缩短{label}")
    if any("\x00" in value for value in line.values()):
        wrong("name", "有看不见的控制字符", "清除格式后重新填写")


def _compare(plan: Plan, rows: Sequence[tuple[str, ...]], giver: Giver) -> None:
    """Sorts the rows into new, changed and unchanged by what the library has, or will have by a revision that waits."""
    known: dict[str, int] = {}
    library = LibraryIndicator.objects.filter(zone_id=giver.person.zone_id).order_by()
    for values in library.values_list(*KEPT).iterator(chunk_size=5000):
        known[values[0]] = hash(values)
    for code, values in _coming(giver).items():
        known[code] = hash(values)
    fresh, altered = [], []
    for row in rows:
        was = known.get(row[0])
        if was is None:
            fresh.append(row)
            plan.show("新增", row[0], row[3])
        elif was != hash(row):
            altered.append(row)
    plan.new, plan.changed = len(fresh), len(altered)
    plan.unchanged = len(rows) - plan.new - plan.changed
    shown = altered[: max(0, 50 - len(plan.shown))]
    there = _there(shown, giver)
    for row in shown:
        labels = {column.key: column.label for column in COLUMNS} | {"owner": "牵头职责"}
        changes = [(labels[key], old, new) for key, (old, new) in _changes(there[row[0]], row).items()]
        plan.show("修改", row[0], row[3], changes)
    plan.work = (fresh, altered)


def _coming(giver: Giver) -> dict[str, tuple[str, ...]]:
    """By code, indicators as the revisions that wait will make them."""
    waiting = (
        Revision.waiting().filter(zone_id=giver.person.zone_id).select_related("indicator").order_by("id")
    )
    return {
        row.indicator.code: tuple(
            row.changes[key][1] if key in row.changes else getattr(row.indicator, key) for key in KEPT
        )
        for row in waiting
    }


def _there(rows: Sequence[tuple[str, ...]], giver: Giver) -> dict[str, LibraryIndicator]:
    """By code, the indicators of the library that these rows are about."""
    found: dict[str, LibraryIndicator] = {}
    for first in range(0, len(rows), 1000):
        codes = [row[0] for row in rows[first : first + 1000]]
        some = LibraryIndicator.objects.filter(zone_id=giver.person.zone_id, code__in=codes)
        found.update({each.code: each for each in some})
    return found


def _changes(indicator: LibraryIndicator, row: tuple[str, ...]) -> dict[str, tuple[str, str]]:
    return {
        key: (getattr(indicator, key), new)
        for key, new in zip(KEPT, row, strict=True)
        if getattr(indicator, key) != new
    }


def write(plan: Plan, giver: Giver, within: Act) -> None:
    """Writes what was planned. New rows wait for their countersign; so do changed ones that aren't in use.

    Of a published indicator a revision is kept, and it stays in use as it is until that is signed. One that is being
    signed leaves its proposal, so that nobody signs what they didn't see.
    """
    fresh, altered = plan.work
    zone = giver.person.zone_id
    columns = ("id", "zone_id", *KEPT, "status", "version", "used")
    proposed, published = LibraryIndicator.Status.PROPOSED.value, LibraryIndicator.Status.PUBLISHED.value
    insert(LibraryIndicator, columns, ((new_key(), zone, *row, proposed, 1, 0) for row in fresh))
    if not altered:
        return
    there = _there(altered, giver)
    in_use = [row for row in altered if there[row[0]].status == published]
    keys = [there[row[0]].pk for row in in_use]
    for first in range(0, len(keys), 1000):
        Revision.objects.filter(indicator__in=keys[first : first + 1000], proposal=None).delete()
    revisions = ((there[row[0]].pk, _changes(there[row[0]], row)) for row in in_use)
    insert(
        Revision,
        ("id", "zone_id", "indicator_id", "changes"),
        ((new_key(), zone, key, json.dumps(changes)) for key, changes in revisions if changes),
    )
    sets = ", ".join(f"{connection.ops.quote_name(key)} = %s" for key in KEPT[1:])
    table = connection.ops.quote_name(LibraryIndicator._meta.db_table)
    key = zone.hex if connection.vendor == "sqlite" else zone
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET {sets}, status = %s, version = version + 1, proposal_id = NULL "
            "WHERE zone_id = %s AND code = %s",
            [(*row[1:], proposed, key, row[0]) for row in altered if there[row[0]].status != published],
        )


INDICATORS = Kind(
    "indicators", "指标", "条指标", 38, (PERFORMANCE,), lambda: COLUMNS,
    ("一行一条指标。没有指标编码的，按级次、名称、单位、领域、行业认作同一条。",
     "导入后待绩效科会同有关科室会签发布；已发布的在会签前按现行一版用（规程第38条）。"),
    examine, write, "import-indicators",
)  # fmt: skip
