"""A finished file is handed out to who asked for it, and holds nothing that he doesn't see any more."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from departments.enums import Role
from riskcontrol.models import AuditEntry
from riskpoints.exports import orders, runner, shelf
from riskpoints.models import Export, ExportPiece
from riskpoints.models.export import KEPT_FOR
from riskpoints.verbs import RegisterVerb


@pytest.fixture
def made(ask, record_table, people):
    """A finished file of the office."""
    record_table("甲处", 2)
    export = ask(people.office, query="level=1")
    runner.run_queue()
    return export


def test_it_is_noted_as_one_that_came_at_once(made, people):
    export = shelf.finished(made.pk, people.office)
    assert not AuditEntry.objects.filter(action=RegisterVerb.REGISTER_EXPORT).exists()
    with shelf.hand_out(export, actor=people.office) as stream:
        assert stream.read(2) == b"PK"
    entry = AuditEntry.objects.get(action=RegisterVerb.REGISTER_EXPORT)
    order = orders.read(orders.REGISTER, made.asked, people.office)
    assert entry.actor_number == people.office.staff_number
    assert entry.detail == {"文件": order.name, **order.detail}


@pytest.mark.parametrize("who", ["head", "reviewer", "admin", "auditor", "principal"])
def test_nobody_gets_anothers(made, people, who):
    assert shelf.finished(made.pk, getattr(people, who)) is None


def test_nobody_gets_one_whose_time_is_over(made, people):
    Export.objects.update(finished_at=timezone.now() - KEPT_FOR - datetime.timedelta(seconds=1))
    assert shelf.finished(made.pk, people.office) is None


def test_who_may_not_export_any_more_gets_none(made, people):
    people.office.grants.all().delete()
    with pytest.raises(PermissionDenied):
        shelf.hand_out(shelf.finished(made.pk, people.office), actor=people.office)
    assert not AuditEntry.objects.filter(action=RegisterVerb.REGISTER_EXPORT).exists()


def test_a_draft_that_is_not_seen_any_more_is_not_handed_out(ask, secret_draft, people):
    export = ask(people.head, query="standing=draft")
    runner.run_queue()
    people.head.grants.all().delete()
    people.head.grants.create(role=Role.OFFICE)
    with pytest.raises(orders.ExportError, match="能看到的范围变了"):
        shelf.hand_out(shelf.finished(export.pk, people.head), actor=people.head)
    assert not Export.objects.exists()


def test_an_assessment_that_is_not_seen_any_more_is_not_handed_out(ask, confirmed_version, people):
    export = ask(people.office)
    runner.run_queue()
    export.refresh_from_db()
    assert export.shown == {str(confirmed_version.pk): True}
    people.office.grants.all().delete()
    people.office.grants.create(role=Role.STAFF, department=confirmed_version.table.department)
    with pytest.raises(orders.ExportError, match="能看到的范围变了"):
        shelf.hand_out(shelf.finished(export.pk, people.office), actor=people.office)


def test_a_damaged_file_is_not_handed_out(made, people):
    ExportPiece.objects.update(content=b"something else")
    with pytest.raises(orders.ExportError, match="不完整"):
        shelf.hand_out(shelf.finished(made.pk, people.office), actor=people.office)
    assert not AuditEntry.objects.filter(action=RegisterVerb.REGISTER_EXPORT).exists()
