"""A year is opened: once, by the office, with dates that agree; a table for everybody who is asked."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from departments.models import Department
from riskcontrol.models import AuditEntry
from riskpoints.enums import Scope, Status
from riskpoints.models import ControlTable, Cycle, TableVersion
from riskpoints.verbs import RegisterVerb
from riskpoints.years import calendar, opening
from tests import once, roles
from tests.factories import bring_to, make_department, year_dates


@once.fixture
def next_year(cycle):
    return cycle.year + 1


def dated(*days: str) -> dict[str, datetime.date]:
    return dict(zip(calendar.DATES, map(datetime.date.fromisoformat, days), strict=True))


def test_opening_makes_a_table_for_each_department_in_use_and_for_the_school(people, department, other_department):
    Department.objects.create(name="旧科室", active_to=datetime.date(2020, 1, 1))
    cycle = opening.open_year(2026, year_dates(2026), actor=people.office)
    assert {name: getattr(cycle, name) for name in year_dates(2026)} == year_dates(2026)
    found = [(table.scope, table.owner_name) for table in cycle.tables.all()]
    names = ["总务处", "教务处", "纪委办公室"]
    assert sorted(found) == sorted([("school", "学校"), *(("department", name) for name in names)])
    assert not TableVersion.objects.exists()


def test_a_historical_year_gets_no_tables(people, table, next_year):
    bring_to(Status.CONFIRMED, table, people)
    for year in (2011, next_year - 2):
        cycle = opening.open_year(year, year_dates(year), is_historical=True, actor=people.office)
        assert not cycle.tables.exists()


def test_opening_is_audited(people):
    number = AuditEntry.objects.count()
    cycle = opening.open_year(2026, year_dates(2026), actor=people.office)
    entry = AuditEntry.objects.get(number=number + 1)
    assert (entry.action, entry.actor_name, entry.object_label) == (
        RegisterVerb.YEAR_OPEN,
        "领导小组办公室干事",
        "2026 年度",
    )
    assert entry.detail == {name: day.isoformat() for name, day in year_dates(2026).items()}
    assert entry.object_id == str(cycle.pk)


def test_only_the_office_opens_a_year(people):
    for name in roles.PEOPLE.keys() - {"office"}:
        with pytest.raises(PermissionDenied):
            opening.open_year(2026, year_dates(2026), actor=getattr(people, name))
    assert not Cycle.objects.exists()


def test_a_year_is_opened_once(people, cycle):
    with pytest.raises(ValidationError) as caught:
        opening.open_year(cycle.year, year_dates(cycle.year), actor=people.office)
    assert caught.value.message_dict == {"year": ["这个年度已经开启。"]}
    assert Cycle.objects.count() == 1


@pytest.mark.parametrize("year", [1999, 2101])
def test_years_lie_in_this_century(people, year):
    with pytest.raises(ValidationError) as caught:
        opening.open_year(year, year_dates(year), actor=people.office)
    assert list(caught.value.message_dict) == ["year"]


@pytest.mark.parametrize(
    ("first", "second"),
    [("fill_from", "fill_until"), ("fill_until", "review_until"), ("review_until", "publish_until")],
)
def test_dates_follow_one_another(people, first, second):
    values = year_dates(2026)
    values[first] = values[second] + datetime.timedelta(days=1)
    with pytest.raises(ValidationError, match="日期须依次为"):
        opening.open_year(2026, values, actor=people.office)
    assert not Cycle.objects.exists()
    values[first] = values[second]
    assert opening.open_year(2026, values, actor=people.office).year == 2026


def test_opening_begins_no_table(people, table, next_year):
    bring_to(Status.CONFIRMED, table, people)
    cycle = opening.open_year(next_year, year_dates(next_year), actor=people.office)
    assert not TableVersion.objects.filter(table__cycle=cycle).exists()


def test_opening_undoes_everything_when_it_fails_midway(people, department, next_year, monkeypatch):
    before = (ControlTable.objects.count(), AuditEntry.objects.count())
    add_table = opening.add_table

    def fail(cycle, department):
        if department is None:
            raise OSError("the disk is full")
        return add_table(cycle, department)

    monkeypatch.setattr(opening, "add_table", fail)
    with pytest.raises(OSError, match="the disk is full"):
        opening.open_year(next_year, year_dates(next_year), actor=people.office)
    assert (ControlTable.objects.count(), AuditEntry.objects.count()) == before
    assert not Cycle.objects.filter(year=next_year).exists()


def test_a_department_has_one_table_a_year(table, cycle, department):
    assert opening.add_table(cycle, department) == table
    assert ControlTable.objects.filter(scope=Scope.DEPARTMENT).count() == 1


def test_a_department_founded_later_gets_its_table(cycle, people):
    department = make_department("新科室")
    table = opening.add_table(cycle, department)
    assert (table.scope, table.department, table.versions.count()) == (Scope.DEPARTMENT, department, 0)


@pytest.mark.parametrize(
    ("days", "field"),
    [
        (["2026-10-01", "2027-01-31", "2027-02-28", "2027-03-31"], None),
        (["2026-09-30", "2027-01-31", "2027-02-28", "2027-03-31"], "fill_from"),
        (["2027-12-31", "2028-01-31", "2028-02-28", "2028-03-31"], None),
        (["2027-12-31", "2028-01-31", "2028-02-28", "2028-04-01"], "publish_until"),
        (["2028-01-01", "2028-01-31", "2028-02-28", "2028-03-31"], "fill_from"),
        (["2026-03-01", "2026-04-01", "2026-05-01", "2026-06-01"], "fill_from"),
    ],
)
def test_a_years_number_and_dates_agree(office, school, days, field):
    """2027 with the dates of 2026 is a slip of the pen, not a year."""
    if field is None:
        assert opening.open_year(2027, dated(*days), actor=office).year == 2027
        return
    with pytest.raises(ValidationError) as refused:
        opening.open_year(2027, dated(*days), actor=office)
    assert list(refused.value.message_dict) == [field]
    assert "与年度不符" in refused.value.messages[0]
    assert not Cycle.objects.exists()
