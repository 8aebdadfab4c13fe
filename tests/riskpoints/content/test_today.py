"""Today: which year is now, and what is in force today, around the turn of a year."""

import datetime

import pytest

from riskcontrol.web.query import QueryReader
from riskpoints.content import today
from riskpoints.desk import tasks
from riskpoints.documents.selection import selection
from riskpoints.enums import Status
from riskpoints.figures import progress
from riskpoints.models import ControlTable, TableVersion
from riskpoints.register import filters, search
from riskpoints.register.lines import lines_of
from riskpoints.tables import starting
from tests.factories import bring_to, make_cycle

NOVEMBER = datetime.date(2026, 11, 28)
NEW_YEAR = datetime.date(2027, 1, 1)
DAY_AFTER = datetime.date(2027, 1, 2)


def in_force(day: datetime.date) -> list[TableVersion]:
    return list(TableVersion.objects.filter(today.in_force_today(day)).order_by("pk"))


# ---- which year is now -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("years", "day", "now"),
    [
        ([2026, 2027], NOVEMBER, 2026),
        ([2026, 2027], NEW_YEAR, 2027),
        ([2026], NEW_YEAR, 2026),
        ([2011, 2026], NOVEMBER, 2026),
        ([2025, 2027], NOVEMBER, 2025),
        ([2027, 2028], NOVEMBER, 2027),
        ([], NOVEMBER, None),
    ],
)
def test_now_is_the_year_of_today_or_the_last_before_it(db, years, day, now):
    for year in years:
        make_cycle(year)
    assert getattr(today.current_cycle(day), "year", None) == now


# ---- what is in force today --------------------------------------------------------------------------------------


def test_a_table_of_next_year_signed_early_waits_for_its_year(signed, sign_2027, people):
    early = sign_2027()
    assert in_force(NOVEMBER) == [signed]
    assert in_force(datetime.date(2026, 12, 31)) == [signed]
    assert in_force(NEW_YEAR) == [early]
    assert today.standings([signed, early], on=NOVEMBER) == {signed.pk: "in_force", early.pk: "to_come"}
    assert today.standings([signed, early], on=NEW_YEAR) == {signed.pk: "of_year", early.pk: "in_force"}


def test_what_was_replaced_within_its_year_is_history(signed, table_of, people):
    second = bring_to(Status.CONFIRMED, table_of(signed), people)
    signed = TableVersion.objects.select_related("table__cycle").get(pk=signed.pk)
    assert today.standings([signed, second]) == {signed.pk: "past", second.pk: "in_force"}
    assert in_force(NEW_YEAR) == [second]


@pytest.fixture
def table_of():
    return lambda version: ControlTable.objects.get(pk=version.table_id)


def test_a_closed_department_has_nothing_in_force(signed, department):
    department.active_to = NOVEMBER
    department.save()
    assert in_force(NOVEMBER) == [signed]
    assert in_force(NOVEMBER + datetime.timedelta(days=1)) == []
    assert today.standings([signed], on=NEW_YEAR) == {signed.pk: "of_year"}


def test_the_schools_table_of_an_older_year_gives_way_too(year_2026, people, school):
    older = make_cycle(2025)
    first = bring_to(Status.CONFIRMED, ControlTable.objects.create(cycle=older, scope="school"), people)
    assert in_force(NOVEMBER) == [first]
    second = bring_to(Status.CONFIRMED, ControlTable.objects.create(cycle=year_2026, scope="school"), people)
    assert in_force(NOVEMBER) == [second]


# ---- tasks and progress -------------------------------------------------------------------------------------------


def test_progress_turns_to_the_new_year_once_the_old_one_is_done(november, signed, open_2027):
    ControlTable.objects.filter(cycle__year=2026, in_force__isnull=True).delete()
    assert progress.opening_cycle().year == 2026
    november(NEW_YEAR)
    assert progress.opening_cycle().year == 2027


def test_tasks_of_a_year_to_come_stand_last(november, signed, open_2027, people):
    """Once filling has begun in December, next year's draft is a task, after those of this year however young."""
    starting.open_revision(signed, reason="岗位调整", actor=people.head)
    november(datetime.date(2026, 12, 20))
    assert [task.table.cycle.year for task in tasks.open_now(tasks.tasks(people.head))] == [2026, 2027]


# ---- the register ------------------------------------------------------------------------------------------------


def found(user, **query) -> list[int]:
    chosen = filters.read(QueryReader({k: str(v) for k, v in query.items()}), filters.options(user))
    return list(search.counted(search.points(user, chosen)))


def test_the_register_of_a_year_shows_what_was_signed_in_it(november, signed, sign_2027, people):
    sign_2027()
    assert found(people.office) == [2026]
    assert found(people.office, year=2027) == [2027]
    november(NEW_YEAR)
    assert found(people.office) == [2027]
    assert found(people.office, year=2026) == [2026]
    assert found(people.office, year=2026, standing="in_force") == []


def printed(user, **query) -> set[str]:
    """Return what the printed 登记汇总表 says of where the points found stand."""
    chosen = filters.read(QueryReader({k: str(v) for k, v in query.items()}), filters.options(user))
    lines = lines_of(search.points(user, chosen), user)
    return {row.status for row in selection(lines, year=None, scope="").rows}


def test_the_printed_register_calls_in_force_only_what_is_so_today(november, signed, sign_2027, people, school):
    sign_2027()
    assert printed(people.office, year=2026) == {"现行"}
    assert printed(people.office, year=2027) == {"待生效"}
    november(NEW_YEAR)
    assert printed(people.office, year=2026) == {"当年有效"}
    assert printed(people.office, year=2027) == {"现行"}
