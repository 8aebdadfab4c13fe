"""The school of the access tests, and a browser for each of its people."""

import pytest

from tests.access import world as worlds
from tests.access.asking import Visitors


@pytest.fixture
def world(people, department, discipline_office, functions, purchasing_post, plain_post, other_post, discipline_post):
    """Return the school with 总务处's table in every status."""
    return worlds.build(people, department=department, discipline_office=discipline_office, functions=functions)


@pytest.fixture
def visitors(world) -> Visitors:
    return Visitors(world)
