"""Which tables belong to a year: one added later, by the office alone."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from riskpoints.tables.workflow import WorkflowError
from riskpoints.years import calendar, changing, membership
from tests.factories import make_cycle, make_department


def test_only_the_office_changes_years_and_their_tables(table, department, people):
    same = {name: getattr(table.cycle, name) for name in calendar.DATES}
    acts = (
        lambda actor: changing.change_dates(table.cycle, same, actor=actor),
        lambda actor: membership.remove_table(table, "撤并", actor=actor),
        lambda actor: membership.restore_table(table, actor=actor),
        lambda actor: membership.add_missing_table(table.cycle, department, actor=actor),
    )
    for name in vars(people).keys() - {"office", "second_office"}:
        for act in acts:
            with pytest.raises(PermissionDenied):
                act(getattr(people, name))


def test_a_missing_table_is_added_once_and_only_where_it_is_filled_in(table, other_department, office):
    cycle = table.cycle
    with pytest.raises(ValidationError, match="已有防控表"):
        membership.add_missing_table(cycle, table.department, actor=office)
    assert membership.add_missing_table(cycle, other_department, actor=office).department == other_department
    closed = make_department("旧处", active_to=datetime.date(2020, 1, 1))
    with pytest.raises(ValidationError, match="已停用"):
        membership.add_missing_table(cycle, closed, actor=office)
    recorded = make_cycle(cycle.year - 9, is_historical=True)
    with pytest.raises(WorkflowError, match="按纸质表补录"):
        membership.add_missing_table(recorded, other_department, actor=office)
