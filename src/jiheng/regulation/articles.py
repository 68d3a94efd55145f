"""The regulation as data: 9 chapters, 43 articles (art. 3).

Titles and summaries are our own words; the regulation's own sentences are loaded from its file (``loading.py``).
Needs nothing but Python, so that rooms of any height may ask for an article by its number.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Chapter:
    """A chapter and the numbers of its first and last article."""

    number: int
    title: str
    first: int
    last: int

    @property
    def label(self) -> str:
        return f"第{'一二三四五六七八九'[self.number - 1]}章"


@dataclass(frozen=True)
class Article:
    """An article: what it is about, and which parties it speaks to (role keys of ``bureau.roles``, or outsiders)."""

    number: int
    title: str
    summary: str
    parties: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return f"第{self.number}条"

    @property
    def chapter(self) -> Chapter:
        return next(chapter for chapter in CHAPTERS if chapter.first <= self.number <= chapter.last)


class UnknownArticle(LookupError):
    """A number that is no article of the regulation."""


NAME = "预算绩效管理内部工作规程"
EFFECT = "自印发之日起施行"
"""Art. 43 gives no calendar day: the day of effect belongs to the edition that a bureau loads (``models.Edition``)."""

OUTSIDERS = {"expert": "专家", "institution": "第三方机构", "public": "社会公众"}
"""Parties that fill no role of the bureau."""

CHAPTERS = (
    Chapter(1, "总则", 1, 3),
    Chapter(2, "职责分工", 4, 11),
    Chapter(3, "事前绩效评估管理", 12, 15),
    Chapter(4, "绩效目标管理", 16, 22),
    Chapter(5, "绩效监控管理", 23, 26),
    Chapter(6, "绩效评价管理", 27, 32),
    Chapter(7, "结果应用管理", 33, 37),
    Chapter(8, "绩效管理支撑保障", 38, 41),
    Chapter(9, "附则", 42, 43),
)

_OFFICES = (
    "leadership",
    "performance",
    "budget",
    "treasury",
    "general",
    "expenditure",
    "procurement",
    "assets",
)

ARTICLES = (
    Article(
        1,
        "制定依据与目的",
        "说明本规程依据中央、省、市三级全面实施预算绩效管理的文件制定，为的是把预算和绩效管起来成一体，各科室职责清楚、衔接顺畅。",
    ),
    Article(
        2,
        "适用范围与六类工作",
        "区财政局组织的预算绩效管理都按本规程办，分六类：事前评估、目标、监控、评价、结果应用、支撑保障。",
        _OFFICES,
    ),
    Article(3, "工作原则", "统一领导、分工负责：每个环节由谁办、权责是否相当，要事先说清楚。", _OFFICES),
    Article(
        4,
        "领导与牵头",
        "局党组统一领导，绩效科牵头，其余六个科室按本规程各办各事。",
        _OFFICES,
    ),
    Article(
        5,
        "绩效科职责",
        "绩效科立制度、建指标体系，组织目标、监控、评价各轮工作，提出结果怎样应用，并指导、考核各部门单位。",
        ("performance", "department", "unit"),
    ),
    Article(
        6,
        "预算科职责",
        "预算科把目标编审随预算布置并批复目标，在编制和调整预算时用上评估、审核、监控、评价的结果，并参与制度和指标建设。",
        ("budget",),
    ),
    Article(
        7,
        "国库科职责",
        "国库科管预算收入绩效；监控有了处理意见后，配合暂缓或停止批复用款计划、支付资金。",
        ("treasury",),
    ),
    Article(
        8,
        "支出科职责与国有资本经营预算",
        "支出科是承办科室：审评估报告、审目标，督促监控、评价和公开，提出应用建议，带部门建行业指标，并管社保基金和归口资金的绩效。国有资本经营预算的绩效由国资科管。",
        ("expenditure", "assets", "department"),
    ),
    Article(
        9,
        "专门领域的牵头科室",
        "政府性基金、债务、购买服务、采购、投资基金五个领域的共性制度和指标各有牵头科室；具体工作和个性指标由用钱或归口的科室负责。",
        ("expenditure", "budget", "procurement", "assets"),
    ),
    Article(
        10,
        "国资科参与事项",
        "国资科参与财政评价项目的目标审核和监控，也参与指标体系建设。",
        ("assets",),
    ),
    Article(
        11,
        "预算科审核评估报告、综合科技术保障",
        "支出科送来的事前评估报告由预算科再审；预算科还参与财政评价、重大政策和部门整体评价以及指标建设。综合科配合做好技术保障。",
        ("budget", "expenditure", "general"),
    ),
    Article(
        12,
        "新出台重大政策和项目先评估",
        "新的重大政策、项目没有事前评估结果，不能申请预算。",
        ("department", "unit", "expenditure"),
    ),
    Article(
        13,
        "评估报告审六个方面",
        "支出科对部门随预算报来的评估报告从必要性、经济性、方案、目标、支持方式、预算六方面审核；结论影响入库和预算安排。",
        ("expenditure", "department"),
    ),
    Article(
        14,
        "安排建议与重点评估",
        "支出科按评估结果和轻重缓急排序，提出安排建议送预算科；预算科可挑一部分做重点评估，安排预算时一并考虑。",
        ("expenditure", "budget"),
    ),
    Article(
        15,
        "评估情况备案",
        "支出科把新政策、项目的评估情况送绩效科备案，作为市里考核的佐证。",
        ("expenditure", "performance"),
    ),
    Article(
        16,
        "目标的种类与效力",
        "目标分部门、单位的整体目标和政策、项目目标。没有目标就不能安排预算，目标和预算同时批复。",
        ("department", "unit", "budget"),
    ),
    Article(
        17,
        "目标要求随预算编制通知下达",
        "绩效科先把目标管理要求送到预算科，由年度预算编制通知一并提出。",
        ("performance", "budget"),
    ),
    Article(
        18,
        "目标两级审核与重点审核",
        "支出科先审；绩效科和国资科一起再审是否完整、规范，还可选社会关注度高的等重点目标请专家或第三方审。",
        ("expenditure", "performance", "assets", "department", "expert", "institution"),
    ),
    Article(
        19,
        "目标随部门预算批复",
        "预算科批复部门预算的同时，批复其中的项目目标和部门整体目标。",
        ("budget", "department"),
    ),
    Article(
        20,
        "资金下达带目标",
        "支出科把项目资金分给单位时同时下达目标；年底把下达情况汇总，送绩效科备案。",
        ("expenditure", "performance", "unit"),
    ),
    Article(
        21,
        "年中新增与目标调整",
        "年中新增项目要同时编目标，照样经两级审核；用途或金额变了，目标重新审核，并走预算调剂。",
        ("department", "expenditure", "performance", "assets"),
    ),
    Article(
        22,
        "目标公开",
        "绩效科先把公开要求送预算科，随预算公开布置；支出科督促部门公开目标；财政评价项目的目标由绩效科公开。",
        ("performance", "budget", "expenditure", "department", "public"),
    ),
    Article(
        23,
        "双监控",
        "监控同时看两件事：目标完成了多少，预算执行了多少。",
        ("department", "unit", "expenditure", "performance"),
    ),
    Article(
        24,
        "布置与自主监控",
        "绩效科发通知布置；支出科督促部门自行监控、按时报结果，发现问题及时纠正。",
        ("performance", "expenditure", "department", "unit"),
    ),
    Article(
        25,
        "财政重点监控",
        "绩效科会同国资科、支出科选项目做重点监控；支出科通知整改，整改结果送预算科和绩效科备案。",
        ("performance", "assets", "expenditure", "budget", "department"),
    ),
    Article(
        26,
        "严重问题暂缓或停止拨款",
        "监控发现严重问题的，支出科和国库科一起暂缓或停止拨款。",
        ("expenditure", "treasury"),
    ),
    Article(
        27,
        "评价的三种方式",
        "评价有三种：单位自评、部门评价、财政评价。",
        ("unit", "department", "performance"),
    ),
    Article(
        28,
        "布置评价",
        "三种评价都由绩效科发通知布置。",
        ("performance", "department", "unit"),
    ),
    Article(
        29,
        "自评和部门评价的督促与审核",
        "支出科督促部门按时做自评和部门评价，并审核报来的结果和报告。",
        ("expenditure", "department", "unit"),
    ),
    Article(
        30,
        "自评抽查复核",
        "绩效科抽查自评结果，把差异反馈给预算科和支出科。",
        ("performance", "budget", "expenditure"),
    ),
    Article(
        31,
        "财政评价选题",
        "绩效科、预算科、支出科一起挑选发展重点、社会关注、周期长、民生类支出做财政评价。",
        ("performance", "budget", "expenditure", "institution", "expert"),
    ),
    Article(
        32,
        "国资、投资基金与社保基金评价",
        "国有资本经营预算和政府投资基金由国资科评价；社会保险基金由支出科评价。",
        ("assets", "expenditure"),
    ),
    Article(
        33,
        "结果与预算、政策挂钩",
        "预算科让评价结果影响预算安排和政策调整，并建立部门整体绩效与部门预算挂钩的办法。",
        ("budget", "performance"),
    ),
    Article(
        34,
        "自评和部门评价问题整改",
        "支出科督促部门整改自评和部门评价中的问题，并用到预算和政策上。",
        ("expenditure", "department"),
    ),
    Article(
        35,
        "财政评价结果通知与整改",
        "财政评价定稿后，支出科书面通知部门整改，审核后把整改和应用情况告诉预算科和绩效科。",
        ("expenditure", "department", "budget", "performance"),
    ),
    Article(
        36,
        "应用情况年底备案",
        "因结果应用而调整、削减、取消的项目和金额，支出科年底前送绩效科备案。",
        ("expenditure", "performance"),
    ),
    Article(
        37,
        "评价结果公开",
        "绩效科先把公开要求送国库科，随决算公开布置；支出科督促部门公开自评和部门评价；财政评价结果由绩效科公开。",
        ("performance", "treasury", "expenditure", "department", "public"),
    ),
    Article(
        38,
        "指标和标准体系",
        "绩效科会同有关科室建共性指标框架和分行业、分领域、分层次的核心指标，并与公共服务标准、支出标准对上。",
        ("performance", "budget", "expenditure", "assets", "procurement"),
    ),
    Article(
        39,
        "专家与第三方机构",
        "绩效科建立专家咨询办法，规范第三方机构参与，管住执业质量。",
        ("performance", "expert", "institution"),
    ),
    Article(
        40,
        "系统建设与运维",
        "综合科按预算管理一体化的要求，负责绩效管理功能的建设和运维。",
        ("general",),
    ),
    Article(
        41,
        "工作考核与通报",
        "绩效科会同预算科、国库科等考核各部门单位的绩效管理工作，并通报结果。",
        ("performance", "budget", "treasury", "department", "unit"),
    ),
    Article(42, "未尽事宜协商", "规程没有写到的事，由有关科室参照上位规定协商处理。", _OFFICES),
    Article(43, "施行日期", "自印发当天起施行；此后办的事按当时有效的版本判断。"),
)

_BY_NUMBER = {each.number: each for each in ARTICLES}


def article(number: int) -> Article:
    """The article of this number. Raises UnknownArticle for any other."""
    try:
        return _BY_NUMBER[number]
    except KeyError:
        raise UnknownArticle(f"规程没有第{number}条，只有第1条至第{len(ARTICLES)}条。") from None


def articles_of(chapter: Chapter) -> tuple[Article, ...]:
    return ARTICLES[chapter.first - 1 : chapter.last]
