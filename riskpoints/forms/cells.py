"""One cell of the sheet by itself: a text, or one choice; and a whole form as it would be sent with that text in it."""

from typing import Any

from django import forms
from django.http import QueryDict

from riskcontrol.web.forms import PlainForm
from riskpoints.enums import Stage
from riskpoints.models import Measure, RiskPoint
from riskpoints.tables import levelling

EMPTIED = "文字不能空着。不要这一项，请按“删除”；要恢复原文，请按 Esc。"


class CellForm(PlainForm, forms.Form):
    """What one cell sends: `name` is the field that it is, `lock` the state of the row that its writer saw."""

    lock = forms.IntegerField(required=False, widget=forms.HiddenInput)
    token = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict, name: str, field: forms.Field) -> None:
        self.name = name
        super().__init__(data)
        self.add(name, field)

    @property
    def value(self) -> Any:
        """What was chosen or typed, once the form is valid."""
        return self.cleaned_data[self.name]


def text_field(model: type[RiskPoint | Measure]) -> forms.CharField:
    """The text of a point or of a measure, as long as the model takes it."""
    field = model._meta.get_field("text")
    messages = {"required": EMPTIED}
    return forms.CharField(label=str(field.verbose_name), max_length=field.max_length, error_messages=messages)


def post_field(posts: Any, *, is_whole: bool) -> forms.ModelChoiceField:
    """The posts that a point may be of; none of them only for who writes what belongs to no post."""
    return forms.ModelChoiceField(label="岗位", queryset=posts, required=not is_whole)


def square_field() -> forms.ChoiceField:
    """One of the nine pairs of likelihood and harm."""
    return forms.ChoiceField(label="等级", choices=[(pair, pair) for pair in levelling.PAIRS])


def stage_field() -> forms.ChoiceField:
    """The stage of a measure, or none."""
    return forms.ChoiceField(label="阶段", choices=[("", "未分阶段"), *Stage.choices], required=False)


def as_sent(form: forms.BaseForm, **typed: Any) -> QueryDict:
    """What an open form would send if its writer pressed save now, with `typed` in place of what stands in it."""
    data = QueryDict(mutable=True)
    for name in form.fields:
        value = typed.get(name, form[name].value())
        if value is None or value is False:
            continue
        many = isinstance(value, list | tuple)
        data.setlist(name, [str(item) for item in value] if many else ["on" if value is True else str(value)])
    return data
