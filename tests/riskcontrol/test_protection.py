"""What protects every page: tokens on every form, headers on every answer, nothing inline, nothing kept by a cache."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from riskpoints.enums import Status
from tests import once
from tests.factories import PASSWORD, bring_to

# What stands in an address for a value of each kind; the objects need not exist.
VALUES = {"int": "1", "slug": "x", "str": "x", "uuid": "00000000-0000-0000-0000-000000000000", "path": "x"}
NO_STORE = "no-store"
ROOT = Path(configured.BASE_DIR, "templates")


def walk(patterns, route=""):
    for pattern in patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield "/" + re.sub(r"<(\w+):\w+>", lambda found: VALUES[found[1]], here)
        else:
            yield from walk(pattern.url_patterns, here)


ADDRESSES = list(walk(get_resolver().url_patterns))


def test_every_address_is_walked():
    assert len(ADDRESSES) > 80
    assert not [address for address in ADDRESSES if "<" in address]


@pytest.mark.django_db
def test_no_form_is_taken_without_its_token(admin, school):
    client, taken = Client(enforce_csrf_checks=True), {}
    client.force_login(admin)
    for address in ADDRESSES:
        answer = client.post(address, {"x": "1"})
        if answer.status_code != 403 or "页面已过期" not in answer.content.decode():
            taken[address] = answer.status_code
    assert taken == {}
    assert Client(enforce_csrf_checks=True).post(reverse("login"), {"username": "x"}).status_code == 403


@pytest.mark.django_db
def test_a_token_from_elsewhere_does_not_help(admin, school):
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin)
    client.get(reverse("own_account"))
    sent = {"csrfmiddlewaretoken": "x" * 64}
    assert client.post(reverse("sessions_end"), sent).status_code == 403
    token = client.cookies["csrftoken"].value
    assert client.post(reverse("sessions_end"), {"csrfmiddlewaretoken": token}).status_code == 302


# ---- headers -------------------------------------------------------------------------------------------------------

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def read(answer):
    """The answer, with what it streams read to the end, so that its file is closed."""
    if answer.streaming:
        b"".join(answer.streaming_content)
    return answer


def lacking(answer) -> list[str]:
    found = [name for name, value in EVERYWHERE.items() if answer.headers.get(name) != value]
    found += [name for name in ("Content-Security-Policy", "Permissions-Policy") if name not in answer.headers]
    return found


def test_every_answer_carries_the_headers_and_is_not_stored(client, admin, school):
    faults, kinds = {}, set()
    for person in (None, admin):
        if person is not None:
            client.force_login(person)
        for address in ADDRESSES:
            answer = read(client.get(address))
            kinds.add(answer.status_code)
            found = lacking(answer)
            if NO_STORE not in answer.headers.get("Cache-Control", ""):
                found.append("may be stored")
            if answer.headers.get("X-Frame-Options") != "DENY":
                found.append("may be framed")
            if found:
                faults[person, address] = found
    assert faults == {}
    assert {200, 302, 403, 404, 405} <= kinds


def test_files_carry_them_too_and_may_be_stored(client):
    answer = read(client.get("/static/css/app.css"))
    assert answer.status_code == 200
    assert lacking(answer) == []
    assert NO_STORE not in answer.headers["Cache-Control"]
    assert "max-age" in answer.headers["Cache-Control"]


def test_the_policy_allows_nothing_but_this_site():
    allowed = {word for words in configured.CONTENT_SECURITY_POLICY["DIRECTIVES"].values() for word in words}
    assert allowed == {"'self'", "'none'"}


def test_the_cookies_are_for_this_site_and_no_script_reads_the_session(client, head, school):
    client.get(reverse("login"))
    client.post(reverse("login"), {"username": head.staff_number, "password": PASSWORD})
    cookie = client.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert client.cookies["csrftoken"]["samesite"] == "Lax"
    assert configured.SESSION_EXPIRE_AT_BROWSER_CLOSE


# ---- nothing inline ------------------------------------------------------------------------------------------------


class Inline(HTMLParser):
    """Collects what a strict policy forbids: scripts and styles in the page, handlers, addresses that carry code."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "style" or (tag == "script" and not given.get("src")):
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            address = (value or "").strip().lower()
            if name == "style" or name.startswith(("on", "hx-on")):
                self.found.append(f"{tag} {name}")
            if name in ("src", "href", "action", "formaction", "xlink:href") and re.match(
                r"(data|javascript|https?|//)", address
            ):
                self.found.append(f"{tag} {name}={address[:40]}")


def inline(page: str) -> list[str]:
    parser = Inline()
    parser.feed(page)
    return parser.found


def test_the_finder_finds():
    bad = (
        '<style>a{}</style><script>1</script><b style="x"></b><b onclick="x"></b><b hx-on:click="x"></b>'
        '<img src="data:x"><a href="javascript:x"></a><a href="https://elsewhere.example/"></a>'
    )
    assert len(inline(bad)) == 8
    assert inline('<script src="/static/js/app.js"></script><a href="/tables/">表</a>') == []


@once.fixture
def tables(submitted_version, other_table, discipline_table, people):
    """Return the addresses of tables that are filled in, reviewed and in force, with a form open in one."""
    versions = [submitted_version, bring_to(Status.DRAFT, other_table, people)]
    versions.append(bring_to(Status.CONFIRMED, discipline_table, people))
    pages = [reverse("riskpoints:version", args=[version.pk]) for version in versions]
    return [*pages, f"{pages[1]}?open=head", f"{pages[1]}?open=new-duty"]


@pytest.mark.shared
@pytest.mark.parametrize("person", ["other_head", "reviewer", "office", "admin"])
def test_no_page_carries_anything_inline(client, people, tables, person):
    client.force_login(getattr(people, person))
    faults, pages = {}, 0
    for address in [*(address for address in ADDRESSES if not address.endswith(".pdf")), *tables]:
        answer = read(client.get(address))
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            pages += bool(answer.content)
            if found := inline(answer.content.decode()):
                faults[address] = found
    assert faults == {}
    assert pages > 50


@pytest.mark.parametrize("path", sorted((ROOT / "riskpoints/print").rglob("*.html")), ids=lambda path: path.name)
def test_the_printed_pages_carry_nothing_inline_either(path):
    assert re.findall(r"\sstyle=|<style|\son\w+=|javascript:|<script", path.read_text()) == []


def test_no_script_of_ours_makes_code_of_text():
    script = Path(configured.BASE_DIR, "static/js/app.js").read_text()
    assert re.findall(r"\beval\(|new Function|insertAdjacentHTML|document\.write|\.outerHTML\s*=", script) == []
