"""Model fields of the project: texts whose longest length holds wherever they are validated, not in forms alone."""

from typing import Any

from django.core.validators import MaxLengthValidator
from django.db import models

TOO_LONG = "请缩短到 %(limit_value)d 字以内，现在有 %(show_value)d 字。"


class TextField(models.TextField):
    """Django's TextField tells only forms of its max_length; this one refuses longer texts in full_clean(), too.

    For migrations it is Django's own: neither database keeps the length.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.max_length:
            self.validators.append(MaxLengthValidator(self.max_length, TOO_LONG))

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs
