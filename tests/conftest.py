"""Fixtures for every test: the database that child processes find, the browser; the school is in tests/people.py."""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import hypothesis
import pytest
from django.db import connection, connections
from pytest_django.plugin import blocking_manager_key

from riskcontrol import kept, landmark
from tests import once, turns

pytest_plugins = ["tests.people", "tests.databases"]
ROWS = once.Rows()

# A busy machine is no failure; and where a run decides whether a change lands, it tries the same examples each time.
hypothesis.settings.register_profile("patient", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("patient")

CHROMIUM = Path("/usr/bin/chromium-headless-shell")
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",  # root can't use the sandbox
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",  # no page leads anywhere else
]


def pytest_addoption(parser):
    """Let the kept pictures be taken anew: of printed pages (tests/riskpoints/documents/album.py), and of the help."""
    parser.addoption(
        "--update-pictures", action="store_true", help="take the kept pictures of printed pages and of the help anew"
    )


def dealt(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """In as many parts as pytest-xdist cuts, the long ones at their heads: none of them is waited for in the end."""
    long = [item for item in items if item.get_closest_marker("long")]
    rest = [item for item in items if not item.get_closest_marker("long")]
    found: list[pytest.Item] = []
    for worker in range(workers):
        found += long[worker::workers]
        size = len(items) * (worker + 1) // workers - len(found)
        found, rest = found + rest[:size], rest[size:]
    return found


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """Leave to the other database what it takes, bring tests together that begin with the same rows, and let each
    worker begin with some of the long ones."""
    left_out = set(turns.left_out(items))
    if left_out:
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [item for item in items if item not in left_out]
    once.sort(items)
    items[:] = dealt(items, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Take back what the test does not begin with, before fixtures that live longer than a test open transactions."""
    with item.config.stash[blocking_manager_key].unblock():
        ROWS.make_room(item)


def pytest_collection_finish():
    """Let the collector pass by what stays to the end anyway: modules, templates' tags, the tests themselves."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(autouse=True)
def _nothing_remembered():
    """Each test has a trail of its own."""
    landmark.path().unlink(missing_ok=True)


@pytest.fixture(scope="session", autouse=True)
def _nothing_kept():
    """Rows are written past the trail here: what waits is read and counted for each page.

    For the whole run: where a fixture of each test changes surroundings, nothing is written once (tests/once.py).
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kept, "IS_ON", False)
        yield


@pytest.fixture(scope="session", autouse=True)
def _never_nice():
    """A command that steps back behind people (build_archive) would slow down all tests that come after it here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "nice", lambda step: step)
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup):
    """Let a child process of a test (manage.py …) open the test database, not the real one."""
    config = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{config['NAME']}"
    else:
        user = f"{quote(config['USER'])}:{quote(config['PASSWORD'])}"
        url = f"postgres://{user}@{config['HOST']}:{config['PORT']}/{quote(config['NAME'])}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", url)
        yield


@pytest.fixture(scope="session")
def rows_of_several(django_db_setup, django_db_blocker) -> Iterator[once.Rows]:
    """Return what is in the database for several tests; at the end it is taken back."""
    yield ROWS
    with django_db_blocker.unblock():
        ROWS.take_back()


@pytest.fixture
def rows_to_begin_with(request, rows_of_several, django_db_blocker) -> None:
    with django_db_blocker.unblock():
        rows_of_several.lay_out(request.node)


@pytest.fixture
def _django_db_helper(rows_to_begin_with, _django_db_helper) -> None:
    """Have the rows that a test begins with there before its own transaction is opened."""


@pytest.fixture(scope="session")
def browser(rows_of_several, django_db_blocker) -> Iterator:
    """Return Debian's Chromium, one for the whole run.

    Playwright keeps an event loop in this thread. As long as it is there Django has another connection, which goes with
    it.
    """
    from playwright.sync_api import sync_playwright

    if not CHROMIUM.exists():
        pytest.fail(f"{CHROMIUM} is missing: ./run test installs it.")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as driver:
        # Django takes the loop for a sign that the caller is async.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        chromium = driver.chromium.launch(executable_path=str(CHROMIUM), args=CHROMIUM_ARGUMENTS)
        yield chromium
        with django_db_blocker.unblock():
            rows_of_several.take_back()
        connections.close_all()
        chromium.close()


@contextmanager
def pages_at(browser, address: str, **usual: Any) -> Iterator[Callable]:
    """Give a function that opens a page in a fresh session, as a person at another computer would.

    Keyword arguments go to Playwright's `new_context`. Relative addresses lead to the site at this address; a request
    to anywhere else is cut off. At the end no page may have raised a script error or broken the content security
    policy.
    """
    contexts, complaints = [], []

    def watch(request):
        if not request.url.startswith((address, "data:", "blob:")):
            complaints.append(f"asked for {request.url}")

    def listen(message):
        # A refused page (403, 429) is logged as a failed load; whether it was right is for the test to say.
        # htmx repeats the browser's complaint in its own words.
        refused = ("Failed to load resource", "Response Status Error Code", "htmx:sendError", "htmx:afterRequest")
        if message.type == "error" and not message.text.startswith(refused):
            complaints.append(message.text)

    def open_page(**options):
        options = {"viewport": {"width": 1366, "height": 768}, "locale": "zh-CN", "base_url": address} | usual | options
        context = browser.new_context(**options)
        contexts.append(context)
        context.set_default_timeout(60_000)  # a busy machine is no failure
        context.on("request", watch)  # not a route, which would do away with the browser's cache
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", listen)
        return page

    try:
        yield open_page
    finally:
        for context in contexts:
            context.close()
    assert complaints == []


@pytest.fixture
def new_page(browser, live_server) -> Iterator:
    """Return a function that opens a page of the live server in a fresh session; see `pages_at`."""
    with pages_at(browser, live_server.url) as open_page:
        yield open_page


@pytest.fixture
def page(new_page):
    """Return one page at 1366x768 in Chinese; see `new_page` for several people at once."""
    return new_page()
