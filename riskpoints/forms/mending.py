"""The preview of an import as something that is mended where it stands: fields, choices, what was decided so far."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from departments.enums import Level
from departments.models import Post
from riskcontrol.text import one_break
from riskcontrol.web.query import PLAIN_NUMBER
from riskpoints.enums import Harm, Likelihood, Stage
from riskpoints.importing.carrying import ReadFile
from riskpoints.importing.columns import Column, columns_for
from riskpoints.importing.content import FileMeasure, FilePoint, ListColumn
from riskpoints.importing.headings import MEANINGS
from riskpoints.importing.lines import ImportPlan, Line, State
from riskpoints.importing.orders import Orders
from riskpoints.importing.values import level_of
from riskpoints.models import TableVersion

EDIT, COLUMN, POST, CHOICE = "e:", "c:", "post:", "near:"
LONG = frozenset({"text", "manifestation", "reason"})
NO_POST = "部门层面"
Choices = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class LineField:
    """One field of a line: its name in the form, and what stands in it; `kind` is radio, select, area or line."""

    name: str
    label: str
    value: str
    kind: str
    choices: Choices = ()
    wrong: Sequence[str] = ()

    @property
    def is_unknown(self) -> bool:
        """Whether the file says something that can't be chosen."""
        return bool(self.value) and self.value not in [value for value, _ in self.choices]


@dataclass(frozen=True)
class ShownLine:
    """A line with the fields that are open for it."""

    line: Line
    fields: Sequence[LineField] = ()
    is_open: bool = False

    @property
    def may_be_opened(self) -> bool:
        """Whether 修改 opens its fields."""
        return isinstance(self.line.item, FilePoint | FileMeasure) and not self.is_open

    @property
    def may_be_left(self) -> bool:
        """Whether it can be left out: what is wrong, what is open for mending, what was left out before."""
        is_asked = self.line.state == State.CHANGED and not self.line.is_stale and self.line.near is None
        return bool(self.line.ref) and (self.line.state in (State.WRONG, State.LEFT) or self.is_open or is_asked)

    @property
    def near_choice(self) -> str:
        """What was chosen for a line that is nearly one of the draft."""
        return "change" if self.line.state == State.CHANGED else "add" if self.line.state == State.NEW else ""


@dataclass(frozen=True)
class ColumnChoice:
    """A column of a school's own list, and the name of its field in the form."""

    name: str
    column: ListColumn


@dataclass(frozen=True)
class Lists:
    """The lists of columns that can be chosen for, and what a column can be."""

    sheets: Sequence[tuple[str, Sequence[ColumnChoice]]]
    meanings: Choices = tuple((meaning.key, meaning.label) for meaning in MEANINGS)

    @property
    def has_gap(self) -> bool:
        """Whether a column with a text fills no field."""
        return any(not item.column.key and item.column.example for _, items in self.sheets for item in items)


@dataclass
class Mending:
    """What was typed and decided in the preview of a file, as its form was sent."""

    data: QueryDict
    edits: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in self.data:
            if name.startswith(EDIT) and name.count(":") == 2:
                _, ref, field_name = name.split(":")
                self.edits.setdefault(ref, {})[field_name] = one_break(str(self.data[name])).strip()

    @property
    def orders(self) -> Orders:
        """What the plan is made with."""
        return Orders(
            edits=self.edits,
            left=frozenset(self.data.getlist("left")),
            taken=frozenset(self.data.getlist("tick")),
            near={name.removeprefix(CHOICE): str(self.data[name]) for name in self.data if name.startswith(CHOICE)},
            category=self.data.get("rest", ""),
            posts={
                name.removeprefix(POST): str(self.data[name])
                for name in self.data
                if name.startswith(POST) and self.data[name]
            },
        )

    def taken(self, file: ReadFile) -> list[str]:
        """The sheets that are ticked; those of the first preview as long as nobody chose."""
        known = {choice.key for choice in file.choices}
        return [key for key in self.data.getlist("take") if key in known] or file.chosen

    @property
    def opened(self) -> set[str]:
        """The lines whose fields are open."""
        return {*self.data.getlist("opened"), *self.data.getlist("open")}

    @property
    def columns(self) -> dict[int, dict[int, str]]:
        """The fields chosen for the columns of lists, by sheet and place."""
        found: dict[int, dict[int, str]] = {}
        for name in self.data:
            sheet, _, place = name.removeprefix(COLUMN).partition(":")
            if name.startswith(COLUMN) and PLAIN_NUMBER.fullmatch(sheet) and PLAIN_NUMBER.fullmatch(place):
                found.setdefault(int(sheet), {})[int(place)] = str(self.data[name])
        return found


def lists_of(file: ReadFile, taken: Sequence[str]) -> Lists:
    """The lists among the sheets that are taken."""
    places = {int(key.rstrip("h")) for key in taken}
    return Lists(
        [
            (part.name, [ColumnChoice(f"{COLUMN}{place}:{column.place}", column) for column in part.columns])
            for place, part in enumerate(file.parts)
            if part.is_list and place in places
        ]
    )


class Preview:
    """A plan as the page shows it: its lines in groups, with fields where something is to be mended."""

    def __init__(self, version: TableVersion, plan: ImportPlan, mending: Mending) -> None:
        self.plan, self.mending, self.is_school = plan, mending, version.table.is_school
        posts = Post.objects.active_on().filter(department_id=version.table.department_id)
        names = list(posts.values_list("name", flat=True))
        self.choices: dict[str, Choices] = {
            "category": [(label, label) for label in map(str, version.table.categories.labels)],
            "post": [("", NO_POST), *((name, name) for name in names)],
            "level": [("", "按规则得出"), *((label, label) for label in map(str, Level.labels))],
            "likelihood": [("", "没有填"), *((label, label) for label in map(str, Likelihood.labels))],
            "harm": [("", "没有填"), *((label, label) for label in map(str, Harm.labels))],
            "stage": [("", "未分阶段"), *((label, label) for label in map(str, Stage.labels))],
        }
        self.unknown_posts = self._unknown_posts()
        self.lines = [self._shown(line) for line in plan.lines]

    def _unknown_posts(self) -> dict[str, int]:
        """How many points are of each post that isn't one of ours: one choice is for all of them."""
        found: dict[str, int] = {}
        for line in self.plan.points:
            if line.post and line.post not in dict(self.choices["post"]) and "post" in line.of_field:
                found[line.post] = found.get(line.post, 0) + 1
        return found if len(self.choices["post"]) > 1 and not self.is_school else {}

    @property
    def posts(self) -> list[tuple[str, str, int, str]]:
        """(name of the field, post as the file has it, how many points, what was chosen) of each."""
        chosen = self.mending.orders.posts
        asked = [(f"{POST}{name}", name, count, "") for name, count in self.unknown_posts.items()]
        return [
            *asked,
            *((f"{POST}{name}", name, 0, post) for name, post in chosen.items() if name not in self.unknown_posts),
        ]

    def _shown(self, line: Line) -> ShownLine:
        is_open = line.ref in self.mending.opened
        names = None if is_open else line.of_field.keys() - ({"post"} if line.post in self.unknown_posts else set())
        return ShownLine(line, list(self._fields(line, names)), is_open)

    def _fields(self, line: Line, names: Any) -> Iterator[LineField]:
        """The fields of a line that are named; all of them for None."""
        kind = "point" if isinstance(line.item, FilePoint) else "measure"
        if not isinstance(line.item, FilePoint | FileMeasure):
            names = () if names is None else set(names) & {"category"}
        for column in columns_for(is_school=self.is_school):
            is_own = column.of == kind or (column.name == "category" and not _follows_points(line))
            if is_own and column.name != "also" and (names is None or column.name in names):
                yield self._field(line, column)

    def _field(self, line: Line, column: Column) -> LineField:
        more: Mapping[str, str] = getattr(line.item, "more", {})
        value = getattr(line.item, column.name, more.get(column.name, ""))
        choices = self.choices.get(column.name, ())
        if column.name == "category":
            value = line.label if line.category else value
        elif column.name == "level" and (level := level_of(value)):
            value = str(Level(level).label)
        kind = "select" if choices else "area" if column.name in LONG else "line"
        if column.name == "category":
            kind = "radio"
        name = f"{EDIT}{line.ref}:{column.name}"
        return LineField(name, column.title, value, kind, choices, line.of_field.get(column.name, ()))

    def of(self, *states: State) -> list[ShownLine]:
        """The lines in these states."""
        return [shown for shown in self.lines if shown.line.state in states]

    @property
    def wrong(self) -> list[ShownLine]:
        return self.of(State.WRONG)

    @property
    def new(self) -> list[ShownLine]:
        return self.of(State.NEW)

    @property
    def changed(self) -> list[ShownLine]:
        return self.of(State.CHANGED)

    @property
    def near(self) -> list[ShownLine]:
        return self.of(State.NEAR)

    @property
    def left_out(self) -> list[ShownLine]:
        return self.of(State.THERE, State.DOUBLE, State.KEPT, State.LEFT)

    @property
    def asks_for_categories(self) -> bool:
        """Whether several points have no category, so that one choice for the rest saves pressing."""
        asked = [shown for shown in self.wrong if "category" in shown.line.of_field]
        return len(asked) > 1 or bool(self.mending.orders.category)

    @property
    def carried(self) -> list[tuple[str, str]]:
        """What was mended before and has no field on the page now, as hidden fields."""
        shown = {item.name for line in self.lines for item in line.fields}
        edits = [
            (f"{EDIT}{ref}:{name}", text)
            for ref, typed in self.mending.edits.items()
            for name, text in typed.items()
            if f"{EDIT}{ref}:{name}" not in shown
        ]
        return [*edits, *(("opened", line.line.ref) for line in self.lines if line.is_open)]


def _follows_points(line: Line) -> bool:
    """A measure of points belongs to their category."""
    return isinstance(line.item, FileMeasure) and bool(line.item.points)
