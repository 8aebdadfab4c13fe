"""Rows of tables that run over pages by themselves: each low enough to stay whole on its page."""

from collections.abc import Sequence
from itertools import zip_longest

STOPS = "。；！？.;，,、"


def low_rows(texts: Sequence[str], capacities: Sequence[int], most_lines: int) -> list[list[str]]:
    """Cut a row whose texts would make it higher than a good part of a page into rows that can stay whole.

    The first cell (its number) says on each further row that it goes on; other short cells are not repeated.
    """
    pieces = [pieces_of(text, capacity * most_lines) for text, capacity in zip(texts, capacities, strict=True)]
    rows = [list(cells) for cells in zip_longest(*pieces, fillvalue="")]
    for row in rows[1:]:
        row[0] = texts[0] + "\n续"
    return rows


def pieces_of(text: str, most: int) -> list[str]:
    """The text in pieces of at most so many characters, cut after a sentence or a comma where there is one."""
    pieces = []
    while len(text) > most:
        window = text[most * 2 // 3 : most]
        place = max((window.rfind(mark) for mark in STOPS), default=-1)
        end = most * 2 // 3 + place + 1 if place >= 0 else most
        pieces.append(text[:end])
        text = text[end:]
    return [*pieces, text]
