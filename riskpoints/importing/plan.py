"""What an import would add to a draft, line by line, and what it would not: nothing is written here."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from riskpoints.importing import matching, values
from riskpoints.importing.comparing import Comparison, filled_in
from riskpoints.importing.content import FileContent, FileHead, FileMeasure
from riskpoints.importing.lines import ImportPlan, Line, State
from riskpoints.importing.matching import Change
from riskpoints.importing.orders import Orders, mended
from riskpoints.importing.template import words_of_measure
from riskpoints.models import Measure, RiskPoint, TableVersion

__all__ = ["NO_ORDERS", "ImportPlan", "Line", "State", "filled_in", "plan"]
NO_ORDERS = Orders()


def plan(version: TableVersion, content: FileContent, orders: Orders = NO_ORDERS) -> ImportPlan:
    """Compare a file with a draft; `orders` are what was decided in the preview."""
    return _Planner(version, mended(content, orders), orders).plan


class _Planner(Comparison):
    def __init__(self, version: TableVersion, content: FileContent, orders: Orders) -> None:
        super().__init__(version, content, orders)
        self.used_measures: set[int] = set()
        self._heads()
        self.points()
        self._measures()
        self._nils()
        self._note_what_is_missing()

    def _heads(self) -> None:
        for head in self.file.heads:
            if head.name == "department":
                self._department(head)
                continue
            name = "业务职能" if self.is_school else "业务工作职责"
            kind = {"duties": name, "head_name": "负责人姓名"}[head.name]
            line = Line(head.row, kind, head.text, values={head.name: head.text}, sheet=head.sheet, ref=head.ref)
            before = values.same(getattr(self.version, head.name))
            if before:
                line.state = State.THERE if before == values.same(head.text) else State.KEPT
            else:
                words = values.WordReader()
                words.text(TableVersion, head.name, head.text)
                if words.wrong:
                    line.refuse(*words.wrong)
            self.left(line)
            if not (self.is_school and head.name == "head_name"):
                self.plan.heads.append(line)

    def _department(self, head: FileHead) -> None:
        names = {values.same(name) for name in (self.version.owner_name, self.version.table.owner_name)}
        if values.same(head.text) not in names:
            line = Line(head.row, "科室名称", head.text, sheet=head.sheet, ref=head.ref)
            own = self.version.owner_name
            line.refuse(f"这是“{head.text[:30]}”的表，不是“{own}”的。确是本表的，请选“不导入这一项”，其余照常导入。")
            self.plan.heads.append(self.left(line))

    def _measures(self) -> None:
        stored = self._answered_by_stored()
        seen: set[Any] = set()
        for item in self.file.measures:
            line = self._measure_line(item)
            self.plan.measures.append(line)
            if line.state in (State.WRONG, State.LEFT):
                continue
            first = [self._first(self.plan.points[place]) for place in item.points]
            line.points = [point for point in dict.fromkeys(first) if point.state != State.LEFT]
            answers = self._answers(line)
            key = (line.category, values.same(item.text), answers)
            known, is_stale = matching.found_by_code(item.code, self.stored.measures)
            if known is not None and known.pk not in self.used_measures:
                self._compare_measure(line, item, known, item.known, is_asked=is_stale)
            elif any(answers <= others for others in stored.get(key[:2], [])):
                line.state = State.THERE
            elif key in seen:
                line.state = State.DOUBLE
            else:
                seen.add(key)
                self._new_measure(line, item)
                self._find_near_measure(line, item)

    def _compare_measure(
        self, line: Line, item: FileMeasure, measure: Measure, known: Collection[str], *, is_asked: bool
    ) -> None:
        """A measure of the draft: unchanged, or changed in its words or in the points that it answers."""
        self.used_measures.add(measure.pk)
        line.measure = measure
        label = self.choices[measure.category]
        words = words_of_measure(measure) | {"category": label}
        line.changes = matching.changes(replace(item, category=line.label), words, known)
        held = {point.pk for point in measure.points.all()}
        said: set[Any] = {point.stored.pk if point.stored else point.ref for point in line.points}
        if said != held and ("also" in known or not said <= held or not said):
            line.changes.append(Change("points", "针对", self._named(measure.points.all()), self._answered(item)))
        elif said != held:  # the sheet has no column for further points: those that are there stay
            line.points = [self._line_of(point) for point in measure.points.all()]
        if not line.changes:
            line.state = State.THERE
            return
        self._new_measure(line, item)
        changed = {change.name for change in line.changes}
        line.values = {name: value for name, value in line.values.items() if name in changed}
        if line.state != State.WRONG:
            line.state, line.is_stale = State.CHANGED, is_asked
            line.is_taken = not is_asked or line.ref in self.orders.taken

    def _line_of(self, point: RiskPoint) -> Line:
        """A point of the draft as a measure's line names it."""
        return Line(0, "风险点", point.text, State.THERE, category=point.category, stored=point)

    def _named(self, points: Iterable[RiskPoint]) -> str:
        return "；".join(f"“{point.text[:20]}”" for point in points) or "本类各项"

    def _find_near_measure(self, line: Line, item: FileMeasure) -> None:
        """The same as for points, among the measures of the draft that answer one of its points."""
        answered = {point.stored.pk for point in line.points if point.stored}
        if line.state != State.NEW or not (answered or not line.points):
            return
        near = matching.nearest(
            item.text,
            [
                measure
                for measure in self.stored.measures
                if measure.category == line.category
                and measure.pk not in self.used_measures
                and answered & {point.pk for point in measure.points.all()} == answered
                and bool(answered) == bool(measure.points.all())
            ],
        )
        if near is None:
            return
        line.near, choice = near, self.orders.near.get(line.ref, "")
        if choice == "change":
            self._compare_measure(line, item, near, {"text"}, is_asked=False)
        elif choice != "add":
            self.used_measures.add(near.pk)
            line.state = State.NEAR

    def _note_what_is_missing(self) -> None:
        """Nothing is removed by an import; of a template that was filled in, what it doesn't have any more is said."""
        if not any(item.code for item in self.file.points):
            return
        missing = [point for point in self.stored.points if point.pk not in self.used]
        if missing:
            words = "；".join(f"“{point.text[:20]}”" for point in missing[:5])
            more = " 等" if len(missing) > 5 else ""
            self.plan.notes.append((1, f"草稿里的 {len(missing)} 个风险点不在文件里，保持不动：{words}{more}"))

    def _measure_line(self, item: FileMeasure) -> Line:
        """A measure as a line; it belongs to the category of its points, and goes with them where they are left out."""
        points = [self.plan.points[place] for place in item.points if place < len(self.plan.points)]
        if points and all(point.state == State.LEFT for point in points):
            label = self.choices.get(points[0].category, item.category)
            line = Line(
                item.row, "防范措施", item.text, State.LEFT, label=label, sheet=item.sheet, item=item, ref=item.ref
            )
        elif points and not item.category and not points[0].category:
            line = Line(
                item.row, "防范措施", item.text, sheet=item.sheet, item=item, ref=item.ref
            )  # asked for its point
            self.left(line)
        else:
            line = self.line("防范措施", item, item.text, "" if item.category or not points else points[0].category)
        line.details = [("针对", self._answered(item)), *filled_in(item, "measure")]
        if len(points) < len(item.points):
            line.refuse("这条措施所针对的风险点，序号超出了本类的风险点。")
        return line

    def _answered(self, item: FileMeasure) -> str:
        """Which rows of the file a measure answers, as the preview says it."""
        rows = [str(self.file.points[place].row) for place in item.points if place < len(self.file.points)]
        return f"第 {'、'.join(rows)} 行的风险点" if rows else "本类各项"

    def _new_measure(self, line: Line, item: FileMeasure) -> None:
        words = values.WordReader()
        line.values = values.measure_values(item, words) | {"category": line.category}
        if any(point.category != line.category for point in line.points):
            words.refuse("points", "一条措施只能针对同一类别里的风险点。")
        if line.category in self.nils:
            words.refuse("category", "这一类在草稿里已确认为“无”。如有措施，请先在草稿里取消“无”。")
        line.refuse_words(words)

    def _first(self, line: Line) -> Line:
        """The line that a repeated one repeats."""
        return line.points[0] if line.state == State.DOUBLE else line

    def _answers(self, line: Line) -> frozenset[Any]:
        """What a measure of the file answers: stored points by pk, new ones as lines; else the whole category."""
        of_category = [
            p for p in self.plan.points if p.category == line.category and p.state not in (State.DOUBLE, State.LEFT)
        ]
        found = line.points or of_category
        whole = (
            frozenset() if line.points else frozenset(p.pk for p in self.stored.points if p.category == line.category)
        )
        return frozenset(point.stored.pk if point.stored else point for point in found) | whole

    def _answered_by_stored(self) -> dict[tuple[str, str], list[frozenset[Any]]]:
        found: dict[tuple[str, str], list[frozenset[Any]]] = {}
        for measure in self.stored.measures:
            found.setdefault((measure.category, values.same(measure.text)), []).append(self._answers_of(measure))
        return found

    def _answers_of(self, measure: Measure) -> frozenset[Any]:
        """The points that a stored measure answers; without any, all of its category, those of the file as well."""
        answered = frozenset(point.pk for point in measure.points.all())
        if answered:
            return answered
        old = [point.pk for point in self.stored.points if point.category == measure.category]
        return frozenset([*old, *(line for line in self.plan.points if line.category == measure.category)])

    def _nils(self) -> None:
        written = {row.value for row in self.stored.rows if row.points or row.measures}
        kept = [line for line in [*self.plan.points, *self.plan.measures] if line.state != State.LEFT]
        in_file = {line.category for line in kept}
        for item in self.file.nils:
            line = self.line("确认为无", item, "无")
            self.plan.nils.append(line)
            if line.state in (State.WRONG, State.LEFT):
                continue
            if line.category in self.nils:
                line.state = State.THERE
            elif line.category in written:
                line.refuse("草稿里这一类已有风险点或措施，不能导入“无”。")
            elif line.category in in_file:
                line.refuse("文件里这一类还写着风险点或措施，不能又写“无”。")
