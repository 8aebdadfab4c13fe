"""Reads the sample school's data files."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
# One for every account, and published: the loader refuses any installation that is not for show.
PASSWORD = "lianzheng-demo"  # noqa: S105 - see above  # nosec B105


def year_2011() -> dict[str, Any]:
    """附件1 and 附件2 as printed in the founding document, with the names of the school it uses (domain.md T3, T4)."""
    return _read("year_2011.json")


def current_year() -> dict[str, Any]:
    """Accounts, leadership group, departments with posts and tables; people are named by their role only."""
    return _read("current_year.json")


def leaders() -> dict[str, Any]:
    """The 校领导班子 with the leaders' own posts, its table, and the meeting that decided about it (R53)."""
    return _read("leaders.json")


def regulations() -> dict[str, Any]:
    """The regulations on which the measures rest; titles of laws are real, the school's own are made up."""
    return _read("regulations.json")


def scan() -> bytes:
    """What stands in for the scans of signed sheets; it says so."""
    return (FOLDER / "scan.pdf").read_bytes()


def _read(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return data
