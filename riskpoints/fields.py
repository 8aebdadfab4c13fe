"""Each field of a point, a measure and the head once: who fills it in, where it is compared, since when it is decided.

A decision is about a snapshot of the content, and a snapshot has a format. What belongs to which format is said here
as data: a new field or category names the format that brings it in, and what was decided before keeps its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from riskpoints.enums import Category, SchoolCategory, Scope

# Formats of snapshots. The first has no seal, the second none that says so: versions of both know theirs by the seal.
UNSEALED, SEALED, NUMBERED = 1, 2, 3
# The fourth says what a point and its measures refer to: power and step, regulations.
REFERENCES = 4
# The fifth says which other departments cooperate at a point.
CO_DEPARTMENTS = 5
# The format of what is handed in from now on.
CURRENT = CO_DEPARTMENTS


@dataclass(frozen=True)
class Field:
    """A field of a row, by the name it has in the model; its label there is its caption everywhere.

    `since` is the first snapshot format that holds it, None if none does (its own name stands for it in the snapshot:
    `post_name` for `post`). `is_typed`: a department fills it in. `is_compared`: a difference between two versions
    names it. `is_answer`: a change after a return names it as well. `is_assessment`: it tells how a level came about,
    which only those read who fill in, review, confirm or lead (permissions.sees_assessment); `is_ground`: a difference
    shows it to them only. `is_prose`: long texts, whose words are compared one by one. `title`: of a plain text that
    has no place of its own anywhere; the form, the page, the import, the workbooks and the search take it from here.
    `is_day`: it is a day, written 2026-11-20.
    `is_reference`: it only points to a row of a reference, and is copied and compared by that row's key.
    """

    name: str
    since: int | None = UNSEALED
    is_typed: bool = False
    is_compared: bool = False
    is_answer: bool = False
    is_assessment: bool = False
    is_ground: bool = False
    is_prose: bool = False
    is_reference: bool = False
    title: str = ""
    is_day: bool = False

    @property
    def attribute(self) -> str:
        """Where a row has it without looking the reference up."""
        return f"{self.name}_id" if self.is_reference else self.name


def _typed(name: str, *, is_prose: bool = False, is_scale: bool = False) -> Field:
    return Field(
        name,
        is_typed=True,
        is_compared=True,
        is_answer=True,
        is_prose=is_prose,
        is_assessment=is_scale,
        is_ground=is_scale,
    )


def _missing(name: str, title: str, *, is_day: bool = False) -> Field:
    return Field(name, REFERENCES, is_typed=True, is_compared=True, is_answer=True, title=title, is_day=is_day)


# In the order of the editor.
POINT = (
    Field("category", since=None, is_typed=True, is_compared=True, is_answer=True),  # the row of the form says it
    Field("post", since=None, is_typed=True),
    Field("post_name", is_compared=True, is_answer=True),
    _typed("text", is_prose=True),
    _typed("manifestation", is_prose=True),
    _typed("matter"),
    Field("power_revision", since=None, is_typed=True, is_reference=True),  # it says the three texts
    Field("power_step", since=None, is_typed=True, is_reference=True),
    Field("power_number", since=REFERENCES, is_compared=True, is_answer=True),
    Field("power_name", since=REFERENCES, is_compared=True, is_answer=True),
    Field("step_name", since=REFERENCES, is_compared=True, is_answer=True),
    _typed("is_latent"),
    _typed("likelihood", is_scale=True),
    _typed("harm", is_scale=True),
    Field("functions", is_compared=True, is_ground=True),
    Field("computed_level", is_assessment=True),
    Field("proposed_level", is_typed=True, is_answer=True, is_assessment=True),
    Field("proposed_reason", is_typed=True, is_answer=True, is_assessment=True),
    Field("confirmed_level"),
    Field("confirmed_reason", is_assessment=True),
    _typed("finding_methods"),
    Field("finding_other", is_typed=True),
    _typed("responsible"),
    _typed("is_key_area"),
    # R55: the names of the departments that cooperate, as they were called then, and which they are.
    Field("co_departments", CO_DEPARTMENTS, is_typed=True, is_compared=True, is_answer=True, title="配合部门"),
    Field("co_department_keys", since=None),
    # R21: what a 制度机制 point lacks, who drafts it and by when.
    _missing("missing_regulation", "缺少的制度"),
    _missing("missing_drafter", "由谁拟订"),
    _missing("missing_due", "拟订期限", is_day=True),
    # Where its words were taken from; what is decided is the words.
    Field("library_entry", since=None, is_typed=True, is_reference=True),
)
MEASURE = (
    Field("category", since=None, is_typed=True, is_compared=True, is_answer=True),
    _typed("text", is_prose=True),
    _typed("stage"),
    _typed("responsible"),
    _typed("basis"),
    _typed("timing"),
    # The regulations it rests on, as they were called then; which they are is chosen beside the fields.
    Field("regulation_names", REFERENCES, is_compared=True, is_answer=True),
)
# What a point says of its power, whatever becomes of that.
POWER_TEXTS = ("power_number", "power_name", "step_name")
# What nobody types, and goes where the point goes.
CARRIED = (*POWER_TEXTS, "co_department_keys")
# A version's own row; in the snapshot `owner_name` and `head_name` are called owner and head.
HEAD = (
    Field("owner_name", is_compared=True),
    Field("head_name", is_typed=True, is_compared=True),
    Field("duties", is_typed=True, is_compared=True, is_prose=True),
    Field("date_mode", is_typed=True),
    Field("filled_on", is_typed=True),
)
# The rows of the two forms (R07, R62), each with the first format that has it.
ROWS = {
    Scope.DEPARTMENT: tuple((category.value, UNSEALED) for category in Category),
    Scope.SCHOOL: tuple((category.value, UNSEALED) for category in SchoolCategory),
}


def format_of(snapshot: Mapping[str, Any]) -> int:
    """The format of a snapshot as far as its fields and rows go: those before NUMBERED have the same."""
    return int(snapshot.get("format", SEALED))


def decided(fields: tuple[Field, ...], number: int) -> tuple[str, ...]:
    """The names of what a snapshot of this format holds."""
    return tuple(field.name for field in fields if field.since is not None and field.since <= number)


def assessments(number: int) -> tuple[str, ...]:
    """What of a point in a snapshot of this format tells how its level came about."""
    return tuple(field.name for field in POINT if field.is_assessment and field.name in decided(POINT, number))


def typed(fields: tuple[Field, ...]) -> tuple[str, ...]:
    """The names of what a department fills in."""
    return tuple(field.name for field in fields if field.is_typed)


def copied(fields: tuple[Field, ...]) -> tuple[str, ...]:
    """The attributes that hold what a department fills in, from row to row."""
    return tuple(field.attribute for field in fields if field.is_typed)


def compared(fields: tuple[Field, ...]) -> tuple[str, ...]:
    """The names of what a difference between two versions tells."""
    return tuple(field.name for field in fields if field.is_compared)


def answers(fields: tuple[Field, ...]) -> tuple[str, ...]:
    """The names of what a department changes after a return; the reviewer's levels, and what follows, are none."""
    return tuple(field.name for field in fields if field.is_answer)


def plain(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """The plain texts that have no place of their own."""
    known = _plain.get(id(fields))  # asked for each of 20,000 rows, and a tuple of fields takes long to hash
    if known is None or known[0] is not fields:
        known = _plain[id(fields)] = fields, tuple(field for field in fields if field.title)
    return known[1]


_plain: dict[int, tuple[tuple[Field, ...], tuple[Field, ...]]] = {}


def said(fields: tuple[Field, ...], row: object) -> list[tuple[str, str]]:
    """Title and text of what a row says in them."""
    texts = [(field.title, text_of(field, row)) for field in plain(fields)]
    return [(title, text) for title, text in texts if text]


def text_of(field: Field, row: object) -> str:
    """What a row says in a plain field, a day as it is typed."""
    value = getattr(row, field.name)
    return "" if value is None else str(value)


def rows(scope: str, number: int) -> list[tuple[str, str]]:
    """The rows of a form in a snapshot of this format: value and caption, in order."""
    captions = dict([*Category.choices, *SchoolCategory.choices])
    return [(value, str(captions[value])) for value, since in ROWS[Scope(scope)] if since <= number]
