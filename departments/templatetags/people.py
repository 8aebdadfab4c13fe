"""People in templates, by the names they had when they acted."""

import datetime

from django import template

from departments.models import User

register = template.Library()


@register.filter
def as_of(person: User | str | None, moment: datetime.datetime | None) -> str:
    """The name of an account at a moment; a name that was kept as a text is that already."""
    return person.name_at(moment) if isinstance(person, User) else person or ""
