"""What the environment may say, and that a wrong word is refused with its variable's name."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from riskcontrol import environment

GOOD_KEY = "k3y-" * 5 + "abcdefghijklmnopqrstuvwxyz0123456789"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch):
    for name in ("NAME", "SECRET_KEY", "SECRET_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("1", True), ("Yes", True), (" on ", True), ("0", False), ("false", False), ("no", False), ("", False)],
)
def test_flag_reads_the_usual_words(monkeypatch, value, expected):
    monkeypatch.setenv("NAME", value)
    assert environment.flag("NAME") is expected


@pytest.mark.parametrize("value", ["maybe", "flase", "2"])
def test_flag_refuses_other_words(monkeypatch, value):
    monkeypatch.setenv("NAME", value)
    with pytest.raises(ImproperlyConfigured, match=rf"NAME is '{value}': write 1 or 0"):
        environment.flag("NAME")


@pytest.mark.parametrize(("value", "expected"), [("", 30), ("1", 1), ("720", 720)])
def test_number_takes_its_bounds(monkeypatch, value, expected):
    monkeypatch.setenv("NAME", value)
    assert environment.number("NAME", 30, minimum=1, maximum=720) == expected


@pytest.mark.parametrize("value", ["0", "721", "-5", "1.5", "half", "三十", "٣"])
def test_number_refuses_what_is_outside(monkeypatch, value):
    monkeypatch.setenv("NAME", value)
    with pytest.raises(ImproperlyConfigured, match=r"NAME is .*: write a whole number from 1 to 720"):
        environment.number("NAME", 30, minimum=1, maximum=720)


def test_words_are_split_at_commas(monkeypatch):
    monkeypatch.setenv("NAME", "one.example, two.example,")
    assert environment.words("NAME", ("other",)) == ["one.example", "two.example"]
    monkeypatch.setenv("NAME", "")
    assert environment.words("NAME", ("other",)) == ["other"]


def test_origins_need_their_scheme(monkeypatch):
    monkeypatch.setenv("NAME", "https://register.example")
    assert environment.origins("NAME") == ["https://register.example"]
    monkeypatch.setenv("NAME", "register.example")
    with pytest.raises(ImproperlyConfigured, match=r"NAME holds 'register\.example'"):
        environment.origins("NAME")


def test_a_folder_is_made_for_owner_and_group(monkeypatch, tmp_path):
    monkeypatch.setenv("NAME", str(tmp_path / "a" / "b"))
    made = environment.made_folder("NAME", Path("/nowhere"))
    assert made == tmp_path / "a" / "b"
    assert made.stat().st_mode & 0o007 == 0


def test_a_folder_that_cannot_be_made_is_named(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("NAME", str(tmp_path / "file" / "b"))
    with pytest.raises(ImproperlyConfigured, match=r"NAME: the folder .*file/b can't be made"):
        environment.made_folder("NAME", Path("/nowhere"))


def test_production_takes_a_long_random_key(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", GOOD_KEY)
    assert environment.secret_key(relaxed=False) == GOOD_KEY


def test_the_key_is_read_from_a_file(monkeypatch, tmp_path):
    (tmp_path / "key").write_text(f"{GOOD_KEY}\n")
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "key"))
    assert environment.secret_key(relaxed=False) == GOOD_KEY


@pytest.mark.parametrize(
    "key", ["short", "a" * 80, environment.DEVELOPMENT_KEY, f"django-insecure-{GOOD_KEY}", GOOD_KEY[:49]]
)
def test_production_refuses_a_weak_key(monkeypatch, key):
    monkeypatch.setenv("SECRET_KEY", key)
    with pytest.raises(ImproperlyConfigured, match="too short or a default one"):
        environment.secret_key(relaxed=False)


def test_production_refuses_to_go_without_a_key():
    with pytest.raises(ImproperlyConfigured, match="No secret key: set SECRET_KEY or SECRET_KEY_FILE"):
        environment.secret_key(relaxed=False)
    assert environment.secret_key(relaxed=True) == environment.DEVELOPMENT_KEY


def test_two_keys_at_once_are_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_KEY", GOOD_KEY)
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "key"))
    with pytest.raises(ImproperlyConfigured, match="both set"):
        environment.secret_key(relaxed=False)


def test_a_missing_key_file_is_named_even_in_development(monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "key"))
    with pytest.raises(ImproperlyConfigured, match=r"SECRET_KEY_FILE: .*key can't be read"):
        environment.secret_key(relaxed=True)


def test_without_an_address_the_database_is_the_file(tmp_path):
    assert environment.database("NAME", tmp_path / "register.sqlite3") == {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(tmp_path / "register.sqlite3"),
    }


def test_a_postgres_address_is_taken_apart(monkeypatch):
    monkeypatch.setenv("NAME", "postgres://school:p%40ss%2Fword@db.example:5433/register")
    assert environment.database("NAME", Path("/nowhere")) == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "register",
        "USER": "school",
        "PASSWORD": "p@ss/word",
        "HOST": "db.example",
        "PORT": 5433,
    }


@pytest.mark.parametrize(
    "value", ["mysql://school@db.example/register", "register", "postgres://db.example", "ftp://x/y", "sqlite://"]
)
def test_another_kind_of_database_is_refused(monkeypatch, value):
    monkeypatch.setenv("NAME", value)
    with pytest.raises(ImproperlyConfigured, match="NAME: write sqlite:///path or postgres://user"):
        environment.database("NAME", Path("/nowhere"))


def test_a_broken_address_does_not_repeat_the_password(monkeypatch):
    monkeypatch.setenv("NAME", "postgres://school:hidden@db.example:port/register")
    with pytest.raises(ImproperlyConfigured, match="NAME can't be read as a database address") as refusal:
        environment.database("NAME", Path("/nowhere"))
    assert "hidden" not in str(refusal.value)


def test_an_address_is_asked_for_where_mails_are_sent(monkeypatch):
    assert environment.mail_address("NAME", needed=False) == ""
    with pytest.raises(ImproperlyConfigured, match="write an address like"):
        environment.mail_address("NAME", needed=True)
    monkeypatch.setenv("NAME", "office@school.example")
    assert environment.mail_address("NAME", needed=True) == "office@school.example"
    monkeypatch.setenv("NAME", "office at school")
    with pytest.raises(ImproperlyConfigured, match="NAME is 'office at school'"):
        environment.mail_address("NAME", needed=False)


@pytest.mark.parametrize(
    ("given", "hosts", "is_tls", "expected"),
    [
        ("", ["register.school.example", "10.0.0.2"], True, "https://register.school.example"),
        ("", ["register.school.example"], False, ""),
        ("", ["127.0.0.1", "localhost", "*", ".school.example", "10.0.0.2"], True, ""),
        ("http://10.0.0.2:8000/", ["10.0.0.2"], False, "http://10.0.0.2:8000"),
    ],
)
def test_the_sites_own_address(monkeypatch, given, hosts, is_tls, expected):
    monkeypatch.setenv("SITE_ADDRESS", given)
    assert environment.site_address("SITE_ADDRESS", hosts, is_tls=is_tls) == expected


@pytest.mark.parametrize("given", ["register.school.example", "https://", "https://a.example/b", "ftp://a.example"])
def test_what_is_no_address_of_a_site_stops_the_start(monkeypatch, given):
    monkeypatch.setenv("SITE_ADDRESS", given)
    with pytest.raises(ImproperlyConfigured, match="write an address like"):
        environment.site_address("SITE_ADDRESS", [], is_tls=False)
