"""Rows whose state the trail keeps as a keyed digest, so that a change past the program is found in any column.

An entry about a watched row (`target`) marks it as it was then; verify() compares each row with its last mark. Without
the key of a mark nothing is asked (riskcontrol.seals). The entry's own words stay as they are: what a mark is of can't
be read out of it.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import AppConfig
from django.db import models

from riskcontrol import seals
from riskcontrol.canonical_json import canonical_json, sha256
from riskcontrol.keyring import SealKey
from riskcontrol.models import AuditEntry

ALL = "*"
ROW, PARTS, GONE = "row:", "row parts:", "gone"
# What the program changes without an entry, in any table: the counter that tells two writers apart, and the moment.
PASSING = frozenset({"lock", "saved_at", "token"})


@dataclass(frozen=True)
class Watched:
    """A kind of row, and the columns that are compared."""

    model: type[models.Model]
    columns: tuple[str, ...]
    # Its parts, as one: rows that have no entries of their own, by the names of their relations; a dot leads on.
    parts: tuple[str, ...] = ()

    def name(self, key: Any) -> str:
        return f"{ROW}{self.model._meta.label_lower}:{key}:{_shape(self.columns)}"

    def value(self, row: models.Model) -> str | None:
        """The row as text; None where a column wasn't read, or is an expression that only the database can reckon."""
        values = {name: row.__dict__.get(name, models.NOT_PROVIDED) for name in self.columns}
        if any(value is models.NOT_PROVIDED or hasattr(value, "resolve_expression") for value in values.values()):
            return None
        return canonical_json(values)

    def parts_name(self, key: Any) -> str:
        shapes = [(path, _part_names(_part(self.model, path)[-1])) for path in self.parts]
        return f"{PARTS}{self.model._meta.label_lower}:{key}:{_shape(shapes)}"

    def parts_value(self, row: models.Model) -> str:
        """All parts of a row as text, as they are in the database now."""
        return canonical_json({path: _part_rows(row, path) for path in self.parts})


def _shape(columns: Any) -> str:
    """A name for these columns: a mark of other ones, by a program before or after this, is held against no row."""
    return sha256(canonical_json(columns))[:8]


def _part(model: type[models.Model], path: str) -> list[Any]:
    """The models along a path of relations, the last one that of the parts."""
    found: list[Any] = [model]
    for name in path.split("."):
        found.append(found[-1]._meta.get_field(name).related_model)
    return found[1:]


def _part_names(model: type[models.Model]) -> list[str]:
    passing = PASSING | unwatched(model).keys()
    return [field.attname for field in model._meta.concrete_fields if field.name not in passing]


def _part_rows(row: models.Model, path: str) -> list[list[Any]]:
    """The rows that a path of relations leads to, in the order of their keys, without what changes without an entry."""
    first, _, rest = path.partition(".")
    found: models.QuerySet = getattr(row, first).all()
    if rest:
        relation: Any = found.model._meta.get_field(rest)
        found = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": found})
    return [list(values) for values in found.order_by("pk").values_list(*_part_names(found.model))]


_kinds: dict[str, Watched] = {}


def register(app: AppConfig) -> None:
    """Watch the rows of an app's models. A model says in UNWATCHED {column: reason} what of it can't be compared; with
    "*" for a column, no row of it is."""
    for model in app.get_models():
        passing = PASSING | unwatched(model).keys()
        fields = model._meta.concrete_fields
        columns = tuple(field.attname for field in fields if not field.primary_key and field.name not in passing)
        if ALL not in passing:
            parts = tuple(getattr(model, "WATCHED_PARTS", ()))
            _kinds[model._meta.label_lower] = Watched(model, columns, parts)


def unwatched(model: type[models.Model]) -> dict[str, str]:
    """What of a model's rows is not compared, with the reason; "*": nothing of them is."""
    return dict(getattr(model, "UNWATCHED", {}))


def kinds() -> list[Watched]:
    """What is watched, in the order of the tables' names."""
    return [_kinds[label] for label in sorted(_kinds)]


def values(*rows: models.Model | None, is_gone: bool = False) -> dict[str, str]:
    """What an entry marks of these rows; nothing of one that isn't watched. A row of which not all is known here is
    marked as unknown, so that it isn't held against what it was before."""
    found = {}
    for row in rows:
        kind = _kinds.get(row._meta.label_lower) if row is not None else None
        if kind is not None and row is not None and row.pk is not None:
            found[kind.name(row.pk)] = GONE if is_gone else (kind.value(row) or "")
            if kind.parts:
                found[kind.parts_name(row.pk)] = GONE if is_gone else kind.parts_value(row)
    return found


def all_values() -> Iterator[tuple[str, str]]:
    """Every watched row as it is now, for the entry with which sealing begins."""
    for kind in kinds():
        for row in kind.model._base_manager.order_by("pk").iterator(chunk_size=500):
            yield kind.name(row.pk), kind.value(row) or ""
            if kind.parts:
                yield kind.parts_name(row.pk), kind.parts_value(row)


@dataclass(frozen=True)
class Mark:
    """The last mark under a name: in which entry, with which key."""

    number: int
    key: SealKey
    digest: str

    def is_of(self, name: str, value: str) -> bool:
        return self.digest == seals.mark(self.key, name, value)


def last_marks(kind: str) -> dict[str, Mark]:
    """The last mark under each name that begins so, of those whose key is here."""
    keys = {key.name: key for key in seals.held_keys()}
    known: dict[str, Mark] = {}
    entries = AuditEntry.objects.filter(seal_key__in=keys).exclude(marks={}).order_by("number")
    for number, name, marks in entries.values_list("number", "seal_key", "marks").iterator(chunk_size=1000):
        if isinstance(marks, dict):  # else its seal is wrong, and said to be
            of_kind = {row: str(digest) for row, digest in marks.items() if row.startswith(kind)}
            known |= {row: Mark(number, keys[name], digest) for row, digest in of_kind.items()}
    return known


def marked_rows() -> dict[str, dict[str, Mark]]:
    """The last marks of all rows, by the kind's label; the trail is read once."""
    last: dict[str, tuple[str, Mark]] = {}
    for name, mark in last_marks("row").items():
        row = name.rpartition(":")[0]
        if row not in last or last[row][1].number < mark.number:
            last[row] = name, mark
    found: dict[str, dict[str, Mark]] = defaultdict(dict)
    for row, (name, mark) in last.items():
        found[row.partition(":")[2].partition(":")[0]][name] = mark
    return found


def verify(kind: Watched, marked: dict[str, Mark]) -> Iterator[tuple[str, str]]:
    """Yield (what, why) of each row of a kind that isn't as its last entry marked it, is gone, or came past the trail.

    `marked` are the last marks of its rows (marked_rows()). One by a program that knew other columns says nothing but
    that the row was there.
    """
    title, there = str(kind.model._meta.verbose_name), set()
    for row in kind.model._base_manager.order_by("pk").iterator(chunk_size=500):
        there.add(str(row.pk))
        name, parts_name = kind.name(row.pk), kind.parts_name(row.pk) if kind.parts else ""
        mark, parts = marked.get(name), marked.get(parts_name)
        if parts is not None and not parts.is_of(parts_name, kind.parts_value(row)):
            yield f"{title} {row.pk}", f"所属的行与审计记录第 {parts.number} 条时的不一致，改动没有记录"
        if mark is not None and not mark.is_of(name, kind.value(row) or "") and not mark.is_of(name, ""):
            yield f"{title} {row.pk}", f"与审计记录第 {mark.number} 条时的不一致，改动没有记录"
    for name, mark in marked.items():
        key = name.split(":")[2]
        if name.startswith(ROW) and key not in there and not mark.is_of(name, GONE) and not mark.is_of(name, ""):
            yield f"{title} {key}", f"审计记录第 {mark.number} 条以后不见了，没有记录"
