"""The forms of a year: opening it, and its dates."""

import datetime
from typing import Any

from crispy_forms.layout import Div, Layout
from django import forms
from django.core.exceptions import ValidationError

from riskcontrol.forms import PlainForm
from riskpoints import years


class DatesForm(PlainForm, forms.Form):
    """The four dates of a year, in their order."""

    fill_from = forms.DateField(label="填报开始")
    fill_until = forms.DateField(label="填报截止")
    review_until = forms.DateField(label="审核截止")
    publish_until = forms.DateField(label="公示截止", help_text="包括公示和签字确定。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = self.layout()

    def layout(self) -> Layout:
        return Layout(
            Div("fill_from", "fill_until", css_class="field-row"),
            Div("review_until", "publish_until", css_class="field-row"),
        )

    @property
    def dates(self) -> dict[str, datetime.date]:
        """The dates as the services take them."""
        return {name: self.cleaned_data[name] for name in years.DATES}

    def clean(self) -> dict[str, Any] | None:
        """Say at the field which date comes too early."""
        cleaned = super().clean()
        pairs = zip(years.DATES, years.DATES[1:], strict=False)
        for earlier, later in pairs:
            first, second = self.cleaned_data.get(earlier), self.cleaned_data.get(later)
            if first and second and second < first:
                self.add_error(later, f"不能早于{self.fields[earlier].label}。")
        return cleaned

    def refuse(self, error: ValidationError) -> None:
        """Show what the model refused, next to its field where there is one."""
        for name, texts in error.message_dict.items():
            self.add_error(name if name in self.fields else None, texts)


class OpenYearForm(DatesForm):
    """A year to be opened."""

    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100)
    field_order = ["year", *years.DATES]

    def layout(self) -> Layout:
        return Layout(Div("year", css_class="field-row"), *super().layout())
