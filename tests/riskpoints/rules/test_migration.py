"""An existing school keeps what it had set: its days of publication, and that what is in force is public."""

import datetime

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from riskpoints.rules import queries
from riskpoints.rules.enums import Key
from riskpoints.rules.models import SchoolRule

BEFORE = [("departments", "0006_pinyin"), ("rules", "0001_initial")]


def state_before():
    for app, name in BEFORE:
        call_command("migrate", app, name, verbosity=0)
    return MigrationExecutor(connection).loader.project_state(BEFORE).apps


@pytest.mark.shared
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("has_school", [True, False])
def test_the_days_of_an_existing_school_become_its_rule(has_school):
    try:
        if has_school:
            state_before().get_model("departments", "School").objects.create(
                pk=1, full_name="某校", short_name="校", form_title="表", publication_days=7
            )
        else:
            state_before()
    finally:
        call_command("migrate", verbosity=0)
    valid = queries.on(datetime.date(2011, 1, 1))
    expected = (7, True) if has_school else (5, False)
    assert (valid[Key.PUBLICATION_DAYS], valid.in_force_is_public) == expected
    assert SchoolRule.objects.count() == (2 if has_school else 0)
