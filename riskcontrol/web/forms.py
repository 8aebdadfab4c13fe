"""What every form of the site shares: messages that say what to do, date fields, no form tag of crispy's own."""

import datetime
import re
from contextvars import ContextVar
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest, QueryDict

from riskcontrol.text import is_blank, one_break, plain_width, stripped

# Other years are slips of the finger: the register begins in 2011, the oldest department in the last century.
EARLIEST_DATE = datetime.date(1900, 1, 1)
LATEST_DATE = datetime.date(2100, 12, 31)

# Set while a form is shown again with what was typed before a login: the first form that is read refuses with it.
not_yet_sent: ContextVar[str] = ContextVar("not_yet_sent", default="")

# What a row can have as its number in both databases.
POSSIBLE_KEY = re.compile(r"[0-9]{1,18}")

# What a form carries besides what its writer typed.
CARRIED = {"csrfmiddlewaretoken", "next", "lock", "token", "category", "beside", "seen", "take", "leave"}
# What it carries sealed: worth keeping, but no words to copy.
SEALED = {"rows"}

CHOSEN = (forms.Select, forms.RadioSelect, forms.CheckboxSelectMultiple, forms.SelectMultiple)


class DateInput(forms.DateInput):
    """The browser's own calendar; the value travels as 2026-11-20."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        bounds = {"min": EARLIEST_DATE.isoformat(), "max": LATEST_DATE.isoformat()}
        super().__init__(attrs=bounds | (attrs or {}), format="%Y-%m-%d")


class RowsField(forms.ModelMultipleChoiceField):
    """Several rows to tick; a number that no row can have is an unknown choice, not an overflow in the database."""

    def clean(self, value: Any) -> Any:
        if any(not POSSIBLE_KEY.fullmatch(str(key)) for key in value or ()):
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return super().clean(value)


class CodeField(forms.CharField):
    """A code or a number that people copy: full-width digits and letters are taken as plain ones."""

    def to_python(self, value: Any) -> str:
        return plain_width(super().to_python(value) or "")


def _read_text(field: forms.CharField) -> None:
    """Let a field see its text as a reader does: each line break once, nothing where there is nothing to see."""
    plain = field.to_python

    def to_python(value: Any) -> Any:
        text = plain(one_break(value) if isinstance(value, str) else value)
        if not isinstance(text, str):
            return text
        return (stripped(text) if not is_blank(text) else "") or field.empty_value

    setattr(field, "to_python", to_python)  # noqa: B010 - a method of this one field


def _messages(field: forms.Field) -> dict[str, str]:
    name = field.label or ""
    messages = {"required": f"请选择{name}。" if isinstance(field.widget, CHOSEN) else f"请填写{name}。"}
    messages["max_length"] = "请缩短到 %(limit_value)d 字以内，现在有 %(show_value)d 字。"
    messages["null_characters_not_allowed"] = "含有看不见的控制字符，请删去后再保存。"
    messages["min_value"], messages["max_value"] = "不能小于 %(limit_value)s。", "不能大于 %(limit_value)s。"
    if isinstance(field, forms.DateField):
        messages["invalid"] = "请填写日期，如 2026-11-20。"
    elif isinstance(field, forms.IntegerField):
        messages["invalid"] = "请填写整数，如 10。"
    elif isinstance(field, forms.FileField):
        messages |= {"required": f"请选择{name}。", "empty": "这个文件是空的，请换一个文件。"}
    if isinstance(field, forms.ChoiceField | forms.ModelChoiceField):
        messages["invalid_choice"] = "这个选项已不能使用，请重新选择。"
        messages["invalid_pk_value"] = "这个选项已不能使用，请重新选择。"
    return messages


def _own_messages(field: forms.Field) -> set[str]:
    """The messages that were written for this very field: those stay."""
    given = {key: text for kind in reversed(type(field).__mro__) for key, text in _defaults(kind).items()}
    return {key for key, text in field.error_messages.items() if given.get(key) != text}


def _defaults(kind: type) -> dict[str, Any]:
    return vars(kind).get("default_error_messages", {})


def _make_plain(field: forms.Field) -> None:
    """The browser's calendar, texts as a reader sees them, messages with the field's own name."""
    if isinstance(field, forms.DateField):
        field.widget = DateInput(field.widget.attrs)
        field.widget.is_required = field.required
    if isinstance(field, forms.CharField) and field.strip:  # a password is taken as it was typed
        _read_text(field)
    own = _own_messages(field)
    field.error_messages.update({key: text for key, text in _messages(field).items() if key not in own})


class PlainForm(forms.BaseForm):
    """A mixin for Form and ModelForm: crispy without a form tag, and messages with the field's own name in them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True  # the page's own form tag carries the token
        for field in self.fields.values():
            _make_plain(field)

    def add(self, name: str, field: forms.Field) -> None:
        """One more field than the class has."""
        _make_plain(field)
        self.fields[name] = field

    def full_clean(self) -> None:
        """Refuse what nobody has sent yet; see not_yet_sent."""
        super().full_clean()
        if self.is_bound and (reason := not_yet_sent.get()):
            not_yet_sent.set("")
            self.add_error(None, reason)

    def clean(self) -> dict[str, Any] | None:
        """Refuse years that only a slip of the finger writes."""
        cleaned = super().clean()
        for name, value in list((cleaned or self.cleaned_data).items()):
            if isinstance(value, datetime.date) and not EARLIEST_DATE <= value <= LATEST_DATE:
                self.add_error(name, "请核对年份，应在 1900 年至 2100 年之间。")
        return cleaned

    def renew(self, name: str, value: Any) -> None:
        """Let the form carry another value of a field than was sent: what its writer has seen by now."""
        renewed = self.data.copy()
        renewed[self.add_prefix(name)] = value
        self.data = renewed

    def refuse(self, error: ValidationError) -> None:
        """Show what the model refused: beside its field where the form has it, above the form otherwise."""
        by_field = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
        for name, errors in by_field.items():
            self.add_error(name if name in self.fields else None, errors)


class JudgedElsewhere(forms.BaseForm):
    """A mixin for a ModelForm whose row is judged where it is saved: the form leaves its instance alone."""

    def _post_clean(self) -> None:
        """Nothing: no attribute of the instance is set, no rule of the model asked."""


def typed_texts(data: QueryDict) -> list[str]:
    """What somebody wrote into a form: without passwords, and without the short words that choices are sent as."""
    names = [name for name in data if name not in CARRIED | SEALED and not is_secret(name)]
    values = [stripped(value) for name in names for value in data.getlist(name)]
    return [value for value in values if len(value) > 12 or not value.isascii()]


def sent_fields(request: HttpRequest) -> list[tuple[str, str]] | None:
    """(name, value) of a whole form, to send it once more; None where a page can't carry it: a file, a password."""
    if request.FILES or any(is_secret(name) for name in request.POST):
        return None
    return [(name, value) for name, values in request.POST.lists() for value in values]


def is_secret(name: str) -> bool:
    """Whether a field of this name holds a password or a code, which is kept nowhere."""
    return "password" in name or name == "code"
