"""给一行指标计分：重算得分、计入总分的数、怎么算的。

重算不出的，score 为 None；counted 是计入总分的数：重算得分，或按规定可以照填报数计的（定性按档、照抄目标待补数）。
完成值空白、定量指标填“完成”一类，没有依据，不计入。读法见 docs/decisions/0002-scoring-readings.md。
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from jiheng.indicator.form import IndicatorRow, is_blank
from jiheng.indicator.rules import DEFAULT_RULES, ScoringRules
from jiheng.indicator.scoring import (
    Comparison,
    Score,
    band_of,
    compare,
    grade_of_words,
    in_band,
    percent,
    round_score,
    score_quantitative,
)
from jiheng.indicator.target import Direction, Kind, Value, direction_of, plain, read
from jiheng.indicator.weights import part_of


class How(StrEnum):
    """一行得分的来历。"""

    COMPUTED = "computed"  # 按规则重算
    AS_PUBLISHED = "as_published"  # 定性、时间：评分人在档内给的比例，照填报
    COPIED = "copied"  # 完成值照抄“≥266米”：不是数，暂按填报计入总分
    NOT_A_NUMBER = "not_a_number"  # 定量指标的完成值不是数
    BLANK_ACTUAL = "blank_actual"  # 完成值空白
    BLANK_TARGET = "blank_target"  # 指标值空白
    UNIT_IN_DOUBT = "unit_in_doubt"  # 单位不可比或疑似差万倍
    OUT_OF_BAND = "out_of_band"  # 定性结论与得分不在一档
    NO_WEIGHT = "no_weight"  # 没有分值
    EMPTY = "empty"  # 空行、样表占位行


@dataclass(frozen=True, slots=True)
class ScoredRow:
    """一行指标和它的得分。weight 为计分用的分值（可能是推断的）。"""

    row: IndicatorRow
    weight: Decimal | None
    weight_inferred: bool
    how: How
    score: Decimal | None
    counted: Decimal | None
    working: tuple[str, ...]
    target: Value
    actual: Value
    direction: Direction
    comparison: Comparison | None = None
    ratio: Decimal | None = None
    met: bool | None = None

    @property
    def quantitative(self) -> bool:
        return self.target.kind in (Kind.QUANTITATIVE, Kind.RANGE)


def score_row(
    row: IndicatorRow,
    weight: Decimal | None,
    *,
    weight_inferred: bool = False,
    rules: ScoringRules = DEFAULT_RULES,
    scoring_table: bool = False,
) -> ScoredRow:
    """一行指标的得分。scoring_table：评分表式（没有目标和完成值两栏的内容），照填报数计。"""
    target, actual = read(row.target), read(row.actual)
    direction = direction_of(target, name=row.name, level1=row.level1, level2=row.level2)
    pair = None
    if target.kind in (Kind.QUANTITATIVE, Kind.RANGE) and actual.is_number:
        pair = compare(target, actual, rules)

    def done(
        how: How, score: Decimal | None, counted: Decimal | None, *lines: str, of: Score | None = None
    ) -> ScoredRow:
        return ScoredRow(
            row, weight, weight_inferred, how, score, counted, tuple(lines), target, actual, direction, pair,
            of.ratio if of else None, of.met if of else None,
        )  # fmt: skip

    published = row.published_score
    if row.shares == 0:
        return done(How.NO_WEIGHT, None, None, "与上一条指标合用一格分值，不另计分")
    if row.shares > 1:
        return _as_published(
            done, weight, published, f"{row.shares} 条指标合用一格分值，无法逐条重算，照填报数计"
        )
    if scoring_table:
        return _as_published(done, weight, published, "评分表式，没有指标值和完成值，照填报数计")
    if is_blank(row.target):
        return done(How.BLANK_TARGET, None, None, "指标值空白，无从计分")
    if is_blank(row.actual):
        return done(How.BLANK_ACTUAL, None, None, "实际完成值空白，得分没有依据，不计入总分")
    if target.kind in (Kind.QUANTITATIVE, Kind.RANGE):
        return _quantitative(done, row, weight, weight_inferred, target, actual, direction, pair, rules)
    return _qualitative(done, row, weight, actual, target, rules)


Done = Callable[..., ScoredRow]
"""Makes a row's result: how, score, counted, then the lines of the working."""


def _as_published(done: Done, weight: Decimal | None, published: Decimal | None, line: str) -> ScoredRow:
    if published is None:
        return done(How.AS_PUBLISHED, None, None, line, "表内没有填得分")
    value = max(published, Decimal(0)) if weight is None else min(max(published, Decimal(0)), weight)
    value = round_score(value)
    return done(How.AS_PUBLISHED, value, value, f"{line}：{value} 分")


def _quantitative(
    done: Done,
    row: IndicatorRow,
    weight: Decimal | None,
    inferred: bool,
    target: Value,
    actual: Value,
    direction: Direction,
    pair: Comparison | None,
    rules: ScoringRules,
) -> ScoredRow:
    published = row.published_score
    if not actual.is_number:
        if actual.kind is Kind.QUANTITATIVE and actual.comparator:
            counted = _capped(published, weight)
            return done(
                How.COPIED, None, counted,
                f"完成值“{actual.text}”带比较符，不是数，不能重算；补填实际数之前，暂按填报的得分计入总分",
            )  # fmt: skip
        return done(
            How.NOT_A_NUMBER, None, None, f"定量指标的完成值“{actual.text}”不是数，得分没有依据，不计入总分"
        )
    if weight is None:
        trial = score_quantitative(Decimal(1), target, actual, direction=direction, rules=rules, pair=pair)
        return done(How.NO_WEIGHT, None, None, *trial.working[:1], "没有分值，只有完成比例", of=trial)
    scored = score_quantitative(
        weight,
        target,
        actual,
        direction=direction,
        rules=rules,
        is_satisfaction=part_of(row) == "satisfaction",
        pair=pair,
    )
    if scored.value is None:
        return done(How.UNIT_IN_DOUBT, None, None, *scored.working)
    if inferred and not scored.met:
        counted = round_score(published) if published is not None else None
        return done(
            How.NO_WEIGHT,
            None,
            counted,
            *scored.working[:1],
            "表内没有分值列，未达标的行推不出分值，照填报数计入总分",
            of=scored,
        )
    note = ("表内没有分值，按满分得分或一级指标分值推断",) if inferred else ()
    value, over = _over_deducted(scored, rules)
    return done(How.COMPUTED, value, value, *note, *scored.working, *over, of=scored)


def _over_deducted(scored: Score, rules: ScoringRules) -> tuple[Decimal, tuple[str, ...]]:
    """某地做法：完成值超出指标值太多的扣分（默认不扣）。"""
    assert scored.value is not None
    times, points = rules.over_deduction
    if not points or scored.ratio is None or scored.ratio < times:
        return scored.value, ()
    left = max(scored.value - points, Decimal(0))
    line = f"完成值达到指标值的 {percent(scored.ratio)}，不低于 {percent(times)}，扣 {plain(points)} 分（本局设定）：{left} 分"
    return left, (line,)


def _qualitative(
    done: Done, row: IndicatorRow, weight: Decimal | None, actual: Value, target: Value, rules: ScoringRules
) -> ScoredRow:
    published = row.published_score
    kind = "时间" if target.kind is Kind.DATE else "定性"
    word = grade_of_words(actual.text)
    if published is None or not weight:
        return _as_published(done, weight, published, f"{kind}指标，由评分人在档内给比例")
    ratio = published / weight
    if word and (band := band_of(word, rules)) and 0 <= ratio <= 1 and not in_band(ratio, band, rules):
        return done(
            How.OUT_OF_BAND, None, _capped(published, weight),
            f"完成值“{actual.text}”属“{word}”档（{percent(band[1])}–{percent(band[2])}），"
            f"填报 {plain(published)}÷{plain(weight)} = {percent(ratio)} 不在档内（财预〔2020〕10号）",
        )  # fmt: skip
    shown = f"“{word}”档" if word else "档内"
    return _as_published(
        done,
        weight,
        published,
        f"{kind}指标，{shown}比例由评分人给：{plain(published)}÷{plain(weight)} = {percent(ratio)}",
    )


def _capped(published: Decimal | None, weight: Decimal | None) -> Decimal | None:
    if published is None:
        return None
    value = max(published, Decimal(0))
    return round_score(value if weight is None else min(value, weight))
