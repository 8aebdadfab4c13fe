"""Where the library stands in the menu: for who keeps it. Others come to it from the table they fill in."""

from typing import Any

from django.urls import reverse

from riskpoints.references.library.permissions import LibraryAction, can
from riskpoints.wings import MenuEntry


def entries(user: Any) -> list[MenuEntry]:
    """典型风险库, for the committee."""
    return [MenuEntry("典型风险库", reverse("library:index"), is_beside=True)] if can(user, LibraryAction.KEEP) else []
