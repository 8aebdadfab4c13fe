"""What changed: against the version it was copied from, a newer source, and the last return."""

from functools import cached_property
from typing import Any

from riskpoints.content import changes, differences
from riskpoints.content.content import load
from riskpoints.content.walk import Walk, walk_of
from riskpoints.enums import Action
from riskpoints.models import TableVersion
from riskpoints.tables.returned import Returned, returned
from riskpoints.views.sheet.page import SheetPage
from riskpoints.years import inheriting
from riskpoints.years.offers import Offers, offers, replaced


class Changes(SheetPage):
    """A page that tells what changed, for those who see the assessment."""

    @cached_property
    def difference(self) -> changes.Difference | None:
        """What changed against the version this one was copied from, for those who may see both."""
        base = self.version.base
        if base is None or not self.shows_assessment:
            return None
        return differences.compare(self.kept_around("base", lambda: load(base)), self.content)

    @cached_property
    def walk(self) -> Walk | None:
        """How far a renewal was gone through, for those who see the assessment: as long as nothing is decided, and
        later where anybody did so."""
        walk = walk_of(self.content, self.difference) if self.shows_assessment else None
        return walk if walk is not None and (self.mode != "read" or walk.has_answers) else None

    @property
    def duties_changed(self) -> bool:
        """Whether the duties differ from the base, so that the difference is shown in their place."""
        return self.difference is not None and any(change.name == "duties" for change in self.difference.head)

    @cached_property
    def newer_source(self) -> TableVersion | None:
        """What took the place of the version this one was begun from, for those who see the assessment."""
        return self.kept_around("newer source", lambda: replaced(self.version)) if self.shows_assessment else None

    @cached_property
    def offers(self) -> Offers | None:
        """What the newer source offers a draft to who fills it in."""
        if self.newer_source is None or self.mode != "edit":
            return None
        return offers(self.version, self.newer_source)

    @cached_property
    def left_to_inherit(self) -> int:
        """How many points of a closed department this draft could still take over."""
        if self.mode != "edit":
            return 0
        return self.kept_around(
            "inherited", lambda: sum(not one.is_taken for one in inheriting.inherited(self.version))
        )

    @cached_property
    def remarks(self) -> dict[Any, list[Any]]:
        """Remarks that were sent to the department, by point identity (None: of the whole table)."""
        found: dict[Any, list[Any]] = {}
        if self.shows_assessment:
            for remark in self.version.remarks.select_related("author"):
                if remark.sent_at is not None:
                    found.setdefault(remark.point_identity, []).append(remark)
        return found

    @cached_property
    def returned(self) -> Returned | None:
        """The remarks of the last return with their answers, and what was changed since: the same list for the head
        and the reviewer."""
        return returned(self.content) if self.shows_assessment and self.mode != "read" else None

    @cached_property
    def answerable(self) -> set[int]:
        """The keys of the remarks that the reader may answer: in the table of the 校领导班子 those at the own post."""
        items = self.returned.items if self.returned else []
        return {item.remark.pk for item in items if self.may_write(item.post_id)}

    @cached_property
    def last_return(self) -> Any:
        """The return that sent this draft back, if that was the last thing that happened."""
        last = self.decisions[0] if self.decisions else None
        return last if last is not None and last.action == Action.RETURN and self.version.is_draft else None
