"""Forms of the bureau's set-up. What is typed is cleaned of spaces and full-width signs before it is checked."""

import unicodedata

from django import forms

from jiheng.bureau.models import Organization, Person, Workday
from jiheng.bureau.roles import EXPENDITURE, OFFICE_ROLES

Kind = Organization.Kind


def plain(text: str) -> str:
    """Half-width, without spaces at the ends or doubled inside."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


class OrganizationForm(forms.ModelForm):
    """An office, a department or a unit; shows only what its kind has."""

    roles = forms.MultipleChoiceField(
        label="承担的职责",
        required=False,
        choices=[(role.key, role.label) for role in OFFICE_ROLES],
        widget=forms.CheckboxSelectMultiple,
        help_text="规程所说的哪些科室由本科室充任，可多选。",
    )

    class Meta:
        model = Organization
        fields = ["name", "code", "roles", "parent", "charge", "order"]
        labels = {"parent": "主管部门", "charge": "归口科室"}
        help_texts = {
            "code": "与预算管理一体化系统一致，便于数据对应。",
            "charge": "审核该部门目标、监控、评价的支出科室（规程第8条）。",
            "order": "数字小的排在前面。",
        }

    def __init__(self, *args, zone_id, kind: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.zone_id, self.kind = zone_id, kind
        self.instance.kind = kind
        self.fields["order"].required = False
        for name, wanted in (("roles", Kind.OFFICE), ("parent", Kind.UNIT), ("charge", Kind.DEPARTMENT)):
            if kind != wanted:
                del self.fields[name]
        here = Organization.objects.filter(zone=zone_id)
        if kind == Kind.UNIT:
            self.fields["parent"].queryset = here.filter(kind=Kind.DEPARTMENT)
            self.fields["parent"].required = True
            self.fields["parent"].empty_label = "请选择"
        if kind == Kind.DEPARTMENT:
            offices = [o.pk for o in here.filter(kind=Kind.OFFICE) if EXPENDITURE.key in o.roles]
            self.fields["charge"].queryset = here.filter(pk__in=offices)
            self.fields["charge"].required = True
            self.fields["charge"].empty_label = "请选择"

    def clean_order(self) -> int:
        return self.cleaned_data["order"] or 0

    def clean_name(self) -> str:
        name = plain(self.cleaned_data["name"])
        same = Organization.objects.filter(zone=self.zone_id, name=name).exclude(pk=self.instance.pk).first()
        if same:
            raise forms.ValidationError(
                f"已有同名的{same.get_kind_display()}（编码 {same.code}），请换一个名称。"
            )
        return name

    def clean_code(self) -> str:
        code = plain(self.cleaned_data["code"]).replace(" ", "")
        same = Organization.objects.filter(zone=self.zone_id, code=code).exclude(pk=self.instance.pk).first()
        if same:
            raise forms.ValidationError(f"编码 {code} 已用于“{same.name}”，请核对。")
        return code

    def clean_roles(self) -> list[str]:
        roles = self.cleaned_data["roles"]
        if not roles:
            raise forms.ValidationError("至少选一项职责，否则本科室在系统里没有可办的事（规程第4条）。")
        return roles


class AccountForm(forms.Form):
    """A new person's account."""

    name = forms.CharField(label="姓名", max_length=60, error_messages={"required": "请填写姓名"})
    username = forms.CharField(
        label="账号",
        max_length=60,
        help_text="登录用，全系统不重复；建议用单位编码加序号。",
        error_messages={"required": "请填写账号"},
    )

    def clean_name(self) -> str:
        return plain(self.cleaned_data["name"])

    def clean_username(self) -> str:
        username = plain(self.cleaned_data["username"]).replace(" ", "")
        if Person.objects.filter(username=username).exists():
            raise forms.ValidationError(f"账号 {username} 已有人使用，请换一个。")
        return username


class PersonForm(AccountForm):
    """A new person with their first post."""

    organization = forms.ModelChoiceField(
        label="所在科室、部门或单位", queryset=Organization.objects.none(), empty_label="请选择"
    )
    title = forms.CharField(label="岗位", max_length=40, initial="经办")

    def __init__(self, *args, zone_id, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = Organization.objects.filter(zone=zone_id)

    def clean_title(self) -> str:
        return plain(self.cleaned_data["title"])


class PostForm(forms.Form):
    """One more post for a person."""

    organization = forms.ModelChoiceField(
        label="科室、部门或单位", queryset=Organization.objects.none(), empty_label="请选择"
    )
    title = forms.CharField(label="岗位", max_length=40, initial="经办")

    def __init__(self, *args, zone_id, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = Organization.objects.filter(zone=zone_id)

    def clean_title(self) -> str:
        return plain(self.cleaned_data["title"])


class NameForm(forms.Form):
    name = forms.CharField(label="姓名", max_length=60)

    def clean_name(self) -> str:
        return plain(self.cleaned_data["name"])


class ProfileForm(forms.Form):
    """A profile file to be checked."""

    file = forms.FileField(
        label="局情配置（TOML）", help_text="先下载现行的，改好再上传；上传后先核对，不会马上生效。"
    )


class WorkdayForm(forms.ModelForm):
    """A day that departs from Monday to Friday."""

    works = forms.TypedChoiceField(
        label="安排",
        choices=[("no", "休息"), ("yes", "上班")],
        coerce=lambda value: value == "yes",
    )

    class Meta:
        model = Workday
        fields = ["day", "works", "name"]
        widgets = {"day": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
        help_texts = {"name": "如“春节”“国庆节调休上班”。"}

    def clean_name(self) -> str:
        return plain(self.cleaned_data["name"])

    def clean(self):
        given = super().clean()
        day, works = given.get("day"), given.get("works")
        if day and works is not None and works == (day.weekday() < 5):
            usual = "上班" if works else "休息"
            self.add_error("works", f"{day} 是{'周一至周五' if works else '周末'}，本来就{usual}，不用登记。")
        return given

    def validate_unique(self) -> None:
        """The same day again changes that day (``workdays.set_day``)."""
