"""Which values a bureau's profile has (局情配置的目录): what each means, which article needs it, what is accepted.

``profile.py`` reads files against it. A new value stands here and, with its source, in profiles/pingyuan.toml.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from jiheng.bureau.roles import OFFICE_ROLES

SECTIONS = {
    "days": "办理时限",
    "goal_points": "目标审核评分",
    "grades": "等级起点",
    "scoring": "计分与校验",
    "lights": "监控亮灯",
    "evaluation": "绩效评价",
    "application": "结果应用",
    "exante": "事前绩效评估",
    "major": "重大政策和项目",
    "support": "专家和第三方机构",
    "fields": "专门领域牵头",
    "notice": "通知和提醒",
    "disclosure": "信息公开",
    "assessment": "工作考核",
    "revenue": "收入绩效",
    "delegation": "委托代办",
    "operations": "运行维护",
}

FIELDS = {
    "政府性基金": "government_fund",
    "政府债务": "government_debt",
    "政府购买服务": "purchase_of_services",
    "政府采购": "government_procurement",
    "政府投资基金": "government_investment_fund",
}
"""The five fields of art. 9 and the key of their owner in the bureau profile."""


def _days(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= 250


def _share(value: Any) -> bool:
    return _number(value) and Decimal(str(value)) >= 0 and Decimal(str(value)) <= 1


def _number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return False
    try:
        return Decimal(str(value)).is_finite() and Decimal(str(value)) >= 0
    except InvalidOperation:
        return False


def is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _role(value: Any) -> bool:
    return isinstance(value, str) and value in {role.key for role in OFFICE_ROLES}


def _signer(value: Any) -> bool:
    return value in ("host", "leadership")


def _strategy(value: Any) -> bool:
    return value in ("ratio", "interval")


def caps_of(text: str) -> tuple[tuple[Decimal, Decimal], ...]:
    """Ceilings of the total by execution rate, as the profile writes them; raises ValueError for what is none."""
    pairs = [part.split(":") for part in text.split(",") if part.strip()]
    if any(len(pair) != 2 for pair in pairs):
        raise ValueError(text)
    try:
        return tuple((Decimal(rate.strip()), Decimal(total.strip())) for rate, total in pairs)
    except InvalidOperation as error:
        raise ValueError(text) from error


def _caps(value: Any) -> bool:
    try:
        return isinstance(value, str) and all(0 < rate <= 1 and total >= 0 for rate, total in caps_of(value))
    except ValueError:
        return False


@dataclass(frozen=True)
class Parameter:
    """One value of the profile: where it stands, what it is called, which article needs it, what is accepted."""

    section: str
    key: str
    label: str
    unit: str
    article: int
    accepts: Callable[[Any], bool]
    form: str


def _catalogue() -> Iterator[Parameter]:
    for key, label, article in (
        ("exante_hand_in", "单位起草事前评估报告", 12),
        ("exante_submit", "部门报送事前评估报告", 12),
        ("exante_review", "支出管理科审核事前评估报告", 13),
        ("exante_accept", "预算科审核事前评估", 11),
        ("exante_key", "重点绩效评估", 14),
        ("list_send", "支出管理科送安排建议", 14),
        ("list_receive", "预算科接收安排建议", 14),
        ("goal_submit", "单位编报绩效目标", 17),
        ("goal_confirm", "部门确认绩效目标", 18),
        ("goal_review", "支出管理科审核绩效目标", 18),
        ("goal_re_review", "绩效科、国资科再审核", 18),
        ("goal_key_review", "绩效科办结重点审核", 18),
        ("budget_submit", "部门编报预算", 16),
        ("budget_approve", "预算科批复", 19),
        ("allocation_issue", "支出管理科下达资金", 20),
        ("allocation_receive", "单位签收下达", 20),
        ("transfer_submit", "部门申请预算调剂", 21),
        ("transfer_review", "支出管理科审核调剂", 21),
        ("transfer_re_review", "绩效科再审核调剂", 21),
        ("transfer_approve", "预算科批准调剂", 21),
        ("summary_file", "支出管理科报备目标下达汇总", 20),
        ("monitoring_report", "单位填报监控", 24),
        ("monitoring_confirm", "部门确认监控", 24),
        ("monitoring_review", "支出管理科审核监控", 24),
        ("monitoring_summary", "部门报送监控汇总", 24),
        ("problem_report", "单位整改监控问题（列出时可改）", 24),
        ("problem_confirm", "部门确认监控问题整改", 24),
        ("problem_verify", "支出管理科核实监控问题整改", 24),
        ("key_sign", "三科会签选定重点监控项目", 25),
        ("key_find", "支出管理科查证重点监控项目", 25),
        ("key_notify", "支出管理科书面通知部门", 25),
        ("key_rectify", "部门整改重点监控问题", 25),
        ("key_verify", "支出管理科核实重点监控整改", 25),
        ("key_receive", "预算科、绩效科签收重点监控备案", 25),
        ("control_sign", "支出管理科、国库科会签暂缓、停止拨款", 26),
        ("control_report", "部门报送整改情况，申请恢复拨款", 26),
        ("control_lift", "支出管理科、国库科会签解除", 26),
        ("evaluation_report", "单位自评", 29),
        ("evaluation_confirm", "部门确认自评", 29),
        ("evaluation_review", "支出管理科审核自评", 29),
        ("spot_send", "绩效科送抽查差异表", 30),
        ("spot_receive", "预算科、支出科签收抽查差异表", 30),
        ("department_plan", "部门定部门评价方案", 27),
        ("department_score", "部门评价打分并报送报告", 29),
        ("department_review", "支出管理科审核部门评价", 29),
        ("finance_sign", "会签选定财政评价对象", 31),
        ("finance_plan", "牵头科室拟财政评价方案", 31),
        ("finance_approve", "审定财政评价方案", 31),
        ("finance_score", "评价打分并送征求意见稿", 31),
        ("finance_answer", "被评部门补充评价资料", 31),
        ("finance_comment", "被评部门对征求意见稿提意见", 31),
        ("finance_finish", "牵头科室答复意见并定稿", 31),
        ("application_propose", "绩效科提出应用建议", 33),
        ("application_decide", "预算科决定结果应用", 33),
        ("rectification_notify", "支出管理科书面通知整改", 35),
        ("rectification_report", "部门整改评价问题（通知时可改）", 35),
        ("rectification_verify", "支出管理科审核评价整改", 35),
        ("rectification_receive", "预算科、绩效科签收整改情况", 35),
        ("result_summary_file", "支出管理科报备结果应用汇总", 36),
        ("assessment_submit", "绩效科考核打分", 41),
        ("consultation_answer", "科室答复协商（发起时可改）", 42),
        ("instruction_answer", "科室报批示办理情况（批示时可改）", 4),
        ("revenue_report", "国库科报告月度收入分析", 7),
        ("assessment_sign", "三科会签考核结果", 41),
        ("assessment_issue", "绩效科印发考核通报", 41),
        ("disclosure_confirm", "支出管理科核定不公开", 22),
        ("disclosure_correct", "更正公开内容", 22),
        ("project_submit", "单位申报项目", 12),
        ("project_confirm", "部门确认项目", 12),
        ("project_admit", "支出管理科审核入库", 13),
        ("rule_agree", "会签制度文件", 5),
        ("rule_issue", "印发制度、收录文件", 5),
        ("indicator_publish", "绩效科和牵头科室会签指标", 38),
        ("party_register", "绩效科办理专家和机构入库", 39),
        ("engagement_answer", "专家或机构答复邀请", 39),
        ("engagement_work", "专家或机构交成果（邀请时可改）", 39),
        ("engagement_rate", "委托科室考评执业质量", 39),
        ("requirement_take", "接收绩效科的工作要求", 17),
        ("notice_sign", "局领导签发通知", 4),
        ("receipt_sign", "部门、单位签收通知", 24),
        ("urge_answer", "部门、单位回复督促", 8),
    ):
        yield Parameter("days", key, label, "个工作日", article, _days, "1 至 250 的整数")
    for key, label in (("excellent", "优"), ("good", "良"), ("fair", "中"), ("poor", "差")):
        yield Parameter(
            "goal_points", key, f"评为“{label}”得满分的多少", "（比例）", 18, _share, "0 至 1 的数"
        )
    yield Parameter(
        "goal_points", "quantified", "量化指标不到此须说明", "（比例）", 18, _share, "0 至 1 的数"
    )
    for key, label in (("excellent", "优"), ("good", "良"), ("fair", "中")):
        yield Parameter("grades", key, f"等级“{label}”起点", "分", 27, _number, "不小于 0 的数")
    yield Parameter("scoring", "scheme", "默认权重方案", "", 27, is_text, "权重方案名")
    yield Parameter(
        "scoring",
        "execution_strategy",
        "执行率计分办法（ratio 比例、interval 区间）",
        "",
        27,
        _strategy,
        "ratio 或 interval",
    )
    yield Parameter("scoring", "over_achieved", "超额完成须说明的幅度", "（比例）", 27, _share, "0 至 1 的数")
    yield Parameter(
        "scoring", "weight_concentrated", "单个指标分值上限提示", "分", 27, _number, "不小于 0 的数"
    )
    yield Parameter(
        "scoring",
        "consistency_gap",
        "自评红色预警：指标与执行得分比例相差超过",
        "（比例）",
        27,
        _share,
        "0 至 1 的数",
    )
    yield Parameter("scoring", "unspent", "自评黄色预警：未执行超过", "（比例）", 27, _share, "0 至 1 的数")
    yield Parameter(
        "scoring", "over_deducted_from", "超出指标值达到此幅度扣分", "（比例）", 27, _share, "0 至 1 的数"
    )
    yield Parameter(
        "scoring", "over_deduction", "超出过多扣几分（0 为不扣）", "分", 27, _number, "不小于 0 的数"
    )
    yield Parameter(
        "scoring",
        "total_caps",
        "按执行率封顶总分（如 0.8:89,0.7:79；空为不封顶）",
        "",
        27,
        _caps,
        "“执行率:总分”用逗号分开，如 0.8:89,0.7:79，或空",
    )
    yield Parameter("scoring", "execution_low", "执行率低于此须说明", "（比例）", 27, _share, "0 至 1 的数")
    yield Parameter(
        "lights", "green", "执行进度与时间进度之比，绿灯起点", "（比例）", 23, _share, "0 至 1 的数"
    )
    yield Parameter(
        "lights", "yellow", "执行进度与时间进度之比，黄灯起点", "（比例）", 23, _share, "0 至 1 的数"
    )
    yield Parameter(
        "lights", "goal_green", "指标完成与时间进度之比，绿灯起点", "（比例）", 23, _share, "0 至 1 的数"
    )
    yield Parameter(
        "lights", "goal_yellow", "指标完成与时间进度之比，黄灯起点", "（比例）", 23, _share, "0 至 1 的数"
    )
    yield Parameter("evaluation", "spot_share", "抽查复核的抽取比例", "（比例）", 30, _share, "0 至 1 的数")
    yield Parameter(
        "evaluation", "spot_bound", "复核与自评总分相差超过此数，退回重报", "分", 30, _number, "不小于 0 的数"
    )
    yield Parameter(
        "evaluation", "outcome_floor", "项目评价中产出和效益合计至少占", "分", 27, _number, "不小于 0 的数"
    )
    yield Parameter(
        "evaluation", "cycle", "部门评价多少年覆盖全部重点项目", "年", 27, _days, "1 至 250 的整数"
    )
    for key, label in (
        ("fair_cut", "等级“中”至少压减"),
        ("fair_most", "等级“中”至多压减"),
        ("poor_cut", "等级“差”至少压减"),
        ("poor_most", "等级“差”至多压减"),
        ("red_cut", "监控红灯压减"),
        ("open_cut", "问题逾期未整改到位压减"),
        ("low_execution", "执行率低于此时按未用部分压减"),
    ):
        yield Parameter("application", key, label, "（比例）", 33, _share, "0 至 1 的数")
    for key, label in (
        ("necessity", "立项实施必要性"),
        ("economy", "投入经济性"),
        ("feasibility", "实施方案可行性"),
        ("goals", "绩效目标合理性"),
        ("support", "财政支持方式科学性"),
        ("budget", "预算编制合理性"),
    ):
        yield Parameter("exante", f"weight_{key}", f"{label}分值", "分", 13, _number, "不小于 0 的数")
    for key, label in (("full", "予以支持"), ("part", "部分支持")):
        yield Parameter("exante", f"from_{key}", f"“{label}”起点", "分", 13, _number, "不小于 0 的数")
    yield Parameter(
        "exante", "comment_below", "得分低于分值的此比例须写意见", "（比例）", 13, _share, "0 至 1 的数"
    )
    yield Parameter("major", "amount", "重大项目金额起点", "元", 12, _number, "不小于 0 的数")
    yield Parameter("major", "policy_amount", "重大政策金额起点", "元", 12, _number, "不小于 0 的数")
    yield Parameter("major", "period", "周期达到多少年也算重大", "年", 12, _days, "1 至 250 的整数")
    yield Parameter("major", "period_amount", "按周期算重大时的金额起点", "元", 12, _number, "不小于 0 的数")
    yield Parameter(
        "support", "recusal_years", "服务过被评单位的回避年数", "年", 39, _days, "1 至 250 的整数"
    )
    for key, label in (
        ("weight_plan", "工作方案"),
        ("weight_process", "实施过程"),
        ("weight_report", "成果质量"),
        ("weight_timeliness", "时效"),
    ):
        yield Parameter("support", key, f"执业质量考评权重：{label}", "（比例）", 39, _share, "0 至 1 的数")
    for key, label in (
        ("late_step", "成果每迟交 1 个工作日，时效扣分"),
        ("credit_start", "入库时的信用分"),
        ("credit_floor", "信用分低于此不再选用"),
        ("credit_excellent", "执业质量为“优”，信用分加"),
        ("credit_good", "执业质量为“良”，信用分加"),
        ("credit_poor", "执业质量为“差”，信用分减"),
    ):
        yield Parameter("support", key, label, "分", 39, _number, "不小于 0 的数")
    for label, key in FIELDS.items():
        yield Parameter("fields", key, f"{label}领域牵头", "（职责）", 9, _role, "职责名，如 expenditure")
    yield Parameter(
        "notice",
        "signer",
        "通知由谁签发（host 承办科室、leadership 局领导）",
        "",
        4,
        _signer,
        "host 或 leadership",
    )
    yield Parameter("notice", "word", "发文代字", "", 17, is_text, "文字，如 财")
    for key, label in (("first_reminder", "到期前首次提醒"), ("last_reminder", "到期前再次提醒")):
        yield Parameter("notice", key, label, "个工作日", 24, _days, "1 至 250 的整数")
    for key, label, article in (
        ("budget_days", "预算批复后多少日内公开预算和绩效目标", 22),
        ("finance_days", "财政评价定稿后多少日内公开", 37),
    ):
        yield Parameter("disclosure", key, label, "日", article, _days, "1 至 250 的整数")
    for key, label in (
        ("on_time", "按时办理"),
        ("returns", "一次报成"),
        ("quality", "目标质量"),
        ("monitoring", "监控报送"),
        ("rectification", "问题整改"),
        ("disclosure", "信息公开"),
        ("organization", "组织管理"),
    ):
        yield Parameter(
            "assessment", f"full_{key}", f"{label}满分（0 为不考核）", "分", 41, _number, "不小于 0 的数"
        )
    for key, label, unit in (
        ("backup_days", "备份隔多少天没有做就报警", "日"),
        ("trial_days", "备份隔多少天要试恢复一次", "日"),
        ("backups_kept", "备份留存几份", "份"),
        ("verify_days", "办理记录隔多少天要核验一次", "日"),
    ):
        yield Parameter("operations", key, label, unit, 40, _days, "1 至 250 的整数")
    yield Parameter(
        "operations", "free_disk", "磁盘余量低于此比例报警", "（比例）", 40, _share, "0 至 1 的数"
    )
    yield Parameter("delegation", "longest", "代办最长多少天", "日", 40, _days, "1 至 250 的整数")
    yield Parameter(
        "revenue", "behind", "完成率低于时间进度的此比例为慢于进度", "（比例）", 7, _share, "0 至 1 的数"
    )
    yield Parameter("assessment", "urge_step", "被督促一次扣多少", "分", 41, _number, "不小于 0 的数")
    for key, label in (("excellent", "优"), ("good", "良"), ("fair", "中")):
        yield Parameter(
            "assessment", f"from_{key}", f"考核等级“{label}”从多少分起", "分", 41, _number, "不小于 0 的数"
        )


CATALOGUE: tuple[Parameter, ...] = tuple(_catalogue())
