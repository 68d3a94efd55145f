"""认表里的标题文字和数：各地写法不同的列名、行名归到同一个字段。

金额读成元（Decimal），分值读成分；认不出的返回空，不报错。
"""

from __future__ import annotations

import re
from decimal import Decimal

from jiheng.indicator.target import Kind, normalize, read
from jiheng.paper.workbook import Grid

WAN = Decimal(10000)
_PLAIN = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,12})?")


def label(text: str | None) -> str:
    """标题的骨架：半角、无空白、去掉括号里的话和末尾冒号。"""
    if not text:
        return ""
    bare = re.sub(r"\([^()]*\)|\[[^\]]*\]|【[^】]*】", "", normalize(text))
    return bare.strip(":*、.。")


_COLUMNS: list[tuple[str, str]] = [
    ("skip", r"评分标准|扣分标准|赋分|评价要点|指标解释|指标说明|计算公式|数据来源|佐证|^序号$|^编号$"),
    ("reason", r"偏差|原因|改进措施|未完成"),
    ("nature", r"指标性质|^性质$|比较符|运算符|^符号$|指标方向"),
    ("measure", r"度量单位|计量单位|^单位$|指标单位"),
    ("level1", r"^一级"),
    ("level2", r"^二级"),
    ("name", r"^三级|^指标名称|^绩效指标名称|^指标内容|^具体指标|^绩效指标内容"),
    ("actual", r"完成值|完成情况|实际完成|实际值|完成指标|^实际$|达成情况|达成值"),
    ("target", r"指标值|目标值|预期值|计划值|^目标$|^年度目标$"),
    ("score", r"得分|自评分|^评分$"),
    ("weight", r"分值|权重|满分|标准分"),
    ("note", r"^备注$|^说明$"),
]
_MONEY: list[tuple[str, str]] = [
    ("score", r"^(?:实际|自评|评价|单位)?(?:执行率)?得分|^自评分$|^评分$"),
    ("rate", r"执行率"),
    ("initial", r"年初预算|年初数|年初批复|年初安排"),
    ("executed", r"全年执行|执行数|实际支出|支出数|决算|支付数|实际执行|全年支出|支出金额"),
    ("full_year", r"全年预算|调整后|调整预算|调整数|年度预算数|^预算数|预算安排|^预算$|预算金额"),
    ("weight", r"^(?:标准|指标)?分值|^权重|^标准分|^满分"),
    ("reason", r"原因|^说明$|^备注$"),
]
AMOUNTS = ("initial", "full_year", "executed")


def _match(text: str, table: list[tuple[str, str]], longest: int) -> str:
    bare = label(text)
    if not bare or len(bare) > longest:
        return ""
    return next((name for name, words in table if re.search(words, bare)), "")


def column_field(text: str) -> str:
    """指标表的列名属哪个字段；不是列名为空。"""
    return _match(text, _COLUMNS, 16)


def money_field(text: str) -> str:
    """资金块的标题属哪个字段；不是为空。"""
    return _match(text, _MONEY, 14)


_HEAD: list[tuple[str, str]] = [
    ("project_code", r"^项目(?:编码|代码)$"),
    ("project", r"^(?:项目|专项|政策|专项资金|项目支出)名称$|^项目$"),
    (
        "department",
        r"^(?:(?:中央|省级|市级|县级)?主管部门|预算部门|部门名称|主管单位|一级预算单位|主管预算部门)(?:及代码|名称|及编码)?$",
    ),
    (
        "unit",
        r"^(?:(?:项目)?(?:实施|承担|建设)单位|项目单位|资金使用单位|单位名称|预算单位|填报单位|用款单位|地方主管部门|单位)(?:名称|及代码)?$",
    ),
    ("attribute", r"^项目(?:属性|性质|类型)$"),
    ("period", r"^项目(?:期|周期|实施期|起止时间|期限)$|^实施期限?$"),
    ("leader", r"^(?:项目)?(?:负责人|联系人)(?:及(?:联系)?电话)?$|^(?:联系)?电话$|^手机(?:号码?)?$"),
]


def head_field(text: str) -> str:
    """表头的标题属哪个字段；不是为空。"""
    return _match(text, _HEAD, 12)


_GOAL: list[tuple[str, str]] = [
    ("goal_actual", r"(?:目标)?(?:实际)?完成情况|^实际完成|目标完成"),
    (
        "goal_expected",
        r"预期目标|年初设定|年初目标|^(?:年度|总体|年度总体|年度绩效|总体绩效|年度总体绩效)目标$|^目标内容$|^绩效目标$",
    ),
]


def goal_field(text: str) -> str:
    """总体目标块的标题属哪个字段；不是为空。"""
    return _match(text, _GOAL, 14)


TOTAL = re.compile(
    r"^(?:自评|评价|综合|项目)?(?:总分|总得分|总分值|合计|总计|得分合计|合计得分|总评分|自评得分|自评总分|得分)(?:合计)?$"
)
SUBTOTAL = re.compile(r"小计$")
TAIL = re.compile(
    r"^(?:注\d?$|注[:：]|说明[:：]?|备注[:：]|填表|填报|联系人|联系电话|负责人|项目负责人|财务负责人|单位负责人|审核|评价结论|"
    r"自评结论|存在(?:的)?问题|主要问题|改进措施|下一步|其他需要|主要领导|经办|绩效自评结论|制表)"
)


def is_label(text: str) -> bool:
    """是不是某个标题（不是填的内容）。"""
    return bool(head_field(text) or goal_field(text) or (money_field(text) and len(label(text)) <= 8))


def parse_number(text: str | None) -> Decimal | None:
    """一格里的数："10"、"10分"、"1,234.5"、"=10"；不是确定的数为 None。"""
    if text is None:
        return None
    value = read(text)
    return value.value if value.kind is Kind.QUANTITATIVE and value.comparator in ("", "=") else None


def parse_amount(text: str | None, factor: Decimal) -> Decimal | None:
    """金额 → 元；自带“元”“万元”的按所写单位，没写的按表头单位（factor：万元为 10000）。"""
    if text is None:
        return None
    if _PLAIN.fullmatch(text):
        return Decimal(text) * factor
    value = read(text)
    if value.kind is not Kind.QUANTITATIVE or value.comparator not in ("", "=") or value.value is None:
        return None
    if value.unit == "%" or (value.has_unit and value.unit not in ("元", "")):
        return None
    own = value.scale if value.scale != 1 or value.unit == "元" else factor
    return value.value * own


def money_factor(block: list[str], above: list[str]) -> Decimal:
    """表头写的金额单位：万元 → 10000，元 → 1，千元 → 1000；没写按万元（官方表式）。"""
    for texts, loose in ((block, True), (above, False)):
        joined = " ".join(normalize(text) for text in texts)
        pattern = r"(万元|千元|亿元|\(元\)|[:(]元|单位元)" if loose else r"(?:单位:?|\()(万元|千元|亿元|元)"
        if found := re.search(pattern, joined):
            word = found[1].strip("(:)").removeprefix("单位")
            return {"万元": WAN, "千元": Decimal(1000), "亿元": WAN * WAN}.get(word, Decimal(1))
    return WAN


def right_of(grid: Grid, row: int, column: int) -> tuple[int, str] | None:
    """同一行右边第一个有内容的格 (列, 文字)。"""
    start = grid.anchor(row, column)
    return next(
        ((c, text) for c, text in grid.texts(row) if c > column and grid.anchor(row, c) != start), None
    )
