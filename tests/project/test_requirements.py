"""Each requirement and trap of the founding document has its test or is named as open, and README says the same."""

import re
from pathlib import Path

import pytest

from tests.project.requirements import REQUIREMENTS, TRAPS, table

ROOT = Path(__file__).resolve().parents[2]


def test_every_requirement_is_named_once():
    assert [one.number for one in REQUIREMENTS] == [f"R{number:02d}" for number in range(1, 73)]
    assert [one.number for one in TRAPS] == [f"T{number}" for number in range(1, 26)]


@pytest.mark.parametrize("one", [one for one in (*REQUIREMENTS, *TRAPS) if one.test], ids=lambda one: one.number)
def test_its_test_is_there(one):
    path, _, name = one.test.partition("::")
    text = (ROOT / "tests" / path).read_text(encoding="utf-8")
    assert re.search(rf"^def {name}\(", text, re.MULTILINE), one.test


@pytest.mark.parametrize(("name", "rows"), [("requirements", REQUIREMENTS), ("traps", TRAPS)])
def test_readme_carries_the_tables(name, rows):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = readme.partition(f"<!-- {name} -->\n")[2].partition(f"\n<!-- /{name} -->")[0]
    assert shown == table(rows)
