"""The history of one table: its versions, who decided what, and which two versions to compare (R34)."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q

from riskcontrol.web.query import QueryReader
from riskpoints.content import changes, content, differences, today
from riskpoints.content.versions import versions_with_people
from riskpoints.content.walk import is_renewal, walk_of
from riskpoints.enums import DECISIVE_ACTIONS
from riskpoints.models import ControlTable, Decision, TableVersion
from riskpoints.permissions import RegisterAction, can, sees_review, visible_versions


@dataclass(frozen=True)
class ListedVersion:
    """One version with where it stands today, None where it was never signed; of a renewal that was gone through what
    逐条核对 found."""

    version: TableVersion
    standing: today.Standing | None
    walked: str = ""

    @property
    def stands(self) -> bool:
        """Whether it is what counts in its year, so that where it stands says more than its status."""
        return self.standing is not None and self.version.is_in_force


@dataclass(frozen=True)
class Event:
    """One decision on one version; `comment` is empty for people who don't see the assessment."""

    decision: Decision
    version: TableVersion
    comment: str


@dataclass(frozen=True)
class Comparison:
    """Two versions, the older one first, and what differs as far as this person may see."""

    old: TableVersion
    new: TableVersion
    difference: changes.Difference


@dataclass(frozen=True)
class History:
    """Everything the page shows: the versions this person may open, newest first, and those of other years."""

    table: ControlTable
    versions: list[ListedVersion]
    others: list[ListedVersion]
    events: list[Event]

    @property
    def comparable(self) -> list[ListedVersion]:
        """All versions that can be compared with each other."""
        return [*self.versions, *self.others]


def history_of(table: ControlTable, user: Any) -> History:
    """The history as this person may see it; without versions where there is nothing to see."""
    seen = visible_versions(user).filter(table__scope=table.scope, table__department=table.department_id)
    found = list(
        versions_with_people(seen.filter(Q(table=table) | Q(pk=F("table__in_force"))))
        .select_related("confirmed_by", "created_by", "base__table__cycle")
        .order_by("-table__cycle__year", "-number")
    )
    signed = today.standings(found)
    # A table has one renewal at most, its first version: what is asked of it is asked once.
    listed = [
        ListedVersion(version, signed.get(version.pk), _walked(version, user) if version.table_id == table.pk else "")
        for version in found
    ]
    versions = [item for item in listed if item.version.table_id == table.pk]
    events = [event for item in versions for event in _events(item.version, user)]
    return History(
        table=table,
        versions=versions,
        others=[item for item in listed if item.version.table_id != table.pk],
        events=sorted(events, key=lambda event: (event.decision.at, event.decision.pk), reverse=True),
    )


def _walked(version: TableVersion, user: Any) -> str:
    """What 逐条核对 of a renewal found, for people who see the assessment."""
    walk = walk_of(content.load(version)) if is_renewal(version) else None
    is_told = walk is not None and walk.has_answers and can(user, RegisterAction.VIEW_ASSESSMENT, version)
    return walk.words if walk is not None and is_told else ""


def _events(version: TableVersion, user: Any) -> list[Event]:
    """All decisions with their comments; people who don't see the assessment only learn that it was put in force."""
    if can(user, RegisterAction.VIEW_ASSESSMENT, version):
        return [Event(decision, version, decision.comment) for decision in version.decisions.all()]
    return [Event(decision, version, "") for decision in version.decisions.all() if decision.action in DECISIVE_ACTIONS]


def comparison(history: History, query: QueryReader, user: Any) -> Comparison | None:
    """The two versions that `?from=&to=` names; otherwise the newest one against the one it was copied from."""
    comparable = [item.version for item in history.comparable]
    offered = {version.pk: version for version in comparable}
    newest = next((item.version for item in history.versions), None)
    new = offered.get(query.number("to", "对照的版本", offered) or 0) or newest
    if new is None:
        return None
    old = offered.get(query.number("from", "对照的版本", offered) or 0) or _before(new, comparable)
    if old is None or old.pk == new.pk:
        return None
    if (old.table.cycle.year, old.number) > (new.table.cycle.year, new.number):
        old, new = new, old
    difference = differences.compare(_shown(old, user), _shown(new, user))
    if not all(can(user, RegisterAction.VIEW_ASSESSMENT, version) for version in (old, new)):
        difference = difference.without_assessment()
    return Comparison(old, new, difference)


def _shown(version: TableVersion, user: Any) -> content.TableContent:
    loaded = content.load(version)
    if not sees_review(user, version):
        content.conceal_review(loaded.points)
    return loaded


def _before(version: TableVersion, offered: list[TableVersion]) -> TableVersion | None:
    """The version it was copied from, else the one before it in the list (newest first)."""
    base = next((item for item in offered if item.pk == version.base_id), None)
    if base is not None:
        return base
    place = [item.pk for item in offered].index(version.pk)
    return offered[place + 1] if place + 1 < len(offered) else None
