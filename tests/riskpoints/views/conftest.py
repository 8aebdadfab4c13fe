"""What the tests of the screens share: a browser session for a person, malformed addresses, many tables at once."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

# What people, scanners and broken links put into an address.
BAD_VALUES = [
    "",
    "abc",
    "-1",
    "0",
    "9" * 40,
    "1.5",
    "None",
    "\x00",
    "draft\x00",
    "'; --",
    "%",
    "[]",
    "２０２６",
    "🙂",
    "a" * 3000,
]


@pytest.fixture
def enter():
    """Return a function that gives a logged-in client for a person."""

    def log_in(user) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return log_in


@pytest.fixture
def queries_of():
    """Return a function that counts the queries of one GET, warmed up by another."""

    def count(client: Client, address: str) -> int:
        assert client.get(address).status_code == 200
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    return count
