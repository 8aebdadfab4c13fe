"""The system checks speak up when something the site needs is missing, and only then."""

import pytest
from django.db import connection

from riskcontrol import checks
from riskcontrol.environment import DEVELOPMENT_KEY


def identifiers(messages):
    return [message.id for message in messages]


def test_nothing_is_missing_here():
    assert checks.data_folder_is_writable() + checks.fonts_are_present() + checks.bootstrap_is_present() == []


def test_a_missing_font_is_named(settings, tmp_path):
    for name in checks.FONTS[1:]:
        (tmp_path / name).touch()
    settings.FONT_DIR = tmp_path
    (message,) = checks.fonts_are_present()
    assert message.id == "riskcontrol.W001"
    assert message.msg == f"Fonts are missing in {tmp_path}: {checks.FONTS[0]}."


def test_a_missing_data_folder_is_an_error(settings, tmp_path):
    settings.VAR_DIR = tmp_path / "nowhere"
    assert identifiers(checks.data_folder_is_writable()) == ["riskcontrol.E001"]


def test_missing_bootstrap_is_told(settings, tmp_path):
    settings.BOOTSTRAP_DIR = tmp_path
    assert identifiers(checks.bootstrap_is_present()) == ["riskcontrol.W002"]


@pytest.mark.parametrize(
    ("demo", "key", "expected"),
    [
        (False, "a key of its own", []),
        (True, "a key of its own", ["riskcontrol.W003"]),
        (False, DEVELOPMENT_KEY, ["riskcontrol.E002"]),
    ],
)
def test_what_is_published_does_not_belong_in_production(settings, demo, key, expected):
    settings.DEMO, settings.SECRET_KEY = demo, key
    assert identifiers(checks.nothing_is_left_open()) == expected


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor == "sqlite", reason="a setting of PostgreSQL; SQLite's is the program's own")
def test_a_postgres_that_answers_before_it_writes_is_told():
    def named():
        return [message.msg for message in checks.postgres_writes_before_it_answers(databases=["default"])]

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        (sentence,) = named()
        assert "synchronous_commit" in sentence
        cursor.execute("SET LOCAL synchronous_commit = on")
        assert "synchronous_commit" not in "".join(named())
    assert checks.postgres_writes_before_it_answers() == []


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's own setting")
def test_sqlite_writes_before_it_answers():
    assert checks.postgres_writes_before_it_answers(databases=["default"]) == []
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
