"""An existing school keeps what it had set: its days of publication, and that what is in force is public."""

import pytest

from riskpoints.rules.enums import Key
from tests.databases import bring_back, take

BEFORE = ("departments", "0006_pinyin"), ("rules", "0001_initial")


@pytest.mark.parametrize("has_school", [True, False])
def test_the_days_of_an_existing_school_become_its_rule(empty_database, has_school):
    alias = empty_database("before")
    before = bring_back(alias, *BEFORE)
    if has_school:
        schools = before.get_model("departments", "School").objects.using(alias)
        schools.create(pk=1, full_name="某校", short_name="校", form_title="表", publication_days=7)
    rules = take(alias, "rules", "0002_from_the_school").get_model("rules", "SchoolRule").objects.using(alias)
    set_before = {Key.PUBLICATION_DAYS: 7, Key.IN_FORCE: {"readers": "all", "except": []}}
    assert dict(rules.values_list("key", "value")) == (set_before if has_school else {})
    assert {str(day) for day in rules.values_list("since", flat=True)} == ({"2000-01-01"} if has_school else set())
