"""One indicator as it is typed: a new one, or the revision of a published one (art. 38)."""

from typing import Any

from django import forms

from jiheng.bureau.catalogue import FIELDS
from jiheng.indicator.levels import COUNTED, LEVELS
from jiheng.indicator.models import LibraryIndicator
from jiheng.indicator.target import Kind, read
from jiheng.procedure.chain import text as keepable

LEVEL_CHOICES = [
    (first, [(f"{first}|{second}", second) for second in under]) for first, under in LEVELS.items()
]


class IndicatorForm(forms.Form):
    """What an indicator says. A standard needs a reference value, its source, and a number."""

    level = forms.ChoiceField(label="级次", choices=LEVEL_CHOICES)
    name = forms.CharField(label="指标名称", max_length=200)
    kind = forms.ChoiceField(label="指标性质", choices=LibraryIndicator.Kind.choices)
    unit = forms.CharField(label="计量单位", max_length=20, required=False)
    direction = forms.ChoiceField(
        label="方向", choices=[("", "没有"), *LibraryIndicator.Direction.choices], required=False
    )
    reference = forms.CharField(label="参考值", max_length=200, required=False, help_text="带比较符，如 ≥95%")
    industry = forms.CharField(label="行业", max_length=40, required=False, help_text="通用的留空")
    source = forms.CharField(
        label="取值依据", max_length=200, required=False, help_text="哪项标准、哪份统计报表或台账"
    )
    standard = forms.ChoiceField(
        label="标准类别", choices=[("", "不是标准"), *LibraryIndicator.Standard.choices], required=False,
        help_text="参考值就是标准的才选：编目标时，指标值在标准以外的会提示",
    )  # fmt: skip
    word = forms.CharField(label="说明", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.fields["word"].help_text = "为什么要有、为什么要改，会签的人据此判断"
        for field in self.fields.values():
            field.error_messages["required"] = f"请填写{field.label}"

    def clean(self) -> dict[str, Any]:
        cleaned = {
            key: keepable(value) if isinstance(value, str) else value
            for key, value in (super().clean() or {}).items()
        }
        if "level" in cleaned:
            cleaned["level1"], cleaned["level2"] = cleaned.pop("level").split("|")
        reference, quantitative = cleaned.get("reference", ""), cleaned.get("kind") == "quantitative"
        if quantitative:
            if not cleaned.get("unit") and cleaned.get("level2") in COUNTED:
                self.add_error("unit", f"{cleaned['level2']}要有计量单位，如个、人、元")
            if not cleaned.get("direction"):
                self.add_error("direction", "定量指标要有方向")
            if reference and read(reference).kind not in (Kind.QUANTITATIVE, Kind.RANGE):
                self.add_error(
                    "reference",
                    f"定量指标的参考值“{reference}”不是数；写成 ≥95%、≤3 这样的数，或把性质改为定性",
                )
        if cleaned.get("standard") and not (reference and cleaned.get("source") and quantitative):
            self.add_error("standard", "是标准的，要有参考值和依据哪项标准，并且是定量指标")
        return cleaned


class NewIndicatorForm(IndicatorForm):
    """A new one says for which field, too: that tells who owns it (art. 9)."""

    field = forms.ChoiceField(
        label="专门领域", choices=[("", "不属于专门领域"), *[(each, each) for each in FIELDS]], required=False
    )
