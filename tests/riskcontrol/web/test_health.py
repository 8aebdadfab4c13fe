"""/healthz and /readyz: no login, names only, and each part is missed when it is missing."""

import threading

import pytest
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.urls import reverse

from riskcontrol import audit
from riskcontrol.models import AuditHead
from riskcontrol.verbs import SystemVerb
from riskcontrol.web import health

PARTS = ["database", "disk", "migrations", "fonts", "triggers", "audit", "backup", "restore", "clock"]


@pytest.fixture(autouse=True)
def _ask_anew():
    """Each test asks for itself: an answer is kept for some seconds."""
    health._recent.forget()
    yield
    health._recent.forget()


def ready(client):
    answer = client.get(reverse("readyz"))
    failed = [name for name, result in answer.json()["checks"].items() if result == "failed"]
    return answer.status_code, failed


def test_the_process_answers_without_a_login_or_a_database(client, django_assert_num_queries):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert answer["Cache-Control"] == "no-store, private"


@pytest.mark.django_db
def test_everything_is_ready_here(client):
    answer = client.get("/readyz")
    assert answer.json() == {"status": "ok", "checks": dict.fromkeys(PARTS, "ok"), "address": "127.0.0.1"}
    assert answer.status_code == 200


@pytest.mark.django_db
def test_asking_leaves_nothing_behind(client, django_assert_num_queries):
    before = MigrationRecorder(connection).applied_migrations()
    assert ready(client) == (200, [])
    assert MigrationRecorder(connection).applied_migrations() == before
    with django_assert_num_queries(0):  # the second answer is the kept one
        assert ready(client) == (200, [])


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["healthz", "readyz"])
def test_they_are_only_read(client, address):
    assert client.post(f"/{address}").status_code == 405
    assert client.head(f"/{address}").status_code == 200


@pytest.mark.django_db
def test_plain_http_is_answered_behind_tls(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz").status_code == 200
    assert client.get("/login/").status_code == 301


@pytest.mark.django_db
def test_a_full_disk_is_told(client, settings):
    settings.MINIMUM_FREE_MB = 10**9
    assert ready(client) == (503, ["disk"])


@pytest.mark.django_db
def test_a_lost_folder_is_told(client, settings, tmp_path):
    settings.VAR_DIR = tmp_path / "nowhere"
    assert ready(client) == (503, ["disk"])


@pytest.mark.django_db
def test_missing_fonts_are_told(client, settings, tmp_path):
    settings.FONT_DIR = tmp_path
    assert ready(client) == (503, ["fonts"])


@pytest.mark.django_db
def test_a_waiting_migration_is_told(client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    assert ready(client) == (503, ["migrations"])


@pytest.mark.django_db
def test_missing_triggers_are_told(client, without_triggers):
    assert ready(client) == (503, ["triggers"])


@pytest.mark.django_db
def test_a_head_that_does_not_fit_is_told(client):
    audit.record(SystemVerb.LOGIN)
    AuditHead.objects.filter(pk=1).update(number=7)
    assert ready(client) == (503, ["audit"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'sqlite'")
def test_a_locked_database_is_told_soon(client, monkeypatch):
    monkeypatch.setattr(health, "PATIENCE_MS", 100)
    holds, done = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            holds.set()
            done.wait(20)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    holds.wait(5)
    try:
        assert ready(client) == (503, ["database"])
    finally:
        done.set()
        thread.join()
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA busy_timeout").fetchone()[0] == 20_000


@pytest.mark.django_db
def test_a_failure_is_explained_in_the_log_only(client, settings, tmp_path, caplog):
    settings.FONT_DIR = tmp_path
    answer = client.get("/readyz")
    assert answer.json()["checks"]["fonts"] == "failed"
    assert "Not ready: fonts (FandolFang-Regular.otf" in caplog.text
    assert "Fandol" not in answer.content.decode()


@pytest.mark.django_db
def test_what_hinders_nobody_is_a_warning(client, settings):
    """A late backup takes no site out of service; a monitor that wants to hear of it asks strictly."""
    audit.record(SystemVerb.BACKED_UP, detail={"原因": "磁盘已满"}, succeeded=False)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"], answer.json()["checks"]["backup"]) == (
        200,
        "warning",
        "warning",
    )
    assert client.get("/readyz?strict").status_code == 503
    health._recent.forget()
    settings.MINIMUM_FREE_MB = 10**9
    assert client.get("/readyz").json()["status"] == "failed"
