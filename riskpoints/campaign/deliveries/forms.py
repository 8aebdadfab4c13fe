"""The forms of deliveries."""

from crispy_forms.layout import Div, Layout
from django import forms

from riskcontrol.web.forms import JudgedElsewhere
from riskpoints.campaign.deliveries.services import OTHERS, RECEIPT, SENT
from riskpoints.campaign.enums import Purpose
from riskpoints.campaign.models import Delivery, IssuedDocument
from riskpoints.forms.base import CrispyForm


class SendForm(JudgedElsewhere, CrispyForm, forms.ModelForm):
    """What was sent; of a table in force its name and who keeps it stand already."""

    class Meta:
        model = Delivery
        fields = SENT

    issued = forms.ModelChoiceField(
        label="发文",
        queryset=IssuedDocument.objects.none(),
        required=False,
        empty_label="不是登记过的发文",
        help_text="选了发文，文件名称就用它的标题和文号。",
    )

    def __init__(self, *args, item=None, today, issued=None, chosen=None, **kwargs):
        initial = {"sent_on": today, "issued": chosen}
        if chosen is not None:
            initial |= {"to_unit": chosen.copy_to or chosen.main_to}
        if item is not None:
            initial |= {"to_unit": item.to_unit, "purpose": item.purpose, "title": item.title}
        super().__init__(*args, initial=initial, **kwargs)
        if item is not None or not issued:
            self.drop("issued")
        purposes = (item.purpose,) if item is not None else OTHERS
        self.fields["purpose"].choices = [(purpose.value, purpose.label) for purpose in purposes]
        if item is not None:
            self.fields["title"].disabled = self.fields["purpose"].disabled = True
        else:
            self.fields["title"].required = False
            if "issued" in self.fields:
                self.fields["issued"].queryset = issued
            self.fields["purpose"].choices = [("", "请选择"), *self.fields["purpose"].choices]

    def layout(self):
        return Layout(
            *[name for name in ("issued",) if name in self.fields],
            "title",
            Div("purpose", "to_unit", css_class="field-row"),
            Div("copies", "way", "sent_on", css_class="field-row"),
        )

    def clean(self):
        """A paper has a name: its own, or that of what was issued."""
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("title") and not cleaned.get("issued") and "title" not in self.errors:
            self.add_error("title", "请填写文件名称，或选择发文。")
        return cleaned

    def clean_purpose(self):
        """As the enum's member."""
        return Purpose(self.cleaned_data["purpose"])


class ReceiptForm(JudgedElsewhere, CrispyForm, forms.ModelForm):
    """Who received it, and when."""

    class Meta:
        model = Delivery
        fields = RECEIPT

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["received_on"].required = self.fields["received_by"].required = True


class GiveBackForm(CrispyForm):
    """Why it came back."""

    returned_reason = forms.CharField(label="退回原因", max_length=200)
