"""Who keeps the library, and who reads it: one table of rules."""

from collections.abc import Callable
from typing import Any

from django.db import models

from departments.enums import Role
from departments.models import Visitor
from departments.permissions import afresh, has_role

# Who fills in, and those who review, sign and lead beside them. The public never reads it.
READERS = (Role.HEAD, Role.CLERK, Role.LEADER, Role.OFFICE, Role.REVIEWER, Role.PRINCIPAL, Role.SECRETARY)


class LibraryAction(models.TextChoices):
    """What people do with the library."""

    READ = "read_library", "查看典型风险库"
    KEEP = "keep_library", "维护典型风险库和引导问题"


RULES: dict[str, Callable[[Any], bool]] = {
    LibraryAction.READ: lambda user: has_role(user, *READERS),
    LibraryAction.KEEP: lambda user: has_role(user, Role.REVIEWER),
}


def can(user: Visitor, action: str) -> bool:
    """Whether the person may do this; what no rule names is refused."""
    rule = RULES.get(action)
    return rule is not None and getattr(user, "is_active", False) and rule(user)


def can_still(user: Visitor, action: str) -> bool:
    """can() with the rights as they are in the database now: asked under the lock."""
    return can(afresh(user), action)
