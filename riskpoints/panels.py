"""What the apps that stand on the register show on its own pages."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from riskpoints.models import TableVersion

# Where: the public page of a table, and the page on which it is confirmed.
Place = Literal["published", "deciding"]


@dataclass(frozen=True)
class Panel:
    """One part of a page: its template, which finds `shown` in its context as `panel.shown`."""

    template: str
    shown: Any


# Each such app adds its own in AppConfig.ready(); the register knows none of them.
PANELS: dict[Place, list[Callable[[Any, TableVersion], Panel | None]]] = {"published": [], "deciding": []}


def panels(place: Place, user: Any, version: TableVersion) -> list[Panel]:
    """What is to be shown to this person on this page of a version."""
    found = (make(user, version) for make in PANELS[place])
    return [panel for panel in found if panel is not None]
