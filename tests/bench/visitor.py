"""A person at a browser without scripts: logs in, opens pages, fills in forms and sends them."""

import http.client
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

import lxml.html
from django.core.files import File
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

SAVED = 302


class GoneError(Exception):
    """No answer came. `was_sent`: whether the server may have read the request."""

    def __init__(self, *, was_sent: bool) -> None:
        super().__init__("The server is gone.")
        self.was_sent = was_sent


@dataclass(frozen=True)
class Answer:
    """What came back for one request, and when it was asked and answered (seconds of the machine's clock).

    `body` is a page's text, empty for anything else.
    """

    status: int
    location: str
    content: bytes
    body: str
    began: float
    ended: float

    def form(self, action: str) -> dict[str, list[str]] | None:
        """Return the fields of the form that is sent to an address, as they stand on the page; None without it."""
        page = lxml.html.fromstring(self.body) if self.body else None
        form = next((form for form in page.forms if form.get("action") == action), None) if page is not None else None
        if form is None:
            return None
        fields: dict[str, list[str]] = {}
        for name, value in [*form.form_values(), *_beside(page, form.get("id"))]:
            fields.setdefault(name, []).append(value)
        return fields


def _beside(page: lxml.html.HtmlElement, name: str | None) -> Iterator[tuple[str, str]]:
    """Yield the fields that stand elsewhere on the page and name the form they belong to."""
    for element in page.xpath("//*[@form=$name][@name]", name=name or ""):
        is_choice = element.get("type") in ("radio", "checkbox")
        value = element.get("value") if is_choice else getattr(element, "value", None)
        if value is not None and (not is_choice or "checked" in element.attrib):
            yield element.get("name"), value


class Visitor:
    """One browser; its cookies are good at each port, as behind one proxy."""

    def __init__(self, number: str, password: str, port: int) -> None:
        self.number, self.password, self.port = number, password, port
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, fields: dict | None = None, *, port: int | None = None) -> Answer:
        """Send one request on a connection of its own and follow no redirect. GoneError where no answer comes."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if method == "POST":
            sent = {"csrfmiddlewaretoken": self.cookies.get("csrftoken", "")} | (fields or {})
            if any(isinstance(value, File) for value in sent.values()):
                body, headers["Content-Type"] = encode_multipart(BOUNDARY, sent), MULTIPART_CONTENT
            else:
                body, headers["Content-Type"] = urlencode(sent, doseq=True), "application/x-www-form-urlencoded"
        connection, began, was_sent = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=60), 0.0, False
        try:
            connection.connect()
            began, was_sent = time.monotonic(), True
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            text = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise GoneError(was_sent=was_sent) from error
        finally:
            connection.close()
        for header in response.headers.get_all("Set-Cookie", ()):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(header).items()}
        kind = response.headers.get("Content-Type", "")
        words = text.decode() if kind.startswith("text/html") else ""
        return Answer(response.status, response.headers.get("Location", ""), text, words, began, time.monotonic())

    def get(self, path: str, **options) -> Answer:
        return self.ask("GET", path, **options)

    def post(self, path: str, fields: dict | None = None, **options) -> Answer:
        return self.ask("POST", path, fields, **options)

    def log_in(self, **options) -> Answer:
        """Log in through the page."""
        self.get("/login/", **options)
        answer = self.post("/login/", {"username": self.number, "password": self.password}, **options)
        assert answer.status == SAVED, f"{self.number} can't log in: {answer.status}"
        return answer

    @property
    def is_logged_in(self) -> bool:
        return self.get("/account/").status == 200


def saved_row(answer: Answer) -> int:
    """Return the number of the row that a redirect after saving leads to (…#point-17)."""
    return int(urlsplit(answer.location).fragment.rpartition("-")[2])
