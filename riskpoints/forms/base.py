"""What the forms of a table share: a layout, the state that was seen, the token of a new row."""

import uuid
from collections.abc import Sequence

from crispy_forms.layout import Layout
from django import forms

from riskcontrol.web.contrasts import Contrast, contrasts
from riskcontrol.web.forms import PlainForm


def area(rows: int = 2, **attrs) -> forms.Textarea:
    """A text area that grows with its text."""
    return forms.Textarea(attrs={"rows": rows, **attrs})


class CrispyForm(PlainForm, forms.Form):
    """A form whose tag, token and buttons stand in the template."""

    use_required_attribute = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper.layout = self.layout()

    def drop(self, *names: str) -> None:
        """Do without these fields: the layout names none that the form does not have."""
        for name in names:
            del self.fields[name]
        self.helper.layout = self.layout()

    def layout(self) -> Layout:
        return Layout(*self.fields)


class LockedForm(CrispyForm):
    """A form that carries the state its writer saw, to notice that somebody else saved in between."""

    lock: forms.Field = forms.IntegerField(widget=forms.HiddenInput, required=False)
    contrasts: Sequence[Contrast] = ()

    def face(self, saved: "LockedForm") -> None:
        """Refused: where somebody else saved meanwhile, show what differs from `saved`, the form as it would be opened
        now (templates/departments/_contrasts.html). Sent once more, the form has seen that and overwrites knowingly."""
        if self["lock"].value() != str(saved.initial["lock"]):
            self.contrasts = contrasts(self, saved)
            self.renew("lock", saved.initial["lock"])


class NewRowForm(LockedForm):
    """A form that may add a row: the token tells one that is sent again from a second row."""

    token = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False, initial=uuid.uuid4)

    @property
    def carried(self) -> list[str]:
        """The hidden fields."""
        return [name for name in ("lock", "token") if name in self.fields]
