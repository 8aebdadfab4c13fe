"""Every address × every person × GET and POST gives what matrix.py says, and leaves in the database what that means."""

from collections import Counter

import pytest
from django.template.backends.django import Template
from django.urls import reverse

from tests import turns
from tests.access.bodies import body_of
from tests.access.matrix import PEOPLE, ROWS, TRAIL, Row
from tests.access.walk import ADDRESSES, addresses

# How many rows are asked; whoever adds an address raises these.
WALKED = {"GET": 447, "POST": 445}


def test_every_address_is_in_the_matrix_and_nothing_else():
    assert len(addresses()) == len(ADDRESSES), "two addresses have the same name"
    listed = {row.name for row in ROWS}
    assert sorted(set(ADDRESSES) - listed) == [], "add them to tests/access/matrix.py"
    assert sorted(listed - set(ADDRESSES)) == [], "they are gone: take them out of tests/access/matrix.py"
    assert [str(row) for row, count in Counter(map(str, ROWS)).items() if count > 1] == []


def asked_rows(method: str) -> list[Row]:
    """All rows; what is refused or led on before the object is looked at is asked once an address."""
    early, seen, rows = set("LMG"), set(), []
    for row in ROWS:
        is_early = set(row.answers[method].values()) <= early
        if not is_early or row.name not in seen:
            rows.append(row)
        if is_early:
            seen.add(row.name)
    return rows


@pytest.fixture
def blank_pages(monkeypatch):
    """Leave pages unwritten, which takes most of their time: what stands on each for whom is read by test_leaks."""
    written = Template.render

    def render(self, context=None, request=None):
        return written(self, context, request) if request is None else ""  # a document is written all the same

    monkeypatch.setattr(Template, "render", render)


@pytest.mark.long
@pytest.mark.usefixtures("blank_pages")
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_everybody_gets_what_is_written(world, visitors, method):
    """Pages that somebody gets into are opened, and read, by test_leaks."""
    wrong, walked = [], 0
    for number, row in enumerate(asked_rows(method)):
        path = world.path(row)
        for person in [name for place, name in enumerate(PEOPLE) if turns.here(number, place)]:
            walked += 1
            if method == "GET" and row.answers["GET"][person] in "VD" and row.name != TRAIL:
                continue
            body = body_of(row, person, world) if method == "POST" else None
            given, expected = visitors.ask(person, method, path, body), row.answers[method][person]
            if given != expected:
                wrong.append(f"{method} {row}: {person} should get {expected}, got {given}")
    assert not wrong, "\n".join([f"{len(wrong)} differ:", *wrong[:60]])
    assert walked == turns.share(WALKED[method] * len(PEOPLE))


def test_every_address_is_asked_in_both_ways():
    for method in ("GET", "POST"):
        assert {row.name for row in asked_rows(method)} == set(ADDRESSES)
        assert len(asked_rows(method)) == WALKED[method]


def test_where_publication_needs_an_account_strangers_are_sent_to_the_login(world, visitors, settings):
    settings.PUBLIC_PUBLICATION = False
    helping = {"riskpoints:help", "riskpoints:help_page"}  # who reads it may be looking for the way in
    open_anyway = {"login", "login_code", "logout", "healthz", "readyz", "riskpoints:calendar", *helping}
    rows = [row for row in asked_rows("GET") if row.name not in open_anyway]
    assert {visitors.ask("anonymous", "GET", world.path(row)) for row in rows} <= {"L", "M"}
    published = [row for row in rows if row.answers["GET"]["anonymous"] in "VDG"]
    assert len(published) == 9
    assert {visitors.ask("anonymous", "GET", world.path(row)) for row in published} == {"L"}


def test_a_one_time_password_opens_one_door(world, visitors, people):
    visitors.client("admin")
    people.admin.must_change_password = True
    people.admin.save()
    opened = []
    for row in asked_rows("GET"):
        response = visitors.get("admin", world.path(row))
        if response.headers.get("Location") != reverse("password_change"):
            opened.append((row.name, response.status_code))
    assert opened == [("logout", 405), ("password_change", 200)]
