"""What 纪委审核员 see first: what is to be reviewed, what is returned or late, where the levels stand today."""

from dataclasses import dataclass

from departments.models import User
from riskcontrol.kept import State
from riskpoints.boards.tables import Tables, tables_now
from riskpoints.figures.level_map import LevelMap
from riskpoints.figures.pictures import levels_today
from riskpoints.figures.standing import TableState


@dataclass(frozen=True)
class Committee:
    """The tables of the year that is worked on (None before the first), and the points in force today."""

    tables: Tables | None
    map: LevelMap

    @property
    def figures(self) -> list[tuple[str, list[TableState]]]:
        """What the committee looks after, each with its tables."""
        if self.tables is None:
            return []
        return [
            ("待审核", self.tables.to_review),
            ("退回修改中", self.tables.returned),
            ("逾期未提交", self.tables.not_handed_in),
            ("公示期满待签字", self.tables.to_sign),
        ]


def committee_of(user: User, state: State | None = None) -> Committee:
    """Ten queries, however many departments there are; fewer where the tables are known in the register's state."""
    return Committee(tables_now(state), levels_today(user))
