"""Forms of a requirement and of a notice. Whether a notice may go out is asked when it is issued, not here."""

from typing import Any

from django import forms

from jiheng.bureau.models import Organization
from jiheng.notice.kinds import Kind
from jiheng.notice.models import Notice
from jiheng.procedure.chain import text as keepable

LONGEST = 20_000
AREA = {"rows": 9}


class Draft(forms.Form):
    """What both have: the year of the work, a title, a text, and which saving of the draft was opened."""

    year = forms.TypedChoiceField(label="工作年度", coerce=int)
    title = forms.CharField(label="标题", max_length=120)
    text = forms.CharField(label="内容", max_length=LONGEST, widget=forms.Textarea(attrs=AREA), strip=True)
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, kind: Kind, this_year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        kept = self.initial.get("year")
        years = {*range(this_year - 1, this_year + 2), *([kept] if kept else [])}
        self.fields["year"].choices = [(year, f"{year}年") for year in sorted(years)]

    def name_what_is_missing(self) -> None:
        """Each empty field is asked for by its name."""
        for field in self.fields.values():
            field.error_messages["required"] = f"请填写{field.label}"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        return {key: keepable(value) if isinstance(value, str) else value for key, value in cleaned.items()}


class RequirementForm(Draft):
    """What the performance office asks a host office's notice to carry."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = "要求的内容"
        self.fields["text"].help_text = f"随“{self.kind.label}”发给各部门、单位；附件在送出时上传。"
        self.name_what_is_missing()


class NoticeForm(Draft):
    """A notice of one kind; it has the fields of its kind alone."""

    number = forms.CharField(
        label="文号", required=False, max_length=40, help_text="留空的，印发时由系统接着编号。"
    )
    asks = forms.ChoiceField(label="发给谁", choices=Notice.Asks.choices, widget=forms.RadioSelect)
    chosen = forms.MultipleChoiceField(label="选定的部门、单位", required=False)
    deadline = forms.DateField(
        label="报送时限",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": "报送时限不是日期，请按 2026-07-31 的写法填写"},
    )
    cutoff = forms.DateField(
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": "截止日不是日期，请按 2026-07-31 的写法填写"},
    )
    scope = forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, zone_id: Any, notice: Notice | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone_id, self.notice = zone_id, notice
        self.fields["text"].label = "正文"
        self.fields["deadline"].help_text = "各部门、单位报送的最后一天，须在今天之后。"
        for name in ("cutoff", "scope"):
            if label := getattr(self.kind, name):
                self.fields[name].label = label
            else:
                del self.fields[name]
        if "scope" in self.fields:
            self.fields["scope"].help_text = "单位自评、部门评价、财政评价中的哪些，涉及哪些项目。"
        self.places = list(
            Organization.objects.filter(zone_id=zone_id, kind__in=("department", "unit")).select_related(
                "parent"
            )
        )
        self.fields["chosen"].choices = [(str(place.pk), place.name) for place in self.places]
        self.name_what_is_missing()

    def groups(self) -> list[tuple[Organization, list[Organization], bool]]:
        """Departments with their units, and whether any of them is chosen."""
        chosen = self.chosen_keys()
        units: dict[Any, list[Organization]] = {}
        for place in self.places:
            place.ticked = str(place.pk) in chosen  # type: ignore[attr-defined]
            if place.parent_id:
                units.setdefault(place.parent_id, []).append(place)
        departments = [place for place in self.places if not place.parent_id]
        return [
            (each, own := units.get(each.pk, []), any(place.ticked for place in [each, *own]))  # type: ignore[attr-defined]
            for each in departments
        ]

    def chosen_keys(self) -> set[str]:
        return {str(key) for key in (self["chosen"].value() or [])}

    def clean_number(self) -> str:
        """The number as it is printed; one that another notice has is refused with that notice's name."""
        number = "".join(self.cleaned_data["number"].split())
        others = Notice.objects.filter(zone_id=self.zone_id, number=number)
        if self.notice:
            others = others.exclude(pk=self.notice.pk)
        if number and (other := others.first()):
            raise forms.ValidationError(f"文号“{number}”已用于“{other.title}”，请改文号，或留空由系统编号")
        return number
