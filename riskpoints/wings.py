"""What belongs to a year besides its tables: handed in for its record and archive, with the way back."""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from departments.models import School, User
from riskpoints.models import Cycle

Row = dict[str, Any]
# Gives the account of a person as the record names one: {"number": …, "name": …}, or None.
Person = Callable[[Row | None], Any]


def person(user: User | None, at: datetime.datetime | None) -> Row | None:
    """A person in a year's record, under the name of that moment: a later renaming changes nothing that was done."""
    return {"number": user.staff_number, "name": user.name_at(at)} if user else None


def _none(rows: list[Row]) -> frozenset[int]:
    return frozenset()


def _no_papers(rows: list[Row], school: School) -> list["PartPaper"]:
    return []


@dataclass(frozen=True)
class PartPaper:
    """A PDF of a part: its file's name, title and day, the values that decide what stands on it, how it is printed."""

    name: str
    title: str
    day: datetime.date
    values: Any
    make: Callable[[], bytes]


@dataclass(frozen=True)
class YearPart:
    """Rows of one kind. Each is plain values; `shown` leaves out what is not about the versions that an archive shows.

    `lines` are the same for a reader: cells under `headings` in a file of this `title`, unless there are no headings;
    `papers` are printed from them, for the school as it was named then. `restore` writes the rows into
    an installation that holds the year's versions already, and the `departments` that the rows name.
    """

    name: str
    title: str
    headings: Sequence[str]
    facts: Callable[[Cycle], list[Row]]
    shown: Callable[[list[Row], frozenset[str]], list[Row]]
    lines: Callable[[list[Row]], list[Sequence[str]]]
    restore: Callable[[Cycle, list[Row], Person], None]
    departments: Callable[[list[Row]], frozenset[int]] = _none
    papers: Callable[[list[Row], School], list[PartPaper]] = _no_papers


# Each app adds its own in AppConfig.ready().
YEAR_PARTS: list[YearPart] = []


def facts(cycle: Cycle) -> dict[str, list[Row]]:
    """The rows by kind, without kinds of which there are none: the record of such a year stays what it was."""
    found = {part.name: part.facts(cycle) for part in YEAR_PARTS}
    return {name: rows for name, rows in found.items() if rows}


def departments(parts: dict[str, list[Row]]) -> set[int]:
    """The keys of the departments that they name, which have no table in the year perhaps."""
    return {key for part in YEAR_PARTS for key in part.departments(parts.get(part.name, []))}


def shown(parts: dict[str, list[Row]], versions: frozenset[str]) -> dict[str, list[Row]]:
    """What an archive shows of them."""
    found = {part.name: part.shown(parts.get(part.name, []), versions) for part in YEAR_PARTS}
    return {name: rows for name, rows in found.items() if rows}


def restore(cycle: Cycle, parts: dict[str, list[Row]], person: Person) -> None:
    """Write what a package tells of them; older packages tell nothing."""
    for part in YEAR_PARTS:
        part.restore(cycle, parts.get(part.name, []), person)
