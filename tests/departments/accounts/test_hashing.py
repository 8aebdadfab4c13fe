"""Hashes of one-time passwords: quick to make, checked like any other, and telling nothing by the time it takes."""

import time

import pytest
from django.contrib.auth.hashers import check_password, identify_hasher, is_password_usable, make_password

from departments import services
from departments.accounts.hashing import ONE_TIME, hash_one_time
from riskcontrol import settings as production

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


def test_it_is_made_in_a_fraction_of_the_time_of_a_chosen_one():
    assert seconds(lambda: hash_one_time(PASSWORD)) < seconds(lambda: make_password(PASSWORD)) / 2


@pytest.mark.parametrize("typed", [PASSWORD, "wrong"])
def test_checking_it_takes_no_less_than_checking_a_chosen_one(typed):
    once, chosen = hash_one_time(PASSWORD), make_password(PASSWORD)
    assert seconds(lambda: check_password(typed, once)) > seconds(lambda: check_password(typed, chosen)) * 0.7


def test_a_login_with_it_writes_nothing():
    """Hashing it anew at the login could overwrite a password that was reset in the same moment."""
    written = []
    assert check_password(PASSWORD, hash_one_time(PASSWORD), setter=written.append)
    assert written == []


def test_chosen_ones_are_hashed_as_django_does():
    encoded = make_password("Ein-Passwort-77")
    assert identify_hasher(encoded).decode(encoded)["memory_cost"] > ONE_TIME["memory_cost"]
    assert is_password_usable(encoded)
    assert check_password("Ein-Passwort-77", encoded)
    assert not identify_hasher(encoded).must_update(encoded)
