"""附件4 and 附件2 read back from the cells of the printed form, as we write it or as people fill it in."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from departments.enums import Level
from riskcontrol.paper.cell_text import goes_on, joined
from riskpoints.documents import wording
from riskpoints.documents.bands import clean
from riskpoints.importing.content import FileContent, FileHead, FileMeasure, FileNil, FilePoint
from riskpoints.importing.items import Count, number_of, paragraphs
from riskpoints.importing.seeing import letter

Rows = Sequence[tuple[int, Sequence[str]]]

MEASURE_TITLES = (wording.MEASURES, "防控措施")
# What stands below the categories.
ENDS = ("单位确定", wording.NOTES, wording.EXTRA_PAGE)
LEVEL_WORDS = [word for level in Level for word in (re.escape(level.label), level.label[:2])]
# The same in a line above a school's own list: 部门（盖章）：总务处　填表人：.
LABELS = {"部门": "department", "部门名称": "department", "科室": "department", "处室": "department"}
HEADS = {
    wording.DEPARTMENT_NAME: "department",
    wording.DEPARTMENT_HEAD: "head_name",
    "".join(wording.DEPARTMENT_DUTIES): "duties",
    "".join(wording.SCHOOL_FUNCTION): "duties",
}
_TAG = re.compile(r"〔([^〔〕]*)〕$")
# As people type it: （督导室主任，一级）; without a level it is part of the text.
_TYPED_TAG = re.compile(
    rf"[（(](?:(?:([^（）()]*?)[，,、\s]\s*)?({'|'.join(LEVEL_WORDS)})|([^（）()]*?)[，,、\s]\s*([高中低ⅠⅡⅢABC]级?))[)）][。；;]?$"
)
_SHARED = re.compile(r"〔针对第(\d{1,3}(?:、\d{1,3})*)项〕$")


@dataclass
class _Band:
    """Cells side by side: what is below a text that was cut belongs to it."""

    row: int
    left: str
    right: str


@dataclass
class _Category:
    row: int
    label: str
    bands: list[_Band] = field(default_factory=list)


def heading_of(rows: Rows) -> int | None:
    """The place of the row with the titles of the columns; None where there is none."""
    for place, (_, cells) in enumerate(rows):
        titles = [squeezed(cell) for cell in cells if cell.strip()]
        if len(titles) == 3 and titles[:2] == [wording.CATEGORY, wording.POINTS] and titles[2] in MEASURE_TITLES:
            return place
    return None


def read_form(rows: Rows, heading: int, merged: Sequence[Sequence[int]] = ()) -> FileContent:
    """The content of a form whose titles stand in the row with this place.

    A measure's cell that is merged over the rows of several points answers all of them.
    """
    content = FileContent()
    columns = [column for column, cell in enumerate(rows[heading][1]) if cell.strip()]
    _read_head(rows[:heading], content)
    counts = Count(), Count()
    for category in _categories(rows[heading + 1 :], columns):
        _read_category(category, content, counts)
    content.spread_measures({r1: r2 for r1, c1, r2, _ in merged if r2 > r1 and c1 == columns[-1]})
    content.notes += _beside_the_form(rows[heading + 1 :], columns)
    return content


def _beside_the_form(rows: Rows, columns: Sequence[int]) -> list[tuple[int, str]]:
    """Texts in columns that the form doesn't have, above its last row: they are said, not dropped."""
    found = []
    for number, cells in rows:
        if squeezed(cells[columns[0]] if columns[0] < len(cells) else "").startswith(ENDS):
            break
        for place, text in enumerate(cells):
            if text.strip() and place not in columns:
                found.append((number, f"{letter(place)}{number} 格不在表里，没有导入：{clean(text)[:60]}"))
    return found


def squeezed(text: str) -> str:
    """A label without any space or line break in it."""
    return "".join(text.split())


_LABEL = re.compile(r"([^\s：:（）()]{2,8})(?:[（(][^（）()]*[)）])?[：:]")


def labelled(cells: Sequence[str]) -> list[tuple[str, str]]:
    """(name, text) of what a line above a list says of the head of the form; each text ends where a label begins."""
    found = []
    for cell in cells:
        labels = list(_LABEL.finditer(cell))
        for place, label in enumerate(labels):
            end = labels[place + 1].start() if place + 1 < len(labels) else len(cell)
            name, text = (LABELS | HEADS).get(squeezed(label[1])), clean(cell[label.end() : end])
            if name and text:
                found.append((name, text))
    return found


def _read_head(rows: Rows, content: FileContent) -> None:
    duties: list[str] = []
    for number, cells in rows:
        if duties and goes_on(duties[-1]) and not cells[0].strip():
            duties.append(next((cell for cell in cells if cell.strip()), ""))
            continue
        for place, cell in enumerate(cells):
            label, colon, typed = cell.partition("：") if "：" in cell else cell.partition(":")
            name = HEADS.get(squeezed(label))
            if name and colon and typed.strip():  # 负责人姓名：某某, in one cell
                content.heads.append(FileHead(number, name, clean(typed)))
                continue
            value = next((other for other in cells[place + 1 :] if other.strip()), "")
            value = "" if squeezed(value.partition("：")[0]) in HEADS and "：" in value else value
            if name is None or not value.strip() or squeezed(value) in HEADS:
                continue
            if name == "duties":
                duties = [value]
                content.is_school = squeezed(cell) == "".join(wording.SCHOOL_FUNCTION)
            content.heads.append(FileHead(number, name, clean(value)))
    if len(duties) > 1:
        whole = duties[-1]
        for piece in reversed(duties[:-1]):
            whole = joined(piece, whole)
        row = next(head.row for head in content.heads if head.name == "duties")
        content.heads = [head for head in content.heads if head.name != "duties"]
        content.heads.append(FileHead(row, "duties", clean(whole)))


def _categories(rows: Rows, columns: Sequence[int]) -> list[_Category]:
    found: list[_Category] = []
    for number, cells in rows:
        label, left, right = (cells[column] if column < len(cells) else "" for column in columns)
        name = squeezed(label).removesuffix(wording.CONTINUED)
        if name.startswith(ENDS):
            break
        if name and (not found or found[-1].label != name):
            found.append(_Category(number, name))
        if found:
            _add_row(found[-1].bands, number, left, right)
    return found


def _add_row(bands: list[_Band], number: int, left: str, right: str) -> None:
    """Put a row of cells below the others: it goes on with the last band, or begins one."""
    last = bands[-1] if bands else None
    if last is not None and (goes_on(last.left) or goes_on(last.right)):
        last.left, last.right = _below(last.left, left), _below(last.right, right)
    elif last is not None and not left.strip():
        last.right = _below(last.right, right)
    elif left.strip() or right.strip():
        bands.append(_Band(number, left, right))


def _below(text: str, piece: str) -> str:
    if goes_on(text):
        return joined(text, piece)
    return f"{text}\n{piece}" if piece.strip() else text


def _read_category(category: _Category, content: FileContent, counts: tuple[Count, Count]) -> None:
    sides = [side for band in category.bands for side in (squeezed(band.left), squeezed(band.right)) if side]
    if sides and set(sides) == {wording.NIL}:
        content.nils.append(FileNil(category.row, category.label))
        return
    first, counted = len(content.points), 0
    is_counted = any(number_of(text)[0] == 2 for band in category.bands for text in paragraphs(band.left))
    is_shared = len(category.bands) == 1 and content.is_school
    for band in category.bands:
        texts = paragraphs(band.left)
        own: list[int] = []
        if texts != [wording.ALL_POINTS]:
            found = counts[0].items(texts, first=counted + 1, is_counted=is_counted)
            own = _add_points(category.label, band.row, found, content)
            counted += len(own)
        answered = tuple(own) if len(own) == 1 and not is_shared else ()
        for text in counts[1].items(paragraphs(band.right)):
            content.measures.append(_measure(category.label, band.row, text, first, answered))


def _add_points(category: str, row: int, texts: Sequence[str], content: FileContent) -> list[int]:
    begin = len(content.points)
    for text in texts:
        body, post, level = untagged(text)
        content.points.append(FilePoint(row, category, body, post=post, level=level))
    return list(range(begin, len(content.points)))


def untagged(text: str) -> tuple[str, str, str]:
    """Text, post and level of a point: 一笔业务〔会计，一级（高）〕, or as people type it, （会计，高）."""
    found = _TAG.search(text)
    if found is None:
        typed = _TYPED_TAG.search(text)
        if typed is None:
            return text, "", ""
        return text[: typed.start()].strip(), (typed[1] or typed[3] or "").strip(), typed[2] or typed[4]
    post, comma, level = found[1].rpartition("，")
    if level in Level.labels:
        return text[: found.start()].strip(), post if comma else "", level
    return text[: found.start()].strip(), found[1], ""


def _measure(category: str, row: int, text: str, first: int, answered: tuple[int, ...]) -> FileMeasure:
    """A measure with the points that it says it answers, else those it stands beside."""
    found = _SHARED.search(text)
    if found is None:
        return FileMeasure(row, category, text, points=answered)
    places = tuple(first + int(number) - 1 for number in found[1].split("、"))
    return FileMeasure(row, category, text[: found.start()].strip(), points=places)
