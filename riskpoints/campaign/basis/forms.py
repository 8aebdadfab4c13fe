"""The form of a document that a year rests on."""

import uuid

from crispy_forms.layout import Div, Layout
from django import forms

from riskcontrol import attachments
from riskcontrol.web.forms import JudgedElsewhere
from riskpoints.campaign.models import BasisDocument
from riskpoints.campaign.models.basis import WORDS
from riskpoints.forms.base import LockedForm


class BasisForm(JudgedElsewhere, LockedForm, forms.ModelForm):
    """What the document is called and how papers cite it; the lock is the key of the row that its writer saw."""

    class Meta:
        model = BasisDocument
        fields = WORDS
        help_texts = {
            "number": "如“烟一职专党字〔2026〕11号”，没有可以不填。",
            "cited_as": "公示稿里怎样写这份文件。不填，就写《文件名称》（文号）。",
        }

    token = forms.CharField(widget=forms.HiddenInput, max_length=64, initial=uuid.uuid4)
    file = forms.FileField(
        label="文件",
        required=False,
        help_text=f"可以不传。{attachments.HELP}",
        widget=forms.FileInput(attrs={"accept": attachments.ACCEPTED}),
    )

    def __init__(self, *args, row=None, **kwargs):
        initial = {name: getattr(row, name) for name in WORDS} | {"lock": row.pk} if row else {}
        super().__init__(*args, initial=initial, **kwargs)
        if row is not None and row.file_name:
            self.fields["file"].help_text = f"现有“{row.file_name}”，不传就沿用。{attachments.HELP}"

    def layout(self):
        return Layout(
            "lock",
            "token",
            "title",
            Div("number", "issuer", "issued_on", css_class="field-row"),
            "cited_as",
            "file",
        )
