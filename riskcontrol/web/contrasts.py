"""What a form holds, in words: for pages that show what somebody typed, beside what somebody else saved."""

from dataclasses import dataclass

from django.forms import BaseForm, BoundField, CheckboxInput
from django.forms.widgets import ChoiceWidget

from riskcontrol.text import one_break, stripped


@dataclass(frozen=True)
class Contrast:
    """One field that was saved with one content and typed with another."""

    label: str
    saved: str
    typed: str


def words(field: BoundField) -> str:
    """The content of a field as it is read on the page: of a choice its label, of several all labels."""
    widget = field.field.widget
    if isinstance(widget, ChoiceWidget):
        return "、".join(str(part.choice_label) for part in field.subwidgets if part.data["selected"])
    value = field.value()
    if isinstance(widget, CheckboxInput):
        return "是" if value else "否"
    return "" if value is None else stripped(one_break(str(value)))


def typed(form: BaseForm) -> list[tuple[str, str]]:
    """(label, words) of each field that says something."""
    return [(str(field.label), text) for field in form.visible_fields() if (text := words(field))]


def contrasts(typed_form: BaseForm, saved_form: BaseForm) -> list[Contrast]:
    """The fields in which what was typed differs from what is saved."""
    pairs = (
        (field, saved_form[field.name]) for field in typed_form.visible_fields() if field.name in saved_form.fields
    )
    found = (Contrast(str(mine.label), words(theirs), words(mine)) for mine, theirs in pairs)
    return [item for item in found if item.saved != item.typed]
