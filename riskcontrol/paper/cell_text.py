"""Texts as a cell holds them: what XML can carry, how many lines they take, where a long one is cut."""

import re
import unicodedata
from collections.abc import Sequence

HALF_WIDTH = 0.56
# Where a text is cut, best first: after a paragraph, a sentence, a clause.
STOPS = ("\n", "。；！？", "，、,;.")
_REFUSED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_FULL_WIDTH = re.compile("[—‘’“”…\u3000-\u303e\u4e00-\u9fff\uff01-\uff60]+")
# Programs read _x000D_ in a text as an escaped character: the underscore itself has to be escaped.
_ESCAPE_LIKE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")

# No-break spaces at the end of a line, which nobody sees: one where the paragraph goes on after the line break, two
# where the text goes on in the next cell without one, three where it goes on there in a new line.
INNER, CUT, CUT_AT_BREAK = "\xa0", "\xa0\xa0", "\xa0\xa0\xa0"


class _Widths(dict[str, float]):
    """Widths of characters in em, looked up once each."""

    def __missing__(self, character: str) -> float:
        width = 1.0 if unicodedata.east_asian_width(character) in "WFA" else HALF_WIDTH
        self[character] = width
        return width


_widths = _Widths()


def safe_text(text: str) -> str:
    """Text that XML can hold: no control character but the line break, no half surrogate pair; a tab is a space."""
    if not _REFUSED.search(text):
        return text
    return _REFUSED.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))


def escaped(text: str) -> str:
    """A safe text as the content of an XML element of a workbook."""
    if "_x" in text:
        text = _ESCAPE_LIKE.sub("_x005F_", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def line_count(text: str, width: float, size: float) -> int:
    """How many lines a text takes in `width` points; a full-width character is one em of `size` points."""
    room, count = width / size, 0
    for paragraph in text.split("\n"):
        length = len(paragraph)
        if length <= room:
            count += 1
        elif _FULL_WIDTH.fullmatch(paragraph):  # Chinese throughout: no need to look at each character
            count += -(-length // max(int(room), 1))
        else:
            count += _mixed_lines(paragraph, room)
    return count


def _mixed_lines(paragraph: str, room: float) -> int:
    count, used = 1, 0.0
    for width in map(_widths.__getitem__, paragraph):
        used += width
        if used > room and used > width:
            count, used = count + 1, width
    return count


def wrapped(text: str, width: float, size: float) -> list[str]:
    """Lines of a text in `width` points, each with its line break if it had one; a full-width character is one em."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line, used = "", 0.0
        for character in paragraph:
            advance = size * _widths[character]
            if line and used + advance > width:
                lines.append(line)
                line, used = "", 0.0
            line += character
            used += advance
        lines.append(line + "\n")
    return lines


def in_pieces(text: str, width: float, size: float, *, most: int) -> list[str]:
    """A long text in pieces of about the same size and at most so many lines, cut where a reader would pause."""
    total = line_count(text, width, size)
    count = -(-total // most)
    pieces = []
    while count > 1:
        lines = wrapped(text, width, size)
        end = _pause("".join(lines[: -(-len(lines) // count)]))
        pieces.append(text[:end].rstrip("\n"))
        text = text[end:].lstrip("\n")
        count = max(count - 1, -(-line_count(text, width, size) // most))
    return [*pieces, text]


def mark_cuts(text: str, pieces: Sequence[str]) -> list[str]:
    """The pieces of a text, each but the last with the mark that tells how it goes on; joined() undoes it."""
    marked, rest = [], text
    for piece in pieces[:-1]:
        rest = rest[len(piece) :]
        marked.append(piece + (CUT_AT_BREAK if rest.startswith("\n") else CUT))
        rest = rest.lstrip("\n")
    return [*marked, *pieces[-1:]]


def goes_on(piece: str) -> bool:
    """Whether the text of a cell goes on in the cell below."""
    return piece.endswith(CUT)


def joined(piece: str, following: str) -> str:
    """Two pieces of a marked text as they were."""
    is_at_break = piece.endswith(CUT_AT_BREAK)
    return piece.removesuffix(CUT_AT_BREAK if is_at_break else CUT) + ("\n" if is_at_break else "") + following


def _pause(text: str) -> int:
    """Where to cut: after the last pause in the last third, else at the end."""
    least = len(text) * 2 // 3
    for stops in STOPS:
        place = max(text.rfind(stop, least) for stop in stops)
        if place >= 0:
            return place + 1
    return len(text)
