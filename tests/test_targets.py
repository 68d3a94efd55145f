"""Targets and actuals as people write them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from jiheng.indicator.target import Direction, Kind, direction_of, join_parts, plain, read

D = Decimal


@pytest.mark.parametrize(
    ("text", "comparator", "amount", "unit"),
    [
        ("≥50个", "≥", 50, "个"),
        ("≤5%", "≤", 5, "%"),
        ("≥100百分比", "≥", 100, "%"),
        ("43.2", "", "43.2", ""),
        ("100", "", 100, ""),
        ("≥95%(含)", "≥", 95, "%"),
        ("10万(万元)", "", 100000, "元"),
        ("300万", "", 3000000, ""),
        ("≤28.40/株", "≤", "28.4", "/株"),
        ("1600元/亩", "", 1600, "元/亩"),
        (">=17600株", "≥", 17600, "株"),
        ("＞＝９５％", "≥", 95, "%"),
        ("≧90%", "≥", 90, "%"),
        ("≦100%", "≤", 100, "%"),
        ("＞90%", ">", 90, "%"),
        ("大于等于90%", "≥", 90, "%"),
        ("不低于90分", "≥", 90, "分"),
        ("不少于 3 次", "≥", 3, "次"),
        ("不超过90万元", "≤", 900000, "元"),
        ("小于10天", "<", 10, "天"),
        ("98%以上", "≥", 98, "%"),
        ("90%及以上", "≥", 90, "%"),
        ("5%以下", "≤", 5, "%"),
        ("30天以内", "≤", 30, "天"),
        ("3天内", "≤", 3, "天"),
        ("控制在5%以内", "≤", 5, "%"),
        ("=512人", "=", 512, "人"),
        ("=0件", "=", 0, "件"),
        ("0起", "", 0, "起"),
        ("等于1次", "=", 1, "次"),
        ("1,234.5万元", "", 12345000, "元"),
        ("=320万亩", "=", 3200000, "亩"),
        ("2亿元", "", 200000000, "元"),
        ("1.091公里", "", "1.091", "千米"),
        ("已完成50座", "", 50, "座"),
        ("50座（已完成）", "", 50, "座"),
        ("95.2%，较上年提高", "", "95.2", "%"),
        (">=101人/次", "≥", 101, "人/次"),
        ("-2.5%", "", "-2.5", "%"),
        ("2370人", "", 2370, "人"),
        ("6个月", "", 6, "个月"),
        ("≥20年", "≥", 20, "年"),
    ],
)
def test_quantities(text: str, comparator: str, amount: int | str, unit: str) -> None:
    value = read(text)
    assert (value.kind, value.comparator, value.amount, value.unit) == (
        Kind.QUANTITATIVE,
        comparator,
        D(amount),
        unit,
    )


@pytest.mark.parametrize("text", ["3-5天", "3～5天", "3至5天", "３—５天"])
def test_ranges(text: str) -> None:
    value = read(text)
    assert (value.kind, value.low, value.high, value.unit) == (Kind.RANGE, D(3), D(5), "天")


@pytest.mark.parametrize(
    "text",
    ["9月前", "7月", "2021年12月完成", "2022年12月30日前完工", "2023-12-31", "2023.12.31", "2023/12/31", "20231231",
     "12月底", "1-12月", "2021-2023年", "２０２１年12月"],
)  # fmt: skip
def test_dates_are_not_quantities(text: str) -> None:
    assert read(text).kind is Kind.DATE


@pytest.mark.parametrize(
    "text",
    ["效果明显", "好(定性)", "基本建立（定性）", "25TB / 100%覆盖", "全天候可用 / ≥360天", "设置(2)、依据充分(1)", "应助尽助",
     "获得目的国(地区)受众欢迎", "是", "-", "/", "无", "达成预期指标", "年度工作计划完整可行(3分)", "5-3天"],
)  # fmt: skip
def test_words_stay_words(text: str) -> None:
    value = read(text)
    assert (value.kind, value.text) == (Kind.QUALITATIVE, text)


def test_blank() -> None:
    assert read(None).kind is read("  ").kind is Kind.BLANK


def test_only_a_definite_number_is_a_number() -> None:
    assert [read(t).is_number for t in ("266米", "=266米", "≥266米", "95%以上", "完成", "3-5天")] == [
        True, True, False, False, False, False,
    ]  # fmt: skip


def test_doubled_unit_is_marked() -> None:
    assert read("10万(万元)").doubled_unit
    assert not read("10(万元)").doubled_unit
    assert not read("10万元(含税)").doubled_unit


@pytest.mark.parametrize(
    ("nature", "value", "unit", "joined"),
    [
        ("≥", "50", "个", "≥50个"),
        ("大于等于", "95", "%", "≥95%"),
        ("＝", "100", "%", "=100%"),
        ("定性", "效果明显", "", "效果明显"),
        ("定性", "优良", "级", "优良"),
        ("≥", "≥50", "个", "≥50个"),
        ("≤", "5%", "%", "≤5%"),
        ("正向指标", "10", "项", "≥10项"),
        ("", "3-5", "天", "3-5天"),
        ("≥", None, "个", None),
    ],
)
def test_split_parts_are_joined(nature: str, value: str | None, unit: str, joined: str | None) -> None:
    assert join_parts(nature, value, unit) == joined


@pytest.mark.parametrize(
    ("target", "name", "level2", "direction"),
    [
        ("≥50个", "投诉率", "", Direction.HIGHER_BETTER),
        ("≤5%", "满意度", "", Direction.LOWER_BETTER),
        ("=512人", "", "", Direction.BOUND),
        ("3-5天", "", "", Direction.BOUND),
        ("15万元", "办公所需成本", "成本指标", Direction.LOWER_BETTER),
        ("5万", "以低价位高质量为采购原则", "成本指标", Direction.LOWER_BETTER),
        ("100%", "项目成本控制率", "成本指标", Direction.LOWER_BETTER),
        ("100%", "资金执行率", "成本指标", Direction.HIGHER_BETTER),
        ("10%", "成本节约率", "成本指标", Direction.HIGHER_BETTER),
        ("5%", "群众投诉率", "质量指标", Direction.LOWER_BETTER),
        ("100%", "投诉办结率", "质量指标", Direction.HIGHER_BETTER),
        ("100", "工程完工率", "质量指标", Direction.HIGHER_BETTER),
        ("80万元", "产值", "经济效益指标", Direction.HIGHER_BETTER),
    ],
)
def test_direction(target: str, name: str, level2: str, direction: Direction) -> None:
    assert direction_of(read(target), name=name, level2=level2) is direction


def test_plain_numbers_have_no_exponent() -> None:
    assert [plain(D(t)) for t in ("1E+5", "0.10", "100", "1E-7", "-0.50")] == [
        "100000",
        "0.1",
        "100",
        "0.0000001",
        "-0.5",
    ]
