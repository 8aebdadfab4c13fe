"""Beside a version of a table: the findings that it answers (R43), for who fills it in, reviews it, or signs it."""

from departments.models import User
from riskpoints.models import TableVersion
from riskpoints.oversight.handling.permissions import seen_findings
from riskpoints.wings import Panel, Place

PLACES: tuple[Place, ...] = ("filling", "reviewing", "deciding")


def panel(user: User, version: TableVersion) -> Panel | None:
    """The findings that this person sees; nothing where the version answers none."""
    rows = list(seen_findings(user).filter(answers__version=version).order_by("pk"))
    return Panel("oversight/handling/_answered.html", rows) if rows else None
