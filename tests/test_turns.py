"""What the two databases are asked together is everything, and each is asked for something in each row and column."""

from types import SimpleNamespace

import pytest

from tests import turns

ROWS, COLUMNS = "abcde", "123"


@pytest.fixture
def asked(monkeypatch):
    """Return a function that says what is asked on a database where a run goes over both."""
    monkeypatch.setenv("BOTH_DATABASES", "1")

    def on(vendor):
        monkeypatch.setattr(turns, "connection", SimpleNamespace(vendor=vendor))
        cells = turns.cells(ROWS, COLUMNS)
        assert len(cells) == turns.share(len(ROWS) * len(COLUMNS))
        return set(cells), turns.some(ROWS)

    return on


def test_two_halves_are_the_whole(asked):
    (cells, some), (other_cells, others) = asked("sqlite"), asked("postgresql")
    assert cells | other_cells == {(row, column) for row in ROWS for column in COLUMNS}
    assert cells & other_cells == set()
    assert sorted(some + others) == list(ROWS)
    for half in (cells, other_cells):
        assert {row for row, _ in half} == set(ROWS)
        assert {column for _, column in half} == set(COLUMNS)


def test_a_run_over_one_database_asks_for_everything(monkeypatch):
    monkeypatch.delenv("BOTH_DATABASES", raising=False)
    assert len(turns.cells(ROWS, COLUMNS)) == len(ROWS) * len(COLUMNS)
    assert turns.some(ROWS) == list(ROWS)
