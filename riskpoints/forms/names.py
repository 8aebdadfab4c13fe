"""Departments chosen by name, of which a row keeps the names as one text."""

from collections.abc import Iterable

from django import forms

from riskpoints.tables import co_departments


class NamesField(forms.MultipleChoiceField):
    """Names ticked in a list; its value is one text, as the row keeps it."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs):
        super().__init__(required=False, **kwargs)
        self.names: list[str] = []

    def offer(self, names: Iterable[str], written: str) -> None:
        """Offer these, and tick those that the text names."""
        self.names = list(names)
        self.choices = [(name, name) for name in self.names]
        self.initial = co_departments.split(written, self.names)

    def prepare_value(self, value):
        """A text stands for the names in it: the form begins with what the row says."""
        if isinstance(value, str):
            return co_departments.split(value, self.names)
        return value

    def clean(self, value):
        return co_departments.joined(super().clean(value))
