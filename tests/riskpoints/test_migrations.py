"""A school's filled database takes the later migrations, back and forth, and comes out guarded."""

import datetime

import pytest
from django.core.management import call_command
from django.db import connection

from riskcontrol import triggers
from riskpoints import fields
from riskpoints.enums import Action, Status
from riskpoints.evidence import verification
from riskpoints.models import ControlTable, Cycle, TableVersion
from riskpoints.tables import editing, starting
from riskpoints.tables.workflow import perform
from riskpoints.years import closing
from tests.factories import assess_all, bring_to, make_cycle, make_post, paper_signature, record_historical

TABLE = "riskpoints_postexemption"


@pytest.mark.django_db(transaction=True)
def test_a_filled_database_is_migrated_with_its_triggers_on(table, people, department, monkeypatch, settings):
    settings.SEAL_KEYS_FILE = ""  # going back drops columns that the marks of a row cover
    monkeypatch.setattr(fields, "CURRENT", fields.UNSEALED)
    draft = bring_to(Status.DRAFT, table, people)
    editing.exempt_post(draft, make_post(department, "门卫"), "由保安公司承担", actor=people.head)
    TableVersion.objects.update(seal="")  # as a version was written before there were seals
    version = perform(Action.SUBMIT, draft, actor=people.head)
    assess_all(version, actor=people.reviewer)
    version = perform(Action.APPROVE, version, actor=people.reviewer)
    first = perform(Action.CONFIRM, version, actor=people.office, signature=paper_signature())
    starting.open_revision(first, reason="岗位有变动", actor=people.head)
    assert list(verification.verify_register()) == []
    try:
        call_command("migrate", "riskpoints", "0002", verbosity=0)
        with connection.cursor() as cursor:
            columns = [column.name for column in connection.introspection.get_table_description(cursor, TABLE)]
        assert "post_name" not in columns
    finally:
        call_command("migrate", verbosity=0)
    assert triggers.missing() == []
    assert list(verification.verify_register()) == []
    assert [row.post_name for row in first.exemptions.all()] == ["门卫"]
    monkeypatch.undo()
    perform(Action.SUBMIT, TableVersion.objects.get(base=first), actor=people.head)


@pytest.mark.shared
@pytest.mark.django_db(transaction=True)
def test_a_year_that_was_over_when_it_was_opened_is_historical(table, people, office):
    """Only where nothing but recorded tables stands in it; every other year stays one of departments and committee."""
    recorded, drafted = make_cycle(2011, is_historical=True), make_cycle(2012)
    closed = make_cycle(2013, is_historical=True)
    school_table = ControlTable.objects.create(cycle=recorded, scope="school")
    day = datetime.date(2011, 11, 15)
    record_historical(school_table, signed_on=day, fill=lambda version: None, actor=office)
    starting.start_table(
        ControlTable.objects.create(cycle=drafted, scope="department", department=table.department), actor=people.head
    )
    closing.close_year(closed, actor=office)
    try:
        call_command("migrate", "riskpoints", "0004", verbosity=0)
    finally:
        call_command("migrate", verbosity=0)
    assert dict(Cycle.objects.values_list("year", "is_historical")) == {
        2011: True,
        2012: False,
        2013: True,
        table.cycle.year: False,
    }
    assert triggers.missing() == []
