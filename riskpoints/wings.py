"""The door through which an app that stands on the register hands in what it adds: the register asks, a wing answers.

The register never names a wing. Each wing hands in one `Wing` in its AppConfig.ready(); what it leaves out is nothing.
One file: who writes a wing reads here, from top to bottom, everything that it can hand in.
"""

import datetime
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.db.models import Q

from departments.models import Department, Post, School, User
from riskcontrol import triggers, verbs
from riskcontrol.models import StoredFile
from riskcontrol.verbs import Fact, Verb
from riskpoints.dues import DueLine, Staff
from riskpoints.enums import Action
from riskpoints.models import Cycle, TableVersion

Row = dict[str, Any]
# Gives the account of a person as the record names one: {"number": …, "name": …}, or None.
Person = Callable[[Row | None], Any]
# Keeps a file of an archive, known by its SHA-256.
FileOf = Callable[[str], StoredFile]
# A page of the register that shows parts of wings: a published table, the table that is to be confirmed, and beside
# the form while it is filled in, reviewed, or only read; what is in force has one more.
Place = Literal["published", "deciding", "filling", "reviewing", "reading", "in_force"]


def person(user: User | None, at: datetime.datetime | None) -> Row | None:
    """A person in a year's record, under the name of that moment: a later renaming changes nothing that was done."""
    return {"number": user.staff_number, "name": user.name_at(at)} if user else None


@dataclass(frozen=True)
class MenuEntry:
    """Where a person can go, and how much waits there; `is_beside`: on the second line of the menu, for what the
    register stands on or what is done beside it."""

    label: str
    address: str
    count: int = 0
    is_beside: bool = False


@dataclass(frozen=True)
class OtherTask:
    """Something that waits for a person and is no table."""

    verb: str
    title: str
    since: datetime.datetime
    address: str
    note: str = ""


@dataclass(frozen=True)
class Panel:
    """One part of a page: its template, which finds `shown` in its context as `panel.shown`."""

    template: str
    shown: Any


@dataclass(frozen=True)
class PublicLink:
    """What everybody can do on the public pages; `hint` says how, beside the button, under its `title`."""

    label: str
    address: str
    title: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Mark:
    """A short word beside a table, or beside one of its points (by identity), wherever the register shows it."""

    words: str
    point: uuid.UUID | None = None


@dataclass(frozen=True)
class Beginning:
    """Another way to begin a risk point, beside 添加风险点."""

    label: str
    address: str


@dataclass(frozen=True)
class Suggestion:
    """A point that an empty category can be begun from: its words, where they are from, and where the form of a new
    point stands open, filled in with it."""

    text: str
    where: str
    address: str


@dataclass(frozen=True)
class FirstMeasure:
    """A measure that stands in the form of a new point."""

    text: str
    stage: str = ""
    timing: str = ""


@dataclass(frozen=True)
class Preset:
    """What the form of a new point begins with, by its fields; `note` says above it where that comes from.

    Nothing of it is saved before the form is.
    """

    values: Mapping[str, Any]
    measures: Sequence[FirstMeasure] = ()
    note: str = ""


@dataclass(frozen=True)
class PointFilter:
    """One more question of the register's filter: what can be chosen, and which points each choice means."""

    key: str
    label: str
    choices: Sequence[tuple[str, str]]
    points: Callable[[str], Q]


@dataclass(frozen=True)
class Figure:
    """One number of a year, with its unit."""

    label: str
    value: str


@dataclass(frozen=True)
class Words:
    """What a wing writes into the audit trail: see riskcontrol.verbs.register()."""

    verbs: type[Verb]
    former: Mapping[str, Verb] = field(default_factory=dict)
    reading: Sequence[Verb] = ()
    facts: Sequence[Fact] = ()


@dataclass(frozen=True)
class SampleSchool:
    """The sample school as it was just loaded: its year, its departments and its people by their keys."""

    cycle: Cycle
    departments: Mapping[str, Department]
    people: Mapping[str, User]


@dataclass(frozen=True)
class PartPaper:
    """A PDF of a part: its file's name, title and day, the values that decide what stands on it, how it is printed.

    With a `department` it lies in the folder of that department, if it has a table in the year; else in the school's.
    """

    name: str
    title: str
    day: datetime.date
    values: Any
    make: Callable[[], bytes]
    department: int | None = None


@dataclass(frozen=True)
class PartFile:
    """A file that was handed in and belongs to a part: its name in the archive, its ending (pdf), its bytes."""

    name: str
    suffix: str
    sha256: str


def _no_departments(rows: list[Row]) -> frozenset[int]:
    return frozenset()


def _all_rows(rows: list[Row], versions: frozenset[str]) -> list[Row]:
    return rows


def _no_lines(rows: list[Row]) -> list[Sequence[str]]:
    return []


def _write_nothing(cycle: Cycle, rows: list[Row], account: Person, file_of: FileOf) -> None:
    return None


def _of_no_points(rows: list[Row]) -> Mapping[tuple[int, uuid.UUID], Mapping[str, Any]]:
    return {}


def _cites_nothing(rows: list[Row], day: datetime.date | None) -> Sequence[str]:
    return ()


def _nothing(*asked: Any) -> tuple[()]:
    return ()


@dataclass(frozen=True)
class YearPart:
    """Rows of one kind in a year's record and archive, and the way back.

    Each is plain values; `shown` leaves out what is not about the versions that an archive shows, nothing by itself.
    `lines` are the same for a reader: cells under `headings` in a file of this `title`, unless there are no headings;
    `papers` are printed from them, for the school as it was named then. `restore` writes the rows into an installation
    that holds the year's versions already (of a `is_reference` part before them: points and measures point to its
    rows), and the `departments` that the rows name; rows that follow from others are not written. `files` are those
    that were handed in, which `restore` finds by their SHA-256. `points` gives what of a point is no part of what was
    decided, by its version's key and its identity: it is written with the point, which nobody changes afterwards.
    `cited` are the documents that the year rests on, as its papers cite them on a day (None: at its end).
    """

    name: str
    title: str
    headings: Sequence[str]
    facts: Callable[[Cycle], list[Row]]
    shown: Callable[[list[Row], frozenset[str]], list[Row]] = _all_rows
    lines: Callable[[list[Row]], list[Sequence[str]]] = _no_lines
    restore: Callable[[Cycle, list[Row], Person, FileOf], None] = _write_nothing
    departments: Callable[[list[Row]], frozenset[int]] = _no_departments
    papers: Callable[[list[Row], School], Sequence[PartPaper]] = _nothing
    files: Callable[[list[Row]], Sequence[PartFile]] = _nothing
    points: Callable[[list[Row]], Mapping[tuple[int, uuid.UUID], Mapping[str, Any]]] = _of_no_points
    is_reference: bool = False
    cited: Callable[[list[Row], datetime.date | None], Sequence[str]] = _cites_nothing


@dataclass(frozen=True)
class Wing:
    """What one app adds to the register.

    `name` is its app's label, `title` what people call it. `dues` are its `tasks` as lines of the whole school, in a
    number of queries that doesn't grow with them, and besides what has its day later on. `demands` say in Chinese why
    an act has to wait, or nothing, under the lock of the version; `follows` are done in the act's transaction, once it
    is decided; a year is not closed while there are `open_matters`, each told in Chinese. `public_links` are
    asked with a published table, or with None for the list of all. `marks` are asked for versions that the person may
    see, and answer by their keys. `beginnings` are asked for a row of a draft's form (its category), and for a post
    that has no point (without a category); one leads to `?open=new-CATEGORY&from=NAME-KEY` of the form, and
    `preset` says what KEY fills in. `guides` are what a department asks itself in a category. `help` gives the template
    of a section by the page of the help (desk/help.py) that it belongs to. `counts` are what the assessment of a year
    reckons with: under a name, by the key of a department, how many were done and of how many.
    """

    name: str
    title: str
    words: Words | None = None
    urls: str = ""
    menu: Callable[[Any], Sequence[MenuEntry]] = _nothing
    tasks: Callable[[Any], Sequence[OtherTask]] = _nothing
    dues: Callable[[Staff], Sequence[DueLine]] = _nothing
    demands: Mapping[Action, Callable[[TableVersion], str]] = field(default_factory=dict)
    follows: Mapping[Action, Callable[[TableVersion, Any], None]] = field(default_factory=dict)
    opened: Callable[[Cycle, Any], Any] = _nothing
    open_matters: Callable[[Cycle], Sequence[str]] = _nothing
    panels: Mapping[Place, Callable[[Any, TableVersion], Panel | None]] = field(default_factory=dict)
    public_links: Callable[[TableVersion | None], Sequence[PublicLink]] = _nothing
    marks: Callable[[Any, Sequence[TableVersion]], Mapping[int, Sequence[Mark]]] = field(default=lambda *asked: {})
    beginnings: Callable[[Any, TableVersion, str, Post | None], Sequence[Beginning]] = _nothing
    preset: Callable[[TableVersion, str, str], Preset | None] = field(default=lambda *asked: None)
    suggestions: Callable[[Any, TableVersion, Sequence[str]], Mapping[str, Sequence[Suggestion]]] = field(
        default=lambda *asked: {}
    )
    guides: Callable[[str], Sequence[str]] = _nothing
    help: Mapping[str, str] = field(default_factory=dict)
    filters: Callable[[Any], Sequence[PointFilter]] = _nothing
    freeze: Sequence[triggers.FreezeRule] = ()
    parts: Sequence[YearPart] = ()
    figures: Callable[[Any, Cycle], Sequence[Figure]] = _nothing
    counts: Callable[[Cycle], Mapping[str, Mapping[int, tuple[int, int]]]] = field(default=lambda cycle: {})
    sample: Callable[[SampleSchool], None] = field(default=lambda school: None)


_wings: dict[str, Wing] = {}


def add(wing: Wing) -> None:
    """Hand in a wing; called in AppConfig.ready(). A second one of the same name is an error."""
    if wing.name in _wings:
        raise ValueError(f"Two wings are called {wing.name}.")
    _wings[wing.name] = wing
    if wing.words is not None:
        words = wing.words
        verbs.register(words.verbs, former=words.former, reading=words.reading, facts=words.facts)
    for rule in wing.freeze:
        triggers.register(rule)


def all_wings() -> list[Wing]:
    """All wings, in the order in which they were handed in."""
    return list(_wings.values())


def menu(user: Any) -> list[MenuEntry]:
    """What the wings add to this person's menu."""
    return [entry for wing in all_wings() for entry in wing.menu(user)]


def tasks(user: Any) -> list[OtherTask]:
    """What waits for this person in the wings."""
    return [task for wing in all_wings() for task in wing.tasks(user)]


def dues(staff: Staff) -> list[DueLine]:
    """What waits in the wings, whomever for."""
    return [line for wing in all_wings() for line in wing.dues(staff)]


def unmet(action: Action, version: TableVersion) -> str:
    """Why the act has to wait besides the register's own rules; empty where nothing is in its way."""
    return "".join(wing.demands[action](version) for wing in all_wings() if action in wing.demands)


def follow(action: Action, version: TableVersion, actor: Any) -> None:
    """Do what follows the act, in its transaction."""
    for wing in all_wings():
        if action in wing.follows:
            wing.follows[action](version, actor)


def follow_opening(cycle: Cycle, actor: Any) -> None:
    """Do what belongs to a year that was just opened, in the same transaction."""
    for wing in all_wings():
        wing.opened(cycle, actor)


def open_matters(cycle: Cycle) -> list[str]:
    """Why a year can't be closed yet, besides its tables on their way."""
    return [matter for wing in all_wings() for matter in wing.open_matters(cycle)]


def panels(place: Place, user: Any, version: TableVersion) -> list[Panel]:
    """What is to be shown to this person on this page of a version."""
    found = (wing.panels[place](user, version) for wing in all_wings() if place in wing.panels)
    return [panel for panel in found if panel is not None]


def public_links(version: TableVersion | None = None) -> list[PublicLink]:
    """What everybody can do with a published table, or beside the list of all."""
    return [link for wing in all_wings() for link in wing.public_links(version)]


def marks(user: Any, versions: Iterable[TableVersion]) -> dict[int, list[Mark]]:
    """The marks on versions that this person may see, and on their points, by the version's key."""
    asked, found = list(versions), dict[int, list[Mark]]()
    for wing in all_wings():
        for key, own in wing.marks(user, asked).items():
            found.setdefault(key, []).extend(own)
    return found


def beginnings(user: Any, version: TableVersion, category: str, post: Post | None = None) -> list[Beginning]:
    """Other ways to begin a point in this row of a draft, or for this post."""
    return [one for wing in all_wings() for one in wing.beginnings(user, version, category, post)]


def suggestions(user: Any, version: TableVersion, categories: Sequence[str]) -> dict[str, list[Suggestion]]:
    """What the wings offer for empty categories of a draft, as many queries for one as for all."""
    found: dict[str, list[Suggestion]] = {}
    for wing in all_wings():
        for category, offered in wing.suggestions(user, version, categories).items():
            found.setdefault(category, []).extend(offered)
    return found


def preset(version: TableVersion, category: str, source: str) -> Preset | None:
    """What `from=` fills into the form of a new point: the wing's name, and a key that the wing knows."""
    name, _, key = source.partition("-")
    wing = _wings.get(name)
    return wing.preset(version, category, key) if wing is not None and key else None


def guides(category: str) -> list[str]:
    """What a department asks itself in a category."""
    return [text for wing in all_wings() for text in wing.guides(category)]


def help_sections(page: str) -> list[str]:
    """The templates of what the wings tell on a page of the help."""
    return [wing.help[page] for wing in all_wings() if page in wing.help]


def filters(user: Any) -> dict[str, PointFilter]:
    """The further questions of the register's filter, by their names in its address."""
    return {f"{wing.name}_{one.key}": one for wing in all_wings() for one in wing.filters(user)}


def figures(user: Any, cycle: Cycle) -> list[tuple[str, Sequence[Figure]]]:
    """The figures of a year under the title of their wing, without wings that have none."""
    found = [(wing.title, wing.figures(user, cycle)) for wing in all_wings()]
    return [(title, own) for title, own in found if own]


def counts(cycle: Cycle) -> dict[str, Mapping[int, tuple[int, int]]]:
    """What the wings count of the departments in a year: (done, of) by name and by the key of the department."""
    return {name: said for wing in all_wings() for name, said in wing.counts(cycle).items()}


def fill_sample(school: SampleSchool) -> None:
    """Write the wings' rows of the sample school."""
    for wing in all_wings():
        wing.sample(school)


def parts() -> list[YearPart]:
    """What belongs to a year besides its tables, kind by kind."""
    return [part for wing in all_wings() for part in wing.parts]


def facts(cycle: Cycle) -> dict[str, list[Row]]:
    """The rows by kind, without kinds of which there are none: the record of such a year stays what it was."""
    found = {part.name: part.facts(cycle) for part in parts()}
    return {name: rows for name, rows in found.items() if rows}


def basis(cycle: Cycle, day: datetime.date) -> list[str]:
    """The documents that a year rests on, as its papers cite them on a day (R02)."""
    asked = [part for part in parts() if part.cited is not _cites_nothing]
    return [words for part in asked for words in part.cited(part.facts(cycle), day)]


def told_basis(told: dict[str, list[Row]]) -> list[str]:
    """The same at the year's end, from a package's rows."""
    return [words for part in parts() for words in part.cited(told.get(part.name, []), None)]


def departments(told: dict[str, list[Row]]) -> set[int]:
    """The keys of the departments that the rows name, which have no table in the year perhaps."""
    return {key for part in parts() for key in part.departments(told.get(part.name, []))}


def shown(told: dict[str, list[Row]], versions: frozenset[str]) -> dict[str, list[Row]]:
    """What an archive shows of the rows."""
    found = {part.name: part.shown(told.get(part.name, []), versions) for part in parts()}
    return {name: rows for name, rows in found.items() if rows}


def of_points(told: dict[str, list[Row]]) -> dict[tuple[int, uuid.UUID], dict[str, Any]]:
    """What the parts of a package know of its points besides what was decided."""
    found: dict[tuple[int, uuid.UUID], dict[str, Any]] = {}
    for part in parts():
        for key, values in part.points(told.get(part.name, [])).items():
            found.setdefault(key, {}).update(values)
    return found


def restore(
    cycle: Cycle, told: dict[str, list[Row]], person: Person, file_of: FileOf, *, references: bool = False
) -> None:
    """Write what a package tells of the rows, with their files; older packages tell nothing."""
    for part in parts():
        if part.is_reference == references:
            part.restore(cycle, told.get(part.name, []), person, file_of)
