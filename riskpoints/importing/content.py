"""What a file says, as texts with their row numbers: not judged yet, and without a model or a query.

`ref` names an item in the preview: its sheet, row, and which of that row it is, whatever else is chosen or mended.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any


@dataclass(frozen=True)
class FilePoint:
    """One 风险点 as it stands in the file."""

    row: int
    category: str
    text: str
    post: str = ""
    manifestation: str = ""
    matter: str = ""
    likelihood: str = ""
    harm: str = ""
    level: str = ""
    reason: str = ""
    methods: str = ""
    other: str = ""
    responsible: str = ""
    state: str = ""
    key: str = ""
    sheet: str = ""
    more: Mapping[str, str] = field(default_factory=dict)  # plain texts without a column of their own
    code: str = ""  # which row of the draft it was, as our template says it
    known: tuple[str, ...] = field(default=(), compare=False)  # the columns that its sheet has
    ref: str = field(default="", compare=False)


@dataclass(frozen=True)
class FileMeasure:
    """One 防范措施; `points` are places (from 0) in the file's list of points, none for the whole category."""

    row: int
    category: str
    text: str
    points: tuple[int, ...] = ()
    stage: str = ""
    responsible: str = ""
    timing: str = ""
    basis: str = ""
    sheet: str = ""
    more: Mapping[str, str] = field(default_factory=dict)
    code: str = ""  # which row of the draft it was, as our template says it
    known: tuple[str, ...] = field(default=(), compare=False)  # the columns that its sheet has
    ref: str = field(default="", compare=False)


@dataclass(frozen=True)
class FileNil:
    """无, written for a whole category."""

    row: int
    category: str
    sheet: str = ""
    ref: str = field(default="", compare=False)


@dataclass(frozen=True)
class FileHead:
    """One entry of the form's head: which (department, head_name, duties), and what it says."""

    row: int
    name: str
    text: str
    sheet: str = ""
    ref: str = field(default="", compare=False)


@dataclass
class FileContent:
    """All of it; `problems` are (row, what can't be understood there), `notes` (row, what was left out of it)."""

    points: list[FilePoint] = field(default_factory=list)
    measures: list[FileMeasure] = field(default_factory=list)
    nils: list[FileNil] = field(default_factory=list)
    heads: list[FileHead] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)
    notes: list[tuple[int, str]] = field(default_factory=list)
    is_school: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to bring in."""
        return not (self.points or self.measures or self.nils or self.problems)

    def spread_measures(self, spans: Mapping[int, int]) -> None:
        """Let a measure in a merged cell answer the points of all its rows; `spans` has the last row by the first."""
        for place, measure in enumerate(self.measures):
            last = spans.get(measure.row, measure.row)
            beside = [
                number
                for number, point in enumerate(self.points)
                if measure.row < point.row <= last and point.category == measure.category
            ]
            if measure.points and beside:
                self.measures[place] = replace(measure, points=tuple(dict.fromkeys([*measure.points, *beside])))

    def plain(self) -> dict[str, Any]:
        """As JSON can hold it; see restored()."""
        return asdict(self)


KINDS: dict[str, type] = {"points": FilePoint, "measures": FileMeasure, "nils": FileNil, "heads": FileHead}


def restored(plain: dict[str, Any]) -> FileContent:
    """The content that plain() gave."""
    lists: dict[str, list[Any]] = {name: [_row(kind, values) for values in plain[name]] for name, kind in KINDS.items()}
    told: dict[str, Any] = {name: [(row, text) for row, text in plain.get(name, [])] for name in ("problems", "notes")}
    return FileContent(**lists, **told, is_school=plain["is_school"])


def _row(kind: type, values: dict[str, Any]) -> Any:
    names = {item.name for item in fields(kind)}
    lists = ("points", "known")
    return kind(**{name: tuple(value) if name in lists else value for name, value in values.items() if name in names})


@dataclass(frozen=True)
class ListColumn:
    """A column of a school's own list: its place, its title, a text of it, and the field it fills (empty: none)."""

    place: int
    title: str
    example: str
    key: str


@dataclass(frozen=True)
class SheetPart:
    """One sheet of a workbook: what a person sees of it, and what it says with its hidden rows and columns."""

    name: str
    is_hidden: bool
    is_chosen: bool  # before anybody chose: not what is hidden, nor a guide that only has the titles of a table
    seen: FileContent
    whole: FileContent | None = None
    hidden: str = ""  # which rows and columns, in Chinese
    raw: dict[str, Any] | None = None  # of a list whose columns can be chosen: the sheet as it was read
    columns: Sequence["ListColumn"] = ()

    @property
    def is_list(self) -> bool:
        """Whether it is a list of the school's own, not one of our forms."""
        return self.raw is not None

    def plain(self) -> dict[str, Any]:
        """As JSON can hold it; see restored_part()."""
        return asdict(self)


def restored_part(plain: dict[str, Any]) -> SheetPart:
    """The part that plain() gave."""
    whole = restored(plain["whole"]) if plain["whole"] else None
    columns = tuple(ListColumn(**column) for column in plain["columns"])
    return SheetPart(**(plain | {"seen": restored(plain["seen"]), "whole": whole, "columns": columns}))


def with_refs(content: FileContent, sheet: int) -> FileContent:
    """The content with each item named by its sheet, its row and its place in the row."""

    def named(kind: str, items: Sequence[Any]) -> list[Any]:
        counts: dict[int, int] = {}
        found = []
        for item in items:
            counts[item.row] = counts.get(item.row, 0) + 1
            found.append(replace(item, ref=f"{sheet}-{kind}{item.row}-{counts[item.row]}"))
        return found

    return replace(
        content,
        points=named("p", content.points),
        measures=named("m", content.measures),
        nils=named("n", content.nils),
        heads=named("h", content.heads),
    )


def combined(chosen: Sequence[tuple[str, FileContent]]) -> FileContent:
    """Several sheets (name, content) as one content; with more than one each item says its sheet."""
    if len(chosen) == 1:
        return chosen[0][1]
    found = FileContent(is_school=any(content.is_school for _, content in chosen))
    for name, content in chosen:
        first = len(found.points)
        found.points += [replace(item, sheet=name) for item in content.points]
        found.measures += [
            replace(item, sheet=name, points=tuple(first + place for place in item.points)) for item in content.measures
        ]
        found.nils += [replace(item, sheet=name) for item in content.nils]
        found.heads += [replace(item, sheet=name) for item in content.heads]
        found.problems += [(row, f"工作表“{name}”：{text}") for row, text in content.problems]
        found.notes += [(row, f"工作表“{name}”：{text}") for row, text in content.notes]
    return found
