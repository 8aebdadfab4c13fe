"""The forms of what was issued."""

import uuid

from crispy_forms.layout import Div, Layout
from django import forms

from riskcontrol import attachments
from riskcontrol.text import plain_width
from riskcontrol.web.forms import JudgedElsewhere
from riskpoints.campaign.issued.services import WORDS
from riskpoints.campaign.models import IssuedDocument
from riskpoints.forms.base import CrispyForm, LockedForm


class WholeNumber(forms.IntegerField):
    """A number that people type: full-width digits are taken as plain ones."""

    def to_python(self, value):
        return super().to_python(plain_width(value) if isinstance(value, str) else value)


class IssuedForm(JudgedElsewhere, LockedForm, forms.ModelForm):
    """One document; a number is asked for only once."""

    class Meta:
        model = IssuedDocument
        fields = ("prefix", *WORDS)
        field_classes = {"copies": WholeNumber}
        help_texts = {"copies": "份数。", "main_to": "发给谁。", "copy_to": "没有可以不填。"}

    sequence = WholeNumber(label="序号", required=False, min_value=1)
    token = forms.CharField(widget=forms.HiddenInput, max_length=64, initial=uuid.uuid4)
    file = forms.FileField(
        label="文件",
        required=False,
        help_text=f"可以不传。{attachments.HELP}",
        widget=forms.FileInput(attrs={"accept": attachments.ACCEPTED}),
    )

    def __init__(self, *args, row=None, start=None, **kwargs):
        initial = {name: getattr(row, name) for name in (*WORDS, "lock")} if row else start
        super().__init__(*args, initial=initial, **kwargs)
        if row is not None:
            self.drop("prefix", "sequence", "token")
            if row.file_name:
                self.fields["file"].help_text = f"现有“{row.file_name}”，不传就沿用。{attachments.HELP}"
        else:
            self.fields["sequence"].help_text = f"不填就取下一个空号，现在是 {start['next_free']}。"

    def layout(self):
        given = [Div("prefix", "sequence", css_class="field-row")] if "prefix" in self.fields else []
        return Layout(
            *[name for name in ("lock", "token") if name in self.fields],
            *given,
            "title",
            Div("main_to", "copy_to", css_class="field-row"),
            Div("copies", "issued_on", css_class="field-row"),
            "file",
        )


class VoidForm(CrispyForm):
    """Why a document does not count."""

    void_reason = forms.CharField(label="作废原因", max_length=200)
