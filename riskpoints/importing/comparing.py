"""A file beside its draft: each point of it as a line, and what becomes of it."""

from collections.abc import Collection
from dataclasses import replace

from django.core.exceptions import ValidationError

from departments.enums import Level
from departments.models import Post
from riskcontrol import audit
from riskpoints.content.content import TableContent, load
from riskpoints.importing import matching, values
from riskpoints.importing.columns import columns
from riskpoints.importing.content import FileContent, FileMeasure, FileNil, FilePoint
from riskpoints.importing.lines import MEANT, ImportPlan, Line, State
from riskpoints.importing.orders import Orders
from riskpoints.importing.template import words_of_point
from riskpoints.models import RiskPoint, TableVersion
from riskpoints.tables import editing


def filled_in(item: FilePoint | FileMeasure, of: str) -> list[tuple[str, str]]:
    """(title, words) of every other column that the row fills in: nothing is brought in unseen."""
    named = [
        (column.title, item.more.get(column.name) or getattr(item, column.name, ""))
        for column in columns()
        if column.of == of
    ]
    return [(title, words) for title, words in named if words and words != item.text]


def _filled(item: FilePoint | FileMeasure) -> set[str]:
    """The columns in which a row of another list than our template says something."""
    names = [column.name for column in columns() if column.name != "category"]
    return {name for name in names if item.more.get(name) or getattr(item, name, "")}


class Comparison:
    """A file beside a draft: what both have, and the points of the file as lines."""

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
        self.plan.others = [self.other(row, text) for row, text in content.problems]
        self.used: set[int] = set()  # points of the draft that the file names

    def other(self, row: int, text: str) -> Line:
        """Something that can't be understood: nothing is imported until somebody says to do without it."""
        line = Line(row, "", "", State.WRONG, wrong=[text], ref=f"x{row}-{audit.sha256(text)[:8]}")
        return self.left(line)

    def left(self, line: Line) -> Line:
        if line.ref in self.orders.left:
            line.state, line.wrong, line.of_field = State.LEFT, [], {}
        return line

    def line(self, kind: str, item: FilePoint | FileMeasure | FileNil, text: str, category: str = "") -> Line:
        category = category or values.category_of(item.category, self.choices)
        label = self.choices.get(category, item.category)
        line = Line(item.row, kind, text, category=category, label=label, sheet=item.sheet, item=item, ref=item.ref)
        names = "、".join(self.choices.values())
        if not category and item.category:
            line.refuse(f"这张表没有“{item.category[:20]}”这个风险类别，请填：{names}。", name="category")
        elif not category:
            line.refuse("请选择风险类别。", name="category")
        return self.left(line)

    def points(self) -> None:
        """Make a line of each point of the file."""
        stored = {(p.category, values.same(p.post_name), values.same(p.text)): p for p in reversed(self.stored.points)}
        seen: dict[tuple[str, str, str], Line] = {}
        for item in self.file.points:
            post = "" if self.has_no_post(item) else values.same(item.post)
            line = self.line("风险点", item, item.text, self._stored_category(item, post))
            line.post, line.details = item.post, self._details(item)
            self.plan.points.append(line)
            if line.state == State.WRONG:
                self._judge(line, item)  # all that has to be mended is said at once
            if line.state in (State.WRONG, State.LEFT):
                continue
            key = (line.category, post, values.same(item.text))
            known, is_stale = matching.found_by_code(item.code, self.stored.points)
            if known is not None and known.pk not in self.used:
                self._compare(line, item, known, item.known, is_asked=is_stale)
            elif key in stored:
                self._compare(line, item, stored[key], _filled(item), is_asked=True)
            elif key in seen:
                line.state, line.points = State.DOUBLE, [seen[key]]
            else:
                seen[key] = line
                self._judge(line, item)
        for line in seen.values():
            self._find_near(line)

    def _compare(
        self, line: Line, item: FilePoint, point: RiskPoint, known: Collection[str], *, is_asked: bool
    ) -> None:
        """A point of the draft: unchanged, or changed in the columns that are known; if `is_asked`, only ticked."""
        self.used.add(point.pk)
        line.stored = point
        level = values.level_of(item.level)
        plain = replace(
            item,
            category=line.label,
            post="" if self.has_no_post(item) else item.post,
            level=item.level if level is None else str(Level(level).label),
        )
        words = words_of_point(point) | {"category": self.choices[point.category]}
        line.changes = matching.changes(plain, words, known)
        if not line.changes:
            line.state = State.THERE
            return
        line.state, line.is_stale = State.CHANGED, is_asked
        line.is_taken = not is_asked or line.ref in self.orders.taken
        self._judge(line, item, point)

    def _find_near(self, line: Line) -> None:
        """A new point that says nearly what one of the draft does is added, or changes that one, only if somebody
        says so."""
        if line.state != State.NEW or not isinstance(line.item, FilePoint):
            return
        near = matching.nearest(line.text, [point for point in self.stored.points if point.pk not in self.used])
        if near is None:
            return
        self.used.add(near.pk)
        line.near, choice = near, self.orders.near.get(line.ref, "")
        if choice == "change":
            self._compare(line, line.item, near, {*_filled(line.item), "text"}, is_asked=False)
        elif choice != "add":
            line.state, line.stored = State.NEAR, near

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
        said = {"建议等级": f"{item.level}{MEANT}{label}"} if label and label != item.level else {}
        return [(title, said.get(title, words)) for title, words in filled_in(item, "point") if title != "岗位"]

    def has_no_post(self, item: FilePoint) -> bool:
        return item.post in ("", "部门层面")

    def _judge(self, line: Line, item: FilePoint, point: RiskPoint | None = None) -> None:
        """Read the words of a row, and say what is wrong with them; of a point of the draft only what is changed."""
        words, post = values.WordReader(), None
        if not self.has_no_post(item):
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
        if point is not None:
            changed = {matching.register_name(change.name) for change in line.changes}
            line.values = {name: value for name, value in line.values.items() if name in changed}
        if line.state != State.WRONG:
            self._check(line, point)

    def _check(self, line: Line, point: RiskPoint | None) -> None:
        """Let the register's own rules say what they would say when it is saved."""
        try:
            editing.check_point(self.version, line.values, point=point, nils=self.nils)
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                line.refuse(*messages, name=values.FILE_NAMES.get(name, name))
