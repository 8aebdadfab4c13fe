"""What many tests begin with is written once for all that follow one another, and each finds it as it was.

A fixture made with `@once.fixture` does nothing but write rows, out of `db` and other fixtures of this kind, and return
what it wrote. Its rows stay in a transaction around the tests that begin with the same fixtures (`sort` brings them
together); each of these tests runs in a savepoint, as every test does in a transaction, and is given copies of its own
of the objects. What a test asks for after a fixture that changes settings or the time, and what a test asks for that
commits, is written for it alone.
"""

import functools
import inspect
import itertools
import pickle
from collections.abc import Callable
from types import FunctionType
from typing import Any

import pytest
from django.db import transaction

Plan = dict[str, Callable]  # name of a fixture: the function that pytest calls for it; in the order in which they write

_makers: dict[Callable, Callable] = {}  # the function that pytest calls: the one that writes the rows
_copies: dict[Callable, Any] = {}  # what the running test is given
# What brings them about is no part of what a test begins with.
_OF_PYTEST = ("db", "_django_db_helper", "rows_to_begin_with")
_plan_of = pytest.StashKey[Plan]()


def fixture(make: FunctionType) -> Any:
    """Like `pytest.fixture`, for what only writes rows."""

    @functools.wraps(make)
    def given(**needs: Any) -> Any:
        return _copies[given] if given in _copies else make(**needs)

    _makers[given] = make
    return pytest.fixture(given)


class Rows:
    """The rows that are in the database now, for as long as the next test begins with the same."""

    def __init__(self) -> None:
        self._plan: Plan = {}
        self._transaction: Any = None
        self._objects = b""

    def make_room(self, item: pytest.Item) -> None:
        """Take back what is there, unless this test begins with it."""
        if self._transaction is not None and plan_of(item) != self._plan:
            self.take_back()

    def lay_out(self, item: pytest.Item) -> None:
        """Write what this test begins with, unless it is there, and make copies of the objects."""
        plan = plan_of(item)
        if plan and self._transaction is None:
            self._write(plan)
        _copies.clear()
        if plan:
            objects = pickle.loads(self._objects)  # noqa: S301 - of this process
            _copies.update({given: objects[name] for name, given in plan.items()})

    def _write(self, plan: Plan) -> None:
        self._plan, self._transaction = plan, transaction.atomic()
        self._transaction._from_testcase = True  # what must not be nested may be nested in this
        self._transaction.__enter__()
        made: dict[str, Any] = {"db": None}
        try:
            for name, given in plan.items():
                made[name] = _makers[given](**{need: made[need] for need in needs_of(given)})
            self._objects = pickle.dumps(made)
        except BaseException:
            self.take_back()
            raise

    def take_back(self) -> None:
        """Empty the database again."""
        if self._transaction is not None:
            ended, self._transaction = self._transaction, None
            transaction.set_rollback(True)
            ended.__exit__(None, None, None)


def plan_of(item: pytest.Item) -> Plan:
    """What this test begins with; see `sort`."""
    return item.stash.get(_plan_of, {})


def sort(items: list[pytest.Item]) -> None:
    """Plan what each test begins with, and bring those together that begin with the same.

    Those that begin with nothing go first, those that commit last: they leave an empty database.
    A module with a fixture of its own for several tests may have rows in a transaction around them as well, so that
    nothing is planned there.
    """
    for module, found in itertools.groupby(items, lambda item: getattr(item, "module", None)):
        of_module = list(found)
        if module is not None and not any(map(_shares_something, of_module)):
            for item in of_module:
                item.stash[_plan_of] = _planned(item)
    items.sort(key=lambda item: (_commits(item), [f"{f.__module__}.{f.__name__}" for f in plan_of(item).values()]))


def needs_of(given: Callable) -> tuple[str, ...]:
    """The names of the fixtures that this one is made of."""
    code = _makers[given].__code__
    return code.co_varnames[: code.co_argcount]


def _definitions(item: pytest.Item) -> dict[str, Any]:
    return {name: found[-1] for name, found in item._fixtureinfo.name2fixturedefs.items()}


def _shares_something(item: pytest.Item) -> bool:
    """Whether it uses a fixture of this suite that lives longer than a test, but not for the whole run."""
    return any(
        definition.scope not in ("function", "session") and _is_ours(definition.func)
        for definition in _definitions(item).values()
    )


def _is_ours(function: Callable) -> bool:
    return function.__module__.startswith("tests.")


def _may_change_surroundings(definition: Any) -> bool:
    """Whether rows written after this fixture may be other ones than rows written before."""
    changing = {"settings", "monkeypatch", "time_machine"} & set(definition.argnames)
    return definition.scope == "function" and (bool(changing) or inspect.isgeneratorfunction(definition.func))


def _planned(item: pytest.Item) -> Plan:
    """Those of its fixtures that are written before any of another kind can have changed settings or the time."""
    definitions, plan, seen, is_clean = _definitions(item), {}, set(_OF_PYTEST), True
    if _commits(item):
        return {}

    def visit(name: str) -> None:
        nonlocal is_clean
        if name in seen or name not in definitions:
            return
        seen.add(name)
        for need in definitions[name].argnames:
            visit(need)
        function = definitions[name].func
        if function in _makers and is_clean and all(need in plan or need == "db" for need in needs_of(function)):
            plan[name] = function
        elif _is_ours(function) and _may_change_surroundings(definitions[name]):
            is_clean = False

    for name in item.fixturenames:
        visit(name)
    return plan


def _commits(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    is_marked = marker is not None and bool(marker.args or marker.kwargs)
    return is_marked or bool({"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ())))
