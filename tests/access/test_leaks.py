"""Nobody reads a word, or counts a row, of what is not theirs: every GET address × every person, with marked words."""

import io
import re
import zipfile

import pytest

from riskpoints.archives import jobs, verifier
from riskpoints.content.content import content_code, load, sealed
from riskpoints.enums import Action
from riskpoints.permissions import RegisterAction
from riskpoints.tables import starting
from tests import roles, turns
from tests.access import oversight
from tests.access.asking import content_of
from tests.access.matrix import PEOPLE, ROWS, TRAIL, Row
from tests.access.oversight import SECRET
from tests.access.reading import text_of, words_in
from tests.access.world import MARK
from tests.factories import fill

MARKED = re.compile(MARK + r"([a-z_]+)-([PCAR])-(?=(\w{2}))")
OF_VERSIONS = [row for row in ROWS if row.name == "riskpoints:version" and row.case.startswith("D-")]
LOOKED_AT = {row.case[2:]: row.answers["GET"] for row in OF_VERSIONS}
PUBLISHED = "in_force"
# The decisions, the trail and the facts of the year, which an archive holds whole.
RECORDS = tuple(name.partition(".")[0] for name in (verifier.DECISIONS, verifier.METADATA, verifier.AUDIT))
PROPOSED = re.compile("(部门)?建议[一二三]级")
ASSESSING = {name for name, tables in roles.ON_TABLES[None][RegisterAction.VIEW_ASSESSMENT].items() if "D" in tables}
REVIEWING = {name for name, tables in roles.ON_TABLES[None][Action.ASSESS].items() if "D" in tables}
ASSESSING |= {"second_reviewer"}
# Who may read of a matter about somebody of 总务处: who handles it, who approves it, and whom it is about.
INVOLVED = {"reviewer", "second_reviewer", "discipline_head", "deputy", "principal", "staff"}
NUMBER = re.compile(r"\d{4}-个处?-\d")
QUERIES = (
    "",
    f"?q={MARK}",
    f"?year=all&standing=all&q={MARK}",
    f"?year=all&standing=draft&sort=level&dir=desc&person={MARK}&target={MARK}&role=head&page=2",
)


def may_read(person: str, key: str, kind: str) -> bool:
    """Who may read these marked words: see marked()."""
    opens = LOOKED_AT[key][person] == "V"
    if kind == "P":
        return opens or key == PUBLISHED
    if kind == "C":
        return opens
    if kind == "R" and key == "submitted":
        return person in REVIEWING
    return opens and person in ASSESSING


def opened(world, person: str, listening: set[str]) -> list[tuple[Row | None, str]]:
    """(row, address) of what the person gets into: lists with searches, tables with comparisons and open forms.

    `listening` are the addresses that read their query at all.
    """
    found = []
    for row in ROWS:
        if row.answers["GET"][person] not in "VD":
            continue
        queries: tuple[str, ...] = ("",)
        if is_printed(row):
            queries = QUERIES[2:3]
        elif row.case.startswith("-"):
            queries = QUERIES if row.name in listening else QUERIES[:1]
        elif row.name == "riskpoints:history":
            queries = ("", *compared(world, row.case))
        elif row.name == "riskpoints:version":
            queries = ("", f"?open=point-{world.versions[row.case].points.first().pk}")
        found += [(row, world.path(row) + query) for query in queries]
    if person not in ("anonymous", "disabled"):
        code = world.path(row_named("riskpoints:code"))
        versions = [version for name, version in world.versions.items() if name.startswith("D-")]
        hashes = [sealed(load(version))[1] for version in versions]
        found += [(None, f"{code}?code={content_code(content_hash)}") for content_hash in hashes]
    return list({address: (row, address) for row, address in found}.values())


def compared(world, case: str) -> list[str]:
    """Queries for comparisons: the table's versions in turn, its own with another table's, and two of another table."""
    versions = [version for name, version in world.versions.items() if name.startswith("D-")]
    pairs = list(zip(versions, versions[1:] + versions[:1], strict=True))
    table = world.tables[case].pk
    own = [pair for pair in pairs if table in (pair[0].table_id, pair[1].table_id)]
    foreign = [pair for pair in pairs if pair not in own]
    return [f"?from={old.pk}&to={new.pk}" for old, new in [*own, *foreign[:1]]]


def listening_lists(world, visitors, asked) -> set[str]:
    """The lists whose page depends on the query, asked by somebody who gets in."""
    found = set()
    for row in ROWS:
        people = [person for person in PEOPLE if row.answers["GET"][person] == "V"]
        if row.case.startswith("-") and people and not is_printed(row):
            path = world.path(row)
            if asked(lambda path=path, person=people[-1]: visitors.get(person, path)):
                found.add(row.name)
    return found


def of_persons(response, person: str, is_trail: bool) -> set[str]:
    """What the answer says of a matter about a person to somebody who has nothing to do with it (T22): the trail gives
    its number, and no more."""
    text = text_of(response)
    said = {SECRET} if SECRET in text and (person not in INVOLVED or is_trail) else set()
    return said | (set() if person in INVOLVED or is_trail else set(NUMBER.findall(text)))


def marks_in(response) -> set[tuple[str, str, str]]:
    return marks_of(text_of(response))


def marks_of(text: str) -> set[tuple[str, str, str]]:
    """(key, kind, place) of the marked words; where two texts are shown as one with what differs, those of both."""
    found = MARKED.findall(text)
    return {(key, kind, place) for run, kind, place in found for key in ([run] if run in LOOKED_AT else parts_of(run))}


def parts_of(run: str) -> list[str]:
    parts = [key for key in LOOKED_AT if key in run]
    assert parts, f"“{run}” is no table of the world"
    return parts


def is_printed(row) -> bool:
    """Whether the answer is a PDF of a list, which takes as long as fifty pages."""
    return row.case == "-/pdf" or row.name in ("riskpoints:blank", "riskpoints:group_pdf")


def row_named(name: str):
    return next(row for row in ROWS if row.name == name)


@pytest.mark.long
@pytest.mark.parametrize("part", [0, 1])
def test_nobody_reads_what_is_not_theirs(world, visitors, asked, part):
    """Whoever gets in somewhere gets what the matrix says: it leaves these cells to this walk."""
    leaks, blind, wrong, listening = set(), [], [], listening_lists(world, visitors, asked)
    assert {"riskpoints:register", "departments:accounts"} <= listening
    for person in turns.some(PEOPLE)[part::2]:
        read = set()
        for row, address in opened(world, person, listening):
            is_trail = row is not None and row.name == TRAIL
            response, given = visitors.look(person, address)
            leaks |= {f"{person} reads {word} at {address}" for word in of_persons(response, person, is_trail)}
            if is_trail:
                continue
            if row is not None and given != row.answers["GET"][person]:
                wrong.append(f"{person} should get {row.answers['GET'][person]} at {address}, got {given}")
            for key, kind, place in marks_in(response):
                read.add((key, kind))
                if not may_read(person, key, kind):
                    leaks.add(f"{person} reads {key}-{kind}-{place} at {address}")
        # The test can see: whoever may open a table finds its words, and everybody what is published.
        expected = {(key, "C") for key in LOOKED_AT if may_read(person, key, "C")} | {(PUBLISHED, "P")}
        blind += [(person, missing) for missing in expected - read]
    assert not leaks, "\n".join(sorted(leaks)[:60])
    assert not wrong, "\n".join(wrong[:60])
    assert blind == []


def test_a_search_finds_nothing_that_is_not_theirs(world, visitors):
    """What is not shown is not counted either: the words of a table that somebody may not open find no row."""
    register = row_named("riskpoints:register")
    found, expected = {}, {}
    for person, key in turns.cells([name for name in PEOPLE if register.answers["GET"][name] == "V"], LOOKED_AT):
        query = f"?year=all&standing=all&q={MARK}{key}-"
        found[person, key] = visitors.get(person, world.path(register) + query).context["page"].paginator.count > 0
        # A given-up revision is in no register.
        expected[person, key] = key != "discarded" and may_read(person, key, "C")
    assert found == expected


def test_who_sees_no_assessment_learns_no_proposed_level(world, visitors):
    """The reviewer confirmed 一级 where the department proposed 三级: only those who assess learn of it (issue 4)."""
    tables = [row for row in ROWS if row.name in ("riskpoints:version", "riskpoints:print", "riskpoints:history")]
    registers = [row for row in ROWS if row.name in ("riskpoints:register", "riskpoints:register_export")]
    queries = ["", "?year=all&standing=all", "?year=all&standing=all&sort=level&level=3"]
    addresses = [world.path(row) for row in tables if row.case.startswith(("D-in_force", "D-revised"))]
    addresses += [world.path(row) + query for row in registers for query in queries]
    telling = {}
    for person in ("staff", "admin", "deputy", "reviewer"):
        texts = [text_of(visitors.get(person, address)) for address in addresses]
        telling[person] = any("三级" in text and PROPOSED.search(text) for text in texts)
    assert telling == {"staff": False, "admin": False, "deputy": False, "reviewer": True}


@pytest.mark.long
def test_a_draft_changes_nothing_for_anybody_else(world, visitors, people):
    """Every page that is about the whole is the same, letter by letter, before and after 总务处 writes a draft."""
    others = turns.some(name for name in PEOPLE if name not in ("clerk", "head"))
    for person in others:
        visitors.client(person)  # logged in: the list of accounts says when that was
    before = {person: pages_of_the_whole(world, visitors, person) for person in others}
    version = starting.start_table(world.tables["D-empty"], actor=people.head)
    fill(version, actor=people.clerk)
    after = {person: pages_of_the_whole(world, visitors, person) for person in others}
    changed = {
        (person, address)
        for person, pages in before.items()
        for address, text in pages.items()
        if after[person][address] != text
    }
    # Neither does a matter about a person, for whoever has nothing to do with it (T22).
    oversight.add_matter_of_person(world)
    outside = [person for person in others if person not in INVOLVED]
    later = {person: pages_of_the_whole(world, visitors, person) for person in outside}
    assert {person: after[person] for person in outside} == later
    # The office is told whether a year can still be withdrawn: not once somebody began.
    assert changed - {("office", "/years/")} == set()
    assert sum(len(pages) for pages in before.values()) > turns.share(250)


def pages_of_the_whole(world, visitors, person: str) -> dict[str, str]:
    """{address: text} of what this person gets into that is about no single version."""
    told = {TRAIL, "code_setup", "readyz"}  # the trail is of everything that is done; a new key, a new measurement
    if row_named("riskpoints:progress").answers["GET"][person] == "V":
        # That a table is begun, and no more (issue 2).
        told |= {"riskpoints:progress", "riskpoints:year_close", "riskpoints:charge", "campaign:board"}
    if person == "auditor":
        told |= {"riskpoints:inbox"}  # the trail's entries of the week, counted by kinds
    rows = [row for row in ROWS if row.answers["GET"][person] in "VDG" and row.name not in told and not is_printed(row)]
    addresses = {world.path(row) for row in rows if row.case[0] not in "DOSL" or row.case == "D-empty"}
    return {address: text_of(visitors.get(person, address)) for address in sorted(addresses)}


def test_the_archive_holds_what_is_in_force(world, visitors):
    """In its tables and lists the admin, who makes it, finds the tables in force only, and without the assessment."""
    world.others["archive_id"] = jobs.run(jobs.open_build(world.cycles["in_force"].year))
    content = content_of(visitors.get("admin", world.path(row_named("riskpoints:archive_download"))))
    read = {}
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for name in package.namelist():
            if not name.startswith(RECORDS):
                read[name] = {(key, kind) for key, kind, _ in marks_of("".join(words_in(package.read(name)).split()))}
    found = set().union(*read.values())
    assert found >= {("in_force", "P"), ("in_force", "C")}
    assert found <= {("in_force", "P"), ("in_force", "C")}
    assert sum(bool(marks) for marks in read.values()) >= 4  # 附件4 and 登记汇总表, each as PDF and .xlsx
