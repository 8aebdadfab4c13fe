"""The school of the access tests, and a browser for each of its people."""

from typing import Any

import pytest
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from riskcontrol import kept
from tests import once
from tests.access import world as worlds
from tests.access.asking import Visitors


@once.fixture
def world(people, department, discipline_office, functions, purchasing_post, plain_post, other_post, discipline_post):
    """Return the school with 总务处's table in every status."""
    return worlds.build(people, department=department, discipline_office=discipline_office, functions=functions)


@pytest.fixture
def visitors(world, monkeypatch) -> Visitors:
    """Return the browsers; as every act leaves its entry here, the menu may remember what it counted, as it does for
    real (the rest of the suite counts anew for each page)."""
    monkeypatch.setattr(kept, "IS_ON", True)
    return Visitors(world)


@pytest.fixture
def asked(monkeypatch):
    """Return a function that says which names a request looks for, in its query or its body."""
    names: set[str] = set()
    for method in ("__getitem__", "_getlist"):
        original = getattr(MultiValueDict, method)

        def listening(self, key, *args, original=original, **kwargs):
            if isinstance(self, QueryDict):
                names.add(key)
            return original(self, key, *args, **kwargs)

        monkeypatch.setattr(MultiValueDict, method, listening)
    monkeypatch.setattr(
        QueryDict, "__contains__", lambda self, key: names.add(key) or dict.__contains__(self, key), raising=False
    )

    def names_of(visit: Any) -> list[str]:
        names.clear()
        visit()
        return sorted(name for name in names if isinstance(name, str) and name != "csrfmiddlewaretoken")

    return names_of
