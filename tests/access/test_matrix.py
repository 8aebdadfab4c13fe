"""Every address × every person × GET and POST gives what matrix.py says, and leaves in the database what that means."""

from collections import Counter

import pytest

from tests.access.bodies import body_of
from tests.access.matrix import PEOPLE, ROWS, Row
from tests.access.walk import ADDRESSES, addresses

# How many rows are asked; whoever adds an address raises these.
WALKED = {"GET": 176, "POST": 181}


def test_every_address_is_in_the_matrix_and_nothing_else():
    assert len(addresses()) == len(ADDRESSES), "two addresses have the same name"
    listed = {row.name for row in ROWS}
    assert sorted(set(ADDRESSES) - listed) == [], "add them to tests/access/matrix.py"
    assert sorted(listed - set(ADDRESSES)) == [], "they are gone: take them out of tests/access/matrix.py"
    assert [str(row) for row, count in Counter(map(str, ROWS)).items() if count > 1] == []


def asked_rows(method: str) -> list[Row]:
    """All rows; what is refused or led on before the object is looked at is asked once an address."""
    early, seen, rows = set("LMG"), set(), []
    for row in ROWS:
        is_early = set(row.answers[method].values()) <= early
        if not is_early or row.name not in seen:
            rows.append(row)
        if is_early:
            seen.add(row.name)
    return rows


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_everybody_gets_what_is_written(world, visitors, method):
    wrong, walked = [], 0
    for row in asked_rows(method):
        path = world.path(row)
        for person in PEOPLE:
            body = body_of(row, person, world) if method == "POST" else None
            given, expected = visitors.ask(person, method, path, body), row.answers[method][person]
            walked += 1
            if given != expected:
                wrong.append(f"{method} {row}: {person} should get {expected}, got {given}")
    assert not wrong, "\n".join([f"{len(wrong)} differ:", *wrong[:60]])
    assert walked == WALKED[method] * len(PEOPLE)


def test_every_address_is_asked_in_both_ways():
    for method in ("GET", "POST"):
        assert {row.name for row in asked_rows(method)} == set(ADDRESSES)
        assert len(asked_rows(method)) == WALKED[method]
