"""Who changes which rule; every account of the school may read them."""

from departments.enums import Role
from departments.models import Visitor
from departments.permissions import has_role
from riskpoints.rules.defaults import DEFAULTS
from riskpoints.rules.enums import Key


def changes(user: Visitor, key: Key) -> bool:
    """Whether the person may change this rule."""
    return getattr(user, "is_active", False) and has_role(user, DEFAULTS[key].changed_by)


def keeps_calendar(user: Visitor) -> bool:
    """The office keeps the working calendar."""
    return getattr(user, "is_active", False) and has_role(user, Role.OFFICE)
