"""Model fields of the project: texts whose rules hold wherever they are validated, not in forms alone."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models

from riskcontrol.text import is_blank, name_problem, one_break

TOO_LONG = "请缩短到 %(limit_value)d 字以内，现在有 %(show_value)d 字。"


class TextField(models.TextField):
    """Django's TextField tells only forms of its max_length; this one refuses longer texts in full_clean(), too.

    A line break is one character, and a text in which there is nothing to see is no text. For migrations it is
    Django's own: neither database keeps the length.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.max_length:
            self.validators.append(MaxLengthValidator(self.max_length, TOO_LONG))

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return one_break(text) if isinstance(text, str) else text

    def validate(self, value: Any, model_instance: Any) -> None:
        super().validate("" if isinstance(value, str) and is_blank(value) else value, model_instance)


class NameField(models.CharField):
    """The name of a person, a department, a post: in one line, without characters that nobody sees."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.validators.append(validate_name)

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs

    def validate(self, value: Any, model_instance: Any) -> None:
        super().validate("" if isinstance(value, str) and is_blank(value) else value, model_instance)


def validate_name(value: str) -> None:
    """ValidationError where a name has a line break, a direction mark or anything else that can't be seen."""
    if problem := name_problem(value):
        raise ValidationError(problem, code="unseen")
