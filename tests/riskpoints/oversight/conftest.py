"""What checks begin with: a table of 总务处 that was signed last year, with points of 一级 and 三级."""

import datetime

import pytest
from django.utils import timezone

from departments.enums import Level
from riskpoints.models import Cycle, TableVersion
from riskpoints.oversight.enums import CheckKind, Period, Result, Seen
from riskpoints.oversight.models import CheckMeasure, CheckSheet
from riskpoints.oversight.monitoring import filling, starting
from riskpoints.oversight.monitoring.filling import Found, Head, Typed
from riskpoints.oversight.monitoring.starting import Which
from tests import once
from tests.factories import make_cycle

# The year after today's: its checks are about a table that was written once for many tests.
YEAR = timezone.localdate().year + 1
NAMED = {"checker": "检查甲", "recorder": "记录乙"}


@pytest.fixture
def on(time_machine):
    """Return a function that moves to eight in the morning of a day in China."""

    def move(month: int, day: int, year: int = YEAR) -> datetime.date:
        time_machine.move_to(datetime.datetime(year, month, day, tzinfo=datetime.UTC), tick=False)
        return datetime.date(year, month, day)

    return move


@once.fixture
def coming(db) -> Cycle:
    return make_cycle(YEAR)


@pytest.fixture
def signed(confirmed_version, coming, on) -> TableVersion:
    """Return the table in force, on 10 February of the coming year."""
    on(2, 10)
    return confirmed_version


@pytest.fixture
def which(signed, coming, department):
    """Return a function that says which check: 部门自查 of 一级 in the first quarter unless told otherwise."""

    def say(**changed) -> Which:
        values = {"kind": CheckKind.SELF, "level": Level.FIRST, "period": Period.Q1} | changed
        return Which(coming, changed.pop("department", department), values["kind"], values["level"], values["period"])

    return say


@pytest.fixture
def sheet(which, head) -> CheckSheet:
    return starting.start(which(), actor=head)


@pytest.fixture
def third(which, head) -> CheckSheet:
    return starting.start(which(level=Level.THIRD, period=Period.YEAR), actor=head)


def measures(sheet: CheckSheet) -> list[CheckMeasure]:
    """The measures of a sheet in its order."""
    return list(CheckMeasure.objects.filter(line__sheet=sheet).select_related("line__sheet"))


def write(sheet: CheckSheet, row: CheckMeasure, *, actor, as_seen: str | None = None, **values) -> CheckSheet:
    """Save what was found about one measure, as somebody who saw what is saved now."""
    row.refresh_from_db()
    mark = filling.mark(filling.found(row)) if as_seen is None else as_seen
    return filling.save(sheet, {row.pk: Typed(Found(**values), mark)}, None, actor=actor)


def fill_in(sheet: CheckSheet, *, actor, **head) -> CheckSheet:
    """Fill a sheet in so that it can be handed in."""
    rows = {
        row.pk: Typed(
            Found(Result.DONE, Seen.PAPERS, no_evidence="台账不能离开办公室"), filling.mark(filling.found(row))
        )
        for row in measures(sheet)
    }
    sheet.refresh_from_db()
    whole = Typed(Head(**NAMED | head), filling.mark(filling.head(sheet)))
    return filling.save(sheet, rows, whole, actor=actor)
