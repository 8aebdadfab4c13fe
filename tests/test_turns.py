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


def item(nodeid, *, fixtures=(), markers=()):
    return SimpleNamespace(
        nodeid=nodeid, fixturenames=fixtures, get_closest_marker=lambda name: name if name in markers else None
    )


PAGES = [item(f"tests/e2e/test_a.py::test_{number}", fixtures=["live_server"]) for number in range(5)]
WALK = item("tests/e2e/test_b.py::test_walk", fixtures=["live_server"], markers=["both"])
PURE = item("tests/riskpoints/test_levels.py::test_one")
QUERY = item("tests/riskpoints/test_levels.py::test_two", fixtures=["db"])
MARKED = item("tests/riskpoints/test_levels.py::test_three", markers=["django_db"])
SERVER = item("tests/bench/test_faults.py::test_four")
ITEMS = [*PAGES, WALK, PURE, QUERY, MARKED, SERVER]


def test_each_test_runs_somewhere_and_what_opens_a_database_on_both(asked, monkeypatch):
    left = {}
    for vendor in ("sqlite", "postgresql"):
        asked(vendor)
        left[vendor] = turns.left_out(ITEMS)
    assert not [one for one in left["sqlite"] if one in left["postgresql"]]
    assert sorted(one.nodeid for part in left.values() for one in part) == sorted(one.nodeid for one in [*PAGES, PURE])
    assert PURE in left["postgresql"]
    monkeypatch.delenv("BOTH_DATABASES")
    assert turns.left_out(ITEMS) == []
