"""The numbers that Word puts before paragraphs by itself (ECMA-376 part 1, 17.9): they stand nowhere in the text."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DIGITS = "〇一二三四五六七八九"
CHINESE = {
    "chineseCounting",
    "chineseCountingThousand",
    "chineseLegalSimplified",
    "japaneseCounting",
    "taiwaneseCounting",
    "taiwaneseCountingThousand",
    "ideographDigital",
}
CIRCLED = {"decimalEnclosedCircle", "decimalEnclosedCircleChinese"}
_ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


@dataclass(frozen=True)
class _Level:
    """How the numbers of one level look: 1., （1）, 一、; `text` has %1 for the number of the first level."""

    kind: str
    text: str
    start: int


@dataclass
class _List:
    """A list as paragraphs refer to it; lists of one pattern go on counting together."""

    pattern: str
    restarts: dict[int, int] = field(default_factory=dict)  # this list begins anew, at this number


class Numbering:
    """Counts the numbered paragraphs of a document in their order."""

    def __init__(self, numbering: Any | None, styles: Any | None) -> None:
        self._patterns: dict[str, dict[int, _Level]] = {}
        self._lists: dict[str, _List] = {}
        self._styles = dict(_styles(styles)) if styles is not None else {}
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[str, int]] = set()
        if numbering is not None:
            self._read(numbering)

    def _read(self, numbering: Any) -> None:
        for pattern in numbering.iter(f"{W}abstractNum"):
            levels = {_number(level, "ilvl"): _level(level) for level in pattern.iter(f"{W}lvl")}
            self._patterns[pattern.get(f"{W}abstractNumId", "")] = levels
        for item in numbering.iter(f"{W}num"):
            found = _List(_value(item, "abstractNumId"))
            for override in item.iter(f"{W}lvlOverride"):
                if override.find(f"{W}startOverride") is not None:
                    place = _number(override, "ilvl")
                    found.restarts[place] = int(_value(override, "startOverride") or 1)
            self._lists[item.get(f"{W}numId", "")] = found

    def before(self, paragraph: Any) -> str:
        """What Word shows before the text of the next paragraph; empty without a number, and for a bullet."""
        key, place = self._of(paragraph)
        item = self._lists.get(key)
        levels = self._patterns.get(item.pattern, {}) if item else {}
        level = levels.get(place)
        if item is None or level is None:
            return ""
        counts = self._counts.setdefault(item.pattern, {})
        if place in item.restarts and (key, place) not in self._begun:
            counts[place] = item.restarts[place] - 1
        self._begun.add((key, place))
        counts[place] = counts.get(place, level.start - 1) + 1
        for deeper in [other for other in counts if other > place]:
            del counts[deeper]
        if level.kind in ("bullet", "none"):
            return ""
        text = level.text
        for other in range(place + 1):
            above = levels.get(other, level)
            text = text.replace(f"%{other + 1}", shown(counts.get(other, above.start), above.kind))
        return text

    def _of(self, paragraph: Any) -> tuple[str, int]:
        """(list, level) of a paragraph, its own or that of its style."""
        own = paragraph.find(f"{W}pPr/{W}numPr")
        if own is not None:
            return _value(own, "numId"), int(_value(own, "ilvl") or 0)
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        return self._styles.get(style.get(f"{W}val", ""), ("", 0)) if style is not None else ("", 0)


def shown(number: int, kind: str) -> str:
    """A number as its kind is written, as far as people count their points with it."""
    if kind in CIRCLED and 1 <= number <= 20:
        return chr(0x2460 + number - 1)
    if kind in CHINESE and 1 <= number <= 99:
        tens, ones = divmod(number, 10)
        return (DIGITS[tens] if tens > 1 else "") + ("十" if tens else "") + (DIGITS[ones] if ones else "")
    if kind in ("lowerLetter", "upperLetter") and 1 <= number <= 26:
        return chr(ord("a" if kind == "lowerLetter" else "A") + number - 1)
    if kind in ("lowerRoman", "upperRoman") and 1 <= number <= 39:
        return _roman(number) if kind == "lowerRoman" else _roman(number).upper()
    return str(number)


def _roman(number: int) -> str:
    found = ""
    for value, letters in _ROMAN:
        while number >= value:
            found, number = found + letters, number - value
    return found


def _styles(styles: Any) -> Iterator[tuple[str, tuple[str, int]]]:
    """(style, (list, level)) of those whose paragraphs are numbered; one that is based on another is numbered too."""
    own: dict[str, tuple[str, int]] = {}
    based: dict[str, str] = {}
    for style in styles.iter(f"{W}style"):
        name, numbers = style.get(f"{W}styleId", ""), style.find(f"{W}pPr/{W}numPr")
        based[name] = _value(style, "basedOn")
        if numbers is not None:
            own[name] = (_value(numbers, "numId"), int(_value(numbers, "ilvl") or 0))
    for name in based:
        ancestor = name
        for _ in range(10):
            if ancestor in own:
                yield name, own[ancestor]
                break
            ancestor = based.get(ancestor, "")


def _level(level: Any) -> _Level:
    return _Level(_value(level, "numFmt") or "decimal", _value(level, "lvlText"), int(_value(level, "start") or 1))


def _value(parent: Any, name: str) -> str:
    child = parent.find(f"{W}{name}")
    return "" if child is None else child.get(f"{W}val", "")


def _number(element: Any, name: str) -> int:
    return int(element.get(f"{W}{name}", "0"))
