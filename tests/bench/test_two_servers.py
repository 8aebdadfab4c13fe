"""Two application servers on one PostgreSQL: sessions, locks, decisions, documents and archives are one."""

import hashlib
import threading
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from tests import scans
from tests.bench import crowd
from tests.bench.server import Server
from tests.bench.visitor import Visitor

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(
        connection.vendor == "sqlite", reason="a SQLite file belongs to one machine, so to one application server"
    ),
]


def at_once(*calls):
    """Let the calls go at one moment; return what each gave."""
    gate, results = threading.Barrier(len(calls), timeout=60), [None] * len(calls)

    def run(place, call):
        gate.wait()
        results[place] = call()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.fixture
def world(site):
    """Return two servers of one installation, its school, and a function that gives somebody who is logged in."""
    site.prepare()
    school = site.call("tests.bench.school", "make", departments=1, writers=4)
    servers = [Server(site, site.folder / f"server{place}.log") for place in range(2)]
    try:
        for server in servers:
            server.launch()
        assert [server.wait() for server in servers] == [True, True]
        first, second = servers

        def enter(number, server):
            visitor = Visitor(number, school["password"], server.port)
            visitor.log_in()
            return visitor

        yield site, school, first, second, enter
    finally:
        for server in servers:
            server.stop()


@pytest.mark.long
def test_two_servers_are_one_site(world):
    site, school, first, second, enter = world
    table = school["tables"][0]
    version, head = table["version"], table["people"][0]

    # A session is good at both, and ended at both.
    visitor = enter(head, first)
    assert visitor.get("/account/", port=second.port).status == 200
    visitor.post("/logout/", port=second.port)
    assert visitor.get("/account/", port=first.port).status == 302

    # People at both servers write in one table.
    outcome = crowd.work(site, [first, second], table, school["password"], saves=3)
    assert outcome.faults == []

    # Two windows of the head submit at once, then two reviewers approve: each act is done once.
    windows = [enter(head, first), enter(head, second)]
    submit = f"/versions/{version}/act/submit/"
    answers = at_once(*[lambda window=window: window.post(submit) for window in windows])
    assert [answer.status for answer in answers] == [302, 302]
    reviewers = [enter(school["reviewer"], first), enter(school["second_reviewer"], second)]
    assess = f"/versions/{version}/assess/"
    reviews = [reviewer.get(f"/versions/{version}/").form(assess) | {"then": ["approve"]} for reviewer in reviewers]
    calls = zip(reviewers, reviews, strict=True)
    answers = at_once(
        *[lambda reviewer=reviewer, fields=fields: reviewer.post(assess, fields) for reviewer, fields in calls]
    )
    assert sorted(answer.status for answer in answers) == [302, 409]
    found = site.call("tests.bench.state", "look")
    assert found["statuses"] == {str(version): "reviewed"}
    winner = school["reviewer"] if answers[0].status == 302 else school["second_reviewer"]
    assert found["decisions"] == [["submit", head], ["approve", winner]]

    # What was kept at the approval is handed out by both, byte for byte.
    for kind in ("pdf", "xlsx"):
        papers = [reviewers[0].get(f"/versions/{version}/print.{kind}", port=server.port) for server in (first, second)]
        assert {hashlib.sha256(paper.content).hexdigest() for paper in papers} == {found["documents"][kind]}

    # Two of the office record the signature at once.
    offices = [enter(school["office"], first), enter(school["second_office"], second)]
    paper = {"signed_on": timezone.localdate().isoformat(), "comment": ""}
    confirm = f"/versions/{version}/act/confirm/"
    scanned = [paper | {"scan": SimpleUploadedFile("scan.pdf", scans.PDF)} for _ in offices]
    answers = at_once(
        *[
            lambda office=office, sent=sent: office.post(confirm, sent)
            for office, sent in zip(offices, scanned, strict=True)
        ]
    )
    assert sorted(answer.status for answer in answers) == [302, 422]
    assert "可能已由他人办理" in answers[answers[0].status == 302].body
    assert [action for action, _ in site.call("tests.bench.state", "look")["decisions"]] == [
        "submit",
        "approve",
        "confirm",
    ]

    # Of two who ask for the year's archive one starts it, and both servers hand it out.
    admins = [enter(school["admin"], server) for server in (first, second)]
    start = f"/archives/{school['year']}/start/"
    at_once(*[lambda admin=admin: admin.post(start) for admin in admins])
    said = [admin.get("/years/").body for admin in admins]
    assert sum("的档案正在生成，请等它完成后再试" in page for page in said) == 1
    archive = finished_archive(site)
    assert archive["state"] == "done", archive["error"]
    for admin in admins:
        content = admin.get(f"/archives/{archive['id']}/download/").content
        assert hashlib.sha256(content).hexdigest() == archive["sha256"]
    assert site.call("tests.bench.state", "look")["chain"] == []


def finished_archive(site):
    """Return the one build that there is, when it is over."""
    for _ in range(120):
        (archive,) = site.call("tests.bench.state", "look")["archives"]
        if archive["state"] in ("done", "failed"):
            return archive
        time.sleep(0.5)
    raise AssertionError(f"The archive is still {archive['state']}.")
