"""Where a form's sheet breaks into pages when it is printed: row by row, as long as the page has room.

Where a page ends is written into the sheet as a break, which LibreOffice follows at whatever scale it fits the columns
to the paper. Excel pays no heed to breaks in a sheet that is fitted to the width: there the heights of the rows lead to
the same pages, and rows are made higher where one has to end early.
"""

from collections.abc import Sequence
from dataclasses import dataclass

# What A4 holds between its margins (GB/T 9704-2012, 5.1.1), and the height that a row may have, in points.
PAGE = 225 / 25.4 * 72
MOST_HEIGHT, STEP = 408.75, 0.75


@dataclass(frozen=True)
class PagePlan:
    """Rows by number (from 1): the heading repeated on every page after its own, the last category's last row, the end.

    What follows `last` (where the level is determined, the notes) stays together, with that row above it.
    """

    heading: int
    last: int


def page_starts(heights: Sequence[float], heading: int) -> list[int]:
    """The rows with which a page begins."""
    starts, used = [1], 0.0
    for number, height in enumerate(heights, start=1):
        if used + height > PAGE:
            starts.append(number)
            used = heights[heading - 1] if number > heading else 0.0
        used += height
    return starts


def stretched(heights: Sequence[float], plan: PagePlan) -> dict[int, float]:
    """New heights of rows, so that what closes the form is on one page; none where it is."""
    starts = page_starts(heights, plan.heading)
    page = max(start for start in starts if start <= plan.last)
    has_room = heights[plan.heading - 1] + sum(heights[plan.last - 1 :]) <= PAGE
    first = plan.last if has_room and page < plan.last else plan.last + 1
    if starts[-1] in (page, first):
        return {}
    above = range(max(page, plan.heading + 1), first)
    repeated = heights[plan.heading - 1] if page > plan.heading else 0.0
    room = PAGE - repeated - sum(heights[page - 1 : first - 1])
    changed: dict[int, float] = {}
    for number in reversed(above):
        more = min(room, MOST_HEIGHT - heights[number - 1]) // STEP * STEP
        if more > 0:
            changed[number] = heights[number - 1] + more
            room -= more
    return changed


def label_rows(starts: Sequence[int], first: int, last: int) -> list[tuple[int, int]]:
    """First and last row beside each printing of a category's label: the rows of one page each."""
    begins = [first, *(start for start in starts if first < start <= last)]
    return list(zip(begins, [begin - 1 for begin in begins[1:]] + [last], strict=True))
