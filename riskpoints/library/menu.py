"""Where the library stands in the menu: for all who read it, the committee and those who fill in and lead."""

from django.urls import reverse

from departments.models import User
from riskpoints.references.library.permissions import LibraryAction, can
from riskpoints.wings import MenuEntry


def entries(user: User) -> list[MenuEntry]:
    """典型风险库, for who reads it."""
    return [MenuEntry("典型风险库", reverse("library:index"), is_beside=True)] if can(user, LibraryAction.READ) else []
