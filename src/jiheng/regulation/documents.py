"""The documents that the regulation and the scoring rest on (art. 1): number, issuer, title, day, and for which articles."""

import datetime
from dataclasses import dataclass


@dataclass(frozen=True)
class Document:
    """A document the regulation or the scoring rests on. ``date`` is its day of issue, None where not verified."""

    number: str
    issuer: str
    title: str
    date: datetime.date | None
    articles: tuple[int, ...]
    note: str


DOCUMENTS = (
    Document(
        "中发〔2018〕34号",
        "中共中央、国务院",
        "关于全面实施预算绩效管理的意见",
        datetime.date(2018, 9, 1),
        (1,),
        "规程第1条所列依据",
    ),
    Document(
        "豫发〔2019〕10号",
        "中共河南省委、河南省人民政府",
        "关于全面实施预算绩效管理的实施意见",
        None,
        (1,),
        "规程第1条所列依据",
    ),
    Document(
        "新办文〔2020〕10号",
        "中共新乡市委办公室、新乡市人民政府办公室",
        "关于贯彻落实豫发〔2019〕10号精神全面实施预算绩效管理的通知",
        None,
        (1,),
        "规程第1条所列依据",
    ),
    Document(
        "财预〔2015〕88号",
        "财政部",
        "中央部门预算绩效目标管理办法",
        None,
        (16, 18),
        "目标的填报要求与审核要点，参照",
    ),
    Document(
        "财预〔2019〕136号",
        "财政部",
        "中央部门预算绩效运行监控管理暂行办法",
        None,
        (23, 24),
        "双监控的内容与监控表，参照",
    ),
    Document(
        "财预〔2020〕10号",
        "财政部",
        "项目支出绩效评价管理办法",
        None,
        (27, 29),
        "自评计分、权重与等级",
    ),
    Document(
        "财预〔2021〕101号",
        "财政部",
        "中央部门项目支出核心绩效目标和指标设置及取值指引（试行）",
        datetime.date(2021, 8, 18),
        (16, 38),
        "指标的设置、分值与取值",
    ),
)
