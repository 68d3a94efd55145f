"""The fields of what is published: their names in the open data, what they are called, what they mean. Money in 元.

The field dictionary of the public site, the columns of its Excel and CSV files and the figures of its pages come from
here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Field:
    """One field: its key in JSON and CSV, its name, what it means; ``width`` as a column, ``number`` if it is a figure."""

    key: str
    label: str
    meaning: str
    width: int = 14
    number: bool = False


ABOUT: tuple[Field, ...] = (
    Field("year", "年度", "预算或评价所属的年度", 8),
    Field("item", "事项", "budget 绩效目标、self 绩效自评、department 部门评价、finance 财政评价", 12),
    Field("department_code", "部门编码", "主管部门的预算编码", 12),
    Field("department", "部门", "主管部门名称", 22),
    Field("unit", "单位", "实施单位名称；整体支出的为部门或单位自己", 24),
    Field("code", "项目代码", "预算管理一体化系统的项目代码；整体支出的为部门或单位编码", 24),
    Field("name", "名称", "项目、政策或整体支出的名称", 40),
    Field("published_on", "公开日", "本版公开的日期", 12),
    Field("first_on", "首次公开日", "第一版公开的日期", 12),
    Field("version", "版次", "第几版；更正一次加一", 8),
    Field("correction", "更正说明", "更正了什么、为什么", 24),
    Field("link", "公开网址", "在部门门户网站公开的网址", 30),
    Field("address", "本站地址", "本站上这一页的地址", 40),
)
MONEY: tuple[Field, ...] = (
    Field("total", "资金总额（元）", "绩效目标的年度资金总额", 16, True),
    Field("fiscal", "财政拨款（元）", "其中财政拨款", 16, True),
    Field("other", "其他资金（元）", "其中其他资金", 16, True),
    Field("initial", "年初预算数（元）", "自评：年初预算数", 16, True),
    Field("full_year", "全年预算数（元）", "自评：全年预算数（年初加调剂）", 16, True),
    Field("executed", "全年执行数（元）", "自评：全年执行数", 16, True),
)
RESULT: tuple[Field, ...] = (
    Field("text", "年度目标", "绩效目标的文字", 40),
    Field("achieved", "完成情况", "自评：目标实际完成情况", 40),
    Field("execution_score", "执行率得分", "自评：预算执行率一项的得分", 12, True),
    Field("score", "总分", "自评或评价的总分，满分 100 分", 10, True),
    Field("grade", "等级", "优、良、中、差", 8),
)
INDICATOR: tuple[Field, ...] = (
    Field("level1", "一级指标", "产出、效益、满意度、成本，或评价框架的一级指标", 14),
    Field("level2", "二级指标", "", 16),
    Field("indicator", "三级指标", "", 26),
    Field("target", "指标值", "年度指标值", 16),
    Field("actual", "实际完成值", "自评、评价时的实际值", 16),
    Field("weight", "分值", "该指标的满分", 8, True),
    Field("points", "得分", "该指标的得分", 8, True),
    Field("reason", "偏差原因和改进措施", "没有完成或超出过多的原因、措施", 30),
)
COLUMNS: tuple[Field, ...] = (*ABOUT, *MONEY, *RESULT, *INDICATOR)
"""One row of the tables is one indicator; what a page has without indicators is one row."""
MORE: tuple[Field, ...] = (
    Field("indicators", "指标", "数组，每个指标含一级至三级指标、指标值、实际完成值、分值、得分、偏差原因"),
    Field("tasks", "年度主要任务", "数组，仅整体支出：任务名称、内容、金额（元），自评另有完成情况"),
    Field("parts", "评价各部分", "数组，仅评价：部分、满分、得分"),
    Field("sections", "评价报告摘要", "数组，仅评价：标题、正文"),
    Field("problems", "问题和建议", "数组，仅评价：问题、建议"),
    Field("goal", "绩效目标", "对象，仅财政评价：被评价项目的绩效目标，字段同上"),
)
"""What only the JSON file has."""


def rows(about: Mapping[str, Any], body: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """A published page as rows of the table."""
    common = {key: about.get(key, "") for key in (field.key for field in ABOUT)}
    goal = body.get("goal") or {}
    for field in (*MONEY, *RESULT):
        common[field.key] = body.get(field.key) or goal.get(field.key) or ""
    indicators = body.get("indicators") or [{}]
    for each in indicators:
        yield common | {field.key: each.get(field.key, "") for field in INDICATOR}
