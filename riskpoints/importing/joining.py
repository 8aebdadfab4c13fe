"""Tables of a text that are parts of one: its head, and what goes on over a page; each sheet of a workbook is its own.

Word repeats no row label on the next page, so that a long form lies in several tables, as ours does.
"""

from collections.abc import Callable, Sequence
from typing import Any

from riskpoints.documents import wording
from riskpoints.importing.form_sheet import HEADS, squeezed

Sheet = dict[str, Any]
HeadingOf = Callable[[Sequence[Any], Sequence[Sequence[int]]], int | None]


def join(sheets: Sequence[Sheet], heading_of: HeadingOf) -> list[Sheet]:
    """The sheets with parts of one table put together; `heading_of` gives the place of a table's titles, if any."""
    found: list[Sheet] = []
    head: Sheet | None = None
    for sheet in sheets:
        if not sheet.get("table"):
            found.append(sheet)
            continue
        place = heading_of(sheet["rows"], sheet["merged"])
        if place is None and _is_head(sheet):
            found += [head] if head else []
            head = sheet
        elif place is None:
            _add_rest(found, sheet, heading_of)
        elif head is None and _repeats(found, sheet, place, heading_of):
            found[-1] = _after(found[-1], sheet, sheet["rows"][place + 1 :])
        else:
            found.append(_after(head, sheet, sheet["rows"]) | {"name": sheet["name"]} if head else sheet)
            head = None
    return [*found, head] if head else found


def _is_head(sheet: Sheet) -> bool:
    """Whether a table without titles holds the head of a form: 科室名称, 业务工作职责."""
    return any(squeezed(cell) in HEADS for _, cells in sheet["rows"] for cell in cells)


def _add_rest(found: list[Sheet], sheet: Sheet, heading_of: HeadingOf) -> None:
    """Rows without titles go on with the table before them where they have as many columns."""
    last = found[-1] if found and found[-1].get("table") else None
    if last is not None and heading_of(last["rows"], last["merged"]) is not None and _width(last) == _width(sheet):
        found[-1] = _after(last, sheet, sheet["rows"])
    else:
        found.append(sheet)


def _width(sheet: Sheet) -> int:
    return max((len(cells) for _, cells in sheet["rows"]), default=0)


def _repeats(found: Sequence[Sheet], sheet: Sheet, place: int, heading_of: HeadingOf) -> bool:
    """Whether the titles are those of the table before, with nothing between: it goes on on the next page."""
    if place or not found or not found[-1].get("table"):
        return False
    before = heading_of(found[-1]["rows"], found[-1]["merged"])
    if before is None or _titles(found[-1]["rows"][before]) != _titles(sheet["rows"][place]):
        return False
    return not any(squeezed(cells[0]).startswith(_LAST_ROW) for _, cells in found[-1]["rows"] if cells)


_LAST_ROW = "".join(wording.DEPARTMENT_LEVEL)


def _titles(row: Sequence[Any]) -> list[str]:
    return [squeezed(cell) for cell in row[1]]


def _after(first: Sheet, second: Sheet, rows: Sequence[Any]) -> Sheet:
    """One sheet of both; the rows are counted through the whole document, so that no number stands twice."""
    lists = {
        name: [*first.get(name, []), *second.get(name, [])]
        for name in ("hidden_rows", "hidden_columns", "merged", "marks", "around")
    }
    return first | lists | {"rows": [*first["rows"], *rows]}
