"""What an import would add to a draft, line by line, and what it would not: nothing is written here."""

from typing import Any

from django.core.exceptions import ValidationError

from departments.enums import Level
from departments.models import Post
from riskcontrol import audit
from riskpoints.content.content import TableContent, load
from riskpoints.importing import values
from riskpoints.importing.columns import columns
from riskpoints.importing.content import FileContent, FileHead, FileMeasure, FileNil, FilePoint
from riskpoints.importing.lines import ImportPlan, Line, State
from riskpoints.importing.orders import Orders, mended
from riskpoints.models import Measure, TableVersion
from riskpoints.tables import editing

__all__ = ["NO_ORDERS", "ImportPlan", "Line", "State", "plan"]
NO_ORDERS = Orders()


def plan(version: TableVersion, content: FileContent, orders: Orders = NO_ORDERS) -> ImportPlan:
    """Compare a file with a draft; `orders` are what was decided in the preview."""
    return _Planner(version, mended(content, orders), orders).plan


def filled_in(item: FilePoint | FileMeasure, of: str) -> list[tuple[str, str]]:
    """(title, words) of every other column that the row fills in: nothing is brought in unseen."""
    named = [
        (column.title, item.more.get(column.name) or getattr(item, column.name, ""))
        for column in columns()
        if column.of == of
    ]
    return [(title, words) for title, words in named if words and words != item.text]


class _Planner:
    def __init__(self, version: TableVersion, content: FileContent, orders: Orders) -> None:
        self.version, self.is_school, self.file, self.orders = version, version.table.is_school, content, orders
        self.stored: TableContent = load(version)
        self.choices = {value: str(label) for value, label in version.table.categories.choices}
        posts = Post.objects.active_on().filter(department_id=version.table.department_id)
        self.posts = {values.same(post.name): post for post in posts.prefetch_related("functions")}
        self.nils = set(version.nils.values_list("category", flat=True))
        self.exempt = {exemption.post_id for exemption in self.stored.exemptions}
        self.plan = ImportPlan()
        self.plan.notes = list(content.notes)
        self.plan.others = [self._other(row, text) for row, text in content.problems]
        self._heads()
        self._points()
        self._measures()
        self._nils()

    def _other(self, row: int, text: str) -> Line:
        """Something that can't be understood: nothing is imported until somebody says to do without it."""
        line = Line(row, "", "", State.WRONG, wrong=[text], ref=f"x{row}-{audit.sha256(text)[:8]}")
        return self._left(line)

    def _left(self, line: Line) -> Line:
        if line.ref in self.orders.left:
            line.state, line.wrong, line.of_field = State.LEFT, [], {}
        return line

    def _line(self, kind: str, item: FilePoint | FileMeasure | FileNil, text: str, category: str = "") -> Line:
        category = category or values.category_of(item.category, self.choices)
        label = self.choices.get(category, item.category)
        line = Line(item.row, kind, text, category=category, label=label, sheet=item.sheet, item=item, ref=item.ref)
        names = "、".join(self.choices.values())
        if not category and item.category:
            line.refuse(f"这张表没有“{item.category[:20]}”这个风险类别，请填：{names}。", name="category")
        elif not category:
            line.refuse("请选择风险类别。", name="category")
        return self._left(line)

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
            self._left(line)
            if not (self.is_school and head.name == "head_name"):
                self.plan.heads.append(line)

    def _department(self, head: FileHead) -> None:
        names = {values.same(name) for name in (self.version.owner_name, self.version.table.owner_name)}
        if values.same(head.text) not in names:
            line = Line(head.row, "科室名称", head.text, sheet=head.sheet, ref=head.ref)
            own = self.version.owner_name
            line.refuse(f"这是“{head.text[:30]}”的表，不是“{own}”的。确是本表的，请选“不导入这一项”，其余照常导入。")
            self.plan.heads.append(self._left(line))

    def _points(self) -> None:
        stored = {(p.category, values.same(p.post_name), values.same(p.text)): p for p in reversed(self.stored.points)}
        seen: dict[tuple[str, str, str], Line] = {}
        for item in self.file.points:
            post = "" if self._has_no_post(item) else values.same(item.post)
            line = self._line("风险点", item, item.text, self._stored_category(item, post))
            line.post, line.details = item.post, self._details(item)
            self.plan.points.append(line)
            key = (line.category, post, values.same(item.text))
            if line.state == State.WRONG:
                self._new_point(line, item)  # all that has to be mended is said at once
            if line.state in (State.WRONG, State.LEFT):
                continue
            if key in stored:
                line.state, line.stored = State.THERE, stored[key]
            elif key in seen:
                line.state, line.points = State.DOUBLE, [seen[key]]
            else:
                seen[key] = line
                self._new_point(line, item)

    def _stored_category(self, item: FilePoint, post: str) -> str:
        """The category of the one point of the draft that says the same, where the file has none."""
        if item.category:
            return ""
        said = (post, values.same(item.text))
        found = {p.category for p in self.stored.points if (values.same(p.post_name), values.same(p.text)) == said}
        return found.pop() if len(found) == 1 else ""

    def _details(self, item: FilePoint) -> list[tuple[str, str]]:
        """What else the row says; of a level in other words, which of ours it is."""
        level = values.level_of(item.level)
        label = "" if level is None else str(Level(level).label)
        said = {"建议等级": f"{item.level}，即{label}"} if label and label != item.level else {}
        return [(title, said.get(title, words)) for title, words in filled_in(item, "point") if title != "岗位"]

    def _has_no_post(self, item: FilePoint) -> bool:
        return item.post in ("", "部门层面")

    def _new_point(self, line: Line, item: FilePoint) -> None:
        words, post = values.WordReader(), None
        if not self._has_no_post(item):
            post = self.posts.get(values.same(item.post))
            if self.is_school:
                line.refuse("学校表的风险点不写岗位，请把岗位留空。", name="post")
            elif post is None:
                said = f"本部门没有“{item.post[:20]}”这个岗位，请改选。" if self.posts else "本部门还没有岗位。"
                line.refuse(said, name="post")
            elif post.pk in self.exempt:
                line.refuse(f"草稿里已说明“{post.name}”没有风险点。请先在草稿里取消这项说明。", name="post")
        line.values = values.point_values(item, post, words) | {"category": line.category}
        if self.is_school and (item.level or item.likelihood or item.harm):
            words.refuse("level", "学校表不定等级，请把机率、危害和等级留空。")
        line.refuse_words(words)
        if line.state != State.WRONG:
            self._check(line)

    def _check(self, line: Line) -> None:
        """Let the register's own rules say what they would say when it is saved."""
        try:
            editing.check_point(self.version, line.values, nils=self.nils)
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                line.refuse(*messages, name=values.FILE_NAMES.get(name, name))

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
            if any(answers <= others for others in stored.get(key[:2], [])):
                line.state = State.THERE
            elif key in seen:
                line.state = State.DOUBLE
            else:
                seen.add(key)
                self._new_measure(line, item)

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
            self._left(line)
        else:
            line = self._line("防范措施", item, item.text, "" if item.category or not points else points[0].category)
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
            line = self._line("确认为无", item, "无")
            self.plan.nils.append(line)
            if line.state in (State.WRONG, State.LEFT):
                continue
            if line.category in self.nils:
                line.state = State.THERE
            elif line.category in written:
                line.refuse("草稿里这一类已有风险点或措施，不能导入“无”。")
            elif line.category in in_file:
                line.refuse("文件里这一类还写着风险点或措施，不能又写“无”。")
