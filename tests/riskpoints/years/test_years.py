"""Years: a number and its dates that agree, a year opened by mistake and withdrawn."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from riskcontrol.models import AuditEntry
from riskpoints.models import ControlTable, Cycle
from riskpoints.tables import starting
from riskpoints.tables.workflow import WorkflowError
from riskpoints.verbs import RegisterVerb
from riskpoints.years import years


def dates(*days: str) -> dict[str, datetime.date]:
    return dict(zip(years.DATES, map(datetime.date.fromisoformat, days), strict=True))


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
        assert starting.open_year(2027, dates(*days), actor=office).year == 2027
        return
    with pytest.raises(ValidationError) as refused:
        starting.open_year(2027, dates(*days), actor=office)
    assert list(refused.value.message_dict) == [field]
    assert "与年度不符" in refused.value.messages[0]
    assert not Cycle.objects.exists()


def test_changed_dates_agree_with_the_year_too(table, office):
    year = table.cycle.year
    with pytest.raises(ValidationError, match="与年度不符"):
        years.change_dates(table.cycle, dates(*[f"{year + 1}-02-01"] * 4), actor=office)


def test_suggested_dates_agree_whatever_the_day(db, office, school, time_machine):
    for day in ("2026-01-01", "2026-11-28", "2026-12-31"):
        time_machine.move_to(f"{day}T04:00:00Z", tick=False)
        year = years.suggested_year()
        Cycle(year=year, **years.suggested_dates(year)).full_clean()


# ---- a year opened by mistake --------------------------------------------------------------------------------------


def test_an_empty_year_is_withdrawn_and_opened_again(school, department, office):
    days = dates("2027-03-01", "2027-04-01", "2027-05-01", "2027-06-01")
    cycle = starting.open_year(2027, days, actor=office)
    assert cycle.tables.count() == 2
    years.withdraw(cycle, actor=office)
    assert not Cycle.objects.exists()
    assert not ControlTable.objects.exists()
    entry = AuditEntry.objects.get(action=RegisterVerb.YEAR_WITHDRAW)
    assert (entry.actor_number, entry.detail["未填的表"]) == (office.staff_number, 2)
    assert entry.detail["fill_from"] == ["2027-03-01", None]
    assert starting.open_year(2027, days, actor=office).tables.count() == 2


def test_a_year_in_which_somebody_began_is_not_withdrawn(draft_version, people):
    with pytest.raises(WorkflowError, match="已有 1 张表开始填报"):
        years.withdraw(draft_version.table.cycle, actor=people.office)
    assert Cycle.objects.count() == 1
    assert not AuditEntry.objects.filter(action=RegisterVerb.YEAR_WITHDRAW).exists()


def test_a_closed_year_is_not_withdrawn(table, people):
    starting.close_year(table.cycle, actor=people.office)
    with pytest.raises(WorkflowError, match="已经归档关闭"):
        years.withdraw(table.cycle, actor=people.office)


def test_only_the_office_withdraws(table, people):
    for name in vars(people).keys() - {"office", "second_office"}:
        with pytest.raises(PermissionDenied):
            years.withdraw(table.cycle, actor=getattr(people, name))
    assert Cycle.objects.exists()


def test_who_comes_too_late_is_told_so(table, people):
    """The page was open when the year was withdrawn."""
    late = ControlTable.objects.get(pk=table.pk)
    cycle = Cycle.objects.get(pk=table.cycle_id)
    years.withdraw(table.cycle, actor=people.office)
    with pytest.raises(WorkflowError, match="已经撤销"):
        starting.start_table(late, actor=people.head)
    for act in (years.withdraw, starting.close_year):
        with pytest.raises(WorkflowError, match="已经撤销"):
            act(cycle, actor=people.office)
