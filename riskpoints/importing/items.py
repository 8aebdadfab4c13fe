"""Cells with several items in them, taken apart: paragraphs, and the numbers that count them."""

import re
from collections.abc import Sequence

from riskcontrol.paper.cell_text import INNER
from riskpoints.documents.bands import clean

CIRCLED = "".join(map(chr, [*range(0x2460, 0x2474), *range(0x3251, 0x3260), *range(0x32B1, 0x32C0)]))
_NUMBER = re.compile(rf"(?:(\d{{1,3}})[.．、]|[（(](\d{{1,3}})[)）]|([{CIRCLED}]))\s*")
# Where a number stands alone it may be part of the text: 1.5万元以上的采购.
_LONE = re.compile(r"\d{1,3}[.．]\d")


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a cell, cleaned; a line break that was inside of one when it was printed stays in it."""
    found, before = [], ""
    for line in text.split("\n"):
        whole = before + clean(line)
        if line.endswith(INNER):
            before = f"{whole}\n"
            continue
        before = ""
        if whole:
            found.append(whole)
    return [*found, before.strip()] if before.strip() else found


class Count:
    """Numbers that go on from cell to cell, as Word counts the paragraphs of one list."""

    def __init__(self) -> None:
        self.last = 0

    def items(self, texts: Sequence[str], *, first: int = 1, is_counted: bool = False) -> list[str]:
        """See items(); the first number may also be the one after the last of the cells before."""
        begin = number_of(texts[0])[0] if texts else None
        if begin is not None and begin == self.last + 1 and begin != first:
            first = begin
        found = items(texts, first=first, is_counted=is_counted)
        if begin == first and found != list(texts):
            self.last = first + len(found) - 1
        return found


def items(texts: Sequence[str], *, first: int = 1, is_counted: bool = False) -> list[str]:
    """Paragraphs as the items they are: counted ones without their numbers, others as they are.

    A paragraph without the next number belongs to the counted item before it. `is_counted` where it is known that
    there are several items with numbers.
    """
    numbers = [number_of(text) for text in texts]
    if not texts or numbers[0][0] != first:
        return list(texts)
    found: list[str] = []
    for text, (number, rest) in zip(texts, numbers, strict=True):
        if number == first + len(found):
            found.append(rest)
        else:
            found[-1] += f"\n{text}"
    is_lone = len(found) == 1 and not is_counted and _LONE.match(texts[0])
    return list(texts) if is_lone else found


# Where an item may begin inside of a line: after a stop, or a space.
_INSIDE = re.compile(
    rf"(?<=[；;。，,\s])\s*(?=(?:\d{{1,3}}[.．、](?!\d)|[（(]\d{{1,3}}[)）]|[{CIRCLED}]))|(?=[（(]\d{{1,3}}[)）])"
)


def parted(texts: Sequence[str]) -> list[str]:
    """Paragraphs that hold several counted items in one line, 1.…；2.…, with a line for each; others as they are."""
    found: list[str] = []
    for text in texts:
        pieces = [piece for piece in _INSIDE.split(text) if piece]
        numbers = [number_of(piece)[0] for piece in pieces]
        is_counted = len(pieces) > 1 and numbers == list(range(numbers[0] or 0, (numbers[0] or 0) + len(pieces)))
        found += [piece.strip() for piece in pieces] if is_counted else [text]
    return found


def number_of(text: str) -> tuple[int | None, str]:
    """The number that a paragraph begins with (1. 1、 （1） ①), and the rest; None where it begins with none."""
    match = _NUMBER.match(text)
    if match is None:
        return None, text
    plain, bracketed, circled = match.groups()
    number = CIRCLED.index(circled) + 1 if circled else int(plain or bracketed)
    return number, text[match.end() :]
