"""Norms 15, check by check: one small fault in a clean form gives exactly that check, and a clean form none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from jiheng.evaluation.score import ScoredForm, score_form
from jiheng.indicator.checks import CHECKS, goal_checks
from jiheng.indicator.form import Form, IndicatorRow
from jiheng.indicator.rules import DEFAULT_RULES
from jiheng.paper.self_evaluation import read_self_evaluations
from tests.paper.layouts import as_bytes, clean, official, saved

D = Decimal
Fault = Callable[[dict[str, Any]], None]


def scored(fault: Fault | None = None, scheme: str | None = None) -> ScoredForm:
    form = clean()
    if fault:
        fault(form)
    (read,) = read_self_evaluations(as_bytes(form))
    return score_form(read, scheme=scheme)


def row(index: int, **changes: Any) -> Fault:
    return lambda form: form["rows"][index].update(changes)


def budget(**changes: Any) -> Fault:
    return lambda form: form["budget"].update(changes)


def both(*faults: Fault) -> Fault:
    def apply(form: dict[str, Any]) -> None:
        for fault in faults:
            fault(form)

    return apply


def total(value: Any) -> Fault:
    return lambda form: form.update(total=value)


def no_parts(form: dict[str, Any]) -> None:
    form["parts"] = []


# 一处毛病 → (代码, 单元格)；只此一条
ONE_FAULT: list[tuple[str, Fault, str, str]] = [
    ("分值之和 98", both(row(1, weight=8, score=8), total(98)), "weight-sum", "F17"),
    ("产出 45 效益 35", both(row(0, weight=15, score=15), row(5, weight=15, score=15)), "weight-part", "F17"),
    ("总分写成 98", total(98), "total-mismatch", "G17"),
    ("合计行为 0", budget(initial=0, full_year=0, executed=0), "total-mismatch", "D6"),
    ("明细对不上", lambda f: f["parts"].__setitem__(0, ("当年财政拨款", 850, 800, 840)), "total-mismatch", "D6"),
    ("完成值空白有得分", row(0, actual=None), "blank-actual", "E11"),
    ("完成值写完成", row(0, actual="完成"), "not-a-number", "E11"),
    ("照抄目标", row(0, target="≥266米", actual="≥266米"), "not-a-number", "E11"),
    ("照抄“以上”", row(1, actual="95%以上"), "not-a-number", "E12"),
    ("指标值空白", row(0, target=None), "blank-target", "D11"),
    ("座与户", row(0, actual="50户"), "unit-mismatch", "E11"),
    ("差万倍", row(3, target="≤17万元", actual="170000万元"), "unit-mismatch", "E14"),
    ("10万(万元)", row(3, target="≤10万(万元)", actual="10万元"), "unit-mismatch", "E14"),
    ("完成 61 座", row(0, actual="61座"), "over-achieved", "H11"),
    ("扣分没有原因", both(row(0, actual="45座", score=18), total(98)), "deduction-without-reason", "H11"),
    ("原因写“无”", both(row(0, actual="45座", score=18, reason="无"), total(98)), "deduction-without-reason", "H11"),
    ("执行率 89.99%", both(no_parts, budget(executed="755.916", rate="89.99%", score=9), total(99)), "execution-low", "G6"),
    ("执行率写错", budget(rate="98%"), "execution-rate", "G6"),
    ("预算为 0", both(no_parts, budget(full_year=0, executed=0, rate=None, score=None), total(90)), "budget-zero", "D6"),
    ("资金当数量", row(0, name="公厕建设资金", target="≥800万元", actual="840万元"), "money-as-quantity", "C11"),
    ("支付进度当时效", row(2, name="资金支付进度", target="100%", actual="100%"), "money-as-quantity", "C13"),
    ("没有数量指标", row(0, level2="时效指标"), "no-quantity", "A10"),
    ("没有质量指标", row(1, level2="时效指标"), "no-quality", "A10"),
    ("提示语没换", row(4, name="××项目效益"), "unfilled", "C15"),
    ("星号没换", row(0, target="≥50座（≥**座）"), "unfilled", "D11"),
    ("目标只有数字", lambda f: f.update(goal=("43.2", "完成")), "goal-text", "B9"),
    ("目标过短", lambda f: f.update(goal=("修公厕", "完成")), "goal-text", "B9"),
    ("手机号", row(0, reason="联系张三 13837312345"), "personal-data", "H11"),
    ("身份证号", row(0, reason="410721199001011234"), "personal-data", "H11"),
]  # fmt: skip


def test_a_clean_form_gives_no_check() -> None:
    result = scored()
    assert (result.checks, result.total, result.grade) == ((), D("100.00"), "优")


@pytest.mark.parametrize(
    ("fault", "code", "cell"), [case[1:] for case in ONE_FAULT], ids=[c[0] for c in ONE_FAULT]
)
def test_one_fault_gives_exactly_its_check(fault: Fault, code: str, cell: str) -> None:
    checks = scored(fault).checks
    assert [(check.code, check.cell) for check in checks] == [(code, cell)]
    (check,) = checks
    assert cell in check.message and CHECKS[code].basis in check.message and check.remedy in check.message


def test_a_concentrated_weight_is_named() -> None:
    fault = both(row(0, weight=5, score=5), row(4, weight=45, score=45))
    assert [check.code for check in scored(fault, "own").checks] == ["weight-concentrated"]
    at_bound = both(row(0, weight=20, score=20), row(4, weight=30, score=30))
    assert scored(at_bound).checks == ()


def test_a_wrong_row_score_shows_in_row_and_total() -> None:
    # 达标却扣分：得分之和也就不等于重算
    result = scored(both(row(0, score=18, reason="路面返工"), total(98)))
    assert [(check.code, check.level) for check in result.checks] == [
        ("row-score", "warning"),
        ("total-mismatch", "error"),
    ]
    assert "已达标却扣分" in result.checks[0].message
    assert result.total == D("100.00")


def test_a_score_rounded_to_an_integer_is_named() -> None:
    # 45÷50×20 = 18；47÷50×20 = 18.8 被写成 19
    result = scored(both(row(0, actual="47座", score=19, reason="雨季停工"), total(99)))
    assert [check.code for check in result.checks] == ["row-score", "total-mismatch"]
    assert "重算为 18.80" in result.checks[0].message


def test_qualitative_score_outside_its_band_is_named() -> None:
    result = scored(both(row(4, score=15, reason="群众反映不一"), total(85)))
    assert [check.code for check in result.checks] == ["row-score"]
    assert (result.rows[4].score, result.total) == (None, D("85.00"))


def test_a_form_not_filled_in_gives_one_check() -> None:
    def empty(form: dict[str, Any]) -> None:
        for one in form["rows"]:
            one.update(actual=None, score=None)
        form["budget"].update(rate=None, score=None)
        form.update(goal=(form["goal"][0], None), total=None)

    checks = scored(empty).checks
    assert [(check.code, check.level) for check in checks] == [("unfilled", "error")]


def test_over_achievement_is_allowed_at_the_bound_and_with_a_reason() -> None:
    assert scored(row(0, actual="60座")).checks == ()
    assert scored(row(0, actual="80座", reason="年中追加任务")).checks == ()


def test_execution_at_the_bound_or_explained_is_quiet() -> None:
    at_bound = both(no_parts, budget(executed=756, rate="90%", score=9), total(99))
    assert scored(at_bound).checks == ()


@pytest.mark.parametrize("rate", ["86%", "86.2%", "86.20%", "0.862", 0.8620, 86.2, "—", None])
def test_an_execution_rate_rounded_by_itself_is_no_fault(rate: Any) -> None:
    fault = both(no_parts, budget(full_year=43.2, executed=37.24, rate=rate, score=8.62), total(98.62))
    assert [check.code for check in scored(fault).checks] == ["execution-low"]


def test_published_total_may_lack_only_rows_left_open() -> None:
    # 一行没填得分：总分在“已填之和”与“加上该行满分”之间都说得通
    assert scored(both(row(5, score=None), total(95))).checks == ()
    assert [c.code for c in scored(both(row(5, score=None), total(89))).checks] == ["total-mismatch"]


def test_hidden_remarks_do_not_count_as_personal_data() -> None:
    quiet = both(row(0, reason="合同价15000000000元"), row(1, reason="项目编码41072124T000000000001"))
    assert scored(quiet).checks == ()


def test_phone_number_typed_as_a_number_beside_its_label() -> None:
    book = official(clean())
    book.active["A19"], book.active["B19"] = "联系电话", 13837312345
    (read,) = read_self_evaluations(saved(book))
    assert [(c.code, c.cell) for c in score_form(read).checks] == [("personal-data", "B19")]


def goal_row(level1: str, level2: str, name: str, target: str | None, weight: int) -> IndicatorRow:
    return IndicatorRow(level1, level2, name, target, D(weight))


GOAL = Form(
    kind="goal",
    project="农村公共厕所建设项目",
    goal_expected="新建农村公厕50座",
    rows=(
        goal_row("产出指标", "数量指标", "新建农村公厕", "≥50座", 30),
        goal_row("产出指标", "质量指标", "验收合格率", "≥95%", 20),
        goal_row("效益指标", "社会效益指标", "人居环境改善", "效果明显", 30),
        goal_row("满意度指标", "服务对象满意度指标", "村民满意度", "≥90%", 10),
    ),
)


def goal_with(index: int, **changes: Any) -> Form:
    rows = list(GOAL.rows)
    rows[index] = replace(rows[index], **changes)
    return replace(GOAL, rows=tuple(rows))


def test_a_clean_goal_gives_no_check_and_needs_no_actual() -> None:
    assert goal_checks(GOAL) == []
    assert goal_checks(GOAL, scheme="standard") == []
    assert goal_checks(replace(GOAL, rows=tuple(replace(r, weight=None) for r in GOAL.rows))) == []


@pytest.mark.parametrize(
    ("goal", "code"),
    [
        (goal_with(0, weight=D(28)), "weight-sum"),
        (replace(goal_with(0, weight=D(25)), rows=(*goal_with(0, weight=D(25)).rows[:2],
                 replace(GOAL.rows[2], weight=D(25)), replace(GOAL.rows[3], weight=D(20)))), "weight-part"),
        (goal_with(0, target=None), "blank-target"),
        (goal_with(0, target="  "), "blank-target"),
        (goal_with(0, level2="时效指标"), "no-quantity"),
        (goal_with(1, level2="时效指标"), "no-quality"),
        (goal_with(0, name="项目资金", target="≥840万元"), "money-as-quantity"),
        (replace(GOAL, goal_expected=None), "goal-text"),
        (replace(GOAL, goal_expected="88 100"), "goal-text"),
        (goal_with(0, target="≥XX座"), "unfilled"),
        (replace(GOAL, texts=(("B3", "经办人 138-3731-2345"),)), "personal-data"),
    ],
)  # fmt: skip
def test_goal_checks_one_fault_each(goal: Form, code: str) -> None:
    assert [check.code for check in goal_checks(goal)] == [code]


def test_a_goal_with_one_heavy_indicator() -> None:
    heavy = replace(goal_with(0, weight=D(40)), rows=(goal_with(0, weight=D(40)).rows[0],
                    replace(GOAL.rows[1], weight=D(10)), *GOAL.rows[2:]))  # fmt: skip
    assert [check.code for check in goal_checks(heavy)] == ["weight-concentrated"]
    assert goal_checks(heavy, rules=replace(DEFAULT_RULES, concentrated=D(40))) == []


def test_a_goal_named_scheme_leaves_room_for_execution() -> None:
    hundred = goal_with(3, weight=D(20))
    assert [check.code for check in goal_checks(hundred, scheme="standard")] == ["weight-sum"]


def test_every_code_of_the_norm_has_level_label_and_basis() -> None:
    errors = {code for code, kind in CHECKS.items() if kind.level == "error"}
    assert errors == {
        "weight-sum", "total-mismatch", "blank-actual", "not-a-number", "blank-target", "deduction-without-reason",
        "unfilled", "external-link", "task-money",
    }  # fmt: skip
    assert all(kind.label and kind.basis for kind in CHECKS.values())
