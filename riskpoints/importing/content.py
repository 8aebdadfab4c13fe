"""What a workbook says, as texts with their row numbers: not judged yet, and without a model or a query."""

from dataclasses import asdict, dataclass, field, fields
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


@dataclass(frozen=True)
class FileNil:
    """无, written for a whole category."""

    row: int
    category: str


@dataclass(frozen=True)
class FileHead:
    """One entry of the form's head: which (department, head_name, duties), and what it says."""

    row: int
    name: str
    text: str


@dataclass
class FileContent:
    """All of it; `problems` are (row, what can't be understood there)."""

    points: list[FilePoint] = field(default_factory=list)
    measures: list[FileMeasure] = field(default_factory=list)
    nils: list[FileNil] = field(default_factory=list)
    heads: list[FileHead] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)
    is_school: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to bring in."""
        return not (self.points or self.measures or self.nils or self.problems)

    def plain(self) -> dict[str, Any]:
        """As JSON can hold it; see restored()."""
        return asdict(self)


KINDS: dict[str, type] = {"points": FilePoint, "measures": FileMeasure, "nils": FileNil, "heads": FileHead}


def restored(plain: dict[str, Any]) -> FileContent:
    """The content that plain() gave."""
    lists: dict[str, list[Any]] = {name: [_row(kind, values) for values in plain[name]] for name, kind in KINDS.items()}
    problems = [(row, text) for row, text in plain["problems"]]
    return FileContent(**lists, problems=problems, is_school=plain["is_school"])


def _row(kind: type, values: dict[str, Any]) -> Any:
    names = {item.name for item in fields(kind)}
    return kind(
        **{name: tuple(value) if name == "points" else value for name, value in values.items() if name in names}
    )
