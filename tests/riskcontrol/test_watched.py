"""Rows that the trail keeps a keyed digest of: a column changed past the program is found, and so is a lost row."""

import pytest
from django.apps import apps
from django.db import connection

from departments import services
from departments.models import Department, Post, PostFunction
from riskcontrol import audit, sealing, seals, watched
from riskcontrol.models import AuditEntry
from riskcontrol.orphans import orphans
from riskcontrol.verbs import SystemVerb
from tests.factories import make_department
from tests.riskpoints.evidence.forging import faults_of_rows as faults
from tests.riskpoints.evidence.forging import run

pytestmark = pytest.mark.django_db
CHANGED = "与审计记录第 {} 条时的不一致，改动没有记录"


@pytest.fixture
def kept(people):
    return services.save_record(Department(name="校办", order=7), actor=people.admin)


def last():
    return AuditEntry.objects.order_by("-number").first().number


@pytest.mark.parametrize("column", ["name", "duties", "order", "active_from", "kind", "pinyin"])
def test_a_changed_column_is_found(kept, without_triggers, column):
    assert faults() == []
    value = {"order": 8, "active_from": "2001-01-01", "kind": "leaders"}.get(column, "x")
    run(f'UPDATE departments_department SET "{column}" = %s WHERE id = %s', value, kept.pk)  # noqa: S608
    assert f"部门 {kept.pk}：{CHANGED.format(last())}" in faults()


def test_a_row_that_is_gone_without_an_entry_is_found(kept, people):
    run("DELETE FROM departments_department WHERE id = %s", kept.pk)
    assert faults() == [f"部门 {kept.pk}：审计记录第 {last()} 条以后不见了，没有记录"]


def test_what_the_program_changes_and_removes_is_whole(kept, people):
    kept.name = "办公室"
    services.save_record(kept, actor=people.admin)
    assert faults() == []
    services.remove_record(kept, actor=people.admin)
    assert faults() == []


def test_parts_without_entries_of_their_own_are_kept_with_what_they_belong_to(people, department):
    function = PostFunction.objects.order_by("pk").first()
    post = services.save_record(
        Post(name="采购员", department=department), actor=people.admin, related={"functions": [function]}
    )
    assert faults() == []
    run("DELETE FROM departments_post_functions WHERE post_id = %s", post.pk)
    assert faults() == [f"岗位 {post.pk}：所属的行与审计记录第 {last()} 条时的不一致，改动没有记录"]


def test_what_was_not_read_is_marked_as_unknown_and_held_against_nobody(kept):
    part = Department.objects.only("name").get(pk=kept.pk)
    audit.record(SystemVerb.LOGIN, target=part, label="x")
    run("UPDATE departments_department SET name = 'x' WHERE id = %s", kept.pk)
    assert faults() == []


def test_rows_from_before_are_marked_when_sealing_begins():
    department = make_department("总务处二")
    run("UPDATE departments_department SET duties = 'x' WHERE id = %s", department.pk)
    assert faults() == []
    sealing.begin(sealing.FIRST)
    run("UPDATE departments_department SET duties = 'y' WHERE id = %s", department.pk)
    assert faults() == [f"部门 {department.pk}：{CHANGED.format(last())}"]


def test_without_the_key_no_row_is_held_against_its_mark(kept, settings):
    settings.SEAL_KEYS_FILE = None
    run("UPDATE departments_department SET name = 'x' WHERE id = %s", kept.pk)
    assert faults() == []


def test_a_mark_says_nothing_of_the_row(kept):
    entry = AuditEntry.objects.get(number=last())
    (key,) = seals.held_keys()
    (name,) = watched.values(kept)
    assert name.startswith(f"row:departments.department:{kept.pk}:")
    assert entry.marks == {name: seals.mark(key, name, watched.values(kept)[name])}
    assert len(entry.marks[name]) == seals.MARK_DIGITS


def test_a_mark_by_a_program_that_knew_other_columns_is_held_against_no_row(kept, monkeypatch):
    label = Department._meta.label_lower
    known = watched._kinds[label]
    monkeypatch.setitem(watched._kinds, label, watched.Watched(Department, (*known.columns[1:],)))
    run("UPDATE departments_department SET name = 'x' WHERE id = %s", kept.pk)
    assert faults() == []
    run("DELETE FROM departments_department WHERE id = %s", kept.pk)
    assert faults() == [f"部门 {kept.pk}：审计记录第 {last()} 条以后不见了，没有记录"]


def test_each_exception_has_a_reason_and_a_column():
    kinds = {kind.model for kind in watched.kinds()}
    for model in apps.get_models():
        for column, reason in watched.unwatched(model).items():
            assert reason
            assert column == "*" or model._meta.get_field(column)
            assert (column == "*") == (model not in kinds)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL takes none within a transaction")
def test_a_reference_to_nothing_is_found(kept):
    run("UPDATE departments_department SET parent_id = 999999 WHERE id = %s", kept.pk)
    assert list(orphans()) == [(f"部门 {kept.pk}", "指向的部门不见了")]
    run("UPDATE departments_department SET parent_id = NULL WHERE id = %s", kept.pk)
