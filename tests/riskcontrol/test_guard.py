"""No command empties, rewinds or overwrites a register; an empty database is anybody's."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from departments.models import User
from riskcontrol import audit, guard
from riskcontrol.models import AuditEntry
from riskcontrol.verbs import SystemVerb


@pytest.fixture(autouse=True)
def production(settings):
    settings.MAY_BE_EMPTIED = False


@pytest.fixture
def register(staff):
    audit.record(SystemVerb.LOGIN, actor=staff)
    return staff


@pytest.fixture
def rows(tmp_path):
    """Return a file that would give the first account another name."""

    def of(user):
        file = tmp_path / "rows.json"
        row = {"model": "departments.user", "pk": user.pk, "fields": {"staff_number": "1", "real_name": "另一个人"}}
        file.write_text(json.dumps([row]))
        return str(file)

    return of


@pytest.mark.parametrize(
    "command",
    [
        ("flush", "--no-input"),
        ("sqlflush",),
        ("migrate", "riskpoints", "zero"),
        ("migrate", "riskcontrol", "0001"),
        ("migrate", "axes", "zero", "--fake"),
    ],
)
def test_a_register_is_neither_emptied_nor_rewound(register, command):
    with pytest.raises(CommandError, match="这个数据库里有登记册"):
        call_command(*command)
    assert User.objects.filter(pk=register.pk).exists()
    assert AuditEntry.objects.exists()


def test_rows_of_a_file_do_not_overwrite_a_register(register, rows):
    with pytest.raises(CommandError, match="restore 备份"):
        call_command("loaddata", rows(register))
    assert User.objects.get(pk=register.pk).real_name == register.real_name


@pytest.mark.django_db
def test_a_register_is_brought_up_to_date(register):
    call_command("migrate", "riskcontrol", verbosity=0)
    call_command("migrate", verbosity=0)
    with pytest.raises(CommandError, match="Cannot find a migration matching"):
        call_command("migrate", "riskcontrol", "9999")


@pytest.mark.django_db
def test_an_empty_database_is_anybodys(rows, staff):
    assert not AuditEntry.objects.exists()
    assert not guard.is_register("default")
    call_command("loaddata", rows(staff), verbosity=0)
    assert User.objects.get(pk=staff.pk).real_name == "另一个人"
    guard.refuse_on_register("flush", "default")


def test_a_database_without_tables_is_no_register(monkeypatch):
    monkeypatch.setattr(connection.introspection, "table_names", list)
    assert not guard.is_register("default")


def test_no_environment_variable_lets_a_register_be_emptied(monkeypatch, register, settings):
    monkeypatch.setenv("MAY_BE_EMPTIED", "1")
    del settings.MAY_BE_EMPTIED
    with pytest.raises(CommandError):
        guard.refuse_on_register("flush", "default")
