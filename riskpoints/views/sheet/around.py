"""What stands around a version: other versions, other years, and what its reader may do about it."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q
from django.utils import timezone

from departments.permissions import OrganisationAction
from departments.permissions import can as can_organise
from departments.queries import posts_without_floors
from riskpoints import wings
from riskpoints.content import today
from riskpoints.enums import Status
from riskpoints.models import TableVersion
from riskpoints.permissions import (
    fills,
    is_reviewer_of,
    proposed,
    visible_versions,
    wrote,
)
from riskpoints.views.sheet.page import SheetPage


@dataclass(frozen=True)
class Other:
    """Another version of the same owner, and where it stands today if it was ever signed."""

    version: TableVersion
    standing: today.Standing | None


class Around(SheetPage):
    """A page that knows its neighbours."""

    @cached_property
    def siblings(self) -> list[TableVersion]:
        """The table's other versions that this person may open, newest first."""
        return list(visible_versions(self.user).filter(table=self.version.table).order_by("-number"))

    @cached_property
    def standing(self) -> today.Standing | None:
        """Where this version stands today, if it is the one that was signed last in its year."""
        return today.standings([self.version]).get(self.version.pk) if self.version.is_in_force else None

    @cached_property
    def others(self) -> list[Other]:
        """What else of this owner counts: what is in force today, of whichever year, and for those who fill in what
        is on its way in the other open years."""
        return self.kept_around("others", self._others)

    def _others(self) -> list[Other]:
        table = self.version.table
        wanted = today.in_force_today()
        if self.is_filled_by_user:
            wanted |= Q(status__in=Status.open(), table__cycle__closed_at=None) & ~Q(table=table)
        owner = Q(table__scope=table.scope, table__department=table.department_id)
        found = visible_versions(self.user).filter(owner & wanted).exclude(pk=self.version.pk)
        versions = list(found.select_related("table__cycle").order_by("table__cycle__year", "number"))
        standings = today.standings(versions)
        return [Other(version, standings.get(version.pk)) for version in versions]

    @cached_property
    def may_revise(self) -> bool:
        table = self.version.table
        is_open = any(v.status in Status.open() for v in self.siblings)
        return self.version.is_in_force and not is_open and not table.cycle.is_closed and fills(self.user, table)

    @cached_property
    def why_not_reviewing(self) -> str:
        """Said to a reviewer who could else review this very version."""
        if self.version.status != Status.SUBMITTED or not is_reviewer_of(self.user, self.version.table):
            return ""
        if wrote(self.user, self.version):
            return "您填写或提交过这张表，由另一位审核人审核。"
        return "您提出的建议已写入这张表，由另一位审核人审核。" if proposed(self.user, self.version) else ""

    @cached_property
    def posts_without_floors(self) -> int:
        """For the reviewer of a department's table: how many posts there are, where no floor is at work anywhere."""
        is_asked = self.mode == "review" and not self.version.table.is_school
        return posts_without_floors(timezone.localdate()) if is_asked else 0

    @property
    def may_tick_functions(self) -> bool:
        """Whether the reader may mend that: functions are the committee's."""
        return can_organise(self.user, OrganisationAction.EXTEND_FUNCTIONS)

    @cached_property
    def all_marks(self) -> list[wings.Mark]:
        return self.kept_around("marks", lambda: wings.marks(self.user, [self.version]).get(self.version.pk, []))

    @property
    def marks(self) -> list[wings.Mark]:
        """What the wings say of the table as a whole."""
        return [mark for mark in self.all_marks if mark.point is None]
