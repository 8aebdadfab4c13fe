"""A table as plain text, as the clipboard has it without formats: for a confined process only."""

import csv
import io
from typing import Any

from riskcontrol.paper.cell_text import safe_text
from riskcontrol.paper.html_tables import MOST_CHARACTERS, MOST_COLUMNS, MOST_ROWS, NO_TABLE, TOO_LONG, sheet_of
from riskcontrol.processes.confinement import RefusedError


def read_tabbed(content: bytes) -> list[dict[str, Any]]:
    """A table as plain text (UTF-8): cells with tabs between, in quotes where they have several lines."""
    text = content.decode(errors="replace").replace("\r\n", "\n").replace("\r", "\n")
    if "\t" not in text:
        raise RefusedError(NO_TABLE)
    if len(text) > MOST_CHARACTERS:
        raise RefusedError(TOO_LONG)
    # An odd number of quotes are part of the texts: nothing is swallowed by the one that stays open.
    is_open = bool(text.count('"') % 2)
    lines = io.StringIO(text)
    rows = list(
        csv.reader(lines, csv.excel_tab, quoting=csv.QUOTE_NONE) if is_open else csv.reader(lines, csv.excel_tab)
    )
    if len(rows) > MOST_ROWS or max(map(len, rows)) > MOST_COLUMNS:
        raise RefusedError(TOO_LONG)
    plain = [[number, [safe_text(cell) for cell in row]] for number, row in enumerate(rows, start=1) if any(row)]
    return [sheet_of(1, plain)]
