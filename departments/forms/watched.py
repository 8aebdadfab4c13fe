"""Forms that change one row of the organisation, and notice that somebody else changed it since they were opened."""

import copy
from typing import Any

from django import forms

from riskcontrol.audit import canonical_json, sha256
from riskcontrol.web.contrasts import Contrast, contrasts
from riskcontrol.web.forms import PlainForm

LOCK = "lock"
CHANGED = (
    "这里的内容在您填写期间保存过，是他人，或是您在另一个页面。表单里是您填写的，还没有保存。"
    "请对照上面的不同之处，改好后再按保存，将以您的为准；按取消，则保留已保存的内容。"
)


class WatchedForm(PlainForm):
    """A mixin for a ModelForm: carries the digest of what it was opened with, and refuses once when that changed.

    What was refused stays in the form; `contrasts` shows it beside what is saved. The next save overwrites knowingly.
    The view holds the row from reading it to saving (views.access.holding), so that two savers follow one another.
    `beside` is what else the page changes, as text, saved and typed: a post's holders.
    """

    def __init__(self, *args: Any, beside: Contrast | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.contrasts: list[Contrast] = []
        self.beside = beside
        if self.instance.pk:
            field = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput, initial=self.state)
            self.fields[LOCK] = field
            self.helper.render_hidden_fields = True

    def state(self) -> str:
        """The digest of what is saved now in the fields of the form."""
        values = {
            name: _plain(field.prepare_value(self.get_initial_for_field(field, name)))
            for name, field in self.fields.items()
            if name != LOCK
        }
        return sha256(canonical_json([values, self.beside.saved if self.beside else ""]))

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        sent = self.data.get(self.add_prefix(LOCK), "") if LOCK in self.fields else ""
        if sent and sent != self.state():
            self.contrasts = self._contrasts()
            if self.contrasts:  # who typed what is saved has nothing to choose
                self.add_error(None, CHANGED)
                self.renew(LOCK, self.state())
        return cleaned

    def _contrasts(self) -> list[Contrast]:
        saved = copy.copy(self)
        saved.is_bound, saved.data, saved._bound_fields_cache = False, {}, {}
        found = contrasts(self, saved)
        if self.beside and self.beside.saved != self.beside.typed:
            found.append(self.beside)
        return found


def _plain(value: Any) -> Any:
    """A field's value as JSON knows it; several choices in one order."""
    if isinstance(value, list | tuple | set):
        return sorted(str(item) for item in value)
    return value
