"""Texts as a cell holds them: what XML can carry, how many lines they take, where a long one is cut."""

import re
import unicodedata

HALF_WIDTH = 0.56
# Where a text is cut, best first: after a paragraph, a sentence, a clause.
STOPS = ("\n", "。；！？", "，、,;.")
_REFUSED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_FULL_WIDTH = re.compile("[—‘’“”…\u3000-\u303e\u4e00-\u9fff\uff01-\uff60]+")
# Programs read _x000D_ in a text as an escaped character: the underscore itself has to be escaped.
_ESCAPE_LIKE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


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


def _pause(text: str) -> int:
    """Where to cut: after the last pause in the last third, else at the end."""
    least = len(text) * 2 // 3
    for stops in STOPS:
        place = max(text.rfind(stop, least) for stop in stops)
        if place >= 0:
            return place + 1
    return len(text)
