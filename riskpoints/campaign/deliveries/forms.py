"""The forms of deliveries."""

from crispy_forms.layout import Div, Layout
from django import forms

from riskcontrol.web.forms import JudgedElsewhere
from riskpoints.campaign.deliveries.services import OTHERS, RECEIPT, SENT
from riskpoints.campaign.enums import Purpose
from riskpoints.campaign.models import Delivery
from riskpoints.forms.base import CrispyForm


class SendForm(JudgedElsewhere, CrispyForm, forms.ModelForm):
    """What was sent; of a table in force its name and who keeps it stand already."""

    class Meta:
        model = Delivery
        fields = SENT

    def __init__(self, *args, item=None, today, **kwargs):
        initial = {"sent_on": today}
        if item is not None:
            initial |= {"to_unit": item.to_unit, "purpose": item.purpose, "title": item.title}
        super().__init__(*args, initial=initial, **kwargs)
        chosen = (item.purpose,) if item is not None else OTHERS
        self.fields["purpose"].choices = [(purpose.value, purpose.label) for purpose in chosen]
        if item is not None:
            self.fields["title"].disabled = self.fields["purpose"].disabled = True
        else:
            self.fields["purpose"].choices = [("", "请选择"), *self.fields["purpose"].choices]

    def layout(self):
        return Layout(
            "title",
            Div("purpose", "to_unit", css_class="field-row"),
            Div("copies", "way", "sent_on", css_class="field-row"),
        )

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
