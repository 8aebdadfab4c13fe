"""Every requirement and every trap of the founding document: what it asks for, and the test that fails without it.

They stand in founding_document.txt and traps.txt: number, words, test. What has no test is still open; README carries
the same tables.
"""

from dataclasses import dataclass
from pathlib import Path

OPEN = ""


@dataclass(frozen=True)
class Requirement:
    """A number, what it asks for in a few words, and the test that notices its absence (empty: still open)."""

    number: str
    words: str
    test: str


def _read(line: str) -> Requirement:
    number, words, test = (part.strip() for part in line.split("|"))
    return Requirement(number, words, test if test != "-" else OPEN)


def _listed(name: str) -> list[Requirement]:
    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    return [_read(line) for line in text.splitlines()]


REQUIREMENTS, TRAPS = _listed("founding_document.txt"), _listed("traps.txt")


def table(rows: list[Requirement]) -> str:
    """A table of README."""
    lines = ["| | | |", "|---|---|---|"]
    lines += [f"| {one.number} | {one.words} | {f'`{one.test}`' if one.test else '**open**'} |" for one in rows]
    return "\n".join(lines)
