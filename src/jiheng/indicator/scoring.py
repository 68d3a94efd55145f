"""计分：每条指标、执行率、总分、等级，都能摊开看怎么算的。

分值、得分单位为分，两位小数，四舍五入只在 round_to 一处。比例是 Decimal 小数。
依据：财预〔2020〕10号（norms 1.3、1.4）、财预〔2021〕101号（norms 2）。不报错：算不出的得分为 None 并说明原因。
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal

from jiheng.indicator.rules import DEFAULT_RULES, ScoringRules
from jiheng.indicator.target import Direction, Kind, Value, measure, plain

ZERO, ONE, HUNDRED = Decimal(0), Decimal(1), Decimal(100)
# 荒唐的大数也不能让取舍出错
_WIDE = Context(prec=120)
_CENT = Decimal("0.01")


def round_to(value: Decimal, places: int) -> Decimal:
    """四舍五入（ROUND_HALF_UP）到几位小数；全系统只在这里和 round_score 取舍。"""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _WIDE)


def round_score(value: Decimal) -> Decimal:
    """得分取两位小数。"""
    return value.quantize(_CENT, ROUND_HALF_UP, _WIDE)


def round_rate(value: Decimal) -> Decimal:
    """执行率取四位小数（0.8620 即 86.20%），只供显示，计分用未取舍的分数。"""
    return round_to(value, 4)


def percent(ratio: Decimal) -> str:
    return f"{round_to(ratio * HUNDRED, 2)}%"


@dataclass(frozen=True, slots=True)
class Score:
    """一个得分和它的来历。value 为 None 时 working 说明为什么算不出。"""

    value: Decimal | None
    working: tuple[str, ...] = ()
    # 完成比例（未封顶）；定性、是否等没有
    ratio: Decimal | None = None
    # 完成值达到指标值
    met: bool | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """目标与完成值放到同一单位之后的比较。"""

    target: Decimal | None
    actual: Decimal
    low: Decimal | None = None
    high: Decimal | None = None
    # 单位写法不同
    units_differ: bool = False
    # 单位不可比（如 % 与 个）
    incomparable: bool = False
    # 数值疑似差万倍
    ten_thousand_fold: bool = False
    notes: tuple[str, ...] = field(default=())


def compare(target: Value, actual: Value, rules: ScoringRules = DEFAULT_RULES) -> Comparison:
    """把目标和完成值放到同一单位；一方没写单位时随另一方。"""
    assert actual.value is not None
    t_amount, low, high, a_amount = target.amount, target.low, target.high, actual.value * actual.scale
    notes: list[str] = []
    units_differ = incomparable = False
    if target.has_unit and not actual.has_unit:
        a_amount = actual.value * target.scale
    elif actual.has_unit and not target.has_unit and t_amount is not None:
        t_amount = t_amount * actual.scale
    elif target.has_unit and (target.unit, target.scale) != (actual.unit, actual.scale):
        t_family, t_factor = measure(target)
        a_family, a_factor = measure(actual)
        if target.unit and actual.unit:
            units_differ = target.unit != actual.unit or target.scale != actual.scale
            if t_family == a_family:
                if t_amount is not None:
                    t_amount *= t_factor
                low, high = (None if x is None else x * t_factor for x in (low, high))
                a_amount *= a_factor
                if t_factor != a_factor:
                    notes.append(f"单位换算：{target.text} 与 {actual.text} 都折成{t_family}")
            else:
                incomparable = "%" in (t_family, a_family) or (
                    t_family.startswith("元") != a_family.startswith("元")
                )
    fold = False
    if t_amount and a_amount:
        quotient = abs(a_amount / t_amount)
        low_fold, high_fold = rules.ten_thousand_fold
        fold = low_fold <= quotient <= high_fold or low_fold <= 1 / quotient <= high_fold
    return Comparison(t_amount, a_amount, low, high, units_differ, incomparable, fold, tuple(notes))


Share = tuple[Decimal, Decimal, bool]
"""完成比例：分子、分母、是否达标。"""
FULL: Share = (ONE, ONE, True)
NOTHING: Share = (ZERO, ONE, False)


def achieved(direction: Direction, sign: str, target: Decimal, actual: Decimal) -> Share:
    """完成比例，分子分母形式；达标的分子分母都给 1。

    正向：完成值÷指标值；反向：指标值÷完成值，完成值为 0 得满分；指标值为 0 且达到得满分。
    """
    if direction is Direction.LOWER_BETTER:
        if actual <= target:
            return FULL
        if target == 0 or actual == 0:
            return NOTHING
        if target < 0:
            return NOTHING if actual >= 0 else (actual, target, False)
        return target, actual, False
    if target == 0:
        return FULL if (actual >= 0 if sign in ("≥", ">") else actual == 0) else NOTHING
    if actual >= target:
        return FULL
    if target < 0:
        return target, actual, False
    return (actual, target, False) if actual > 0 else NOTHING


def achieved_ratio(direction: Direction, sign: str, pair: Comparison) -> tuple[Decimal, Decimal, bool, str]:
    """同上，带算式 (分子, 分母, 是否达标, 算式)；区间看离哪端近。"""
    actual, target = pair.actual, pair.target
    if pair.low is not None and pair.high is not None:
        return _range_ratio(pair.low, pair.high, actual)
    assert target is not None
    share = achieved(direction, sign, target, actual)
    return (*share, _how(direction, target, actual, share))


def _how(direction: Direction, target: Decimal, actual: Decimal, share: Share) -> str:
    shown_t, shown_a, met = plain(target), plain(actual), share[2]
    if direction is Direction.LOWER_BETTER:
        if met:
            return f"完成值 {shown_a} 不高于指标值 {shown_t}，达标"
        if share is NOTHING:
            return f"完成值 {shown_a} 超过指标值 {shown_t}，比例为 0"
        if target < 0:
            return f"完成值÷指标值 = {shown_a}÷{shown_t}"
        return f"反向指标：指标值÷完成值 = {shown_t}÷{shown_a}"
    if target == 0:
        return f"指标值为 0，完成值 {shown_a}，{'达标' if met else '未达标，比例为 0'}"
    if met:
        return f"完成值 {shown_a} 达到指标值 {shown_t}，达标"
    if target < 0:
        return f"指标值÷完成值 = {shown_t}÷{shown_a}"
    if share is NOTHING:
        return f"完成值 {shown_a}，比例为 0"
    return f"完成值÷指标值 = {shown_a}÷{shown_t}"


def _range_ratio(low: Decimal, high: Decimal, actual: Decimal) -> tuple[Decimal, Decimal, bool, str]:
    shown = f"{plain(low)}–{plain(high)}"
    if low <= actual <= high:
        return ONE, ONE, True, f"完成值 {plain(actual)} 在区间 {shown} 内，达标"
    if actual < low:
        top = max(actual, ZERO)
        return top, low, False, f"低于区间 {shown}：完成值÷下限 = {plain(actual)}÷{plain(low)}"
    return max(high, ZERO), actual, False, f"高于区间 {shown}：上限÷完成值 = {plain(high)}÷{plain(actual)}"


def score_quantitative(
    weight: Decimal,
    target: Value,
    actual: Value,
    *,
    direction: Direction,
    rules: ScoringRules = DEFAULT_RULES,
    is_satisfaction: bool = False,
    pair: Comparison | None = None,
) -> Score:
    """定量指标得分：达标得满分，未达标按比例，上限为分值、下限为 0（norms 1.3）。pair：已经比过的，不再比。"""
    if target.kind not in (Kind.QUANTITATIVE, Kind.RANGE):
        return Score(None, (f"指标值“{target.text}”不是数，不按比例计分",))
    if not actual.is_number:
        return Score(None, (f"完成值“{actual.text}”不是数，无法按比例计分（财预〔2020〕10号）",))
    pair = pair or compare(target, actual, rules)
    if pair.incomparable:
        return Score(None, (f"指标值“{target.text}”与完成值“{actual.text}”单位不可比，无法计分",))
    if pair.ten_thousand_fold:
        return Score(None, (f"指标值“{target.text}”与完成值“{actual.text}”疑似差万倍，核对单位后再计分",))
    top, bottom, met, how = achieved_ratio(direction, target.comparator, pair)
    lines = [*pair.notes, how]
    ratio = top / bottom
    if is_satisfaction and rules.satisfaction_strategy == "bands" and target.unit == "%":
        share = next(
            (give for floor, give in rules.satisfaction_bands if pair.actual / HUNDRED >= floor), ZERO
        )
        lines.append(f"满意度区间赋分：{plain(pair.actual)}% → 分值的 {percent(share)}（财预〔2021〕101号）")
        top, bottom = share, ONE
    elif rules.pass_ratio is not None and ratio < rules.pass_ratio:
        lines.append(
            f"完成比例 {percent(ratio)} 低于及格门槛 {percent(rules.pass_ratio)}（本局设定），得 0 分"
        )
        top, bottom = ZERO, ONE
    value = points(weight, top, bottom)
    if met and top == bottom:
        lines.append(f"得满分 {plain(weight)} 分（财预〔2020〕10号）")
    else:
        lines.append(
            f"{plain(weight)} × {percent(top / bottom)} = {value} 分（两位小数四舍五入；财预〔2020〕10号）"
        )
    return Score(value, tuple(lines), ratio=_raw_ratio(direction, pair), met=met)


def points(weight: Decimal, top: Decimal, bottom: Decimal) -> Decimal:
    """按比例得几分，不低于 0、不高于分值；先乘后除，只取舍一次。"""
    value = (weight * top / bottom).quantize(_CENT, ROUND_HALF_UP, _WIDE)
    return ZERO if value < ZERO else weight if value > weight else value


def _raw_ratio(direction: Direction, pair: Comparison) -> Decimal | None:
    """未封顶的完成值÷指标值，供“超额完成”校验；反向、区间和指标值为 0 的没有。"""
    if direction is Direction.LOWER_BETTER or not pair.target or pair.target < 0:
        return None
    return pair.actual / pair.target


def score_qualitative(
    weight: Decimal, grade: str, ratio: Decimal, *, rules: ScoringRules = DEFAULT_RULES
) -> Score:
    """定性指标得分：评分人在档内给比例（norms 1.3 三档）；比例不在档内则不给分。"""
    band = band_of(grade, rules)
    if band is None:
        names = "、".join(name for name, _, _ in rules.qualitative_bands)
        return Score(None, (f"没有“{grade}”这一档；定性分 {names}（财预〔2020〕10号）",))
    if not in_band(ratio, band, rules):
        return Score(
            None, (f"“{grade}”档为 {percent(band[1])}–{percent(band[2])}，所给 {percent(ratio)} 不在档内",)
        )
    value = min(round_score(weight * ratio), weight)
    return Score(
        value,
        (f"定性“{grade}”：{plain(weight)} × {percent(ratio)} = {value} 分（财预〔2020〕10号）",),
        ratio=ratio,
    )


def band_of(grade: str, rules: ScoringRules = DEFAULT_RULES) -> tuple[str, Decimal, Decimal] | None:
    return next((band for band in rules.qualitative_bands if band[0] == grade), None)


def in_band(ratio: Decimal, band: tuple[str, Decimal, Decimal], rules: ScoringRules = DEFAULT_RULES) -> bool:
    """比例是否在档内：下限含、上限不含，最高档含上限。"""
    top = max(high for _, _, high in rules.qualitative_bands)
    return band[1] <= ratio < band[2] or (ratio == band[2] == top)


def score_yes_no(weight: Decimal, yes: bool) -> Score:
    """是/否直接赋分：满分或 0（norms 2 第 1 类）。"""
    value = round_score(weight if yes else ZERO)
    return Score(value, (f"直接赋分：{'是' if yes else '否'} → {value} 分（财预〔2021〕101号）",), met=yes)


_MET = (
    "达成预期指标",
    "达成预期目标",
    "达成",
    "已达成",
    "完成",
    "已完成",
    "全部完成",
    "达到预期",
    "达到预期目标",
    "是",
)
_PARTIAL = (
    "部分达成",
    "部分完成",
    "部分达成并具一定效果",
    "部分达成预期指标并具有一定效果",
    "部分达成预期指标",
)
_UNMET = ("未达成", "未完成", "未达到", "没有完成", "未实现", "否", "未达成且效果较差", "未达成预期指标且效果较差",
          "未达成预期指标")  # fmt: skip


def grade_of_words(text: str) -> str | None:
    """完成值是明说的定性结论时属哪一档；措辞含糊的（“基本达到”“较好”）不猜。"""
    word = text.strip().rstrip("。.；;！!")
    for grade, words in (("达成", _MET), ("部分达成", _PARTIAL), ("未达成", _UNMET)):
        if word in words:
            return grade
    return None


def execution_rate(executed: Decimal | None, full_year: Decimal | None) -> Decimal | None:
    """执行率 = 全年执行数÷全年（调整后）预算数，不用年初数；预算为 0 或缺数时不适用，为 None。"""
    if executed is None or not full_year:
        return None
    return executed / full_year


def score_execution(
    weight: Decimal | None,
    executed: Decimal | None,
    full_year: Decimal | None,
    *,
    rules: ScoringRules = DEFAULT_RULES,
    completed: bool = False,
) -> Score:
    """执行率得分 = min(执行率, 1) × 分值；区间策略按 norms 2。预算为 0 → 不适用（None），不是 0 分。

    completed：项目已完成（只用于区间策略：完成且未超预算得满分）。
    """
    rate = execution_rate(executed, full_year)
    if rate is None or executed is None or full_year is None:
        return Score(None, ("全年预算数为 0 或没有填，执行率不适用，不计 0 分（财预〔2020〕10号）",))
    head = f"执行率 = 全年执行数÷全年预算数 = {plain(executed)}÷{plain(full_year)} 元 = {percent(rate)}"
    if weight is None:
        return Score(None, (head, "表内没有执行率分值，执行率不计分"), ratio=rate)
    value = execution_points(weight, executed, full_year, rules=rules, completed=completed)
    if rules.execution_strategy == "interval":
        share = _interval_share(rate, rules, completed)
        line = f"区间赋分：{plain(weight)} × {percent(share)} = {value} 分（财预〔2021〕101号，本局设定）"
    else:
        line = f"{plain(weight)} × min(执行率, 100%) = {round_score(value)} 分（财预〔2020〕10号）"
    return Score(value, (head, line), ratio=rate, met=rate >= 1)


def execution_points(
    weight: Decimal,
    executed: Decimal,
    full_year: Decimal,
    *,
    rules: ScoringRules = DEFAULT_RULES,
    completed: bool = False,
) -> Decimal:
    """执行率得分，不带算式；全年预算数不为 0。"""
    if rules.execution_strategy == "interval":
        share = _interval_share(executed / full_year, rules, completed)
        return min(max(round_score(weight * share), ZERO), weight)
    if executed / full_year >= 1:
        return min(round_score(weight), weight)
    return min(max(round_score(weight * executed / full_year), ZERO), weight)


def _interval_share(rate: Decimal, rules: ScoringRules, completed: bool) -> Decimal:
    share = next((give for floor, give in rules.execution_intervals if rate >= floor), ZERO)
    return ONE if completed and rate <= 1 else share


def grade(total: Decimal | None, rules: ScoringRules = DEFAULT_RULES) -> str | None:
    """等级：优 [90,100]、良 [80,90)、中 [60,80)、差 [0,60)（norms 1.4）；超出 100 或没有总分时为 None。"""
    if total is None or total < 0 or total > rules.full_marks:
        return None
    for name, floor in rules.grade_bounds:
        if total >= floor:
            return name
    return None


def cap_total(total: Decimal, rate: Decimal | None, rules: ScoringRules = DEFAULT_RULES) -> Decimal:
    """按执行率封顶总分（某地做法，默认不用）。"""
    if rate is None or not rules.total_caps:
        return total
    ceilings = [ceiling for below, ceiling in rules.total_caps if rate < below]
    return min([total, *ceilings])
