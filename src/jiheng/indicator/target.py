"""读人写的指标值和完成值：比较符、数、单位、定量还是定性、方向。

"≥50个"、"98%以上"、"10万(万元)"、"3-5天"、"２０２１年12月完成"、"效果明显"都能读；读不成数的就是定性或时间，
原样保留。value 不含“万、亿”，scale 是倍数；比较大小用 amount = value × scale。
依据：norms 1.3、2（指标值类型 ≥ > = < ≤ 定性）、14（单位写法）。
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache


class Kind(StrEnum):
    """指标值的种类：空白、定量、区间、时间、定性。"""

    BLANK = "blank"
    QUANTITATIVE = "quantitative"
    RANGE = "range"
    DATE = "date"
    QUALITATIVE = "qualitative"


class Direction(StrEnum):
    """方向：正向（越高越好）、反向（越低越好）、约束（等于或区间）。"""

    HIGHER_BETTER = "higher-better"
    LOWER_BETTER = "lower-better"
    BOUND = "bound"


@dataclass(frozen=True, slots=True)
class Value:
    """一个指标值或完成值。quantitative 时 value 有值；range 时 low、high 有值。"""

    text: str
    kind: Kind
    comparator: str = ""
    value: Decimal | None = None
    scale: Decimal = Decimal(1)
    unit: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    # "10万(万元)"：数值已带“万”，括号里又注“万元”
    doubled_unit: bool = False
    # 单位写了没有（含“万”“亿”）；没写时随对方
    has_unit: bool = False

    @property
    def amount(self) -> Decimal | None:
        return None if self.value is None else self.value * self.scale

    @property
    def is_number(self) -> bool:
        """是一个确定的数：定量，且没有“≥”“以上”一类比较符（“=”除外）。"""
        return self.kind is Kind.QUANTITATIVE and self.comparator in ("", "=")


_PREFIX = [
    (
        ">=",
        r"大于或等于|大于等于|大于或者等于|不低于|不少于|不小于|不得低于|不得少于|至少|最少|≥|>=|=>|≧|⩾|≮|>\s*=",
    ),
    (
        "<=",
        r"小于或等于|小于等于|小于或者等于|不高于|不超过|不多于|不大于|不得超过|不得高于|至多|最多|控制在|≤|<=|=<|≦|⩽|≯|<\s*=",
    ),
    (">", r"大于|高于|超过|多于|>|﹥"),
    ("<", r"小于|低于|少于|<|﹤"),
    ("=", r"等于|="),
]
_SUFFIX = [
    (">=", r"(?:\(含\))?及?以上(?:\(含\))?"),
    ("<=", r"(?:\(含\))?及?以下(?:\(含\))?|(?:之|以)?内"),
]
_SIGN = {">=": "≥", "<=": "≤", ">": ">", "<": "<", "=": "="}
_PREFIXES = [
    (_SIGN[sign], re.compile(rf"^(?:达到|保持|\()?(?:{words})\)?(?:\(含\))?")) for sign, words in _PREFIX
]
_ENDS = frozenset("上下内)")
"""_SUFFIX 各写法的最后一个字。"""
_SUFFIXES = [(_SIGN[sign], re.compile(rf"(?:{words})$")) for sign, words in _SUFFIX]
_IN_BRACKETS = re.compile(r"\(([^()]*)\)")
_AROUND_UNIT = re.compile(r"(?:已|均|全部)?完成$|左右$|\(含\)$|^\(|\)$")
_NUMBER = r"[+-]?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
_FILLER = r"(?:(?:已|共|约|实际|累计|完成|达到|达|为|均|全部|计)+(?=[\d.+-]))?"
_NUMERIC = re.compile(rf"^{_FILLER}(?P<number>{_NUMBER})\s*(?P<rest>.*)$", re.S)
_SPAN = re.compile(r"[~\-—–至到]")
_RANGE = re.compile(
    rf"^(?P<low>{_NUMBER})(?P<unit1>[^\d~\-—–至到]*)\s*(?:~|-|—|–|至|到|--)\s*(?P<high>{_NUMBER})(?P<rest>[^\d]*)$"
)
_DATE = re.compile(
    r"^(?:于|在)?(?:(?:19|20)\d\d\s*(?:年|[-./]\s*\d{1,2}\s*[-./月])|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:前|$)"
    r"|\d{1,2}月(?!\w*个)|\d{1,2}[日号](?:前|之前|以前))"
)
_UNIT = re.compile(r"^[^\d<>=≥≤*×]{0,12}$")
_NOTE = re.compile(r"^(?P<unit>[^\d,;。:(]*?)(?:[,;。:].*|\((?P<note>[^()]*)\)?.*)?$", re.S)
_SCALES = {"万亿": Decimal(10) ** 12, "亿": Decimal(10) ** 8, "万": Decimal(10) ** 4}
_PERCENT = frozenset({"%", "百分比", "百分点", "百分号", "百分率", "个百分点"})
# 再长的不是金额也不是数量（身份证号、账号）
MAX_DIGITS = 24
_FULLWIDTH_DASHES = str.maketrans({"〜": "~", "～": "~", "−": "-", "﹣": "-", "‐": "-", "‑": "-"})


def normalize(text: str) -> str:
    """全角变半角、去空白，供识别用；显示仍用原文。"""
    if text.isascii():
        return "".join(text.split())
    return "".join(unicodedata.normalize("NFKC", text).translate(_FULLWIDTH_DASHES).split())


def decimal_of(number: str) -> Decimal:
    return Decimal(number.replace(",", ""))


def plain(number: Decimal) -> str:
    """数的平写：不用科学计数法，去掉小数末尾的 0。"""
    text = format(number, "f")
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


@lru_cache(maxsize=1 << 16)
def read(text: str | None) -> Value:
    """把一格文字读成 Value；读不成数的归为时间或定性，从不报错。"""
    if text is None or not text.strip():
        return Value(text="", kind=Kind.BLANK)
    shown = text.strip()
    body = normalize(shown)
    if _DATE.match(body):
        return Value(text=shown, kind=Kind.DATE)
    if "(定性)" in body:
        return Value(text=shown, kind=Kind.QUALITATIVE)
    comparator, rest = _take_prefix(body)
    if not comparator and _SPAN.search(rest, 1) and (span := _RANGE.match(rest)):
        return _range(shown, span)
    found = _NUMERIC.match(rest)
    if found is None or len(found["number"]) > MAX_DIGITS:
        return Value(text=shown, kind=Kind.QUALITATIVE)
    return _quantity(shown, comparator, decimal_of(found["number"]), found["rest"])


def _take_prefix(body: str) -> tuple[str, str]:
    if body[:1].isdecimal():
        return "", body
    for sign, prefix in _PREFIXES:
        if found := prefix.match(body):
            return sign, body[found.end() :]
    return "", body


def _quantity(shown: str, comparator: str, number: Decimal, rest: str) -> Value:
    rest = rest.removeprefix("(含)")
    note_in = _IN_BRACKETS.search(rest)
    split = _NOTE.match(rest)
    unit = split["unit"] if split else rest
    note = (note_in.group(1) if note_in else "") or ""
    if unit[-1:] in _ENDS:
        for sign, suffix in _SUFFIXES:
            if found := suffix.search(unit):
                unit = unit[: found.start()]
                comparator = comparator or sign
                break
    unit = _AROUND_UNIT.sub("", unit)
    if unit in ("含", "含)"):
        unit = ""
    if not split or not _UNIT.match(unit):
        return Value(text=shown, kind=Kind.QUALITATIVE)
    scale, base = _scale(unit)
    doubled = scale != 1 and note.startswith(("万", "亿"))
    if not unit and note and re.fullmatch(r"[万亿]?[元个人次户亩吨台套件米]|%|百分比", note):
        scale, base = _scale(note)
        unit = note
    if doubled and not base:
        base = _scale(note)[1]
    return Value(
        text=shown, kind=Kind.QUANTITATIVE, comparator=comparator, value=number, scale=scale,
        unit=_same_unit(base), doubled_unit=doubled, has_unit=bool(unit),
    )  # fmt: skip


def _range(shown: str, span: re.Match[str]) -> Value:
    unit = span["rest"]
    years = re.fullmatch(r"(?:19|20)\d\d", span["low"]) and re.fullmatch(r"(?:19|20)\d\d", span["high"])
    if re.match(r"[月日号]", unit) or (years and unit in ("", "年", "年度")):
        return Value(text=shown, kind=Kind.DATE)
    if not _UNIT.match(unit) or (span["unit1"] and span["unit1"] not in (unit, "%")):
        return Value(text=shown, kind=Kind.QUALITATIVE)
    scale, base = _scale(re.sub(r"(?:之|以)?内$|\(含\)$", "", unit))
    if max(len(span["low"]), len(span["high"])) > MAX_DIGITS:
        return Value(text=shown, kind=Kind.QUALITATIVE)
    low, high = decimal_of(span["low"]), decimal_of(span["high"])
    if low > high:
        return Value(text=shown, kind=Kind.QUALITATIVE)
    return Value(
        text=shown, kind=Kind.RANGE, scale=scale, unit=_same_unit(base), low=low * scale, high=high * scale,
        has_unit=bool(unit),
    )  # fmt: skip


def _scale(unit: str) -> tuple[Decimal, str]:
    for word, scale in _SCALES.items():
        if unit.startswith(word):
            return scale, unit[len(word) :]
    return Decimal(1), unit


_SAME = {
    "公里": "千米", "km": "千米", "KM": "千米", "公斤": "千克", "kg": "千克", "m": "米", "元/": "元",
    "m2": "平方米", "平米": "平方米", "m3": "立方米", "人民币": "元", "圆": "元",
}  # fmt: skip


def _same_unit(unit: str) -> str:
    unit = unit.strip("()")
    if unit in _PERCENT:
        return "%"
    return _SAME.get(unit, unit)


# 同类单位换算到基准单位（只列表里常见、不会误解的）
_FAMILIES: dict[str, tuple[str, Decimal]] = {
    "千米": ("米", Decimal(1000)), "米": ("米", Decimal(1)), "吨": ("千克", Decimal(1000)),
    "千克": ("千克", Decimal(1)), "小时": ("分钟", Decimal(60)), "分钟": ("分钟", Decimal(1)),
    "平方千米": ("平方米", Decimal(1000000)), "平方公里": ("平方米", Decimal(1000000)),
    "平方米": ("平方米", Decimal(1)), "公顷": ("平方米", Decimal(10000)),
}  # fmt: skip


def measure(value: Value) -> tuple[str, Decimal]:
    """单位所属的类与换算倍数；不认识的单位自成一类。"""
    return _FAMILIES.get(value.unit, (value.unit, Decimal(1)))


def join_parts(nature: str | None, value: str | None, unit: str | None) -> str | None:
    """拆开的“指标性质 | 指标值 | 度量单位”合成一个指标值；定性的不加性质和单位。"""
    nature, value, unit = ((part or "").strip() for part in (nature, value, unit))
    if not value:
        return None
    written = read(value)
    if "定性" in nature or written.kind not in (Kind.QUANTITATIVE, Kind.RANGE):
        return value
    if written.kind is Kind.RANGE or written.comparator:
        sign = ""
    else:
        word = normalize(nature)
        sign = {"正向": "≥", "正向指标": "≥", "反向": "≤", "反向指标": "≤"}.get(word) or _take_prefix(word)[0]
    tail = "" if written.has_unit or unit in ("无", "/", "-") else unit
    return f"{sign}{value}{tail}"


_LOWER_NAMES = re.compile(
    r"变质|死亡|事故|投诉|逾期|发生(?:数|率|次数|起数|件数)|失误|差错|超支|违规|违纪|损失|流失|上访|返贫|退件|故障|"
    r"成本控制率|成本率|不合格率|缺陷|误差"
)
# 名称里有“事故处理率”“投诉办结数”一类的，是正向
_HANDLED_NAMES = re.compile(
    r"处理|处置|整改|化解|回复|办结|结案|查处|防治|覆盖|培训|完成|及时|降低|减少|下降|挽回|避免|满意"
)
_COST_NAMES = re.compile(r"成本|费用|支出|造价|单价|价格|标准|补助|经费|投资")


def direction_of(target: Value, *, name: str = "", level1: str = "", level2: str = "") -> Direction:
    """方向：有比较符看比较符；没有时成本类的金额和“事故、投诉、逾期”一类按反向，其余按正向。"""
    if target.comparator in ("≥", ">"):
        return Direction.HIGHER_BETTER
    if target.comparator in ("≤", "<"):
        return Direction.LOWER_BETTER
    if target.comparator == "=" or target.kind is Kind.RANGE:
        return Direction.BOUND
    is_cost = "成本" in level1 or "成本" in level2
    if is_cost and "节约" not in name and (target.unit.startswith("元") or _is_cost_amount(target, name)):
        return Direction.LOWER_BETTER
    high_percent = target.unit == "%" and target.value is not None and target.value > 50
    if _LOWER_NAMES.search(name) and not _HANDLED_NAMES.search(name) and not high_percent:
        return Direction.LOWER_BETTER
    return Direction.HIGHER_BETTER


def _is_cost_amount(target: Value, name: str) -> bool:
    if name.endswith("率") or target.unit == "%":
        return bool(re.search(r"成本控制率", name))
    return bool(_COST_NAMES.search(name)) or (target.scale != 1 and not target.unit)
