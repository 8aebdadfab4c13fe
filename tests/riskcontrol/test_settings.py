"""The settings as a started process sees them: what production refuses, what is really set in database and replies."""

import os
import re
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth import authenticate
from django.db import connection

from departments.models import User

KEY = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
PASSWORD = "a-quiet-sheet-of-paper"


@pytest.fixture
def start(tmp_path):
    """Return a function that runs an expression in a process started with these variables and nothing else."""

    def run(expression, **variables):
        script = f"from django.conf import settings; print(repr(({expression})))"
        return subprocess.run(
            [sys.executable, "-c", script],
            env={
                "PATH": os.environ["PATH"],
                "DJANGO_SETTINGS_MODULE": "riskcontrol.settings",
                "VAR_DIR": str(tmp_path / "data"),
            }
            | variables,
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({}, "No secret key"),
        ({"SECRET_KEY": "development-only"}, "too short or a default one"),
        ({"SECRET_KEY": KEY, "DEBUG": "perhaps"}, "DEBUG is 'perhaps'"),
        ({"SECRET_KEY": KEY, "SESSION_IDLE": "never"}, "SESSION_IDLE is 'never'"),
        ({"SECRET_KEY": KEY, "DATABASE_URL": "oracle://x/y"}, "DATABASE_URL: write sqlite:///path or"),
        ({"SECRET_KEY": KEY, "CSRF_TRUSTED_ORIGINS": "register.example"}, "CSRF_TRUSTED_ORIGINS holds"),
    ],
)
def test_a_wrong_environment_stops_the_start(start, variables, sentence):
    done = start("settings.SECRET_KEY", **variables)
    assert done.returncode == 1
    assert sentence in done.stderr.splitlines()[-1]


def test_development_and_the_sample_school_start_without_a_key(start):
    assert start("settings.DEBUG, settings.DEMO", DEBUG="1").stdout == "(True, False)\n"
    assert start("settings.DEBUG, settings.DEMO", DEMO="1").stdout == "(False, True)\n"


def test_production_starts_from_the_environment(start, tmp_path):
    done = start(
        "[settings.DEBUG, settings.DEMO, settings.ALLOWED_HOSTS, str(settings.MEDIA_ROOT), settings.SESSION_COOKIE_AGE,"
        " settings.SESSION_COOKIE_SECURE, settings.DATABASES['default']['NAME']]",
        SECRET_KEY=KEY,
        ALLOWED_HOSTS="register.example",
        SESSION_IDLE="45",
        BEHIND_TLS="1",
        DATABASE_URL="postgres://school:word@127.0.0.1:5432/register",
    )
    assert done.stderr == ""
    assert (
        done.stdout == f"{[False, False, ['register.example'], str(tmp_path / 'data/media'), 2700, True, 'register']}\n"
    )


def test_the_deployment_notes_list_every_variable():
    code = "".join((settings.BASE_DIR / "riskcontrol" / name).read_text() for name in ("settings.py", "environment.py"))
    read = set(re.findall(r'(?:environment\.\w+|text)\(\s*"([A-Z_]+)"', code))
    rows = re.findall(r"^\| (`.+?) \|", (settings.BASE_DIR / "riskcontrol/deploy/README.md").read_text(), re.MULTILINE)
    listed = set(re.findall(r"`([A-Z_]+)`", " ".join(rows)))
    of_the_server = {"HOST", "PORT", "WEB_WORKERS", "WEB_THREADS"}
    assert listed == read | of_the_server
    assert len(read) >= 24


@pytest.mark.skipif("connection.vendor != 'sqlite'")
@pytest.mark.django_db
def test_sqlite_keeps_every_acknowledged_write():
    with connection.cursor() as cursor:
        pragmas = [
            cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
        ]
    assert pragmas == ["wal", 2, 20_000, 1]


@pytest.mark.skipif("connection.vendor != 'sqlite'")
@pytest.mark.django_db(transaction=True)
def test_sqlite_takes_the_write_lock_at_the_beginning(django_assert_num_queries):
    from django.db import transaction

    with django_assert_num_queries(3) as queries, transaction.atomic():
        User.objects.exists()
    assert queries.captured_queries[0]["sql"] == "BEGIN IMMEDIATE"


@pytest.mark.django_db
def test_every_reply_carries_the_security_headers(client):
    reply = client.get("/no-such-page/")
    policy = dict(part.strip().split(" ", 1) for part in reply["Content-Security-Policy"].split(";"))
    assert policy == {
        "default-src": "'self'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "object-src": "'none'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
    }
    assert reply["X-Frame-Options"] == "DENY"
    assert reply["Referrer-Policy"] == "same-origin"
    assert reply["X-Content-Type-Options"] == "nosniff"
    assert reply["Cross-Origin-Opener-Policy"] == "same-origin"
    assert reply["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in reply["Permissions-Policy"]
    assert reply["Cache-Control"] == "no-store, private"


@pytest.mark.parametrize("name", ["css/bootstrap.min.css", "js/bootstrap.bundle.min.js"])
def test_bootstrap_is_served_from_its_package(client, name):
    reply = client.get(f"/static/vendor/bootstrap/{name}")
    assert reply.status_code == 200
    content = b"".join(reply.streaming_content)
    assert b" v5." in content[:60]
    assert b"data:" not in content or name.endswith(".js")  # the content policy takes no picture out of an address


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["css/bootstrap.css", "js/modal.js", "../bootstrap5/css/bootstrap.min.css"])
def test_nothing_else_of_the_package_is_served(client, name):
    assert client.get(f"/static/vendor/bootstrap/{name}").status_code == 404


def test_passwords_are_kept_with_argon2(start):
    hashed = start("__import__('django.contrib.auth.hashers').contrib.auth.hashers.make_password('x')", DEBUG="1")
    assert hashed.stdout.startswith("'argon2$argon2id$")


@pytest.mark.django_db
def test_five_failures_lock_one_person_at_one_address(rf, settings, time_machine):
    settings.AXES_ENABLED = True
    for number in ("0001", "0002"):
        User.objects.create_user(number, "教务处负责人", PASSWORD)

    def log_in(number, password, address="10.0.0.1"):
        request = rf.post("/login/", {"username": number, "password": password}, REMOTE_ADDR=address)
        return authenticate(request, username=number, password=password) is not None

    time_machine.move_to("2026-11-20T08:00:00+08:00", tick=False)
    assert log_in("0001", PASSWORD)
    for _ in range(5):
        assert not log_in("0001", "wrong")
    assert not log_in("0001", PASSWORD)
    assert log_in("0002", PASSWORD)
    assert log_in("0001", PASSWORD, address="10.0.0.2")

    time_machine.shift(timedelta(minutes=14))
    assert not log_in("0001", PASSWORD)
    time_machine.shift(timedelta(minutes=2))
    assert log_in("0001", PASSWORD)


def test_a_forwarded_address_is_believed_behind_tls_and_from_this_machine_only(start):
    expression = "settings.PROXY_COUNT, [str(network) for network in settings.TRUSTED_PROXIES]"
    local = "['127.0.0.0/8', '::1/128']"
    assert start(expression, DEBUG="1").stdout == f"(0, {local})\n"
    assert start(expression, DEBUG="1", BEHIND_TLS="1").stdout == f"(1, {local})\n"
    far = start(expression, DEBUG="1", PROXY_COUNT="2", TRUSTED_PROXIES="10.0.0.2, 2001:db8::/64")
    assert far.stdout == "(2, ['10.0.0.2/32', '2001:db8::/64'])\n"
    wrong = start(expression, DEBUG="1", TRUSTED_PROXIES="proxy.school.cn")
    assert "TRUSTED_PROXIES holds 'proxy.school.cn': write addresses or networks like 10.0.0.0/24" in wrong.stderr
