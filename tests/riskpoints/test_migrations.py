"""A school's filled database takes the later migrations, back and forth, and comes out guarded."""

import pytest
from django.core.management import call_command
from django.db import connection

from riskcontrol import triggers
from riskpoints import drafting, services, verification
from riskpoints.enums import Action, Status
from riskpoints.models import TableVersion
from riskpoints.workflow import perform
from tests.factories import assess_all, bring_to, make_post, paper_signature

TABLE = "riskpoints_postexemption"


@pytest.mark.django_db(transaction=True)
def test_a_filled_database_is_migrated_with_its_triggers_on(table, people, department):
    draft = bring_to(Status.DRAFT, table, people)
    services.exempt_post(draft, make_post(department, "门卫"), "由保安公司承担", actor=people.head)
    TableVersion.objects.update(seal="")  # as a version was written before there were seals
    version = perform(Action.SUBMIT, draft, actor=people.head)
    assess_all(version, actor=people.reviewer)
    version = perform(Action.APPROVE, version, actor=people.reviewer)
    first = perform(Action.CONFIRM, version, actor=people.office, signature=paper_signature())
    drafting.open_revision(first, reason="岗位有变动", actor=people.head)
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
    perform(Action.SUBMIT, TableVersion.objects.get(base=first), actor=people.head)
