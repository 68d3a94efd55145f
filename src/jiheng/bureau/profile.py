"""The bureau's profile (局情配置): every value another bureau would set differently, with its source.

One TOML file with a day of effect. ``CATALOGUE`` says which values there are, what they mean, by which article they
are needed and what they must look like; a file that misses one, or has one too many, is refused with its place.
"""

import datetime
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from jiheng.bureau.models import Profile, Zone
from jiheng.bureau.roles import OFFICE_ROLES

DEFAULT = Path(__file__).parent / "profiles" / "pingyuan.toml"
LOCAL = "本局设定"


SECTIONS = {
    "days": "办理时限",
    "goal_points": "目标审核评分",
    "grades": "等级起点",
    "scoring": "计分与校验",
    "lights": "监控亮灯",
    "evaluation": "抽查复核",
    "application": "结果应用",
    "exante": "事前绩效评估",
    "major": "重大政策和项目",
    "support": "专家和第三方机构",
    "fields": "专门领域牵头",
    "notice": "通知和提醒",
}


class ProfileError(ValueError):
    """A profile file that can't be taken. ``faults`` has every fault with its place; the message tells them all."""

    def __init__(self, message: str, faults: "list[str] | None" = None):
        self.faults = faults or [message]
        super().__init__(message)


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


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _role(value: Any) -> bool:
    return isinstance(value, str) and value in {role.key for role in OFFICE_ROLES}


def _signer(value: Any) -> bool:
    return value in ("host", "leadership")


def _strategy(value: Any) -> bool:
    return value in ("ratio", "interval")


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
        ("application_propose", "绩效科提出应用建议", 33),
        ("application_decide", "预算科决定结果应用", 33),
        ("project_submit", "单位申报项目", 12),
        ("project_confirm", "部门确认项目", 12),
        ("project_admit", "支出管理科审核入库", 13),
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
    yield Parameter("scoring", "scheme", "默认权重方案", "", 27, _text, "权重方案名")
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
    yield Parameter("application", "fair_cut", "等级“中”的压减比例", "（比例）", 33, _share, "0 至 1 的数")
    yield Parameter("application", "poor_cut", "等级“差”的压减比例", "（比例）", 33, _share, "0 至 1 的数")
    yield Parameter(
        "application", "low_execution", "执行率低于此时按未用部分压减", "（比例）", 33, _share, "0 至 1 的数"
    )
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
    for key, label in (
        ("government_fund", "政府性基金"),
        ("government_debt", "政府债务"),
        ("purchase_of_services", "政府购买服务"),
        ("government_procurement", "政府采购"),
        ("government_investment_fund", "政府投资基金"),
    ):
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
    yield Parameter("notice", "word", "发文代字", "", 17, _text, "文字，如 财")
    for key, label in (("first_reminder", "到期前首次提醒"), ("last_reminder", "到期前再次提醒")):
        yield Parameter("notice", key, label, "个工作日", 24, _days, "1 至 250 的整数")


CATALOGUE: tuple[Parameter, ...] = tuple(_catalogue())


@dataclass(frozen=True)
class Setting:
    """A parameter with the value a bureau gave it, and the source it named."""

    parameter: Parameter
    value: Any
    source: str

    @property
    def local(self) -> bool:
        return self.source.startswith(LOCAL)


class Values:
    """A profile's values for use in rules. Ratios and amounts come as Decimal."""

    def __init__(self, values: dict[str, dict[str, dict[str, Any]]]):
        self._values = values

    def __call__(self, section: str, key: str) -> Any:
        """The value; where this profile is older than the question, that of the profile that comes with the product."""
        found = self._values.get(section, {}).get(key) or shipped()[section][key]
        return found["value"]

    def section(self, section: str) -> list[str]:
        """The keys that a section has."""
        return list(self._values.get(section) or shipped()[section])

    def decimal(self, section: str, key: str) -> Decimal:
        return Decimal(str(self(section, key)))

    @cached_property
    def settings(self) -> list[Setting]:
        return [
            Setting(p, self._values[p.section][p.key]["value"], self._values[p.section][p.key]["source"])
            for p in CATALOGUE
            if p.key in self._values.get(p.section, {})
        ]


@cache
def shipped() -> dict[str, dict[str, dict[str, Any]]]:
    """The values of the profile that comes with the product (平原示范区财政局)."""
    told = tomllib.loads(DEFAULT.read_text(encoding="utf-8"))
    return {section: told[section] for section in SECTIONS}


def decode(data: bytes) -> str:
    """A profile file's text; TOML is UTF-8. Raises ProfileError for anything else, or over 1 MB."""
    if len(data) > 1024 * 1024:
        raise ProfileError("文件超过 1 兆，不像是局情配置。请用下载的局情配置修改后再上传。")
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise ProfileError(
            f"不是 UTF-8 文字（第 {error.start + 1} 个字节起读不出）。请另存为 UTF-8 后再载入。"
        ) from None


def read(text: str) -> tuple[datetime.date, str, dict[str, dict[str, dict[str, Any]]]]:
    """Reads and checks a profile file: day of effect, name, values. Raises ProfileError with all faults."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(f"不是可读的 TOML 文件：{error}。请按原样表的写法修改。") from None
    faults: list[str] = []
    head = raw.pop("profile", {})
    head = head if isinstance(head, dict) else {}
    effective, name = head.get("effective"), head.get("name")
    if not isinstance(effective, datetime.date) or isinstance(effective, datetime.datetime):
        faults.append("[profile] effective：生效日应为日期，如 2025-01-01（规程第43条）")
    if not _text(name):
        faults.append("[profile] name：须写明名称")
    values: dict[str, dict[str, dict[str, Any]]] = {}
    for p in CATALOGUE:
        place = f"[{p.section}] {p.key}（{p.label}）"
        entry = raw.get(p.section, {}).pop(p.key, None) if isinstance(raw.get(p.section, {}), dict) else None
        if not isinstance(entry, dict) or set(entry) != {"value", "source"}:
            faults.append(f'{place}：须写成 {{ value = …, source = "…" }}')
        elif not p.accepts(entry["value"]):
            faults.append(f"{place}：值 {entry['value']!r} 不合要求，应为{p.form}")
        elif not _text(entry["source"]):
            faults.append(f"{place}：须写明出处；没有上位依据的写“{LOCAL}”")
        else:
            value = entry["value"]
            values.setdefault(p.section, {})[p.key] = {
                "value": str(value) if isinstance(value, float) else value,
                "source": entry["source"],
            }
    for section, rest in raw.items():
        for key in rest if isinstance(rest, dict) else [""]:
            faults.append(f"[{section}] {key}".rstrip() + "：不认识的参数，请删去或改正名称")
    if not faults:
        v = Values(values)
        if not v.decimal("grades", "excellent") > v.decimal("grades", "good") > v.decimal("grades", "fair"):
            faults.append("[grades]：等级起点须由高到低")
        weights = [
            v.decimal(p.section, p.key)
            for p in CATALOGUE
            if p.key.startswith("weight_") and p.section == "exante"
        ]
        if sum(weights) != 100:
            faults.append(f"[exante]：六个方面的分值合计须为 100 分，现为 {sum(weights)} 分")
        if not v.decimal("exante", "from_full") > v.decimal("exante", "from_part"):
            faults.append("[exante] from_full：“予以支持”起点须高于“部分支持”起点")
        weights = [v.decimal("support", key) for key in v.section("support") if key.startswith("weight_")]
        if sum(weights) != 1:
            faults.append(f"[support] weight_…：各项权重合计应为 1，现在是 {sum(weights)}")
        for upper, lower in (("green", "yellow"), ("goal_green", "goal_yellow")):
            if not v.decimal("lights", upper) > v.decimal("lights", lower):
                faults.append(f"[lights] {upper}：绿灯起点须高于黄灯起点 {lower}")
        if not v("notice", "first_reminder") > v("notice", "last_reminder"):
            faults.append("[notice] first_reminder：首次提醒须早于再次提醒 last_reminder")
    if faults:
        raise ProfileError("\n".join([f"局情配置有 {len(faults)} 处需要修改：", *faults]), faults)
    assert isinstance(effective, datetime.date) and isinstance(name, str)
    return effective, name, values


def load(zone: Zone, text: str) -> Profile:
    """Takes a profile file for a zone; a second file for the same day becomes that day's next version."""
    effective, name, values = read(text)
    last = Profile.objects.filter(zone=zone, effective=effective).order_by("-version").first()
    if last and last.text == text:
        return last
    version = last.version + 1 if last else 1
    return Profile.objects.create(
        zone=zone, effective=effective, version=version, name=name, values=values, text=text
    )


def in_force(zone_id: UUID, day: datetime.date) -> Profile | None:
    """The profile in force on ``day`` (art. 43)."""
    return Profile.objects.filter(zone_id=zone_id, effective__lte=day).defer("text").first()


@lru_cache(maxsize=256)
def _values(profile_id: UUID) -> Values:
    return Values(Profile.objects.values_list("values", flat=True).get(pk=profile_id))


def values_of(profile_id: UUID) -> Values:
    """The values of one profile. Profiles never change, so a process may keep them."""
    return _values(profile_id)
