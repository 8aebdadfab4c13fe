"""Why an act on a table or a year is not possible now: the one error that says so, in words for people."""

from django.db import models


class WorkflowError(Exception):
    """The act is not possible now; the message is Chinese and says what to do."""


def require_length(model: type[models.Model], name: str, text: str) -> None:
    """WorkflowError where a text is longer than its field; the database must neither cut it nor stop at it."""
    field = model._meta.get_field(name)
    longest = getattr(field, "max_length", None)
    if longest is not None and len(text) > longest:
        label = getattr(field, "verbose_name", name)
        raise WorkflowError(f"{label}请缩短到 {longest} 字以内，现在有 {len(text)} 字。")
