"""An open year is changed: other dates, or withdrawn while nobody has begun."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from riskcontrol.models import AuditEntry
from riskpoints.campaign.enums import Phase
from riskpoints.campaign.plan import planning
from riskpoints.models import ControlTable, Cycle
from riskpoints.tables import starting
from riskpoints.tables.workflow import WorkflowError
from riskpoints.verbs import RegisterVerb
from riskpoints.years import calendar, changing, closing, opening


def dated(*days: str) -> dict[str, datetime.date]:
    return dict(zip(calendar.DATES, map(datetime.date.fromisoformat, days), strict=True))


def test_changed_dates_agree_with_the_year_too(table, office):
    year = table.cycle.year
    with pytest.raises(ValidationError, match="与年度不符"):
        changing.change_dates(table.cycle, dated(*[f"{year + 1}-02-01"] * 4), actor=office)


def test_changed_dates_leave_what_changed_and_nothing_where_nothing_did(cycle, office):
    names = ("fill_from", "fill_until", "review_until", "publish_until")
    same = {name: getattr(cycle, name) for name in names}
    changing.change_dates(cycle, same, actor=office)
    assert not AuditEntry.objects.filter(action=RegisterVerb.YEAR_CHANGE).exists()
    day = datetime.date(cycle.year, 6, 1)
    assert changing.change_dates(cycle, same | {"fill_until": day}, actor=office).fill_until == day
    assert AuditEntry.objects.get(action=RegisterVerb.YEAR_CHANGE).detail == {
        "fill_until": [f"{cycle.year}-12-31", day.isoformat()]
    }


def test_an_empty_year_is_withdrawn_and_opened_again(school, department, office):
    days = dated("2027-03-01", "2027-04-01", "2027-05-01", "2027-06-01")
    cycle = opening.open_year(2027, days, actor=office)
    assert cycle.tables.count() == 2
    changing.withdraw(cycle, actor=office)
    assert not Cycle.objects.exists()
    assert not ControlTable.objects.exists()
    entry = AuditEntry.objects.get(action=RegisterVerb.YEAR_WITHDRAW)
    assert (entry.actor_number, entry.detail["未填的表"]) == (office.staff_number, 2)
    assert entry.detail["fill_from"] == ["2027-03-01", None]
    assert opening.open_year(2027, days, actor=office).tables.count() == 2


def test_what_goes_with_the_year_is_named(table, office):
    cycle = table.cycle
    words = {"phase": Phase.FINDING, "title": "查找风险", "due": datetime.date(cycle.year, 12, 31)}
    planning.save_milestone(cycle, words, actor=office)
    changing.withdraw(cycle, actor=office)
    entry = AuditEntry.objects.get(action=RegisterVerb.YEAR_WITHDRAW)
    assert entry.detail["随年度撤销"] == ["计划节点：查找风险"]


def test_a_year_in_which_somebody_began_is_not_withdrawn(draft_version, people):
    with pytest.raises(WorkflowError, match="已有 1 张表开始填报"):
        changing.withdraw(draft_version.table.cycle, actor=people.office)
    assert Cycle.objects.count() == 1
    assert not AuditEntry.objects.filter(action=RegisterVerb.YEAR_WITHDRAW).exists()


def test_a_closed_year_is_not_withdrawn(table, people):
    closing.close_year(table.cycle, actor=people.office)
    with pytest.raises(WorkflowError, match="已经归档关闭"):
        changing.withdraw(table.cycle, actor=people.office)


def test_only_the_office_withdraws(table, people):
    for name in vars(people).keys() - {"office", "second_office"}:
        with pytest.raises(PermissionDenied):
            changing.withdraw(table.cycle, actor=getattr(people, name))
    assert Cycle.objects.exists()


def test_who_comes_too_late_is_told_so(table, people):
    """The page was open when the year was withdrawn."""
    late = ControlTable.objects.get(pk=table.pk)
    cycle = Cycle.objects.get(pk=table.cycle_id)
    changing.withdraw(table.cycle, actor=people.office)
    with pytest.raises(WorkflowError, match="已经撤销"):
        starting.start_table(late, actor=people.head)
    for act in (changing.withdraw, closing.close_year):
        with pytest.raises(WorkflowError, match="已经撤销"):
            act(cycle, actor=people.office)
