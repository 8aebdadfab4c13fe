"""One version as one person sees it: its content and mode; what changed and what comes next are added above it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar, cast

from django.urls import reverse

from departments.accounts import typed
from departments.models import School, User
from riskcontrol.kept import Kept, State, state_of_acts
from riskcontrol.web.contrasts import Contrast
from riskpoints.content import completeness
from riskpoints.content.content import TableContent, conceal_review, content_code, load
from riskpoints.content.criteria import harm_criteria
from riskpoints.enums import Action, Harm, Scope, Status
from riskpoints.evidence.verification import is_as_decided
from riskpoints.forms.deciding import UnwalkedForm
from riskpoints.forms.reviewing import AssessmentForm, ReviewForm
from riskpoints.importing.undoing import last_import
from riskpoints.models import DraftAct, TableImport, TableVersion
from riskpoints.permissions import (
    RegisterAction,
    can,
    fills,
    sees_review,
    writes,
)
from riskpoints.tables import workflow
from riskpoints.tables.undoing import last_own_act
from riskpoints.views.opening import Opened

Value = TypeVar("Value")
_around: Kept[Any] = Kept(most=2000)


@dataclass
class SheetPage:
    """What the page of a version begins with; `opened` is the form that is open, the others what an answer shows."""

    version: TableVersion
    user: User
    opened: Opened | None = None
    assessment_forms: dict[int, AssessmentForm] | None = None
    problems: list[completeness.Finding] = field(default_factory=list)
    contrasts: dict[int, list[Contrast]] = field(default_factory=dict)
    review: ReviewForm | None = None
    unwalked: UnwalkedForm | None = None
    saved: str = ""

    @cached_property
    def state(self) -> State | None:
        """The state of the register, read before anything else that is kept for it."""
        return state_of_acts()

    def kept_around(self, name: str, read: Callable[[], Value]) -> Value:
        """What stands around the content and changes with the acts alone, as it was read for this reader before."""
        key = (name, self.user.pk, self.version.pk, self.mode)
        return cast(Value, _around.value(key, self.state, read))

    @cached_property
    def address(self) -> str:
        """The address of the page; links on it are written out, since an error is shown at the address posted to."""
        return reverse("riskpoints:version", args=[self.version.pk])

    @cached_property
    def content(self) -> TableContent:
        loaded = load(self.version)
        if not sees_review(self.user, self.version):
            conceal_review(loaded.points)
        return loaded

    @cached_property
    def mode(self) -> str:
        """edit, review or read."""
        if self.version.table.cycle.is_closed or self.version.table.is_removed:
            return "read"
        if self.version.status == Status.DRAFT and can(self.user, Action.EDIT, self.version):
            return "edit"
        if self.version.status == Status.SUBMITTED and can(self.user, Action.ASSESS, self.version):
            return "review"
        return "read"

    @property
    def is_untouched(self) -> bool:
        """Whether nothing stands in a draft yet, so that taking over what exists is the first thing offered."""
        return self.mode == "edit" and not any(row.points or row.measures or row.is_nil for row in self.content.rows)

    @cached_property
    def last_import(self) -> TableImport | None:
        """The import that can be undone as a whole: nothing has changed since."""
        return last_import(self.version) if self.mode == "edit" else None

    @cached_property
    def last_act(self) -> DraftAct | None:
        """What the reader did last in the draft, if it can be undone; an import has words of its own."""
        return last_own_act(self.version, self.user) if self.mode == "edit" and not self.last_import else None

    @cached_property
    def report(self) -> completeness.Report:
        return completeness.check(self.content)

    @cached_property
    def actions(self) -> list[Action]:
        return workflow.available_actions(self.version, self.user)

    @cached_property
    def shows_assessment(self) -> bool:
        return can(self.user, RegisterAction.VIEW_ASSESSMENT, self.version)

    @cached_property
    def may_write(self) -> Callable[[int | None], bool]:
        """Says of a post (None: of what belongs to none) whether its rows are the reader's to write (R53)."""
        return writes(self.user, self.version.table) if self.mode == "edit" else lambda post: False

    @property
    def may_write_whole(self) -> bool:
        """Whether the head, 无 and what belongs to no post are the reader's to write."""
        return self.may_write(None)

    @property
    def is_filled_by_user(self) -> bool:
        return fills(self.user, self.version.table)

    @cached_property
    def decisions(self) -> list[Any]:
        """Decisions, newest first, as prefetched."""
        return list(self.version.decisions.all())

    @cached_property
    def harm_guides(self) -> dict[Harm, str]:
        """What the steps of 危害程度 mean for this version."""
        return self.kept_around("harms", lambda: harm_criteria(self.version))

    @property
    def title_lines(self) -> list[str]:
        """The title as the form prints it."""
        school = self.kept_around("school", School.current)
        if self.version.table.scope == Scope.SCHOOL:
            return [school.form_title]
        return [school.short_name, school.department_form_title]

    @cached_property
    def kept(self) -> list[Any]:
        """What this person typed into this version and did not save, while it can still be changed."""
        if self.mode == "read" or self.opened is not None:
            return []
        return [kept for kept in typed.kept_by(self.user) if kept.path.startswith(self.address)]

    @property
    def is_altered(self) -> bool:
        """Whether the stored content is no longer what was decided last: somebody changed it past the program."""
        return not is_as_decided(self.version, self.content, self.decisions[0] if self.decisions else None)

    @property
    def content_code(self) -> str:
        """The short code of the last decided content."""
        return content_code(self.decisions[0].content_hash) if self.decisions else ""
