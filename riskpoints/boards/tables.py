"""Where the tables of a year stand, of the whole school or of some departments: what boards count and name."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import F, Prefetch, Q
from django.utils import timezone

from departments.models import RoleGrant
from riskcontrol.kept import Kept, State
from riskpoints.content.today import standings
from riskpoints.enums import Status
from riskpoints.figures.pictures import NOT_ASKED
from riskpoints.figures.progress import opening_cycle
from riskpoints.figures.standing import TO_HAND_IN, TableState, state_of
from riskpoints.models import ControlTable, Cycle, Decision, TableVersion


@dataclass(frozen=True)
class Tables:
    """The tables of a year that are asked for, one state each."""

    cycle: Cycle
    states: list[TableState]

    @property
    def total(self) -> int:
        return len(self.states)

    @property
    def in_force(self) -> list[TableState]:
        """Those with a signed version."""
        return [state for state in self.states if state.in_force is not None]

    @property
    def to_review(self) -> list[TableState]:
        return [state for state in self.states if state.standing == "submitted"]

    @property
    def returned(self) -> list[TableState]:
        return [state for state in self.states if state.standing == "returned"]

    @property
    def to_sign(self) -> list[TableState]:
        return [state for state in self.states if state.standing == "signing"]

    @property
    def overdue(self) -> list[TableState]:
        return [state for state in self.states if state.is_overdue]

    @property
    def not_handed_in(self) -> list[TableState]:
        """Whose day to hand in is over."""
        return [state for state in self.overdue if state.standing in TO_HAND_IN]

    def of(self, departments: Collection[int]) -> "Tables":
        """Those of these departments; the school's is none of them."""
        return Tables(self.cycle, [state for state in self.states if state.table.department_id in departments])


_kept: Kept[Tables | None] = Kept(most=1)


def tables_now(state: State | None) -> Tables | None:
    """The tables of the year that is worked on, None before the first: read once for each state of the register."""
    return _kept.value("", state, _tables_now)


def _tables_now() -> Tables | None:
    cycle = opening_cycle()
    return tables_of(cycle) if cycle else None


def tables_of(cycle: Cycle) -> Tables:
    """The tables of all departments and the school, in the order of the form; five queries.

    What stands in them is for those who may open them; that a table is on its way is known to whoever steers.
    """
    today = timezone.localdate()
    found = ControlTable.objects.filter(cycle=cycle).select_related("cycle", "department")
    found = found.prefetch_related(Prefetch("department__grants", RoleGrant.objects.select_related("user")))
    tables = list(found)
    versions = _versions(tables)
    signed = standings(versions)
    opened = {version.table_id: version for version in versions if version.status in Status.open()}
    by_key = {version.pk: version for version in versions}
    states = [
        state_of(
            table,
            opened.get(table.pk),
            by_key.get(table.in_force_id or 0),
            signed.get(table.in_force_id or 0),
            today,
        )
        for table in tables
    ]
    return Tables(cycle, [state for state in states if state.standing not in NOT_ASKED])


def _versions(tables: Iterable[ControlTable]) -> list[TableVersion]:
    """The open versions and those in force, with their decisions, the last first."""
    decisions = Prefetch("decisions", Decision.objects.defer("snapshot").order_by("-at", "-id"))
    wanted = Q(status__in=Status.open()) | Q(pk=F("table__in_force"))
    keys = [table.pk for table in tables]
    return list(
        TableVersion.objects.filter(wanted, table__in=keys).select_related("table__cycle").prefetch_related(decisions)
    )
