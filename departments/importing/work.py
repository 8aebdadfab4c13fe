"""What all sheets share while they are gone through: who exists, what was decided, who was given what."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from departments.enums import Role
from departments.importing.book import Book, cell_name
from departments.importing.columns import DEPARTMENTS, PEOPLE, POSTS, SHEETS, SheetKind
from departments.importing.lines import Line, SheetLines, State, count_of
from departments.models import Actor, Department, Post, User
from riskcontrol.text import folded, plain_code

# What the discipline committee is told of: all that is more than filling in one's own department's table.
PRIVILEGED = frozenset(set(Role) - {Role.STAFF, Role.CLERK})


@dataclass(frozen=True)
class Orders:
    """What was decided in the preview: changes to take, rows to leave out, answers by a line's name; edited cells."""

    taken: frozenset[str] = frozenset()
    left: frozenset[str] = frozenset()
    answers: Mapping[str, str] = field(default_factory=dict)
    edited: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Right:
    """A role that more depends on than the own department's table, and who gets it."""

    user: User
    label: str


class Work:
    """Goes through a workbook once. Whether what is done stays is for the caller to say: it holds the transaction."""

    def __init__(self, book: Book, orders: Orders, *, actor: Actor, hashes: Mapping[str, str] | None = None) -> None:
        self.book, self.orders, self.actor, self.hashes = book, orders, actor, hashes or {}
        self.lines = {
            kind.name: [Line(kind, row, edited=orders.edited) for row in book.sheets.get(kind.name, [])]
            for kind in SHEETS
        }
        for sheet, number, column, text in book.faults:
            for line in self.lines[sheet]:
                if line.row.number == number and cell_name(sheet, number, column) not in orders.edited:
                    line.refuse(column, text)
        self._rows: dict[tuple[str, Any], Line] = {}
        self._look_up()
        self.created: list[User] = []
        self.rights: list[Right] = []
        self.offered: list[Right] = []  # those that come with a change that is not taken yet
        self.places: dict[str, str] = {}  # of new accounts, by number: what the slip says of the department

    def _look_up(self) -> None:
        """What exists by the keys of the workbook; of two of one name the one without an end."""
        today = timezone.localdate()
        in_use = Q(active_to__isnull=True) | Q(active_to__gte=today)
        self.departments: dict[str, Department] = {}
        for department in Department.objects.filter(in_use).order_by("active_to", "pk"):
            known = self.departments.get(folded(department.name))
            if known is None or known.active_to is not None:
                self.departments[folded(department.name)] = department
        self.posts: dict[tuple[int, str], Post] = {}
        for post in Post.objects.filter(in_use).prefetch_related("functions").order_by("active_to", "pk"):
            key = (post.department_id, folded(post.name))
            if key not in self.posts or self.posts[key].active_to is not None:
                self.posts[key] = post
        self.people = {user.staff_number: user for user in User.objects.all()}

    # ---- rows ----

    def open_lines(self, kind: SheetKind) -> list[Line]:
        """The rows of a sheet but those that are left out."""
        for line in self.lines[kind.name]:
            if line.name in self.orders.left:
                line.state = State.LEFT
        return [line for line in self.lines[kind.name] if line.is_open]

    def is_first(self, line: Line, key: Any, column: str = "") -> bool:
        """Whether no row above says the same; one that says otherwise of the same thing is refused."""
        first = self._rows.setdefault((line.kind.name, key), line)
        if first is line:
            return True
        if dict(first.row.words) == dict(line.row.words):
            line.state = State.DOUBLE
        else:
            line.refuse(column, f"与第 {first.row.number} 行重复而内容不同，请只保留一行。")
        return False

    def is_taken(self, line: Line) -> bool:
        """Whether the changes of a row are to be made."""
        return line.state == State.CHANGED and not self.orders.taken.isdisjoint({line.name, f"all-{line.kind.name}"})

    def attempt(self, line: Line, act: Callable[[], Any], columns: Mapping[str, str] | None = None) -> bool:
        """Let the organisation's own rules say what they would say on the screens; `columns` by field name."""
        try:
            with transaction.atomic():
                act()
        except ValidationError as error:
            line.refuse_error(error, columns or {})
            return False
        return True

    # ---- what rows refer to ----

    def department(self, line: Line, column: str = "department") -> Department | None:
        """The department that a cell names; None where it is empty, unknown, or its row has to be mended first."""
        name = line.read(column, str)
        if name is None:
            return None
        found = self.departments.get(folded(name))
        if found is None and not self._waits(line, DEPARTMENTS, folded(name), "name", folded):
            line.refuse(column, f"没有“{name[:20]}”这个部门，请核对名称，或在“部门”表里加上。")
        return found

    def post(self, line: Line, department: Department | None) -> Post | None:
        """The post that a cell names."""
        name = line.read("post", str)
        if name is None or department is None:
            return None
        found = self.posts.get((department.pk, folded(name)))
        if found is None and not self._waits(line, POSTS, folded(name), "name", folded):
            line.refuse("post", f"“{department}”没有“{name[:20]}”这个岗位，请核对，或在“岗位”表里加上。")
        return found

    def person(self, line: Line) -> User | None:
        """The account that a staff number names."""
        number = line.read("number", plain_code)
        if number is None:
            return None
        found = self.people.get(number)
        if found is None and not self._waits(line, PEOPLE, number, "number", plain_code):
            line.refuse("number", f"没有工号为 {number[:32]} 的账号，请核对，或在“人员”表里加上。")
        return found

    def check_name(self, line: Line, column: str, user: User | None) -> None:
        """A name beside a staff number has to be that of the account: a slip in a number gives rights to a stranger."""
        name = line.text(column)
        if user is not None and name and folded(name) != folded(user.real_name):
            line.refuse(column, f"工号 {user.staff_number} 是{user.real_name}，不是{name[:20]}，请核对工号和姓名。")

    def _waits(self, line: Line, kind: SheetKind, key: str, column: str, fold: Callable[[str], str]) -> bool:
        """Whether the thing is named in a row that has to be mended first: one fault is said once."""
        if line.state == State.WRONG:
            return False
        for other in self.lines[kind.name]:
            if other.state in (State.WRONG, State.WAITING) and fold(other.text(column)) == key:
                line.state = State.WAITING
                return True
        return False

    # ---- the whole ----

    @property
    def sheets(self) -> list[SheetLines]:
        """By sheet, for the preview."""
        return [SheetLines(kind, self.lines[kind.name], kind.name in self.book.sheets) for kind in SHEETS]

    def count(self, *states: State) -> int:
        """How many rows are in one of the states."""
        return sum(count_of(lines, *states) for lines in self.lines.values())

    @property
    def unanswered(self) -> int:
        """How many questions are open."""
        return sum(bool(line.question and not line.question.answer) for rows in self.lines.values() for line in rows)

    @property
    def is_sound(self) -> bool:
        """Whether nothing has to be mended or answered."""
        return not self.count(State.WRONG, State.WAITING) and not self.unanswered

    @property
    def outline(self) -> list[Any]:
        """What would become of each row: the same at the preview and at the saving, or somebody saved in between."""
        return [
            [
                line.name,
                dict(line.row.words),
                line.state,
                [[change.column, change.old, change.new] for change in line.changes],
            ]
            for rows in self.lines.values()
            for line in rows
        ]
