"""Whatever is sent to any address, nothing breaks: no answer of the 500s (a monitor's honest 503 apart)."""

import re
from collections.abc import Iterator
from itertools import cycle
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse
from django.utils.http import urlencode

from tests import turns
from tests.access.asking import content_of, rolled_back
from tests.access.bodies import body_of
from tests.access.matrix import PEOPLE, ROWS, Row
from tests.access.walk import ADDRESSES, Address
from tests.factories import PASSWORD

HUGE = "9" * 5000
NUMBERS = ["0", str(2**31), str(2**63), HUGE]
WORDS = ["-", "x" * 3000]
# What a field may get instead of what it asks for; a list stands for the same name sent several times.
VALUES: list[Any] = [
    "",
    b"\xed\xa0\x80\xff\xfe",
    "-1",
    str(2**31),
    str(2**63),
    HUGE,
    "２０２６",
    "\u202e\ufeff\U0001f600\u0000",
    ["", "\x00", HUGE],
]
# Those that are tried in each field by itself, everything else as it should be: what is text nowhere; and a date out of
# the calendar for a date, a number out of range for everything else.
NULL, LARGE, NO_DAYS = "\x00", str(2**63), ["2026-02-30", "10000-01-01"]
DATE = re.compile(r"\d{4}-\d\d-\d\d")
BIG = "字" * (4 * 1024 * 1024 // 3)
METHODS = ["HEAD", "OPTIONS"]
# What no address has of its own, so that each gets one of them.
OTHER_METHODS = ["PUT", "DELETE", "TRACE", "get", "X" * 500]
JSON = ["null", '{"text": ["a", {"b": null}]}', "[" * 20_000, '"\\ud800"']
FORM = "application/x-www-form-urlencoded"
# Bodies that are no form; what takes forms apart is the same for all addresses, so that each gets one of them.
NO_FORMS = [
    (b"--x", "multipart/form-data"),
    (b"--x\r\n", "multipart/form-data; boundary=x"),
    (b"\xff" * 64, "text/plain; charset=utf-7"),
]


@pytest.fixture
def strike(world, visitors):
    """Return a function that sends one request as a person and says what broke, or nothing."""

    def send(person: str, method: str, path: str, **extra: Any) -> str:
        client = visitors.client(person)
        with rolled_back():
            response = client.generic(method, path, **extra)
            content_of(response)
        if response.status_code < 500 or path.startswith("/readyz"):
            return ""
        error = response.exc_info[1] if getattr(response, "exc_info", None) else ""
        return f"{method} {path[:80]} as {person}: {response.status_code} {error!r}"

    return send


def chosen_rows() -> Iterator[tuple[Address, Row, str]]:
    """For each address the case in which most is done, and a person who gets in there (or whoever comes furthest)."""
    for address in ADDRESSES.values():
        rows = [row for row in ROWS if row.name == address.name]
        row = max(rows, key=lambda row: ["".join(row.answers[m].values()).count("D") > 0 for m in ("POST", "GET")])
        rank = {"D": 3, "V": 2, "G": 1}
        yield address, row, max(PEOPLE, key=lambda name: sum(rank.get(row.answers[m][name], 0) for m in row.answers))
        if address.name == "riskpoints:act":  # one address, several forms
            more = [
                row for row in rows if row.case in ("D-reviewed/return", "D-reviewed/confirm", "S-reviewed/confirm")
            ]
            yield from ((address, row, "principal") for row in more)


CHOSEN = list(chosen_rows())


def pairs(name: str, value: Any) -> list[tuple[bytes, bytes]]:
    values = value if isinstance(value, list) else [value]
    return [(name.encode(), item if isinstance(item, bytes) else str(item).encode()) for item in values]


def encoded(fields: list[tuple[bytes, bytes]]) -> str:
    """Fields as a browser would send them, bytes that are no text included."""
    return "&".join("=".join("".join(f"%{byte:02X}" for byte in part) for part in field) for field in fields)


def with_one(body: dict[str, Any], name: str, value: Any) -> list[tuple[bytes, bytes]]:
    """The body as it should be, but for one field."""
    rest = [pair for key, item in body.items() if key != name for pair in pairs(key, item)]
    return [*rest, *pairs(name, value)]


def sharp_for(right: str) -> list[str]:
    """What a field gets by itself, by what it should be."""
    return here([NULL, *NO_DAYS] if DATE.fullmatch(right) else [NULL, LARGE])


def here(sharp: list[str]) -> list[str]:
    """Those that this database is sent: PostgreSQL what SQLite would take, a NUL, and SQLite the rest."""
    return [value for value in sharp if turns.on("postgresql" if value == NULL else "sqlite")]


def values() -> list[Any]:
    """What all fields are sent at once; of a 32-bit number and a NUL among them only PostgreSQL has anything to say."""
    return VALUES if turns.on("postgresql") else []


def plain(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if isinstance(value, str)} | {
        name: str(value.pk) for name, value in body.items() if hasattr(value, "pk")
    }


def test_every_address_is_struck():
    assert {row.name for _, row, _ in CHOSEN} == set(ADDRESSES)
    nobody_gets_in = [row.name for _, row, person in CHOSEN if not {"V", "D", "G"} & set(letters_of(row, person))]
    # The second step of a login, a calendar under its secret address, and the result of a publication that is running.
    hidden = {"login_code", "code_picture", "riskpoints:calendar", "participation:period_result"}
    assert set(nobody_gets_in) == hidden


def letters_of(row: Row, person: str) -> list[str]:
    return [row.answers[method][person] for method in row.answers]


@pytest.mark.long
def test_odd_values_in_addresses(world, strike):
    broken = []
    for address, row, person in CHOSEN:
        right = {name: world.value(name, row.case) for name in address.values}
        for name, converter in address.values.items():
            for value in NUMBERS if converter.__name__ == "IntConverter" else WORDS:
                path = address.path(right | {name: value})
                broken += [strike(person, method, path) for method in ("GET", "POST")]
    assert not any(broken), "\n".join(filter(None, broken))


def test_odd_methods(world, strike):
    others = cycle(OTHER_METHODS)
    broken = [
        strike(person, method, world.path(row))
        for _, row, person in turns.some(CHOSEN)
        for method in [*METHODS, next(others)]
    ]
    assert not any(broken), "\n".join(filter(None, broken))


@pytest.mark.long
def test_odd_queries(world, visitors, strike, asked):
    broken = []
    for _, row, person in CHOSEN:
        path = world.path(row)
        names = asked(lambda person=person, path=path: visitors.get(person, path))
        queries = ["%ff%fe=%00&=&a[]=1&a[b]=2&" + "x" * 5000] if names else ["%ff%fe=%00"]
        for value in values() if names else []:
            queries.append(encoded([pair for name in names for pair in pairs(name, value)]))
        for name in names:
            queries += [encoded(pairs(name, value)) for value in here([NULL, LARGE, *NO_DAYS])]
        broken += [strike(person, "GET", f"{path}?{query}") for query in queries]
    assert not any(broken), "\n".join(filter(None, broken))


@pytest.mark.long
def test_odd_forms(world, visitors, strike, asked):
    broken, texts = [], cycle(JSON)
    for _, row, person in CHOSEN:
        if set(row.answers["POST"].values()) <= {"L", "M"}:
            continue
        path, body = world.path(row), plain(body_of(row, person, world))
        names = asked(lambda: visitors.ask(person, "POST", path, body_of(row, person, world)))  # noqa: B023
        sendings = [[pair for name in names for pair in pairs(name, value)] for value in (values() if names else [""])]
        sendings += [with_one(body, name, value) for name in names for value in sharp_for(body.get(name, ""))]
        broken += [strike(person, "POST", path, data=encoded(fields), content_type=FORM) for fields in sendings]
        # No address reads JSON; what reads it for all of them gets each of the texts many times.
        broken.append(strike(person, "POST", path, data=next(texts), content_type="application/json"))
    assert not any(broken), "\n".join(filter(None, broken))


@pytest.mark.long
def test_fields_of_four_megabytes(world, strike):
    """As many bytes as a form may have in all: one field after another that a form is sent with."""
    broken = []
    for _, row, person in turns.some(CHOSEN):
        body = plain(body_of(row, person, world))
        for name in body if row.answers["POST"][person] in "DV" else []:
            data = encode_multipart(BOUNDARY, body | {name: BIG})
            broken.append(strike(person, "POST", world.path(row), data=data, content_type=MULTIPART_CONTENT))
    assert not any(broken), "\n".join(filter(None, broken))
    assert len(broken) > turns.share(50)


@pytest.mark.long
def test_odd_uploads(world, visitors, strike):
    broken, bodies = [], cycle(NO_FORMS)
    for _, row, person in turns.some(CHOSEN):
        if set(row.answers["POST"].values()) <= {"L", "M"}:
            continue
        path, (data, content_type) = world.path(row), next(bodies)
        broken.append(strike(person, "POST", path, data=data, content_type=content_type))
        if row.name in ("riskpoints:scan_add", "riskpoints:act", "riskpoints:import"):
            for name in ("../../a\x00b.pdf", "x" * 400 + ".pdf", "扫描\u202e件.pdf"):
                for content in (b"", b"%PDF-", b"\x89PNG\r\n\x1a\n", b"PK\x03\x04" * 1000, b"\x00" * (1 << 20)):
                    upload = {
                        "scan": SimpleUploadedFile(name, content),
                        "workbook": SimpleUploadedFile(name, content),
                        "signer_name": "校长",
                        "signed_on": "2026-13-01",
                    }
                    with rolled_back():
                        response = visitors.client(person).post(path, upload)
                    broken.append(f"{path} {name!r}: {response.status_code}" if response.status_code >= 500 else "")
    assert not any(broken), "\n".join(filter(None, broken))


@pytest.mark.parametrize(
    "target", ["inbox", "1", "/login/", "/login/?next=/login/", "//elsewhere/", "https://elsewhere/"]
)
def test_the_login_leads_nowhere_odd(client, people, target):
    address = f"{reverse('login')}?{urlencode({'next': target})}"
    sent = client.post(address, {"username": people.staff.staff_number, "password": PASSWORD})
    again = client.get(address)
    assert [(answer.status_code, answer.headers.get("Location")) for answer in (sent, again)] == [(302, "/")] * 2


def test_more_than_the_site_takes_is_refused(world, visitors):
    person, path = "clerk", world.path(next(row for row in ROWS if row.name == "riskpoints:head"))
    with rolled_back():
        too_long = visitors.client(person).post(path, {"duties": "字" * (2 * 1024 * 1024)})
        too_many = visitors.client(person).post(path, {f"field{number}": "" for number in range(6000)})
    assert (too_long.status_code, too_many.status_code) == (400, 400)
