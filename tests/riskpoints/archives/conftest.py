"""Fixtures: a year with everything that an archive can hold, and an archive of it."""

import json
import shutil
from types import SimpleNamespace

import pytest
from django.db import transaction

from riskcontrol import audit
from riskpoints.archives import shelf
from riskpoints.enums import Status
from tests.factories import bring_to
from tests.riskpoints.archives import worlds
from tests.riskpoints.archives.packing import SCAN, as_formerly, build, confirm, unpacked


@pytest.fixture
def full_year(people, table, other_table, school_table):
    """Return the 年度 of today: 总务处 in force twice (revised) with scans, the school in force, 教务处 submitted.

    Written anew for each test: parts of an archive lie beside the database and would be those of an unchanged year.
    """
    first = confirm(table, people, scan=SCAN)
    second = confirm(table, people, scan=SCAN + b"2")
    school = confirm(school_table, people)
    bring_to(Status.SUBMITTED, other_table, people)
    table.cycle.first, table.cycle.second, table.cycle.school = first, second, school
    return table.cycle


@pytest.fixture
def empty_parts(cycle):
    """Return the folder of printed parts of the year of today, with nothing in it."""
    path = shelf.folder() / f"{cycle.year}.parts"
    shutil.rmtree(path, ignore_errors=True)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
def kept():
    """Keep what was built once for the tests that only damage it: {"zip": bytes}, and the packages to import."""
    return {}


@pytest.fixture
def whole(request, kept, tmp_path, db):
    """Return the path of a whole archive of `full_year`, built once for the whole run."""
    path = tmp_path / "档案.zip"
    if "zip" not in kept:
        build(request.getfixturevalue("full_year"), path)
        kept["zip"] = path.read_bytes()
    path.write_bytes(kept["zip"])
    return path


@pytest.fixture
def packages(request, kept, tmp_path, db):
    """Return archives of one year while it was open and after it was closed, made in a database that is gone.

    Each has `path`, `content` (its bytes), `rows` (what the database said) and `head` (of the trail).
    """
    if "packages" not in kept:
        with transaction.atomic():
            kept["packages"] = _packages(request, tmp_path)
            transaction.set_rollback(True)
    found = {}
    for name, package in kept["packages"].items():
        path = tmp_path / f"{name}.zip"
        path.write_bytes(package["content"])
        found[name] = SimpleNamespace(path=path, **package)
    return SimpleNamespace(**found)


def _packages(request, folder):
    names = ("people", "table", "other_table", "school_table", "discipline_table")
    people, *tables = (request.getfixturevalue(name) for name in names)
    world = worlds.make_world(people, *tables, request.getfixturevalue("settings"))
    made = {"open": _packed(world, folder / "made-open.zip")}
    former = as_formerly(world, folder / "made-open.zip")
    made["former"] = {"content": former.read_bytes(), "rows": None, "head": audit.stored_head()}
    world = worlds.finish(world, people, tables[-1])
    return made | {"closed": _packed(world, folder / "made-closed.zip")}


def _packed(cycle, path):
    build(cycle, path)
    content = path.read_bytes()
    head = json.loads(unpacked(path)["manifest.json"])["audit"]["head"]
    return {"content": content, "rows": worlds.described(cycle), "head": audit.Head(head["number"], head["hash"])}
