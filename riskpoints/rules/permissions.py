"""Who changes which rule; every account of the school may read them."""

from typing import Any

from departments.enums import Role
from departments.permissions import has_role
from riskpoints.rules.defaults import DEFAULTS
from riskpoints.rules.enums import Key


def changes(user: Any, key: Key) -> bool:
    """Whether the person may change this rule."""
    return getattr(user, "is_active", False) and has_role(user, DEFAULTS[key].changed_by)


def keeps_calendar(user: Any) -> bool:
    """The office keeps the working calendar."""
    return getattr(user, "is_active", False) and has_role(user, Role.OFFICE)
