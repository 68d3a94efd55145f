"""计分与校验用到的全部门槛，一处定义；局情配置以后用它构造。

比例一律为小数（0.9 即 90%），分数以 100 分为满分。默认值取自 norms 1.2–1.4、2、15；
规程没有写的数字（20%、30 分、90% 等）都是“本局设定”，不是规程的规定。
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

D = Decimal


@dataclass(frozen=True, slots=True)
class ScoringRules:
    """一套计分规则。字段名后注明单位；区间都写成 (下限, 得分比例)，含下限。"""

    # 1.4 等级下限（分，含）
    grade_bounds: tuple[tuple[str, Decimal], ...] = (
        ("优", D(90)), ("良", D(80)), ("中", D(60)), ("差", D(0)),
    )  # fmt: skip
    full_marks: Decimal = D(100)
    # 1.2 执行率分值
    execution_weight: Decimal = D(10)
    # 执行率策略：ratio 按比例（1.3）；interval 按区间（2 示例）
    execution_strategy: str = "ratio"
    execution_intervals: tuple[tuple[Decimal, Decimal], ...] = (
        (D("1"), D("1")), (D("0.8"), D("0.7")), (D("0.6"), D("0.5")), (D("0"), D("0")),
    )  # fmt: skip
    # 执行率低于此比例须说明（本局设定）
    execution_low: Decimal = D("0.9")
    # 完成值高于指标值超过此比例须说明（本局设定）
    over_achieved: Decimal = D("0.2")
    # 单个指标分值超过此数为集中（分，本局设定）
    concentrated: Decimal = D(30)
    # 2 第 2 类：及格门槛，完成比例低于它得 0 分；None 为不设
    pass_ratio: Decimal | None = None
    # 2 第 3 类：定性三档 (档名, 下限含, 上限)；最高档含上限
    qualitative_bands: tuple[tuple[str, Decimal, Decimal], ...] = (
        ("达成", D("0.8"), D("1")), ("部分达成", D("0.6"), D("0.8")), ("未达成", D("0"), D("0.6")),
    )  # fmt: skip
    # 2 第 4 类：满意度 ratio 按比例；bands 按区间
    satisfaction_strategy: str = "ratio"
    satisfaction_bands: tuple[tuple[Decimal, Decimal], ...] = (
        (D("0.9"), D("1")), (D("0.8"), D("0.8")), (D("0.6"), D("0.5")), (D("0"), D("0")),
    )  # fmt: skip
    # 13 自评预警：指标与执行的得分比例相差、未执行超过此比例（本局设定）
    consistency_gap: Decimal = D("0.05")
    unspent: Decimal = D("0.2")
    # 13 某地手册：完成值达到指标值的此倍数及以上，扣几分；默认不扣
    over_deduction: tuple[Decimal, Decimal] = (D("1.3"), D(0))
    # 13 某地手册：按执行率封顶总分 (执行率低于, 总分不超过)；默认不用
    total_caps: tuple[tuple[Decimal, Decimal], ...] = ()
    # 总体目标少于此字数为过短（本局设定）
    goal_text_minimum: int = 6
    # 申报表里量化的指标不到此比例为过少（本局设定）
    quantified: Decimal = D("0.5")
    # 目标与实际相差在此倍数区间内，疑似差万倍
    ten_thousand_fold: tuple[Decimal, Decimal] = (D(5000), D(20000))
    # 填报得分与重算得分相差超过此数才报（分）；0 为分毫不差
    tolerance: Decimal = D(0)


DEFAULT_RULES = ScoringRules()
