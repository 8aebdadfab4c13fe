"""Hashes of one-time passwords: quick to make, checked like any other, and telling nothing by the time it takes."""

import threading
import time

import pytest
from argon2.exceptions import VerificationError
from django.contrib.auth.hashers import (
    Argon2PasswordHasher,
    check_password,
    identify_hasher,
    is_password_usable,
    make_password,
)

from departments import services
from departments.accounts import hashing
from departments.accounts.hashing import ONE_TIME, hash_one_time
from riskcontrol import settings as production
from riskcontrol import turns
from riskcontrol.web.trouble import CrowdedError

PASSWORD = "Xk3vQ9mTbw7z"


@pytest.fixture(autouse=True)
def real(settings):
    """Hash as production does."""
    settings.PASSWORD_HASHERS = production.PASSWORD_HASHERS


def seconds(act) -> float:
    """Return how long the processors worked for it, of a few tries the shortest."""
    taken = []
    for _ in range(3):
        begin = time.process_time()
        act()
        taken.append(time.process_time() - begin)
    return min(taken)


def test_a_one_time_password_opens_the_door_and_no_other_does():
    encoded = hash_one_time(PASSWORD)
    assert encoded.startswith("argon2$argon2id$")
    assert f"m={ONE_TIME['memory_cost']},t={ONE_TIME['time_cost']},p={ONE_TIME['parallelism']}" in encoded
    assert check_password(PASSWORD, encoded)
    assert not check_password(PASSWORD.lower(), encoded)
    assert hash_one_time(PASSWORD) != encoded


def test_it_has_as_many_random_bits_as_its_hash_relies_on():
    assert len({services.one_time_password() for _ in range(200)}) == 200
    assert len(services.ONE_TIME_ALPHABET) ** 12 > 2**69


def test_it_is_made_in_less_time_than_a_chosen_one():
    assert seconds(lambda: hash_one_time(PASSWORD)) < seconds(lambda: make_password(PASSWORD)) * 0.8


@pytest.mark.parametrize("typed", [PASSWORD, "wrong"])
def test_checking_it_takes_no_less_than_checking_a_chosen_one(typed):
    once, chosen = hash_one_time(PASSWORD), make_password(PASSWORD)
    assert seconds(lambda: check_password(typed, once)) > seconds(lambda: check_password(typed, chosen)) * 0.7


def test_a_login_with_it_writes_nothing():
    """Hashing it anew at the login could overwrite a password that was reset in the same moment."""
    written = []
    assert check_password(PASSWORD, hash_one_time(PASSWORD), setter=written.append)
    assert written == []


def test_chosen_ones_take_more_work_and_no_more_memory():
    """OWASP's memory: a flood of logins must not take that of the pages (issue 17)."""
    encoded = make_password("Ein-Passwort-77")
    found = identify_hasher(encoded).decode(encoded)
    assert (found["memory_cost"], found["parallelism"]) == (19 * 1024, 1)
    assert found["time_cost"] > ONE_TIME["time_cost"]
    assert is_password_usable(encoded)
    assert check_password("Ein-Passwort-77", encoded)
    assert not identify_hasher(encoded).must_update(encoded)


def test_a_hash_from_before_still_opens_and_is_made_anew_at_the_login():
    before = Argon2PasswordHasher().encode("Ein-Passwort-77", "somesaltsomesalt")
    written = []
    assert check_password("Ein-Passwort-77", before, setter=written.append)
    assert written == ["Ein-Passwort-77"]
    assert not check_password("another", before)


def test_no_more_than_two_are_made_at_once(monkeypatch):
    monkeypatch.setattr(hashing, "PATIENCE", 0.1)
    encoded = make_password(PASSWORD)
    with hashing._turn(), hashing._turn():
        with pytest.raises(CrowdedError):
            check_password(PASSWORD, encoded)
        with pytest.raises(CrowdedError):
            make_password(PASSWORD)
    assert check_password(PASSWORD, encoded)


def test_who_waits_gets_the_turn_that_becomes_free(monkeypatch):
    with hashing._turn():
        first = hashing._turn()
        first.__enter__()
        timer = threading.Timer(0.2, first.__exit__, (None, None, None))
        timer.start()
        assert make_password(PASSWORD)
        timer.join()


def test_no_more_than_a_few_wait_and_others_are_told_at_once(monkeypatch):
    """Or a flood of logins would hold all threads of the server."""
    monkeypatch.setattr(hashing, "PATIENCE", 60)
    encoded = make_password(PASSWORD)
    with hashing._turn(), hashing._turn():
        line = [turns._first_free("hashing-line", hashing.IN_LINE) for _ in range(hashing.IN_LINE)]
        assert None not in line
        begin = time.monotonic()
        with pytest.raises(CrowdedError):
            check_password(PASSWORD, encoded)
        assert time.monotonic() - begin < 30
        for place in line:
            turns._give_back(place)
    assert check_password(PASSWORD, encoded)


def test_a_folder_that_can_not_be_written_keeps_nobody_out(settings, tmp_path):
    settings.VAR_DIR = tmp_path / "nowhere"
    assert check_password(PASSWORD, make_password(PASSWORD))


def test_a_right_password_that_could_not_be_checked_is_not_called_wrong(monkeypatch):
    """Argon2 says so where it gets no memory, and Django takes it for a wrong password."""
    encoded = make_password(PASSWORD)

    def starved(*args, **kwargs):
        raise VerificationError("Memory allocation error")

    monkeypatch.setattr(hashing.PasswordHasher, "verify", starved)
    with pytest.raises(CrowdedError):
        check_password(PASSWORD, encoded)
