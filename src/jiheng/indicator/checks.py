"""自动校验：代码表，以及只看目标（不看完成值）就能做的校验。编报、导入、自评、`jiheng score` 共用。

代码和级别固定（norms 15）：error 拦截提交，warning 填了说明才能提交。formula-cell、external-link 是读文件时的校验。
每条消息写明单元格或行、问题、依据、怎么改。
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from jiheng.indicator.form import Form, IndicatorRow, is_blank, says_nothing
from jiheng.indicator.rules import DEFAULT_RULES, ScoringRules
from jiheng.indicator.target import Kind, normalize, plain, read
from jiheng.indicator.weights import (
    PARTS,
    Weights,
    WeightScheme,
    choose_scheme,
    part_of,
    part_sums,
    resolve_weights,
)

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True, slots=True)
class CheckKind:
    """一种校验：代码、级别、名称、依据。"""

    code: str
    level: str
    label: str
    basis: str


def _table(*rows: tuple[str, str, str, str]) -> dict[str, CheckKind]:
    return {code: CheckKind(code, level, label, basis) for code, level, label, basis in rows}


CHECKS = _table(
    ("weight-sum", ERROR, "分值之和不为100", "财预〔2020〕10号：指标与执行率分值合计100分"),
    ("weight-part", WARNING, "部分分值不符合权重方案", "财预〔2021〕101号权重方案"),
    ("weight-concentrated", WARNING, "单个指标分值过于集中", "本局设定"),
    ("total-mismatch", ERROR, "总分对不上", "财预〔2020〕10号：总分为各项得分之和"),
    ("row-score", WARNING, "得分与重算不符", "财预〔2020〕10号计分办法"),
    ("blank-actual", ERROR, "没有完成值却有得分", "财预〔2020〕10号：得分以实际完成值为据"),
    ("not-a-number", ERROR, "定量指标的完成值不是数", "财预〔2020〕10号：定量指标按完成值计分"),
    ("blank-target", ERROR, "指标值空白", "财预〔2015〕88号：绩效指标应细化量化"),
    ("unit-mismatch", WARNING, "单位不一致", "财预〔2021〕101号：指标应有计量单位"),
    ("over-achieved", WARNING, "超额完成未说明原因", "财预〔2020〕10号，比例为本局设定"),
    ("deduction-without-reason", ERROR, "扣分没有原因", "财预〔2020〕10号：未完成应说明偏差原因及改进措施"),
    ("execution-low", WARNING, "执行率偏低未说明", "本局设定"),
    ("execution-rate", WARNING, "执行率填写有误", "财预〔2020〕10号：执行率为全年执行数÷全年预算数"),
    ("budget-zero", WARNING, "全年预算数为0", "财预〔2020〕10号：执行率不适用"),
    ("money-as-quantity", WARNING, "用资金充当产出指标", "财预〔2021〕101号：数量指标反映产出"),
    ("no-quantity", WARNING, "没有数量指标", "财预〔2021〕101号：原则上应设数量指标"),
    ("no-quality", WARNING, "没有质量指标", "财预〔2021〕101号：原则上应设质量指标"),
    ("unfilled", ERROR, "表没有填，或样表提示语没有替换", "财预〔2015〕88号：填报应完整"),
    ("goal-text", WARNING, "总体目标过于简单", "财预〔2015〕88号：目标应指向明确，字数为本局设定"),
    ("personal-data", WARNING, "含个人信息", "财预〔2016〕143号：公开前须去除个人信息"),
    ("few-quantified", WARNING, "量化指标过少", "财预〔2015〕88号：绩效目标应细化量化，比例为本局设定"),
    ("repeated", WARNING, "指标重复", "财预〔2015〕88号：指标应各有指向"),
    ("empty-wording", WARNING, "只有套话", "财预〔2015〕88号：目标应指向明确"),
    ("task-money", ERROR, "任务金额与资金总额不符", "财预〔2015〕88号：目标与资金相应匹配"),
    ("standard-outside", WARNING, "指标值不在标准内", "规程第38条：指标与公共服务标准、支出标准相衔接"),
    ("formula-cell", WARNING, "单元格是公式", "导入要求：只收数值和文字"),
    ("external-link", ERROR, "工作簿连着外部文件", "导入要求：不收外部链接"),
)  # fmt: skip
CODES = tuple(CHECKS)


@dataclass(frozen=True, slots=True)
class Check:
    """一条校验结果。message 已含位置、问题、依据和改法；remedy 单独给出改法。"""

    code: str
    cell: str
    field: str
    message: str
    remedy: str

    @property
    def level(self) -> str:
        return CHECKS[self.code].level

    @property
    def label(self) -> str:
        return CHECKS[self.code].label


def make_check(code: str, *, cell: str, place: str, problem: str, remedy: str, field: str = "") -> Check:
    """按“位置：问题。依据：…。改法：…”写成一条；代码不在表里时抛出 KeyError。"""
    message = f"{place}：{problem}。依据：{CHECKS[code].basis}。改法：{remedy}。"
    return Check(code, cell, field, message, remedy)


def goal_checks(
    form: Form,
    *,
    rules: ScoringRules = DEFAULT_RULES,
    scheme: str | None = None,
    weights: Weights | None = None,
) -> list[Check]:
    """只看目标就能做的校验；form 可以没有完成值和得分。scheme 为权重方案名，空则按表判断。"""
    weights = weights or resolve_weights(form, rules)
    found = [*_unfilled(form), *_placeholders(form)]
    if not any(check.field == "form" for check in found):
        found += [
            *_weights(form, weights, choose_scheme(form, weights.execution, scheme), rules, scheme),
            *_concentrated(form, weights, rules),
            *_targets(form),
            *_structure(form),
            *_money(form),
            *_goal_text(form, rules),
            *(_wording(form, rules) if form.kind == "goal" else ()),
        ]
    return [*found, *_personal_data(form)]


def is_scoring_table(form: Form) -> bool:
    """评分表式：完成值一栏全空，一级指标也不是产出、效益、满意度、成本（如“规划”“执行”）。"""
    return bool(form.rows) and all(
        is_blank(row.actual) and (part_of(row) in (None, "execution")) for row in form.rows
    )


def _unfilled(form: Form) -> Iterator[Check]:
    where = form.where("header")
    sheet = f"工作表“{form.sheet}”" if form.sheet else "本表"
    if form.kind == "goal":
        empty = not any(not is_blank(row.target) for row in form.rows) and is_blank(form.goal_expected)
        problem = "绩效目标和指标值都没有填"
    else:
        empty = is_blank(form.goal_actual) and not any(
            not is_blank(row.actual) or row.published_score is not None for row in form.rows
        )
        no_money = form.budget.executed is None and form.budget.full_year is None
        empty = empty and (bool(form.rows) or no_money)
        problem = "实际完成值、得分和目标完成情况都没有填"
    if empty:
        yield make_check(
            "unfilled", cell=where, place=sheet, problem=problem, remedy="填好后再提交", field="form"
        )


_PLACEHOLDER = re.compile(
    r"\*{2,}|[×]{2,}|(?<![A-Za-z])[xX]{2,}(?![A-Za-z])|_{3,}|请(?:填写|输入|选择|在此)|此处填写|填写说明|样表|示例[:：]|"
    r"^[(（]?(?:例|如|例如|示例)[:：]|指标值\d*示例"
)


def _placeholders(form: Form) -> Iterator[Check]:
    texts = [
        (form.where("project"), "项目名称", form.project), (form.where("goal_expected"), "预期目标", form.goal_expected),
        (form.where("goal_actual"), "目标完成情况", form.goal_actual),
    ]  # fmt: skip
    for row in form.rows:
        for name, label in (
            ("name", "三级指标"),
            ("target", "指标值"),
            ("actual", "完成值"),
            ("reason", "偏差原因"),
        ):
            texts.append((row.where(name), label, getattr(row, name)))
    for cell, label, text in texts:
        if text and _PLACEHOLDER.search(text):
            yield make_check(
                "unfilled", cell=cell, place=f"{cell or label}", field="placeholder",
                problem=f"{label}“{_short(text)}”里有样表提示语没有替换", remedy="换成本项目的实际内容",
            )  # fmt: skip


def _weights(
    form: Form, weights: Weights, scheme: WeightScheme, rules: ScoringRules, named: str | None
) -> Iterator[Check]:
    if weights.total is None or not form.rows:
        return
    total, execution = weights.total, weights.execution
    if form.kind == "goal" and execution is None:
        execution = (scheme.parts or {}).get("execution", rules.execution_weight)
        if not named and total == rules.full_marks:
            execution = Decimal(0)
        elif not named and total == 80:
            execution = Decimal(20)
        total += execution
    cell = form.where("total_weight") or form.where("weight") or form.where("header")
    if total != rules.full_marks:
        parts = f"指标 {plain(total - (execution or 0))} + 执行率 {plain(execution or Decimal(0))}"
        yield make_check(
            "weight-sum", cell=cell, place=f"{cell or '分值'}", field="weight",
            problem=f"分值之和为 {plain(total)}（{parts}），不等于 {plain(rules.full_marks)}",
            remedy="调整各指标分值，使其与执行率分值合计 100 分",
        )  # fmt: skip
        return
    if weights.source == "written":
        yield from _parts(form, weights, scheme, execution, cell)


def _parts(
    form: Form, weights: Weights, scheme: WeightScheme, execution: Decimal | None, cell: str
) -> Iterator[Check]:
    sums = part_sums(form, weights) | {"execution": execution or Decimal(0)}
    wrong: list[str] = []
    if scheme.key == "execution20":
        if sums["execution"] != 20:
            wrong.append(f"执行率 {plain(sums['execution'])} 分，应为 20 分")
    elif scheme.parts is not None:
        wrong = [
            f"{PARTS[part]} {plain(sums[part])} 分，应为 {plain(points)} 分"
            for part, points in scheme.parts.items()
            if sums[part] != points
        ]
    if wrong:
        yield make_check(
            "weight-part", cell=cell, place=f"{cell or '分值'}", field="weight",
            problem=f"按“{scheme.label}”方案：{'；'.join(wrong)}", remedy="按方案调整各部分分值，或说明采用自定权重的理由",
        )  # fmt: skip


def _concentrated(form: Form, weights: Weights, rules: ScoringRules) -> Iterator[Check]:
    for row, weight in zip(form.rows, weights.rows, strict=True):
        if weight is not None and weight > rules.concentrated and row.shares == 1:
            yield make_check(
                "weight-concentrated", cell=row.where("weight"), place=row.place("weight"), field="weight",
                problem=f"一条指标占 {plain(weight)} 分，超过 {plain(rules.concentrated)} 分",
                remedy="拆成几条指标，把分值分开",
            )  # fmt: skip


def _targets(form: Form) -> Iterator[Check]:
    if is_scoring_table(form) and form.kind != "goal":
        return
    for row in form.rows:
        if is_blank(row.target) and row.shares != 0 and not says_nothing(row.name):
            yield make_check(
                "blank-target", cell=row.where("target"), place=row.place("target"), field="target",
                problem="年度指标值空白", remedy="填写可衡量的指标值，如“≥50个”“100%”",
            )  # fmt: skip


def _structure(form: Form) -> Iterator[Check]:
    """数量、质量指标有没有；二级指标全空或没有产出指标的表无从判断。"""
    if not any(row.level2 for row in form.rows) or not any("产出" in row.level1 for row in form.rows):
        return
    for code, word in (("no-quantity", "数量"), ("no-quality", "质量")):
        if not any(word in row.level2 for row in form.rows):
            yield make_check(
                code, cell=form.where("header"), place=form.where("header") or "产出指标", field="rows",
                problem=f"产出指标里没有{word}指标", remedy=f"补一条{word}指标，或说明不设的理由",
            )  # fmt: skip


_PAYMENT = re.compile(
    r"(?:资金|预算|经费|支付|拨付|支出)(?:资金|经费|预算|支出|支付|拨付)*(?:总?执行率|执行进度|支付率|支付进度|支付完成率|支出率|支出进度|完成支付率)"
)
_AMOUNT_NAME = re.compile(
    r"(?:资金|经费|金额|资金额|总额|拨款|拨款额|投资额|预算数|预算额|资金量|资金总量|支出数)(?:\(.*\))?$"
)
_MONEY_WORD = re.compile(r"资金|经费|拨款|预算|支出|投资|投入|补助|金额")


def is_money(row: IndicatorRow) -> bool:
    """是不是拿资金额、支付进度当数量或产出指标；成本指标不算。"""
    if part_of(row) != "output" or "成本" in row.level2:
        return False
    name = normalize(row.name)
    if _PAYMENT.search(name):
        return True
    if "数量" not in row.level2:
        return False
    target = read(row.target)
    money_unit = target.unit == "元" or (target.scale != 1 and not target.unit)
    no_unit = target.kind is Kind.QUANTITATIVE and not target.has_unit
    if _AMOUNT_NAME.search(name):
        return money_unit or no_unit
    return money_unit and bool(_MONEY_WORD.search(name))


def _money(form: Form) -> Iterator[Check]:
    for row in form.rows:
        if is_money(row):
            yield make_check(
                "money-as-quantity", cell=row.where("name"), place=row.place("name"), field="name",
                problem="资金额或支付进度已由执行率反映，不能再当产出指标", remedy="换成实物工作量、质量或时效指标",
            )  # fmt: skip


def _goal_text(form: Form, rules: ScoringRules) -> Iterator[Check]:
    text = (form.goal_expected or "").strip()
    if not text and form.kind != "goal":
        return
    cell = form.where("goal_expected")
    only_numbers = not re.search(r"[\u3400-\u9fffA-Za-z]", re.sub(r"万元|亿元|万|亿|元", "", text))
    if only_numbers or len(text) < rules.goal_text_minimum:
        problem = "没有填" if not text else f"“{text}”只有数字" if only_numbers else f"“{text}”过短"
        yield make_check(
            "goal-text", cell=cell, place=cell or "总体目标", field="goal_expected", problem=f"总体目标{problem}",
            remedy="写明做什么、做多少、达到什么效果",
        )  # fmt: skip


_STOCK = re.compile(
    r"进一步|切实|扎实|全面|认真|积极|大力|不断|持续|有效|有序|稳步|顺利|圆满|按时|及时|确保|保障|保证|加强|强化|做好|抓好|推进|推动|促进|"
    r"提高|提升|增强|改善|优化|完善|开展|完成|落实|各项|相关|年度|全年|本年|工作|任务|目标|水平|能力|质量|效率|效果|效益|情况|管理|建设|"
    r"发展|服务|正常|运转|良好|较好|明显|显著|和|与|及|等|的|地|了|对|为|在|并|上级|要求|按照|根据|预期"
)
_ANY_NAME = re.compile(
    r"^(?:指标|数量|质量|时效|成本|效益|效果|满意度|其他|项目|工作|任务)?(?:指标|完成|完成率|完成情况|情况|数量|内容)?\d*$"
)


def _wording(form: Form, rules: ScoringRules) -> Iterator[Check]:
    """目标写得实不实：量化的指标够不够、有没有重复、是不是只有套话。只查申报表。"""
    named = [row for row in form.rows if not says_nothing(row.name)]
    quantified = sum(read(row.target).kind is Kind.QUANTITATIVE for row in named)
    if len(named) >= 4 and quantified < rules.quantified * len(named):
        yield make_check(
            "few-quantified", cell=form.where("header"), place=form.where("header") or "绩效指标", field="rows",
            problem=f"{len(named)} 条指标只有 {quantified} 条是数，不到 {plain(rules.quantified * 100)}%",
            remedy="能用数说的写成数，如“≥50个”",
        )  # fmt: skip
    seen: dict[tuple[str, str], IndicatorRow] = {}
    for row in named:
        key = (row.level1, normalize(row.name))
        if key in seen:
            yield make_check(
                "repeated", cell=row.where("name"), place=row.place("name"), field="name",
                problem=f"与{seen[key].where('name') or '前面'}的指标同名", remedy="合并，或写明两条各指什么",
            )  # fmt: skip
        seen.setdefault(key, row)
        if _ANY_NAME.match(normalize(row.name)):
            yield make_check(
                "empty-wording", cell=row.where("name"), place=row.place("name"), field="name",
                problem="指标名称没有说是什么", remedy="写出做的是什么，如“修缮校舍面积”",
            )  # fmt: skip
    text = re.sub(r"[\W\d_]+", "", form.goal_expected or "")
    if len(text) >= rules.goal_text_minimum and len(_STOCK.sub("", text)) < 2:
        yield make_check(
            "empty-wording", cell=form.where("goal_expected"), place=form.where("goal_expected") or "总体目标",
            field="goal_expected", problem="总体目标只有套话", remedy="写明做什么、做多少、谁受益",
        )  # fmt: skip


_PHONE = re.compile(r"(?<![\dA-Za-z.])1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?![\dA-Za-z]|\.\d|\s*[元万亿])")
_IDENTITY = re.compile(
    r"(?<![\dA-Za-z])[1-9]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![\dA-Za-z])"
)


def personal_data(text: str) -> list[tuple[str, str]]:
    """文字里的个人信息，每处一对（种类，原文）；公开前的检查也用它。"""
    found = [("手机号", each.group()) for each in _PHONE.finditer(text)]
    return found + [("身份证号", each.group()) for each in _IDENTITY.finditer(text)]


def _personal_data(form: Form) -> Iterator[Check]:
    for cell, text in form.texts:
        if found := personal_data(text):
            kind = found[0][0]
            yield make_check(
                "personal-data", cell=cell, place=cell or "表内", field="text", problem=f"含{kind}",
                remedy="公开前删去，或改用单位电话",
            )  # fmt: skip


def _short(text: str, limit: int = 20) -> str:
    return text if len(text) <= limit else text[:limit] + "…"
