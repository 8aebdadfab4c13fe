"""Whether a row of a file is one of the draft: by the code that our template carries, or by what it says."""

import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TypeVar

from riskcontrol.text import folded
from riskpoints.importing import values
from riskpoints.importing.columns import columns
from riskpoints.importing.content import FileMeasure, FilePoint
from riskpoints.models import Measure, RiskPoint

Row = TypeVar("Row", RiskPoint, Measure)
# From which likeness on (difflib's ratio, 0 to 1, of texts without punctuation) two texts may mean the same.
NEAR = 0.8


@dataclass(frozen=True)
class Change:
    """One column of a row whose words differ from the draft's; `name` is the field of the file."""

    name: str
    title: str
    old: str
    new: str


def code_of(row: RiskPoint | Measure) -> str:
    """What the template carries of a row: which it is, and which of its savings."""
    return f"{row.identity.hex}-{row.lock}"


def found_by_code(code: str, rows: Iterable[Row]) -> tuple[Row | None, bool]:
    """(the row of the draft, whether it was saved again since) by the code in a file."""
    identity, _, lock = code.strip().partition("-")
    row = next((row for row in rows if identity and row.identity.hex == identity), None)
    return row, row is not None and str(row.lock) != lock


def changes(item: FilePoint | FileMeasure, words: dict[str, str], known: Collection[str]) -> list[Change]:
    """What a row says otherwise than the draft does in `words`, in the columns that are known of it."""
    kind = "point" if isinstance(item, FilePoint) else "measure"
    found = []
    for column in columns():
        is_compared = column.of == kind or column.name == "category"
        if is_compared and column.name in words and column.name in known:
            new = str(item.more.get(column.name) or getattr(item, column.name, ""))
            old = words[column.name]
            if values.same(new) != values.same(old):
                found.append(Change(column.name, column.title, old, new))
    return found


def register_name(name: str) -> str:
    """The field of the register that a column of a file fills."""
    return next((field for field, column in values.FILE_NAMES.items() if column == name), name)


def nearest(text: str, rows: Iterable[Row]) -> Row | None:
    """The row of the draft whose text is most like this one, if any is like enough."""
    plain = _plain(text)
    best, found = NEAR, None
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(plain)
    for row in rows:
        matcher.set_seq1(_plain(row.text))
        if matcher.real_quick_ratio() >= best and matcher.quick_ratio() >= best and matcher.ratio() >= best:
            best, found = matcher.ratio(), row
    return found


def _plain(text: str) -> str:
    """Letters and figures only: stops and spaces make no other risk."""
    return "".join(character for character in folded(text) if unicodedata.category(character)[0] in "LN")
