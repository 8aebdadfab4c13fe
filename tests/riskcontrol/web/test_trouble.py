"""A disk that is full or read-only, a database that is busy or away: told as such, with all that was typed."""

import errno
import importlib
import pkgutil
import re
import sqlite3
from datetime import timedelta
from html import unescape

import psycopg2
import pytest
from django import forms
from django.db import DataError, Error, connection, transaction
from django.urls import reverse
from django.utils import timezone

import departments.forms
from departments.models import LoginSession
from riskcontrol.models import AuditEntry
from riskcontrol.web import handlers
from riskcontrol.web.forms import sent_fields, typed_texts
from riskcontrol.web.trouble import Trouble, trouble_of
from riskpoints.models import Measure, RiskPoint
from riskpoints.tables import starting
from tests.factories import PASSWORD

TEXT = "采购询价时只找一家供应商，" + "价格由经办人一人确定；" * 40
MEASURE = "三家以上比价，两人签字"

on_sqlite = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="an error of SQLite")
on_postgres = pytest.mark.skipif("connection.vendor == 'sqlite'", reason="an error of PostgreSQL")
committed = pytest.mark.django_db(transaction=True)


def run(*statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.fixture
def read_only():
    """Return functions that forbid the database to write, and allow it again."""
    if connection.vendor == "sqlite":
        off, on = "PRAGMA query_only = 1", "PRAGMA query_only = 0"
    else:
        off, on = "SET default_transaction_read_only = on", "SET default_transaction_read_only = off"
    yield lambda: run(off), lambda: run(on)
    run(on)


@pytest.fixture
def form(people, table, head, client):
    """Return the address of a new point of 总务处, whose head is logged in, and what she typed."""
    draft = starting.start_table(table, actor=head)
    client.post(reverse("login"), {"username": head.staff_number, "password": PASSWORD})
    client.raise_request_exception = False
    sent = {"category": "duty", "text": TEXT, "likelihood": "2", "harm": "2", "proposed_level": "2"}
    return reverse("riskpoints:point_new", args=[draft.pk]), sent | {"measure_text": MEASURE, "lock": ""}


def saved():
    return RiskPoint.objects.count(), Measure.objects.count(), AuditEntry.objects.count()


def reason(answer):
    return re.search(r"<p data-reason>(.*?)</p>", answer.content.decode()).group(1)


def fields_of(answer):
    """Return the form that the page would send once more."""
    page = answer.content.decode()
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page)
    address = re.search(r'<form method="post" action="([^"]*)">', page).group(1)
    return unescape(address), {unescape(name): unescape(value) for name, value in found}


# ---- a form that can't be saved --------------------------------------------------------------------------------------


@committed
def test_on_a_read_only_database_nothing_typed_is_lost(client, form, read_only):
    forbid, allow = read_only
    before = saved()
    forbid()
    answer = client.post(*form)
    assert answer.status_code == 503
    assert (answer["Retry-After"], answer["Cache-Control"]) == ("60", "no-store, private")
    assert reason(answer) == (
        "服务器磁盘或数据库现在只能读、不能写，没有保存，您填写的内容在下面。请告诉系统管理员；恢复后再保存一次即可。"
    )
    page = answer.content.decode()
    assert f'<p class="prose typed">{TEXT}</p>' in page
    assert f'<p class="prose typed">{MEASURE}</p>' in page
    assert answer["X-Request-ID"] in page
    allow()
    assert saved() == before
    address, sent = fields_of(answer)
    assert (address, sent) == form
    assert client.post(address, sent).status_code == 302
    assert RiskPoint.objects.get().text == TEXT
    assert Measure.objects.get().text == MEASURE


@committed
@on_sqlite
def test_a_full_disk_saves_all_or_nothing(client, form):
    """The point still fits, its measure doesn't: neither is there afterwards."""
    run("VACUUM")
    before = saved()
    with connection.cursor() as cursor:
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        answers = []
        for spare in range(40):
            cursor.execute(f"PRAGMA max_page_count = {pages + spare}")
            answers.append(client.post(*form))
            if answers[-1].status_code != 503:
                break
            assert saved() == before
        cursor.execute("PRAGMA max_page_count = 1073741823")
    assert len(answers) > 2  # it failed in the middle, too
    assert [answer.status_code for answer in answers] == [503] * (len(answers) - 1) + [302]
    assert reason(answers[0]).startswith("服务器磁盘已满，没有保存，您填写的内容在下面。")
    assert saved()[:2] == (before[0] + 1, before[1] + 1)


@committed
def test_htmx_leaves_the_form_where_it_is(client, form, read_only):
    read_only[0]()
    answer = client.post(*form, headers={"HX-Request": "true", "HX-Boosted": "true"})
    assert answer.status_code == 503
    assert "没有保存，您填写的内容还在页面上。" in reason(answer)


@committed
def test_pages_are_still_read(client, form, read_only, time_machine):
    """The idle limit of the session can't be pushed forward then: that keeps nobody from reading."""
    time_machine.move_to(timezone.now() + timedelta(minutes=5))
    read_only[0]()
    assert client.get(reverse("own_account")).status_code == 200
    assert client.get(form[0].removesuffix("points/")).status_code == 200


@committed
def test_the_idle_limit_is_pushed_forward_where_the_database_writes(client, form, time_machine):
    before = LoginSession.objects.get().last_seen
    time_machine.move_to(timezone.now() + timedelta(minutes=5))
    client.get(reverse("riskpoints:mine"))
    assert LoginSession.objects.get().last_seen > before + timedelta(minutes=4)


@committed
def test_what_has_to_be_written_down_is_not_handed_out(client, form, office, read_only):
    client.force_login(office)
    read_only[0]()
    answer = client.get(reverse("riskpoints:register_export", args=["xlsx"]))
    assert answer.status_code == 503
    assert reason(answer) == "服务器磁盘或数据库现在只能读、不能写，这一页现在打不开。请过一会儿再试。"
    assert "<form" not in answer.content.decode()


@committed
def test_a_fault_of_the_program_stays_one(client, form, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError(TEXT)

    monkeypatch.setattr("riskpoints.tables.editing.save_point", fail)
    answer = client.post(*form)
    assert answer.status_code == 500
    assert "系统出错了" in answer.content.decode()


# ---- secrets ----------------------------------------------------------------------------------------------------


@committed
def test_a_password_is_never_shown(client, form, head, read_only):
    client.post(reverse("logout"))
    read_only[0]()
    answer = client.post(reverse("login"), {"username": head.staff_number, "password": PASSWORD})
    assert answer.status_code == 503
    page = answer.content.decode()
    assert PASSWORD not in page
    assert "<form" not in page
    assert "请按“后退”键回到原来的页面" in page


def password_fields():
    for found in pkgutil.iter_modules(departments.forms.__path__, "departments.forms."):
        for kind in vars(importlib.import_module(found.name)).values():
            for name, field in getattr(kind, "base_fields", {}).items():
                if isinstance(field.widget, forms.PasswordInput):
                    yield name


def test_every_field_for_a_password_is_known_as_one(rf):
    names = set(password_fields())
    assert {"password", "old_password", "new_password1", "new_password2"} <= names
    for name in names:
        request = rf.post("/", {name: "ein langes Geheimnis 长长的", "text": "写下的一句话"})
        assert typed_texts(request.POST) == ["写下的一句话"]
        assert sent_fields(request) is None


def test_a_file_is_not_sent_again(rf, tmp_path):
    path = tmp_path / "scan.pdf"
    path.write_bytes(b"%PDF-1.7")
    with path.open("rb") as scan:
        request = rf.post("/", {"scan": scan, "comment": "签字件"})
        assert sent_fields(request) is None


# ---- which error is which -------------------------------------------------------------------------------------------


def caught(action):
    try:
        action()
    except (Error, OSError) as error:
        return error
    raise AssertionError("nothing was raised")


@pytest.mark.parametrize(
    ("number", "trouble"),
    [
        (errno.ENOSPC, Trouble.FULL),
        (errno.EDQUOT, Trouble.FULL),
        (errno.EROFS, Trouble.READ_ONLY),
        (errno.EIO, Trouble.BROKEN),
        (errno.EACCES, None),
        (errno.ENOENT, None),
    ],
)
def test_errors_of_files(number, trouble):
    assert trouble_of(OSError(number, "x")) == trouble


@pytest.mark.parametrize(
    ("state", "trouble"),
    [
        ("53100", Trouble.FULL),
        ("53200", Trouble.BUSY),
        ("53300", Trouble.BUSY),
        ("25006", Trouble.READ_ONLY),
        ("40001", Trouble.BUSY),
        ("40P01", Trouble.BUSY),
        ("55P03", Trouble.BUSY),
        ("57P01", Trouble.AWAY),
        ("57P03", Trouble.AWAY),
        ("08006", Trouble.AWAY),
        ("58030", Trouble.BROKEN),
        ("57014", None),
        ("23505", None),
        ("22001", None),
        ("42P01", None),
    ],
)
@pytest.mark.django_db
@on_postgres
def test_errors_of_postgres(state, trouble):
    def fail():
        with transaction.atomic():
            run(f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{state}'; END $$")

    assert trouble_of(caught(fail)) == trouble


def test_errors_that_django_lets_through():
    """A cursor that is closed after its connection broke raises the driver's own error."""
    assert trouble_of(psycopg2.OperationalError("server closed the connection unexpectedly")) == Trouble.AWAY
    assert trouble_of(psycopg2.InterfaceError("connection already closed")) == Trouble.AWAY
    assert trouble_of(psycopg2.ProgrammingError("x")) is None
    assert trouble_of(sqlite3.OperationalError("x")) is None


@committed
@on_postgres
def test_a_connection_cut_by_postgres():
    error = caught(lambda: run("SELECT pg_terminate_backend(pg_backend_pid())"))
    try:
        assert trouble_of(error) == Trouble.AWAY
        assert trouble_of(caught(lambda: run("SELECT 1"))) == Trouble.AWAY
    finally:
        connection.close()


@committed
@on_sqlite
def test_a_database_that_stays_locked(tmp_path):
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    run("PRAGMA busy_timeout = 50")
    other.execute("BEGIN IMMEDIATE")
    try:
        error = caught(lambda: run("UPDATE riskcontrol_audithead SET number = 1"))
    finally:
        other.execute("ROLLBACK")
        other.close()
        run("PRAGMA busy_timeout = 20000")
    assert trouble_of(error) == Trouble.BUSY


@pytest.mark.django_db
def test_a_wrong_value_is_a_fault_of_the_program():
    def fail():
        with transaction.atomic():
            run("SELECT * FROM no_such_table")

    assert trouble_of(caught(fail)) is None
    assert trouble_of(DataError("x")) is None
    assert trouble_of(None) is None


def test_what_led_to_an_error_counts():
    error = RuntimeError("the archive is not written")
    error.__cause__ = OSError(errno.ENOSPC, "x")
    assert trouble_of(error) == Trouble.FULL
    later = ValueError("while that was handled")
    later.__context__ = error
    assert trouble_of(later) == Trouble.FULL


@pytest.mark.parametrize("trouble", Trouble)
def test_what_is_unsure_is_not_said_to_be_lost(rf, trouble):
    request = rf.post("/x/?a=1", {"text": TEXT})
    answer = handlers.unavailable(request, trouble)
    said = reason(answer)
    assert said.startswith(f"{trouble.what}，{'没有保存' if trouble.is_surely_lost else '可能没有保存成功'}，")
    assert said.endswith(trouble.advice)
    assert fields_of(answer) == ("/x/?a=1", {"text": TEXT})
