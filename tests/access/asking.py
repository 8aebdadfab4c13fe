"""One request as one person, and what came of it as a letter of the matrix; the database is put back afterwards."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.shortcuts import resolve_url
from django.test import Client
from django.test.client import ClientHandler

from riskcontrol.models import AuditEntry
from riskcontrol.verbs import SystemVerb
from tests.access.world import World

REFUSED = SystemVerb.REFUSED
# What a failed try leaves behind; nothing was done.
FAILED = frozenset({SystemVerb.LOGIN_FAILED})
WRITING = re.compile(r'\s*(?:INSERT(?: OR IGNORE)? INTO|UPDATE|DELETE FROM) "(\w+)"', re.I)
ENTRIES = "riskcontrol_auditentry"
TRAIL = frozenset({ENTRIES, "riskcontrol_audithead"})
SESSIONS = frozenset({"departments_loginsession"})
# Counts of the day: what strangers did, failed logins, files that were sent.
COUNTS = frozenset({"riskcontrol_daycount", "riskcontrol_failedlogin", "riskcontrol_loginturn"})
# /readyz puts a row into one of these and takes it out again with its transaction.
SCRATCH = frozenset({"django_session", "django_migrations"})
LET_IN = frozenset({200, 302, 303, 409, 422})
REFUSALS = {403: "F", 404: "N", 405: "M"}


class Visitors:
    """A browser for each person, logged in once; every request begins from the same cookies."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._cookies: dict[str, str] = {}
        self._last_entry = last_entry()  # as nothing that a visit leaves stays, only a login adds one
        self._site = ClientHandler(enforce_csrf_checks=False)  # one for all, as its middleware takes a while to load

    def client(self, person: str) -> Client:
        client = Client(raise_request_exception=False)
        client.handler = self._site
        if person not in self._cookies:
            user = self.world.user(person)
            if user.pk:
                client.force_login(user)
                self._last_entry = last_entry()
            self._cookies[person] = client.cookies.output(header="", sep=";")
        client.cookies = SimpleCookie(self._cookies[person])
        return client

    def get(self, person: str, address: str) -> Any:
        """The answer to a person who opens an address; what the visit leaves is taken back."""
        client = self.client(person)
        with rolled_back():
            response = client.get(address)
            if response.streaming:
                response.kept_content = content_of(response)
        return response

    def ask(self, person: str, method: str, address: str, body: Any = None) -> str:
        """The letter of the answer; with a note where the database does not bear it out."""
        return self.look(person, address, method=method, body=body)[1]

    def look(self, person: str, address: str, *, method: str = "GET", body: Any = None) -> tuple[Any, str]:
        """The answer and its letter; what the visit leaves is taken back."""
        user = self.world.user(person)
        client = self.client(person)
        with rolled_back(), spied() as tables:
            response = client.get(address) if method == "GET" else client.post(address, body or {})
            if response.streaming:
                response.kept_content = content_of(response)
            left = list(AuditEntry.objects.filter(number__gt=self._last_entry)) if ENTRIES in tables else []
            return response, letter(response, set(tables), left, user)


def last_entry() -> int:
    """The number of the last entry in the audit trail."""
    return AuditEntry.objects.order_by("-number").values_list("number", flat=True).first() or 0


def letter(response: Any, tables: set[str], left: list[AuditEntry], user: Any) -> str:
    """What the answer and its traces in the database mean together."""
    changed = tables - SESSIONS - SCRATCH - TRAIL - COUNTS
    done = [entry for entry in left if entry.action not in FAILED]
    status = response.status_code
    if status == 403:
        if [(e.action, e.succeeded, e.actor_number) for e in left] != [(REFUSED, False, user.staff_number)]:
            return f"F, but the trail says {[str(entry.action) for entry in left]}"
        return f"F, but wrote {sorted(changed)}" if changed else "F"
    if status in REFUSALS or is_login(response):
        found = REFUSALS.get(status, "L")
        return f"{found}, but wrote {sorted(changed | {str(e.action) for e in left})}" if changed or left else found
    if status not in LET_IN:
        return str(status)
    if changed and not done:
        return f"V, but changed {sorted(changed)} without an entry in the audit trail"
    if done:
        return "D"
    is_led_on = status in (302, 303) and not left and response.wsgi_request.method == "GET"
    return "G" if is_led_on else "V"


def is_login(response: Any) -> bool:
    """Whether the answer is “log in first”."""
    address = response.headers.get("Location", "")
    return response.status_code == 302 and address.partition("?")[0] == resolve_url(settings.LOGIN_URL)


def content_of(response: Any) -> bytes:
    """All of the answer's bytes; the test client closes an open file once it is read."""
    if hasattr(response, "kept_content"):
        return response.kept_content
    return b"".join(response.streaming_content) if response.streaming else response.content


@contextmanager
def rolled_back() -> Iterator[None]:
    """Whatever is written inside is taken back."""
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)


@contextmanager
def spied() -> Iterator[list[str]]:
    """The tables that are written to inside, in order."""
    tables: list[str] = []

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found = WRITING.match(sql)
        if found:
            tables.append(found[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        yield tables
