"""What the pages of powers show: rows of the list, and one power with what its reader may do about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q, QuerySet
from django.utils import timezone

from departments.enums import Role
from departments.models import Department, User
from departments.permissions import department_ids
from riskpoints.powers.flow import Flow, flow_of
from riskpoints.powers.papers import Entry, entries
from riskpoints.references.powers import filing, queries
from riskpoints.references.powers.enums import OPEN, PowerState
from riskpoints.references.powers.models import Power, PowerRevision, PowerStep
from riskpoints.references.powers.permissions import PowerAction, can, visible_revisions


@dataclass(frozen=True)
class Chosen:
    """What the list is narrowed down to."""

    department: int | None
    words: str

    @property
    def is_narrowed(self) -> bool:
        return bool(self.department or self.words)


def listed(chosen: Chosen) -> QuerySet[PowerRevision]:
    """What is filed, narrowed down: by department, and by words of name, content and steps or a number."""
    found = queries.in_force()
    if chosen.department:
        found = found.filter(power__department=chosen.department)
    for word in chosen.words.split():
        steps = PowerStep.objects.filter(name__icontains=word)
        wanted = Q(name__icontains=word) | Q(content__icontains=word) | Q(pk__in=steps.values("revision"))
        prefix, _, serial = word.partition("-")
        if prefix.isascii() and prefix.isdigit() and serial.isascii() and serial.isdigit():
            wanted |= Q(power__prefix=int(prefix[:4]), power__serial=int(serial[:4]))
        found = found.filter(wanted)
    return found


def departments_with_powers() -> list[Department]:
    """The departments that the list can be narrowed down to."""
    filed = Power.objects.filter(filed__isnull=False, retired_at=None)
    return list(Department.objects.filter(pk__in=filed.values("department")))


@dataclass(frozen=True)
class PowerPage:
    """One power as this person sees it."""

    user: User
    power: Power
    number: int | None = None

    @cached_property
    def revisions(self) -> list[PowerRevision]:
        """Those that the person may open, the newest first."""
        return list(queries.whole(visible_revisions(self.user).filter(power=self.power)))

    @cached_property
    def revision(self) -> PowerRevision | None:
        """The one asked for, else what waits, else what is filed, else the newest."""
        if self.number is not None:
            return next((row for row in self.revisions if row.number == self.number), None)
        waiting = [row for row in self.revisions if row.state in OPEN]
        filed = [row for row in self.revisions if row.pk == self.power.filed_id]
        return next(iter([*waiting, *filed, *self.revisions]), None)

    @cached_property
    def entry(self) -> Entry | None:
        return entries([self.revision])[0] if self.revision else None

    @cached_property
    def flow(self) -> Flow | None:
        return flow_of(list(self.revision.steps.all())) if self.revision else None

    @cached_property
    def open(self) -> PowerRevision | None:
        """The draft or what waits for filing, if the page shows it."""
        return self.revision if self.revision and self.revision.state in OPEN else None

    @property
    def _department(self) -> Department:
        return self.power.department

    @property
    def may_edit(self) -> bool:
        return self._is_draft and can(self.user, PowerAction.DRAFT, self._department)

    @property
    def may_submit(self) -> bool:
        return self._is_draft and can(self.user, PowerAction.SUBMIT, self._department)

    @property
    def _is_draft(self) -> bool:
        return self.open is not None and self.open.is_draft

    @property
    def may_recall(self) -> bool:
        return self.is_submitted and can(self.user, PowerAction.RECALL, self._department)

    @property
    def is_submitted(self) -> bool:
        return self.open is not None and self.open.state == PowerState.SUBMITTED

    @property
    def may_file(self) -> bool:
        return self.is_submitted and can(self.user, PowerAction.FILE, self.open)

    @cached_property
    def wants(self) -> list[str]:
        """What the draft lacks before it can be submitted."""
        return filing.missing(self.open) if self.open is not None and self.open.is_draft else []

    @property
    def _is_valid(self) -> bool:
        return self.power.filed_id is not None and not self.power.is_retired

    @cached_property
    def may_revise(self) -> bool:
        is_open = any(row.state in OPEN for row in self.revisions)
        return self._is_valid and not is_open and can(self.user, PowerAction.DRAFT, self._department)

    @property
    def may_retire(self) -> bool:
        return self.open is None and self._is_valid and can(self.user, PowerAction.RETIRE, self._department)

    @property
    def may_publish(self) -> bool:
        return self._is_valid and can(self.user, PowerAction.PUBLISH, self._department)

    @property
    def may_take_over(self) -> bool:
        is_closed = not self._department.is_active_on(timezone.localdate())
        return is_closed and not self.power.is_retired and can(self.user, PowerAction.TAKE_OVER, self.power)

    @property
    def history(self) -> Sequence[PowerRevision]:
        """The other revisions, for those who may open them."""
        return [row for row in self.revisions if row != self.revision]


def own_departments(user: User) -> list[int]:
    """The departments whose powers the person keeps."""
    return department_ids(user, Role.HEAD, Role.CLERK)
