"""Migrations that change rows, each beginning with the tables as they were before it.

That a school's filled database takes all of them is told by tests/riskpoints/evidence/test_before.py.
"""

import datetime

import pytest
from django.db import IntegrityError, connection, connections
from django.utils import timezone

from riskcontrol import triggers
from tests.databases import bring_back, take

TABLE = "riskpoints_postexemption"
BEFORE_NAMES = ("riskpoints", "0002_remove_tableversion_scan_and_more"), ("departments", "0003_group_heading")
DAYS = ("fill_from", "fill_until", "review_until", "publish_until")


def test_frozen_rows_are_filled_in_and_frozen_again(empty_database):
    """A post stated to have no risk point gets its name in a table that is decided, past the triggers that keep it."""
    alias = empty_database("before")
    before = bring_back(alias, *BEFORE_NAMES)
    make = lambda app, model, **values: before.get_model(app, model).objects.using(alias).create(**values)  # noqa: E731
    department = make("departments", "Department", name="总务处", kind="office", order=1)
    post = make("departments", "Post", department=department, name="门卫", order=1)
    cycle = make("riskpoints", "Cycle", year=2012, **dict.fromkeys(DAYS, datetime.date(2012, 5, 1)))
    table = make("riskpoints", "ControlTable", cycle=cycle, scope="school")
    version = make("riskpoints", "TableVersion", table=table, number=1)
    make("riskpoints", "PostExemption", version=version, post=post, reason="由保安公司承担")
    frozen = triggers.FreezeRule("frozen_here", TABLE, "UPDATE", "1 = 1", "不能再改。")
    with connections[alias].cursor() as cursor:
        for statement in frozen.statements(connection.vendor):
            cursor.execute(statement)
    triggers.lift(alias)  # as migrate does before it
    after = take(alias, "riskpoints", "0003_postexemption_names").get_model("riskpoints", "PostExemption")
    assert list(after.objects.using(alias).values_list("post_name", "functions")) == [("门卫", [])]
    if connection.vendor == "postgresql":
        with pytest.raises(IntegrityError, match="不能再改"):
            after.objects.using(alias).update(reason="x")
    triggers.install(alias)  # as migrate does after it
    assert triggers.missing(alias) == []


def test_a_year_that_was_over_when_it_was_opened_is_historical(empty_database):
    """Only where nothing but recorded tables stands in it; every other year stays one of departments and committee."""
    alias = empty_database("before")
    before = bring_back(alias, ("riskpoints", "0004_tableversion_seal"))
    years = before.get_model("riskpoints", "Cycle").objects.using(alias)
    this_year = timezone.localdate().year
    for year, recorded in ((2011, [True]), (2012, [False]), (2013, []), (this_year, [])):
        cycle = years.create(year=year, **dict.fromkeys(DAYS, datetime.date(year, 5, 1)))
        for is_historical in recorded:
            table = (
                before.get_model("riskpoints", "ControlTable").objects.using(alias).create(cycle=cycle, scope="school")
            )
            versions = before.get_model("riskpoints", "TableVersion").objects.using(alias)
            versions.create(table=table, number=1, is_historical=is_historical)
    after = take(alias, "riskpoints", "0005_cycle_is_historical").get_model("riskpoints", "Cycle").objects.using(alias)
    assert dict(after.values_list("year", "is_historical")) == {
        2011: True,
        2012: False,
        2013: True,
        this_year: False,
    }
