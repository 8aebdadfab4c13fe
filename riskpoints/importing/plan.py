"""What an import would add to a draft, line by line, and what it would not: nothing is written here."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from departments.models import Post
from riskpoints.content.content import TableContent, load
from riskpoints.importing import values
from riskpoints.importing.columns import columns
from riskpoints.importing.content import FileContent, FileHead, FileMeasure, FileNil, FilePoint
from riskpoints.models import Measure, RiskPoint, TableVersion
from riskpoints.tables import editing


class State(models.TextChoices):
    """What becomes of a line."""

    NEW = "new", "将添加"
    THERE = "there", "草稿里已有"
    DOUBLE = "double", "与上面重复"
    KEPT = "kept", "草稿里已另有填写，不改动"
    WRONG = "wrong", "需要修改"


@dataclass(eq=False)
class Line:
    """One thing that the file says; `stored` is the point that is in the draft already."""

    row: int
    kind: str
    text: str
    state: State = State.NEW
    category: str = ""
    label: str = ""
    post: str = ""
    wrong: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    points: list["Line"] = field(default_factory=list)
    stored: RiskPoint | None = None
    sheet: str = ""
    details: list[tuple[str, str]] = field(default_factory=list)

    def refuse(self, *messages: str) -> None:
        """Nothing is added as long as this stands in the file."""
        self.state, self.wrong = State.WRONG, [*self.wrong, *messages]


@dataclass
class ImportPlan:
    """All lines in the order of the file."""

    heads: list[Line] = field(default_factory=list)
    points: list[Line] = field(default_factory=list)
    measures: list[Line] = field(default_factory=list)
    nils: list[Line] = field(default_factory=list)
    others: list[Line] = field(default_factory=list)
    notes: list[tuple[int, str]] = field(default_factory=list)

    @property
    def lines(self) -> list[Line]:
        """By row; what is said of a point before its measures."""
        found = [*self.heads, *self.points, *self.measures, *self.nils, *self.others]
        sheets = list(dict.fromkeys(line.sheet for line in found))
        return sorted(found, key=lambda line: (sheets.index(line.sheet), line.row))

    @property
    def wrong(self) -> list[Line]:
        return [line for line in self.lines if line.state == State.WRONG]

    @property
    def new(self) -> list[Line]:
        return [line for line in self.lines if line.state == State.NEW]

    @property
    def left_out(self) -> list[Line]:
        """What is in the draft already, or twice in the file."""
        return [line for line in self.lines if line.state not in (State.NEW, State.WRONG)]

    @property
    def is_savable(self) -> bool:
        """Whether there is something to add, and nothing wrong."""
        return bool(self.new) and not self.wrong

    def count(self, lines: Iterable[Line]) -> int:
        """How many of these would be added."""
        return sum(line.state == State.NEW for line in lines)

    @property
    def counts(self) -> dict[str, int]:
        """How many of each kind would be added."""
        kinds = {"风险点": self.points, "防范措施": self.measures, "确认为无": self.nils, "表头": self.heads}
        return {name: count for name, lines in kinds.items() if (count := self.count(lines))}


def plan(version: TableVersion, content: FileContent) -> ImportPlan:
    """Compare a file with a draft."""
    return _Planner(version, content).plan


def filled_in(item: FilePoint | FileMeasure, of: str) -> list[tuple[str, str]]:
    """(title, words) of every other column that the row fills in: nothing is brought in unseen."""
    named = [
        (column.title, item.more.get(column.name) or getattr(item, column.name, ""))
        for column in columns()
        if column.of == of
    ]
    return [(title, words) for title, words in named if words and words != item.text]


class _Planner:
    def __init__(self, version: TableVersion, content: FileContent) -> None:
        self.version, self.is_school, self.file = version, version.table.is_school, content
        self.stored: TableContent = load(version)
        self.choices = {value: str(label) for value, label in version.table.categories.choices}
        posts = Post.objects.active_on().filter(department_id=version.table.department_id)
        self.posts = {values.same(post.name): post for post in posts.prefetch_related("functions")}
        self.nils = set(version.nils.values_list("category", flat=True))
        self.exempt = {exemption.post_id for exemption in self.stored.exemptions}
        self.plan = ImportPlan()
        self.plan.notes = list(content.notes)
        self.plan.others = [Line(row, "", "", State.WRONG, wrong=[text]) for row, text in content.problems]
        self._heads()
        self._points()
        self._measures()
        self._nils()

    def _line(self, kind: str, item: FilePoint | FileMeasure | FileNil, text: str) -> Line:
        category = values.category_of(item.category, self.choices)
        label = self.choices.get(category, item.category)
        line = Line(item.row, kind, text, category=category, label=label, sheet=item.sheet)
        if not category:
            names = "、".join(self.choices.values())
            line.refuse(f"这张表没有“{item.category[:20]}”这个风险类别，请填：{names}。")
        return line

    def _heads(self) -> None:
        for head in self.file.heads:
            if head.name == "department":
                self._department(head)
                continue
            name = "业务职能" if self.is_school else "业务工作职责"
            kind = {"duties": name, "head_name": "负责人姓名"}[head.name]
            line = Line(head.row, kind, head.text, values={head.name: head.text}, sheet=head.sheet)
            before = values.same(getattr(self.version, head.name))
            if before:
                line.state = State.THERE if before == values.same(head.text) else State.KEPT
            else:
                words = values.WordReader()
                words.text(TableVersion, head.name, head.text)
                if words.wrong:
                    line.refuse(*words.wrong)
            if not (self.is_school and head.name == "head_name"):
                self.plan.heads.append(line)

    def _department(self, head: FileHead) -> None:
        names = {values.same(name) for name in (self.version.owner_name, self.version.table.owner_name)}
        if values.same(head.text) not in names:
            line, own = Line(head.row, "科室名称", head.text, sheet=head.sheet), self.version.owner_name
            line.refuse(f"这是“{head.text[:30]}”的表，不是“{own}”的。确是本表的，请先改好科室名称。")
            self.plan.heads.append(line)

    def _points(self) -> None:
        stored = {(p.category, values.same(p.post_name), values.same(p.text)): p for p in reversed(self.stored.points)}
        seen: dict[tuple[str, str, str], Line] = {}
        for item in self.file.points:
            line = self._line("风险点", item, item.text)
            line.post, line.details = item.post, filled_in(item, "point")
            self.plan.points.append(line)
            key = (line.category, "" if self._has_no_post(item) else values.same(item.post), values.same(item.text))
            if line.state == State.WRONG:
                continue
            if key in stored:
                line.state, line.stored = State.THERE, stored[key]
            elif key in seen:
                line.state, line.points = State.DOUBLE, [seen[key]]
            else:
                seen[key] = line
                self._new_point(line, item)

    def _has_no_post(self, item: FilePoint) -> bool:
        return item.post in ("", "部门层面")

    def _new_point(self, line: Line, item: FilePoint) -> None:
        words, post = values.WordReader(), None
        if not self._has_no_post(item):
            post = self.posts.get(values.same(item.post))
            if self.is_school:
                line.refuse("学校表的风险点不写岗位，请把岗位留空。")
            elif post is None:
                names = "、".join(self.posts)
                line.refuse(f"本部门没有“{item.post[:20]}”这个岗位，请填：{names}。" if names else "本部门还没有岗位。")
            elif post.pk in self.exempt:
                line.refuse(f"草稿里已说明“{post.name}”没有风险点。请先在草稿里取消这项说明。")
        line.values = values.point_values(item, post, words) | {"category": line.category}
        if self.is_school and (item.level or item.likelihood or item.harm):
            words.wrong.append("学校表不定等级，请把机率、危害和等级留空。")
        if words.wrong:
            line.refuse(*words.wrong)
        if line.state != State.WRONG:
            self._check(line)

    def _check(self, line: Line) -> None:
        """Let the register's own rules say what they would say when it is saved."""
        try:
            editing.check_point(self.version, line.values)
        except ValidationError as error:
            line.refuse(*error.messages)

    def _measures(self) -> None:
        stored = self._answered_by_stored()
        seen: set[Any] = set()
        for item in self.file.measures:
            line = self._line("防范措施", item, item.text)
            line.details = [("针对", self._answered(item)), *filled_in(item, "measure")]
            self.plan.measures.append(line)
            if any(place >= len(self.plan.points) for place in item.points):
                line.refuse("这条措施所针对的风险点，序号超出了本类的风险点。")
            if line.state == State.WRONG:
                continue
            line.points = list(dict.fromkeys(self._first(self.plan.points[place]) for place in item.points))
            answers = self._answers(line)
            key = (line.category, values.same(item.text), answers)
            if any(answers <= others for others in stored.get(key[:2], [])):
                line.state = State.THERE
            elif key in seen:
                line.state = State.DOUBLE
            else:
                seen.add(key)
                self._new_measure(line, item)

    def _answered(self, item: FileMeasure) -> str:
        """Which rows of the file a measure answers, as the preview says it."""
        rows = [str(self.file.points[place].row) for place in item.points if place < len(self.file.points)]
        return f"第 {'、'.join(rows)} 行的风险点" if rows else "本类各项"

    def _new_measure(self, line: Line, item: FileMeasure) -> None:
        words = values.WordReader()
        line.values = values.measure_values(item, words) | {"category": line.category}
        if any(point.category != line.category for point in line.points):
            words.wrong.append("一条措施只能针对同一类别里的风险点。")
        if line.category in self.nils:
            words.wrong.append("这一类在草稿里已确认为“无”。如有措施，请先在草稿里取消“无”。")
        if words.wrong:
            line.refuse(*words.wrong)

    def _first(self, line: Line) -> Line:
        """The line that a repeated one repeats."""
        return line.points[0] if line.state == State.DOUBLE else line

    def _answers(self, line: Line) -> frozenset[Any]:
        """What a measure of the file answers: stored points by pk, new ones as lines; else the whole category."""
        of_category = [p for p in self.plan.points if p.category == line.category and p.state != State.DOUBLE]
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
        in_file = {line.category for line in [*self.plan.points, *self.plan.measures]}
        for item in self.file.nils:
            line = self._line("确认为无", item, "无")
            self.plan.nils.append(line)
            if line.state == State.WRONG:
                continue
            if line.category in self.nils:
                line.state = State.THERE
            elif line.category in written:
                line.refuse("草稿里这一类已有风险点或措施，不能导入“无”。")
            elif line.category in in_file:
                line.refuse("文件里这一类还写着风险点或措施，不能又写“无”。")
