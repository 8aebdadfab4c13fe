"""逐条核对 of a renewal as it stands: which points of last year's table were looked at, by whom, how fast."""

import datetime
import uuid
from dataclasses import dataclass
from functools import cached_property

from riskpoints.content.changes import Difference
from riskpoints.content.content import TableContent, load
from riskpoints.content.differences import attached, compare
from riskpoints.enums import WalkKind
from riskpoints.models import RiskPoint, TableVersion, WalkAnswer

UNSEEN = "未核对"


def is_renewal(version: TableVersion) -> bool:
    """Whether a version was begun from an earlier year's table, and has to be gone through point by point.

    The school's table (附件2) and papers that were typed in are none; a revision is begun from its own table.
    """
    base = version.base
    if base is None or base.table_id == version.table_id:
        return False
    return not version.is_historical and not version.table.is_school


@dataclass(frozen=True)
class WalkedPoint:
    """A point of a renewal, and the answer that counts: None where nobody looked at it, or where what was changed is
    again as it was. `is_new`: the table that it was begun from doesn't have the point, and nobody has to go through it.
    """

    point: RiskPoint
    answer: WalkAnswer | None
    is_new: bool

    @property
    def is_done(self) -> bool:
        return self.is_new or self.answer is not None

    @property
    def is_kept(self) -> bool:
        return self.answer is not None and self.answer.kind == WalkKind.KEPT

    @property
    def words(self) -> str:
        """仍然适用, 修改, 新增 or 未核对."""
        if self.is_new:
            return str(WalkKind.ADDED.label)
        return self.answer.get_kind_display() if self.answer else UNSEEN


@dataclass(frozen=True)
class Hand:
    """How many points a person found to apply still, between which two moments."""

    name: str
    count: int
    first: datetime.datetime
    last: datetime.datetime

    @property
    def lasted(self) -> str:
        """The time from the first to the last as words, rounded up; empty for a single one."""
        seconds = int(-(-(self.last - self.first).total_seconds() // 1))
        for size, unit in ((86400, "天"), (3600, "小时"), (60, "分钟")):
            if seconds >= 2 * size:
                return f"{-(-seconds // size)} {unit}"
        return f"{max(seconds, 1)} 秒" if self.count > 1 else ""

    @property
    def words(self) -> str:
        return f"{self.name}确认 {self.count} 个仍然适用" + (f"，前后 {self.lasted}" if self.lasted else "")


@dataclass(frozen=True)
class Walk:
    """All points of a renewal in the order of the form, and the last answers about those that were removed; `year` is
    that of the table it was begun from."""

    year: int
    points: list[WalkedPoint]
    removed: list[WalkAnswer]

    @cached_property
    def by_identity(self) -> dict[uuid.UUID, WalkedPoint]:
        return {item.point.identity: item for item in self.points}

    @cached_property
    def left(self) -> list[WalkedPoint]:
        """The points that nobody has gone through yet."""
        return [item for item in self.points if not item.is_done]

    @property
    def total(self) -> int:
        """How many points of the earlier table there were to go through, those that were removed since included."""
        return sum(not item.is_new for item in self.points) + len(self.removed)

    @property
    def done(self) -> int:
        return self.total - len(self.left)

    @property
    def has_answers(self) -> bool:
        return bool(self.removed) or any(item.answer for item in self.points)

    @cached_property
    def hands(self) -> list[Hand]:
        """Who confirmed how many in which time, in the order in which they began."""
        kept = sorted((i.answer for i in self.points if i.answer and i.is_kept), key=lambda answer: answer.at)
        found: dict[str, list[WalkAnswer]] = {}
        for answer in kept:
            found.setdefault(answer.author_name, []).append(answer)
        return [Hand(name, len(own), own[0].at, own[-1].at) for name, own in found.items()]

    @property
    def words(self) -> str:
        """One line of figures: what became of the points, and how fast those that stay were confirmed."""
        changed = sum(item.answer is not None and item.answer.kind == WalkKind.CHANGED for item in self.points)
        said = [hand.words for hand in self.hands]
        said += [f"修改 {changed} 个"] if changed else []
        said += [f"不再适用 {len(self.removed)} 个"] if self.removed else []
        said += [f"未核对 {len(self.left)} 个"] if self.left else []
        added = sum(item.is_new for item in self.points)
        more = f"；另新增 {added} 个" if added else ""
        return f"由 {self.year} 年度结转的 {self.total} 个风险点中，{'；'.join(said)}{more}。" if self.total else ""


def walk_of(content: TableContent, difference: Difference | None = None) -> Walk | None:
    """How far a renewal has been gone through; None for a version that is none.

    `difference` is that from the version it was begun from, where it is known.
    """
    version = content.version
    if version.base is None or not is_renewal(version):
        return None
    difference = difference or compare(load(version.base), content)
    known = {point.identity for point in difference.old.points}
    changed = _changed(difference)
    answers = list(version.walk_answers.all())
    present = {answer.point_identity: answer for answer in answers if answer.kind != WalkKind.REMOVED}
    gone = {answer.point_identity: answer for answer in answers if answer.kind == WalkKind.REMOVED}
    points = []
    for point in content.points:
        last = present.get(point.identity)
        if last is not None and last.kind == WalkKind.CHANGED and point.identity not in changed:
            last = None  # changed, and changed back: nobody said that it applies
        points.append(WalkedPoint(point, last, point.identity not in known))
    now = {point.identity for point in content.points}
    removed = [answer for key, answer in gone.items() if key not in now and key in known]
    return Walk(version.base.table.cycle.year, points, removed)


def _changed(difference: Difference) -> set[uuid.UUID]:
    """The points that say something else than before, or whose measures do."""
    found = {change.identity for change in difference.points}
    for change in difference.measures:
        found.update(*(attached(measure) for measure in (change.old, change.new) if measure is not None))
    return found
