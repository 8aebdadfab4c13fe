"""The log: one line a request with its number and who it was; nothing of what was typed, not even in an error."""

import json
import logging
import os
import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.test import Client, RequestFactory
from django.urls import reverse

from departments.models import User
from riskcontrol.web import handlers, logs
from tests.factories import PASSWORD

TYPED = "一句只有填表人知道的话"


class Lines(logging.Handler):
    """Keeps each line as the console would show it."""

    def __init__(self):
        super().__init__()
        self.setFormatter(logs.JsonFormatter())
        self.addFilter(logs.RequestFilter())
        self.lines = []

    def emit(self, record):
        self.lines.append(self.format(record))

    def requests(self):
        parsed = [json.loads(line) for line in self.lines]
        return [line for line in parsed if line["logger"] == "riskcontrol.requests"]


@pytest.fixture
def log():
    """Return what is logged during the test."""
    handler = Lines()
    roots = [logging.getLogger(), logging.getLogger("django")]
    for logger in roots:
        logger.addHandler(handler)
    yield handler
    for logger in roots:
        logger.removeHandler(handler)


def test_a_request_has_one_line(client, staff, school, log):
    client.force_login(staff)
    answer = client.get(reverse("riskpoints:register"), {"q": TYPED})
    (line,) = log.requests()
    assert line.pop("ms") >= 0
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+08:00", line.pop("time"))
    assert line == {
        "level": "INFO",
        "logger": "riskcontrol.requests",
        "request": answer["X-Request-ID"],
        "address": "127.0.0.1",
        "user": "1003",
        "method": "GET",
        "path": reverse("riskpoints:register"),
        "status": 200,
    }
    assert TYPED not in "".join(log.lines)


@pytest.mark.django_db
def test_each_request_has_a_number_of_its_own(client):
    first, second = (client.get("/healthz", headers={"X-Request-ID": "chosen-by-me"})["X-Request-ID"] for _ in range(2))
    assert first != second
    assert re.fullmatch("[0-9a-f]{16}", first)


def test_nobody_is_a_dash_and_a_login_is_the_person(client, staff, school, log):
    client.post(reverse("login"), {"username": TYPED, "password": PASSWORD})
    client.post(reverse("login"), {"username": staff.staff_number, "password": PASSWORD})
    client.post(reverse("logout"))
    assert [(line["user"], line["status"]) for line in log.requests()] == [("-", 200), ("1003", 302), ("1003", 200)]
    assert TYPED not in "".join(log.lines)
    assert PASSWORD not in "".join(log.lines)


@pytest.mark.django_db
def test_a_line_costs_no_query(client, log, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/healthz")
    assert len(log.requests()) == 1


def test_an_error_is_told_by_kind_and_place(staff, school, log, monkeypatch):
    def save_record(*args, **kwargs):
        raise ValueError(f"{kwargs} {TYPED}")

    monkeypatch.setattr("departments.services.change_own_password", save_record)
    client = Client(raise_request_exception=False)
    client.force_login(staff)
    words = {"old_password": PASSWORD, "new_password1": "a-new-Password-1", "new_password2": "a-new-Password-1"}
    answer = client.post(reverse("password_change"), words)
    assert answer.status_code == 500
    told = "\n".join(log.lines)
    assert TYPED not in told
    assert "a-new-Password-1" not in told
    (error,) = [json.loads(line) for line in log.lines if json.loads(line)["logger"] == "django.request"]
    assert error["error"].startswith("ValueError\n")
    assert re.search(r"tests/riskcontrol/web/test_logs\.py:\d+ save_record$", error["error"])
    assert error["request"] == answer["X-Request-ID"]
    assert log.requests()[-1]["status"] == 500
    assert f"<code>{answer['X-Request-ID']}</code>" in answer.content.decode()


def test_the_error_page_needs_no_number():
    page = handlers.server_error(RequestFactory().get("/")).content.decode()
    assert "系统出错了" in page
    assert "<code>" not in page


@pytest.mark.django_db
def test_a_database_error_is_told_by_its_code(staff):
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        User.objects.create_user(staff.staff_number, TYPED)
    told = logs.describe(caught.value)
    code = "SQLITE_CONSTRAINT_UNIQUE" if connection.vendor == "sqlite" else "23505"
    assert code in told.splitlines()[0]
    assert "caused by " in told
    assert TYPED not in told
    assert staff.staff_number not in told


def test_a_chain_of_errors_ends():
    first, second = ValueError(TYPED), OSError(28, "No space left on device", TYPED)
    first.__cause__, second.__cause__ = second, first
    assert logs.describe(first) == "ValueError\ncaused by OSError (No space left on device)"


def test_a_line_break_in_an_address_starts_no_line(client, db, log):
    client.get("/x%0a%1b[31m" + "y" * 300)
    (line,) = log.requests()
    assert line["path"] == "/x??[31m" + "y" * 192


@pytest.mark.parametrize(("variables", "is_json"), [({}, True), ({"LOG_FORMAT": "line"}, False)])
def test_the_configured_log_is_written_to_the_console(variables, is_json):
    script = (
        "import django; django.setup(); from django.test import Client; import logging\n"
        f"Client(SERVER_NAME='127.0.0.1').get('/healthz', {{'q': '{TYPED}'}})\n"
        f"try: raise ValueError('{TYPED}')\n"
        "except ValueError: logging.getLogger('django.request').exception('It failed')"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "riskcontrol.settings", **variables},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    assert TYPED not in done.stderr
    first, *rest = done.stderr.splitlines()
    if is_json:
        assert [json.loads(line)["logger"] for line in (first, *rest)] == ["riskcontrol.requests", "django.request"]
    else:
        assert re.search(r" INFO riskcontrol\.requests \[[0-9a-f]{16}\]: 127\.0\.0\.1 - GET /healthz 200 \d+$", first)
        assert rest[1:] == ["ValueError", "  <string>:3 <module>"]


def test_a_wrong_format_stops_the_start():
    done = subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "riskcontrol.settings", "LOG_FORMAT": "xml"},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr.splitlines()[-1].endswith("LOG_FORMAT is 'xml': write one of json, line.")
