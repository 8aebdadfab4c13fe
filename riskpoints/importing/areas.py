"""What the rows of a list say beside their own cells: merged areas, and columns that fill no field."""

from collections.abc import Container, Sequence

Rows = Sequence[tuple[int, Sequence[str]]]


def spread(rows: Rows, merged: Sequence[Sequence[int]], places: Container[int]) -> dict[tuple[int, int], str]:
    """{(row, place): text} of the cells below the first one of an area, in the columns whose text holds for all its
    rows."""
    by_number = dict(rows)
    found: dict[tuple[int, int], str] = {}
    for r1, c1, r2, _ in merged:
        cells = by_number.get(r1, ())
        if c1 in places and c1 < len(cells):
            found |= {(row, c1): cells[c1] for row in range(r1 + 1, r2 + 1)}
    return found


def left_over(rows: Rows, places: Container[int]) -> list[tuple[int, int]]:
    """(column, how many of its cells say something) of those that are in none of these places."""
    counts: dict[int, int] = {}
    for _, cells in rows:
        for place, text in enumerate(cells):
            if place not in places and text.strip():
                counts[place] = counts.get(place, 0) + 1
    return sorted(counts.items())
