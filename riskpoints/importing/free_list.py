"""A school's own list, read by what its columns are called or are said to be: a row for each risk point, or several."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from riskpoints.documents import wording
from riskpoints.documents.bands import clean
from riskpoints.enums import ALL_CATEGORIES
from riskpoints.importing import headings
from riskpoints.importing.areas import left_over, spread
from riskpoints.importing.columns import SHARED
from riskpoints.importing.content import FileContent, FileHead, FileMeasure, FileNil, FilePoint
from riskpoints.importing.form_sheet import Rows, labelled, squeezed, untagged
from riskpoints.importing.items import Count, paragraphs, parted
from riskpoints.importing.values import category_of

# The titles stand in one of the first rows.
TITLES_WITHIN = 15
Merged = Sequence[Sequence[int]]


@dataclass(frozen=True)
class Titles:
    """Where the titles stand: the place of their last row, the title and the field of each column."""

    place: int
    names: dict[int, str]
    keys: dict[int, str]


def titles_of(rows: Rows, merged: Merged) -> Titles | None:
    """The titles of a list; None where no row has those of points and of something else."""
    for place in range(min(len(rows), TITLES_WITHIN)):
        found = _with_second_row(rows, place, merged)
        if headings.POINT in found.keys.values() and len(found.keys) > 1:
            return found
    return None


def guessed_titles(rows: Rows) -> Titles | None:
    """The first row of several cells above others, for a list whose columns have to be asked for."""
    for place, (_, cells) in enumerate(rows[:-1]):
        names = {at: clean(cell) for at, cell in enumerate(cells) if cell.strip()}
        if len(names) > 1:
            return Titles(place, names, headings.meanings_of([names.get(at, "") for at in range(len(cells))]))
    return None


def _with_second_row(rows: Rows, place: int, merged: Merged) -> Titles:
    """Titles that stand in two rows: under a wide one (防控措施) its parts (前期预防, 中期监控)."""
    number, cells = rows[place]
    names = {at: clean(cell) for at, cell in enumerate(cells) if cell.strip()}
    wide = [area for area in merged if area[0] == number and area[3] > area[1]]
    below = rows[place + 1][1] if wide and place + 1 < len(rows) else ()
    parts = {
        at: clean(cell)
        for at, cell in enumerate(below)
        if headings.meaning_of(cell) and any(area[1] <= at <= area[3] for area in wide)
    }
    names |= parts
    width = max(names, default=-1) + 1
    keys = headings.meanings_of([names.get(at, "") for at in range(width)])
    return Titles(place + bool(parts), names, keys)


def read_list(rows: Rows, titles: Titles, merged: Merged = ()) -> FileContent:
    """The content of a list below its titles. A category that the list doesn't say stays empty, to be asked for."""
    reader = _Reader(titles)
    below = rows[titles.place + 1 :]
    # Points and measures go another way.
    own = (headings.POINT, *headings.MEASURES, "both.number")
    above = spread(below, merged, {place for place, key in titles.keys.items() if key and key not in own})
    for number, cells in below:
        texts: dict[str, str] = {}
        for place, key in titles.keys.items():
            raw = cells[place] if place < len(cells) else ""
            texts[key] = raw if raw.strip() else above.get((number, place), "")
        reader.read(number, cells, texts)
    content = reader.content
    places = {place for place, key in titles.keys.items() if key in headings.MEASURES}
    content.spread_measures({r1: r2 for r1, c1, r2, _ in merged if r2 > r1 and c1 in places})
    content.heads += _heads(rows[: titles.place])
    content.notes += [*_above(rows[: titles.place]), *_left(below, rows[titles.place][0], titles)]
    return content


@dataclass
class _Reader:
    """Goes down the rows."""

    titles: Titles
    content: FileContent = field(default_factory=FileContent)
    category: str = ""
    above: tuple[int, ...] = ()  # the points of the row above, which a row without a point goes on with
    counts: dict[str, Count] = field(default_factory=dict)

    def read(self, row: int, cells: Sequence[str], texts: Mapping[str, str]) -> None:
        filled = [cell for cell in cells if cell.strip()]
        if not filled or self._repeats_titles(cells):
            return
        point = texts.get(headings.POINT, "")
        measures = [(key, texts[key]) for key in headings.MEASURES if texts.get(key, "").strip()]
        if len(filled) == 1 and self._begins_category(filled[0]):
            return
        self.category = clean(texts.get("both.category", "")) or self.category
        if clean(point) == wording.NIL:
            self._nil(row, measures)
        elif squeezed(point).strip("〔〕") == SHARED:
            self._measures(row, measures, texts, ())
        elif point.strip():
            self.above = self._points(row, point, texts)
            self._measures(row, measures, texts, self.above)
        elif measures and self.above:
            self._measures(row, measures, texts, self.above)
        elif measures:
            self.content.problems.append((row, f"不知道这条措施对应哪个风险点：{clean(measures[0][1])[:40]}"))
        else:
            words = "；".join(clean(cell)[:40] for cell in filled)
            self.content.notes.append((row, f"这一行没有风险点和措施，没有导入：{words}"))

    def _repeats_titles(self, cells: Sequence[str]) -> bool:
        """Whether a row is that of the titles once more, as on top of a page."""
        names = [clean(cells[place]) if place < len(cells) else "" for place in self.titles.keys]
        return names == [self.titles.names.get(place, "") for place in self.titles.keys]

    def _begins_category(self, text: str) -> bool:
        """Whether a row only names the category of those below: 一、岗位职责风险."""
        label = squeezed(text).lstrip("一二三四五六七八九十0123456789（）()、.．")
        if not category_of(label, dict(ALL_CATEGORIES)):
            return False
        self.category = label
        return True

    def _points(self, row: int, text: str, texts: Mapping[str, str]) -> tuple[int, ...]:
        first = len(self.content.points)
        values: dict[str, str] = {
            headings.BY_KEY[key].name: clean(words)
            for key, words in texts.items()
            if key.startswith("point.") and key != headings.POINT
        }
        for item in self._items(headings.POINT, text, is_one=True):
            body, post, level = untagged(item)
            if any(
                given and values.get(name) not in ("", None, given)
                for name, given in (("post", post), ("level", level))
            ):
                body, post, level = item, "", ""  # the columns say otherwise: nothing of the text is taken away
            own = values | {name: given for name, given in (("post", post), ("level", level)) if given}
            self.content.points.append(FilePoint(row, self.category, body, **own))  # type: ignore[arg-type]
        return tuple(range(first, len(self.content.points)))

    def _measures(
        self, row: int, measures: Sequence[tuple[str, str]], texts: Mapping[str, str], points: tuple[int, ...]
    ) -> None:
        values = {
            headings.BY_KEY[key].name: clean(words)
            for key, words in texts.items()
            if key.startswith("measure.") and key not in headings.MEASURES
        }
        for key, text in measures:
            stage = {"stage": headings.STAGES[key]} if key in headings.STAGES else {}
            for item in self._items(key, text):
                facts: dict[str, Any] = values | stage
                self.content.measures.append(FileMeasure(row, self.category, item, points=points, **facts))

    def _items(self, key: str, text: str, *, is_one: bool = False) -> list[str]:
        """The items of a cell; lines without numbers are one point, but several measures."""
        lines = parted(paragraphs(text))
        found = self.counts.setdefault(key, Count()).items(lines)
        if found == lines and is_one:
            return ["\n".join(lines)]
        return [item.rstrip("；;") for item in found] if len(found) > 1 else found

    def _nil(self, row: int, measures: Sequence[tuple[str, str]]) -> None:
        self.above = ()
        self.content.nils.append(FileNil(row, self.category))
        said = [clean(text) for _, text in measures if clean(text) != wording.NIL]
        if said:
            self.content.problems.append((row, f"风险点写“无”，措施却写着：{said[0][:40]}"))


def _heads(rows: Rows) -> list[FileHead]:
    """部门：质量督导室, wherever it stands above the titles."""
    found: list[FileHead] = []
    for number, cells in rows:
        for name, text in labelled(cells):
            if name not in [head.name for head in found]:
                found.append(FileHead(number, name, text))
    return found


def _above(rows: Rows) -> list[tuple[int, str]]:
    return [
        (number, f"标题上面的文字没有导入：{clean(' '.join(cell for cell in cells if cell.strip()))[:60]}")
        for number, cells in rows
        if any(cell.strip() for cell in cells) and not labelled(cells)
    ]


def _left(rows: Rows, number: int, titles: Titles) -> list[tuple[int, str]]:
    """What stands in columns that fill no field: it is said, not dropped."""
    return [
        (number, f"“{titles.names.get(place) or f'第 {place + 1} 列'}”一栏没有导入，其中 {count} 格有内容。")
        for place, count in left_over(rows, titles.keys)
    ]


def mapped(titles: Titles, chosen: Mapping[int, str]) -> Titles:
    """The titles with the fields that somebody chose for their columns."""
    keys = {place: key for place, key in chosen.items() if key in headings.BY_KEY}
    return replace(titles, keys=keys)
