"""From review to signature: the four steps, the publication, the scans, and who is still to be named."""

import datetime
from functools import cached_property
from typing import Any

from django.utils import timezone

from departments.enums import Role
from departments.permissions import has_role
from riskpoints import wings
from riskpoints.enums import Action, ConfirmedBy, Status
from riskpoints.models import MeetingDecision
from riskpoints.permissions import (
    NOBODY,
    can,
    who_confirms,
)
from riskpoints.rules import queries as rules
from riskpoints.tables import meetings, publicity
from riskpoints.tables.demands import UNPOSTED
from riskpoints.views.sheet.page import SheetPage

STEPS = ["填报", "纪委审核", "公示", "签字确定"]
AT_MEETING = [*STEPS[:3], "会议决定"]


class Deciding(SheetPage):
    """A page that says what comes next."""

    nobody = NOBODY

    @property
    def steps(self) -> list[tuple[str, str]]:
        """The four steps with done, now or an empty text for each."""
        place = {Status.DRAFT: 0, Status.SUBMITTED: 1, Status.REVIEWED: 3, Status.CONFIRMED: 4}.get(
            Status(self.version.status), 0
        )
        names = AT_MEETING if self.version.table.is_leaders else STEPS
        if place == 3 and self.is_published_now:
            place = 2
        return [(name, "done" if i < place else "now" if i == place else "") for i, name in enumerate(names)]

    @property
    def is_published_now(self) -> bool:
        """Whether the publication period is running."""
        return self.version.is_being_published()

    @cached_property
    def publication_ends(self) -> datetime.date | None:
        """The last day of the publication, if the table is approved today; None where the rules demand none."""
        return publicity.period(timezone.localdate()).get("publish_until")

    @property
    def calendar_is_missing(self) -> bool:
        """Whether that day lies in a year whose holidays nobody entered."""
        return self.publication_ends is not None and not rules.is_kept(self.publication_ends.year)

    @cached_property
    def waits_for(self) -> str:
        """Why the table can't be confirmed yet although its period is over."""
        if publicity.needs_posting(self.version):
            return UNPOSTED
        return wings.unmet(Action.CONFIRM, self.version) if self.version.status == Status.REVIEWED else ""

    @cached_property
    def panels(self) -> list[wings.Panel]:
        """What others said of a table that is to be signed, or what is done with one that is in force."""
        place: wings.Place | None = "in_force" if self.version.is_in_force else None
        place = "deciding" if self.version.status == Status.REVIEWED else place
        return wings.panels(place, self.user, self.version) if place else []

    @cached_property
    def meeting(self) -> MeetingDecision | None:
        """What a meeting decided post by post, or what was noted of it before its scan came (R53)."""
        return meetings.last_of(self.version)

    @cached_property
    def lacks_confirmer(self) -> bool:
        """Whether everybody who could confirm or record took part in the table, so that somebody has to be named."""
        version = self.version
        waits = version.status == Status.REVIEWED and not version.is_historical and not version.table.cycle.is_closed
        return waits and not who_confirms(version)

    @cached_property
    def scans(self) -> list[Any]:
        """The scans of the signed paper, for those who see the assessment."""
        if not self.shows_assessment:
            return []
        scans = self.version.scans.select_related("added_by", "replacement__added_by")
        return list(scans.order_by("added_at", "id"))

    @property
    def lacks_scan(self) -> bool:
        """Whether the principal confirmed in the browser and the sealed sheet was not scanned yet."""
        is_own = self.version.confirmed_how == ConfirmedBy.BROWSER and self.version.status == Status.CONFIRMED
        return is_own and not self.scans

    @property
    def may_add_scan(self) -> bool:
        return can(self.user, Action.ADD_SCAN, self.version)

    @property
    def may_replace_scan(self) -> bool:
        return can(self.user, Action.REPLACE_SCAN, self.version)

    @property
    def user_is_principal(self) -> bool:
        return has_role(self.user, Role.PRINCIPAL)
