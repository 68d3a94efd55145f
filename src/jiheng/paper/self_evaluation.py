"""读自评表：项目支出绩效自评表、部门（单位）整体支出绩效自评表。

按标题找表头、资金块、总体目标、指标和总分；几个项目几张工作表都读。读不成抛出 Unreadable（一行中文原因）。
"""

from __future__ import annotations

from pathlib import Path

from jiheng.indicator.form import SelfEvaluationForm
from jiheng.paper.form_reader import read_forms
from jiheng.paper.workbook import Unreadable, open_workbook


def read_self_evaluations(source: str | Path | bytes) -> list[SelfEvaluationForm]:
    """文件里的全部绩效表（自评表，以及只有目标的申报表 kind="goal"）；一张都没有时抛出 Unreadable。"""
    forms = read_forms(open_workbook(source))
    if not forms:
        raise Unreadable(
            "没有找到绩效表：要有“一级指标、二级指标、三级指标、指标值、完成值、分值、得分”一行标题"
        )
    return forms
