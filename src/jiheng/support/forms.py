"""The form of an expert or institution: the facts, and the units it has served by year (for recusal)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.timezone import localdate

from jiheng.bureau.forms import plain
from jiheng.bureau.models import Organization
from jiheng.support.party import Profile
from jiheng.support.rules import FIELDS

Kind = Organization.Kind
KINDS = [(Kind.EXPERT.value, Kind.EXPERT.label), (Kind.INSTITUTION.value, Kind.INSTITUTION.label)]
COLUMNS = ("service_name", "service_first", "service_last")


class PartyForm(forms.Form):
    """What the register keeps. ``services`` are read beside it, row by row."""

    kind = forms.ChoiceField(label="类别", choices=KINDS, widget=forms.RadioSelect)
    name = forms.CharField(label="名称", max_length=100, help_text="专家写姓名或代称，机构写全称。")
    fields_ = forms.MultipleChoiceField(
        label="专业领域",
        choices=[(each, each) for each in FIELDS],
        widget=forms.CheckboxSelectMultiple,
        help_text="抽取时按领域选人，可多选。",
    )
    title = forms.CharField(label="职称或资质", max_length=100, required=False)
    employer = forms.CharField(
        label="所在单位",
        max_length=100,
        required=False,
        help_text="专家必填：与被评单位或其主管部门同一单位的，自动回避。",
    )
    lead = forms.CharField(label="主评人或团队", max_length=100, required=False, help_text="机构必填。")
    credit_code = forms.CharField(
        label="信用平台编号",
        max_length=40,
        required=False,
        help_text="第三方机构信用管理平台上的编号（财监〔2021〕4号）。",
    )
    note = forms.CharField(label="业绩和说明", required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, zone_id: Any, known: Any = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.zone_id, self.known = zone_id, known
        self.label_suffix = ""
        if known is not None:
            del self.fields["kind"]

    def clean_name(self) -> str:
        name = plain(self.cleaned_data["name"])
        same = Organization.objects.filter(zone=self.zone_id, name=name)
        if self.known is not None:
            same = same.exclude(pk=self.known.organization_id)
        if found := same.first():
            raise forms.ValidationError(
                f"已有同名的{found.get_kind_display()}（编码 {found.code}），请核对是否已入库。"
            )
        return name

    def clean_employer(self) -> str:
        return plain(self.cleaned_data["employer"])

    def profile(self, services: list[tuple[str, int, int]]) -> Profile:
        given = self.cleaned_data
        kind = given["kind"] if self.known is None else self.known.organization.kind
        return Profile(
            kind, given["name"], given["fields_"], plain(given["title"]), given["employer"],
            plain(given["credit_code"]), plain(given["lead"]), given["note"].strip(), services,
        )  # fmt: skip


def rows_of(given: Mapping[str, Sequence[str]]) -> list[dict[str, str]]:
    """The rows of services as typed, without the empty ones."""
    columns = [given.get(key, []) for key in COLUMNS]
    count = max(map(len, columns))
    rows = [
        {
            key: plain(column[index] if index < len(column) else "")
            for key, column in zip(COLUMNS, columns, strict=True)
        }
        for index in range(count)
    ]
    return [row for row in rows if any(row.values())]


def read_services(rows: Sequence[Mapping[str, str]]) -> tuple[list[tuple[str, int, int]], dict[str, str]]:
    """Services with their years, and what is wrong by field id. A missing last year means the first."""
    found, faults = [], {}
    latest = localdate().year + 1
    for index, row in enumerate(rows):
        name, first, last = (row[key] for key in COLUMNS)
        last = last or first
        place = f"服务经历第 {index + 1} 行"
        if not name or len(name) > 100:
            faults[f"service_name-{index}"] = f"{place}没有写单位名称，或超过 100 个字"
        elif not (first.isdecimal() and last.isdecimal() and 1990 <= int(first) <= int(last) <= latest):
            faults[f"service_first-{index}"] = f"{place}“{name}”的起止年写不对，应是 2022 和 2024 的样子"
        else:
            found.append((name, int(first), int(last)))
    return found, faults
