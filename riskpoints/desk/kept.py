"""Kept for each state of the register (riskcontrol/kept.py): what waits, and who answers today.

It is the same for every reader: who may see what of it is asked each time.
"""

from riskcontrol.kept import Kept, State
from riskpoints.content.duty import Duties, duties
from riskpoints.desk import dues
from riskpoints.dues import DueLine

_lines: Kept[list[DueLine]] = Kept(1)
_duties: Kept[Duties] = Kept(1)


def board_lines(state: State | None) -> list[DueLine]:
    """What waits in the school today and may stand on a board: desk.dues.board_lines, of this state. To be read only;
    whoever acts on a line asks anew."""
    return _lines.value("", state, dues.board_lines)


def duties_today(state: State | None) -> Duties:
    """Who answers for which level today in all departments, of this state."""
    return _duties.value("", state, duties)
