"""The short form of ./run bench workbooks."""

from tests.bench import workbooks


def test_broken_workbooks_give_rows_or_words():
    tally = workbooks.run(files=60, true_path=3, number=1)
    assert tally.faults == []
    assert (tally.files, tally.true_path) == (60, 3)
    assert tally.with_rows > 5
    assert sum(tally.refused.values()) > 5
