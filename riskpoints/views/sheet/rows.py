"""The rows of a version's page as values: points and measures side by side, the open form in its place, the grid."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from departments.enums import Level
from departments.models import Post
from riskcontrol.web.contrasts import Contrast
from riskpoints import wings
from riskpoints.content.category_row import CategoryRow
from riskpoints.content.changes import Difference, MeasureChange, PointChange
from riskpoints.content.completeness import Finding
from riskpoints.content.content import TableContent
from riskpoints.content.walk import Walk, WalkedPoint
from riskpoints.enums import CATEGORY_GUIDES
from riskpoints.forms.reviewing import AssessmentForm
from riskpoints.levels import Ruling
from riskpoints.models import Measure, Remark, RiskPoint
from riskpoints.references.regulations.models import Regulation
from riskpoints.tables import editing
from riskpoints.tables.returned import Returned, ReturnMark
from riskpoints.views.opening import Hand, Opened, everything


@dataclass(frozen=True)
class PointItem:
    """One point with all that is said of it; `mark` is what happened to it since the return, `marks` are of wings,
    `answers` is who does for its level."""

    point: RiskPoint
    number: int
    is_first: bool
    is_last: bool
    is_saved: bool
    ruling: Ruling
    change: PointChange | None
    remarks: Sequence[Remark]
    mark: ReturnMark | None
    form: AssessmentForm | None
    contrasts: Sequence[Contrast]
    marks: Sequence[wings.Mark]
    problems: Sequence[Finding]
    answers: str
    may_write: bool = True
    walked: WalkedPoint | None = None

    @property
    def is_against_rule(self) -> bool:
        """Whether the department proposes another level than the rule gives."""
        return self.point.proposed_level != self.ruling.computed

    @property
    def differs(self) -> bool:
        """Whether the reviewer has something to look at: of level one, proposed against the rule, changed since the
        version in force or the return, not gone through, refused."""
        point = self.point
        is_stern = Level.FIRST in (point.level, point.proposed_level) or self.is_against_rule
        is_unseen = self.walked is not None and not self.walked.is_done
        return is_stern or is_unseen or bool(self.change or self.mark or self.problems or self.contrasts)


@dataclass(frozen=True)
class MeasureItem:
    """One measure; `numbers` names the points it answers, where it answers several; `named` are the regulations that
    its text names without citing them."""

    measure: Measure
    number: int
    is_first: bool
    is_last: bool
    is_saved: bool
    numbers: str
    change: MeasureChange | None
    mark: ReturnMark | None
    named: Sequence[Regulation] = ()
    may_write: bool = True


@dataclass(frozen=True)
class SheetLine:
    """Points and the measures that answer them, side by side; or a form that takes both columns (`form`: new, point).

    `is_own`: the measures of its one point; `is_shared`: those of the whole category; `opens_measure`: the form of a
    new measure stands in it; `offers_shared`: a measure of the whole category may be added below it; `is_answered`:
    some measure answers its point, wherever that stands.
    """

    points: Sequence[PointItem] = ()
    measures: Sequence[MeasureItem] = ()
    is_own: bool = False
    is_shared: bool = False
    is_last: bool = False
    offers_shared: bool = False
    is_answered: bool = False
    opens_measure: bool = False
    form: str = ""
    entry: PointItem | None = None

    @property
    def is_alike(self) -> bool:
        """Whether there is nothing to look at: neither in its points nor in its measures."""
        changed = any(item.change or item.mark for item in self.measures)
        return not (changed or self.form or any(item.differs for item in self.points))


@dataclass(frozen=True)
class Removed:
    """A row of the version that the draft was begun from which the draft has no more."""

    row: RiskPoint | Measure
    may_recover: bool

    @property
    def kind(self) -> str:
        return "point" if isinstance(self.row, RiskPoint) else "measure"


@dataclass(frozen=True)
class SheetRow:
    """One category of the form; `questions` are asked beside the open form of a new point."""

    row: CategoryRow
    is_saved: bool
    guide: str
    questions: Sequence[str]
    beginnings: Sequence[wings.Beginning]
    lines: Sequence[SheetLine]
    removed_points: Sequence[Removed]
    removed_measures: Sequence[Removed]
    suggestions: Sequence[wings.Suggestion] = ()


@dataclass(frozen=True)
class GridLine:
    """One post: its points by category, its level, and why it has none."""

    post: Post
    cells: Sequence[tuple[CategoryRow, int]]
    is_saved: bool
    level: int | None
    count: int
    reason: str
    beginnings: Sequence[wings.Beginning]
    may_write: bool = True


@dataclass(frozen=True)
class RowsBuilder:
    """What the rows are made from besides the content itself; `is_written`: a point's line is its own, written in like
    that of a table, and what is of the whole category stands in a last line."""

    difference: Difference | None
    remarks: Mapping[uuid.UUID | None, Sequence[Remark]]
    returned: Returned | None
    marks: Sequence[wings.Mark]
    forms: Mapping[int, AssessmentForm]
    contrasts: Mapping[int, Sequence[Contrast]]
    problems: Sequence[Finding]
    named: Mapping[str, Sequence[Regulation]]
    saved: str
    opened: Opened | None
    begins: Callable[..., Sequence[wings.Beginning]]
    answers: Callable[[int | None], str]
    may: Hand = everything
    is_written: bool = False
    suggested: Mapping[str, Sequence[wings.Suggestion]] = field(default_factory=dict)
    walk: Walk | None = None

    def _opens_new(self, row: CategoryRow) -> bool:
        """Whether the form of a new point stands open in this row."""
        return self.opened is not None and self.opened.kind == "new" and self.opened.key == row.value

    def rows(self, content: TableContent) -> list[SheetRow]:
        """The rows in the order of the form."""
        return [
            SheetRow(
                row=row,
                is_saved=self.saved == f"row-{row.value}",
                guide=CATEGORY_GUIDES.get(row.value, ""),
                questions=wings.guides(row.value) if self._opens_new(row) else [],
                beginnings=self.begins(row.value),
                lines=self._with_open_form(row, self._lines(row)),
                removed_points=self._removed(self.difference.removed_points_in(row.value) if self.difference else []),
                removed_measures=self._removed(
                    self.difference.removed_measures_in(row.value) if self.difference else []
                ),
                suggestions=self.suggested.get(row.value, ()),
            )
            for row in content.rows
        ]

    def _removed(self, found: Sequence[PointChange | MeasureChange]) -> list[Removed]:
        return [Removed(change.row, all(map(self.may, editing.posts_of(change.row)))) for change in found]

    def _lines(self, row: CategoryRow) -> list[SheetLine]:
        """One line per point with its measures, one for the whole category's; one line where nothing is attached."""
        points = [self._point(row, point, number) for number, point in enumerate(row.points, start=1)]
        groups = row.measure_groups
        if len(groups) <= 1 and self.may(None) and not self.is_written:
            lines = [SheetLine(points, self._measures(row, row.measures))]
        else:
            own = [(item, groups.get(item.point.pk, [])) for item in points]
            lines = [
                SheetLine(
                    [item],
                    self._measures(row, measures),
                    is_own=True,
                    is_answered=row.is_answered_by_any(item.point) or bool(groups[None]),
                )
                for item, measures in own
            ]
            if groups[None] or not points or self.is_written:
                lines.append(SheetLine(measures=self._measures(row, groups[None]), is_shared=bool(groups[None])))
        # A single point's own measure and the whole category's are the same thing: one link is enough.
        is_one = len(points) == 1 and not (lines[-1].is_shared or (lines[-1].points and not lines[-1].is_own))
        offers_shared = bool(points) and not is_one and self.may(None)
        return [*lines[:-1], replace(lines[-1], is_last=True, offers_shared=offers_shared)]

    def _with_open_form(self, row: CategoryRow, lines: list[SheetLine]) -> list[SheetLine]:
        """A point's form takes both columns: a line of its own, before the point's line, or at the end for a new one.

        A new measure's form stands beside the point it answers.
        """
        opened = self.opened
        if opened is None or (opened.kind in ("new", "newmeasure") and opened.key != row.value):
            return lines
        if opened.kind == "new":
            return [*lines, SheetLine(form="new")]
        found = [place for place, line in enumerate(lines) if opened.row in [item.point for item in line.points]]
        where = found[0] if found else None
        if opened.kind == "newmeasure":
            beside = len(lines) - 1 if where is None else where
            lines[beside] = replace(lines[beside], opens_measure=True)
        if opened.kind != "point" or where is None:
            return lines
        entry = next(item for item in lines[where].points if item.point == opened.row)
        return [*lines[:where], SheetLine(form="point", entry=entry), *lines[where:]]

    def _point(self, row: CategoryRow, point: RiskPoint, number: int) -> PointItem:
        return PointItem(
            point=point,
            number=number,
            is_first=number == 1 or not self.may(row.points[number - 2].post_id),
            is_last=number == len(row.points) or not self.may(row.points[number].post_id),
            is_saved=self.saved == f"point-{point.pk}",
            ruling=point.ruling,
            change=self.difference.of_point(point.identity) if self.difference else None,
            remarks=self.remarks.get(point.identity, []),
            mark=self.returned.points.get(point.identity) if self.returned else None,
            form=self.forms.get(point.pk),
            contrasts=self.contrasts.get(point.pk, []),
            marks=[mark for mark in self.marks if mark.point == point.identity],
            problems=[finding for finding in self.problems if finding.anchor == f"point-{point.pk}"],
            answers=self.answers(point.level),
            may_write=self.may(point.post_id),
            walked=self.walk.by_identity.get(point.identity) if self.walk else None,
        )

    def _measures(self, row: CategoryRow, group: Sequence[Measure]) -> list[MeasureItem]:
        return [
            MeasureItem(
                measure=measure,
                number=row.measures.index(measure) + 1,
                is_first=place == 0 or not self._may(group[place - 1]),
                is_last=place == len(group) - 1 or not self._may(group[place + 1]),
                is_saved=self.saved == f"measure-{measure.pk}",
                numbers=row.numbers_of(measure) if row.is_shared_by(measure) else "",
                change=self.difference.of_measure(measure.identity) if self.difference else None,
                mark=self.returned.measures.get(measure.identity) if self.returned else None,
                named=[row for row in self.named.get(measure.basis, ()) if row.cited_as not in measure.cited],
                may_write=self._may(measure),
            )
            for place, measure in enumerate(group)
        ]

    def _may(self, measure: Measure) -> bool:
        return all(map(self.may, editing.posts_of(measure)))


def grid_lines(
    content: TableContent, *, saved: str, begins: Callable[..., Sequence[wings.Beginning]], may: Hand = everything
) -> list[GridLine]:
    """A line for each post of a version."""
    levels = {item.post_id: item for item in content.post_levels}
    reasons = {exemption.post_id: exemption.reason for exemption in content.exemptions}
    return [
        GridLine(
            post=post,
            cells=[(row, sum(point.post_id == post.pk for point in row.points)) for row in content.rows],
            is_saved=saved == f"post-{post.pk}",
            level=levels[post.pk].level,
            count=levels[post.pk].point_count,
            reason=reasons.get(post.pk, ""),
            beginnings=[] if levels[post.pk].point_count or post.pk in reasons else begins("", post),
            may_write=may(post.pk),
        )
        for post in content.posts
    ]
