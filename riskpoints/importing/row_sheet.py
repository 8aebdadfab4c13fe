"""The import template read back: a row for each risk point, further measures in the rows below it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from riskcontrol.text import plain_width
from riskpoints.documents import wording
from riskpoints.documents.bands import clean
from riskpoints.importing.areas import left_over, spread
from riskpoints.importing.columns import CODES, MEASURE, NEEDED, POINT, SHARED, Column, columns
from riskpoints.importing.content import FileContent, FileMeasure, FileNil, FilePoint
from riskpoints.importing.form_sheet import Rows, squeezed
from riskpoints.importing.headings import meaning_of
from riskpoints.importing.items import items, number_of, parted
from riskpoints.importing.seeing import letter

_NUMBERS = re.compile(r"\d{1,4}")
_SEPARATORS = re.compile(r"[、，,;；\s]+")


def heading_of(rows: Rows) -> int | None:
    """The place of the row with the titles of the template's columns; None where there is none."""
    for place, (_, cells) in enumerate(rows):
        titles = {squeezed(cell) for cell in cells} - {""}
        if titles >= NEEDED and len(titles) > len(NEEDED) and not any(map(_is_of_a_list, titles)):
            return place
    return None


def _is_of_a_list(title: str) -> bool:
    """Whether a title is a school's own word for a field (风险等级), so that the sheet is a list of theirs."""
    return bool(meaning_of(title)) and title not in {column.title for column in (*columns(), *CODES)}


def read_rows(rows: Rows, heading: int, merged: Sequence[Sequence[int]] = ()) -> FileContent:
    """The content of a template whose titles stand in the row with this place.

    A merged cell means all its rows: a measure answers the points of all of them, anything else holds for each.
    """
    titles = [squeezed(cell) for cell in rows[heading][1]]
    places = {titles.index(column.title): column for column in (*columns(), *CODES) if column.title in titles}
    reader = _Reader({r1: r2 for r1, c1, r2, _ in merged if r2 > r1 and places.get(c1) == MEASURE})
    reader.known = {
        of: tuple(column.name for column in places.values() if column.of in (of, "both")) for of in ("point", "measure")
    }
    below = rows[heading + 1 :]
    # The point and its measure go another way.
    held = {place for place, column in places.items() if column not in (POINT, MEASURE) and column.name != "number"}
    above = {cell: clean(text) for cell, text in spread(below, merged, held).items()}
    for number, cells in below:
        texts = {column: clean(cells[place]) for place, column in places.items() if place < len(cells)}
        if not any(text for column, text in texts.items() if column.name not in ("number", "code")):
            continue
        if texts.get(POINT):
            for place, column in places.items():
                if column not in CODES:
                    texts[column] = texts.get(column) or above.get((number, place), "")
        reader.read(number, texts)
    reader.resolve()
    reader.content.notes += _unknown_columns(rows, heading, places)
    return reader.content


def _unknown_columns(rows: Rows, heading: int, places: Mapping[int, Column]) -> list[tuple[int, str]]:
    """What stands in columns that the template doesn't have: it is said, not dropped."""
    number, titles = rows[heading]
    return [
        (number, f"{letter(place)} 列{_named(titles, place)}不认识，没有导入，其中 {count} 格有内容。")
        for place, count in left_over(rows[heading + 1 :], places)
    ]


def _named(titles: Sequence[str], place: int) -> str:
    title = clean(titles[place]) if place < len(titles) else ""
    return f"“{title[:20]}”" if title else ""


class _Reader:
    """Goes down the rows: what a row leaves out stands in the one above it."""

    def __init__(self, spans: Mapping[int, int]) -> None:
        self.content = FileContent()
        self.spans = spans  # the last row of a measure's merged cell, by its first
        self.category = ""
        self.above: tuple[int, ...] | None = None  # what the next measure answers; None where no point stands above
        self.numbers: dict[str, int] = {}
        self.known: dict[str, tuple[str, ...]] = {"point": (), "measure": ()}
        self.also: list[tuple[int, list[str]]] = []  # a measure's place, and the numbers of further points

    def read(self, row: int, texts: Mapping[Column, str]) -> None:
        of_point = _values(texts, "point")
        code = of_point.pop("code", "")
        where = {column.name: text for column, text in texts.items() if column.of == "both"}
        if category := where.get("category", ""):
            if category != self.category:
                self.above = None
            self.category = category
        text = of_point.pop("text", "")
        if not self.category:
            self.content.problems.append((row, "这一行没有风险类别，请填写。"))
        elif squeezed(text).strip("〔〕") == SHARED:
            self.above = ()
        elif text == wording.NIL:
            self.above = None
            self.content.nils.append(FileNil(row, self.category))
        elif text:
            of_point |= {"code": code}
            self._add_point(row, text, of_point, where.get("number", ""))
        elif any(of_point.values()):
            self.content.problems.append((row, "这一行没有写风险点，请填写；只写措施的行，请把别的栏留空。"))
            return
        self._add_measure(row, _values(texts, "measure"), is_nil=text == wording.NIL)

    def _add_point(self, row: int, text: str, values: dict[str, str], number: str) -> None:
        place, facts = len(self.content.points), _with_more(values, FilePoint)
        for item in self._items(text):
            self.content.points.append(FilePoint(row, self.category, item, known=self.known["point"], **facts))
        self.above = tuple(range(place, len(self.content.points)))
        if number:
            self.numbers.setdefault(plain_width(number), place)

    def _items(self, text: str) -> list[str]:
        """Several items that are counted in one cell, 1.…；2.…; but not in a template that carries which row is which:
        there a cell is one text, whatever it says."""
        found = items(parted(text.split("\n"))) if "code" not in self.known["point"] else []
        return [item.rstrip("；;") for item in found] if len(found) > 1 and number_of(text)[0] == 1 else [text]

    def _add_measure(self, row: int, values: dict[str, str], *, is_nil: bool) -> None:
        text, also, code = (values.pop(name, "") for name in ("text", "also", "code"))
        if not text or (is_nil and text == wording.NIL):
            if any((*values.values(), also)):
                self.content.problems.append((row, "这一行没有写防范措施，请填写，或把措施的其他栏留空。"))
            return
        if not self.category:
            return
        if self.above is None:
            self.content.problems.append(
                (row, f"不知道这条措施对应哪个风险点。请填写风险点；对本类全部的填“{SHARED}”。")
            )
            return
        facts = _with_more(values, FileMeasure) | {"code": code, "known": self.known["measure"]}
        for item in self._items(text):
            if also:
                numbers = [part for part in _SEPARATORS.split(plain_width(also)) if part]
                self.also.append((len(self.content.measures), numbers))
            self.content.measures.append(FileMeasure(row, self.category, item, points=self.above, **facts))

    def resolve(self) -> None:
        """Find the points that measures name by number or stand beside, which may stand further down."""
        self.content.spread_measures(self.spans)
        for place, numbers in self.also:
            measure = self.content.measures[place]
            unknown = [number for number in numbers if number not in self.numbers or not _NUMBERS.fullmatch(number)]
            if unknown:
                self.content.problems.append((measure.row, f"“也针对序号”里的 {'、'.join(unknown)} 不是表里的序号。"))
                continue
            points = dict.fromkeys([*measure.points, *(self.numbers[number] for number in numbers)])
            self.content.measures[place] = replace(measure, points=tuple(points))


def _with_more(values: Mapping[str, str], kind: type[Any]) -> dict[str, Any]:
    """The values with those that have no field of their own under `more`."""
    names = {field.name for field in fields(kind)}
    own: dict[str, Any] = {name: text for name, text in values.items() if name in names}
    return own | {"more": {name: text for name, text in values.items() if name not in names}}


def _values(texts: Mapping[Column, str], of: str) -> dict[str, str]:
    return {column.name: text for column, text in texts.items() if column.of == of}
