"""Files from outside are read in a process without keys, with little memory and time; whatever it does ends there."""

import time

import pytest

from riskcontrol.processes.confined import BROKEN, TOO_LARGE, Limits, RefusedError, confined
from tests.riskcontrol import confining

QUICK = Limits(seconds=2, answer=1_000_000)


def test_the_child_sees_the_bytes_and_nothing_of_ours(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "ours")
    told = confined(confining.tells, b"12345")
    assert told["size"] == 5
    assert not told["django"]
    assert set(told["environment"]) <= {"LANG", "LC_CTYPE", "OPENPYXL_LXML"}


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (confining.refuses, "请另存为 .xlsx。"),
        (confining.breaks, BROKEN),
        (confining.takes_memory, TOO_LARGE),
        (confining.says_too_much, BROKEN),
        (confining.dies, BROKEN),
        (confining.lies, BROKEN),
    ],
)
def test_whatever_goes_wrong_is_said_in_words(function, words):
    with pytest.raises(RefusedError) as caught:
        confined(function, b"", limits=QUICK)
    assert str(caught.value) == words


@pytest.mark.parametrize("function", [confining.takes_time, confining.takes_the_processor])
def test_time_is_limited(function):
    begin = time.monotonic()
    with pytest.raises(RefusedError):
        confined(function, b"", limits=Limits(seconds=1))
    assert time.monotonic() - begin < 5
