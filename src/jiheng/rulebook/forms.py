"""The form of a document. Whether it may be issued is asked when it is, not here."""

from typing import Any

from django import forms

from jiheng.procedure.chain import text as keepable

LONGEST = 100_000


class RuleForm(forms.Form):
    """What a document says, and which saving of its draft was opened."""

    title = forms.CharField(label="标题", max_length=200)
    number = forms.CharField(
        label="文号", required=False, max_length=40, help_text="还没有编号的可以先空着。"
    )
    issuer = forms.CharField(label="印发机关", max_length=100)
    text = forms.CharField(
        label="正文", required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 12}),
        help_text="可以粘贴全文；正式文本在送会签、印发或收录时作为文件上传。",
    )  # fmt: skip
    note = forms.CharField(label="用在何处", required=False, max_length=200)
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = f"请填写{field.label}"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        return {key: keepable(value) if isinstance(value, str) else value for key, value in cleaned.items()}
