"""What was decided keeps the fields and rows of its own format, whatever is added or renamed afterwards."""

import json
from dataclasses import replace

import pytest

from riskpoints import fields
from riskpoints.content import content, differences
from riskpoints.content.completeness import check
from riskpoints.enums import Action, Category, Scope, Status
from riskpoints.evidence.verification import verify_decided, verify_register
from riskpoints.models import Measure, RiskPoint, TableVersion
from riskpoints.tables import editing, returned, starting, workflow
from tests.factories import bring_to
from tests.riskpoints.archives.packing import falsify


def snapshot(version):
    return json.loads(content.sealed(content.load(TableVersion.objects.get(pk=version.pk)))[0])


@pytest.fixture
def decided(table, school_table, people):
    """Return a table of a department in force and a school's that waits for review."""
    return bring_to(Status.CONFIRMED, table, people), bring_to(Status.SUBMITTED, school_table, people)


@pytest.fixture
def later(decided, monkeypatch):
    """Decide two tables, then bring in a format with another field of points and of measures."""
    monkeypatch.setattr(fields, "CURRENT", fields.CURRENT + 1)
    for kind in ("POINT", "MEASURE"):
        monkeypatch.setattr(fields, kind, (*getattr(fields, kind), fields.Field("order", since=fields.CURRENT)))
    return decided


def test_every_name_is_a_field_of_its_model():
    for declared, model in ((fields.POINT, RiskPoint), (fields.MEASURE, Measure), (fields.HEAD, TableVersion)):
        names = [field.name for field in declared]
        assert len(names) == len(set(names))
        assert set(names) <= {field.name for field in model._meta.get_fields()}


def test_a_field_that_came_later_is_no_matter_of_what_was_decided(later):
    assert list(verify_register()) == []
    assert [snapshot(version)["format"] for version in later] == [fields.NUMBERED] * 2
    assert "order" not in snapshot(later[0])["rows"][0]["points"][0]


def test_a_table_that_was_on_its_way_is_decided_in_the_format_it_was_handed_in_with(later, people):
    version = workflow.perform(Action.APPROVE, later[1], actor=people.reviewer)
    assert (version.snapshot_format, snapshot(version)["format"]) == (fields.NUMBERED, fields.NUMBERED)
    assert list(verify_register()) == []


def test_a_table_that_is_handed_in_again_takes_the_present_format(later, people):
    version = workflow.perform(Action.RETURN, later[1], actor=people.reviewer, comment="请补充")
    assert snapshot(version)["format"] == fields.CURRENT
    version = workflow.perform(Action.SUBMIT, version, actor=people.office)
    assert version.snapshot_format == fields.CURRENT
    assert "order" in snapshot(version)["rows"][0]["points"][0]
    assert list(verify_register()) == []


def test_a_draft_that_is_given_up_keeps_what_it_held(table, people, monkeypatch):
    confirmed = bring_to(Status.CONFIRMED, table, people)
    draft = starting.open_revision(confirmed, reason="修订", actor=people.head)
    discarded = workflow.perform(Action.DISCARD, draft, actor=people.head, comment="不再修订")
    assert discarded.snapshot_format == fields.NUMBERED
    monkeypatch.setattr(fields, "CURRENT", fields.CURRENT + 1)
    assert list(verify_register()) == []


def test_a_new_row_of_the_form_is_no_matter_of_what_was_decided(decided, people, monkeypatch):
    before = [snapshot(version) for version in decided]
    monkeypatch.setattr(fields, "CURRENT", fields.CURRENT + 1)
    monkeypatch.setitem(fields.ROWS, Scope.SCHOOL, (*fields.ROWS[Scope.SCHOOL], (Category.DUTY.value, fields.CURRENT)))
    assert [snapshot(version) for version in decided] == before
    assert list(verify_register()) == []
    version = workflow.perform(Action.RETURN, decided[1], actor=people.reviewer, comment="请补充")
    draft = content.load(TableVersion.objects.get(pk=version.pk))
    assert [row.value for row in draft.rows][-1] == Category.DUTY
    assert any("岗位职责风险" in str(problem) for problem in check(draft).missing)


@pytest.mark.parametrize("is_sealed", [True, False])
def test_versions_from_before_formats_had_numbers_keep_theirs(table, people, monkeypatch, is_sealed):
    monkeypatch.setattr(fields, "CURRENT", fields.SEALED if is_sealed else fields.UNSEALED)
    if not is_sealed:
        monkeypatch.setattr(starting.secrets, "token_hex", lambda size: "")
    version = bring_to(Status.CONFIRMED, table, people)
    assert "format" not in snapshot(version)
    before = snapshot(version)
    monkeypatch.undo()
    falsify(version, snapshot_format=None)
    assert snapshot(version) == before
    assert list(verify_decided()) == []


def test_what_an_archive_may_show_is_told_by_the_format_of_its_snapshot(decided, monkeypatch):
    text, _ = content.sealed(content.load(decided[0]))
    shown = content.open_part(text)
    hidden = replace(fields.POINT[3], is_assessment=True, since=fields.CURRENT + 1)
    monkeypatch.setattr(fields, "POINT", (*fields.POINT[:3], hidden, *fields.POINT[4:]))
    assert content.open_part(text) == shown
    assert "likelihood" not in shown
    assert '"format":3' in shown


def test_lists_of_fields_are_the_declared_ones():
    assert fields.typed(fields.POINT) == editing.POINT_FIELDS
    assert "post_name" in differences.POINT_FIELDS
    assert "post" not in differences.POINT_FIELDS
    assert set(returned.POINT_FIELDS) - set(differences.POINT_FIELDS) == {"proposed_level", "proposed_reason"}
    assert not {"confirmed_level", "confirmed_reason", "functions"} & set(returned.POINT_FIELDS)
