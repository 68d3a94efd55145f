"""The bureau's profile (局情配置): every value another bureau would set differently, with its source.

One TOML file with a day of effect. The catalogue (``catalogue.py``) says which values there are, what they mean, by
which article they are needed and what they must look like; a file that misses one, or has one too many, is refused with
its place.
"""

import datetime
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from jiheng.bureau.catalogue import CATALOGUE, FIELDS, SECTIONS, Parameter, is_text
from jiheng.bureau.models import Profile, Zone
from jiheng.bureau.roles import EXPENDITURE

DEFAULT = Path(__file__).parent / "profiles" / "pingyuan.toml"
LOCAL = "本局设定"


class ProfileError(ValueError):
    """A profile file that can't be taken. ``faults`` has every fault with its place; the message tells them all."""

    def __init__(self, message: str, faults: "list[str] | None" = None):
        self.faults = faults or [message]
        super().__init__(message)


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
    if not is_text(name):
        faults.append("[profile] name：须写明名称")
    values: dict[str, dict[str, dict[str, Any]]] = {}
    for p in CATALOGUE:
        place = f"[{p.section}] {p.key}（{p.label}）"
        entry = raw.get(p.section, {}).pop(p.key, None) if isinstance(raw.get(p.section, {}), dict) else None
        if not isinstance(entry, dict) or set(entry) != {"value", "source"}:
            faults.append(f'{place}：须写成 {{ value = …, source = "…" }}')
        elif not p.accepts(entry["value"]):
            faults.append(f"{place}：值 {entry['value']!r} 不合要求，应为{p.form}")
        elif not is_text(entry["source"]):
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


def field_owner(zone_id: UUID, day: datetime.date, field: str) -> str:
    """The role that makes the common rules and indicators of a field (art. 9); without a field, expenditure."""
    profile, key = in_force(zone_id, day), FIELDS.get(field)
    return str(values_of(profile.pk)("fields", key)) if profile and key else EXPENDITURE.key


def values_of(profile_id: UUID) -> Values:
    """The values of one profile. Profiles never change, so a process may keep them."""
    return _values(profile_id)
