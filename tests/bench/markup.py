"""Pages as a walker sees them: links to follow, forms to fill in with what they ask for or with something odd."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from random import Random
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

TEXTS = ["改过的文字", "三人以上询价，当场签字", "无", "2026-11-20", "1", "校长", "1001", "采购员", "on"]
ODD: list[Any] = [
    "", " ", "\x00", "\u202e\ufeff\U0001f600", "-1", "0", "NaN", "1.5", "２０２６", str(2**31), str(2**63), "9" * 400,
    "2026-02-30", "10000-01-01", "0001-01-01", "<b>&amp;", "=1+1", "'; --", "../../etc/passwd", "字" * 3000, "\r\n\r\n",
    "[]", '{"a": null}', "true", ["1", "2"], ["", "\x00"], "\ud7ff", "a" * 20_000,
]  # fmt: skip
UPLOADS = [
    b"",
    b"%PDF-1.4 x",
    b"\xff\xd8\xff x",
    b"\x89PNG\r\n\x1a\n x",
    b"PK\x03\x04" * 20,
    b"\xd0\xcf\x11\xe0",
    b"x" * 9000,
]
NAMES = ["表.xlsx", "scan.pdf", "../a\x00.png", "扫描\u202e件.jpg", "x" * 300, ".xlsx"]


@dataclass
class Field:
    """One field of a form: its name, kind, value as the page has it, and what it offers to choose."""

    name: str
    kind: str
    value: str = ""
    is_on: bool = True
    offers: list[str] = field(default_factory=list)


@dataclass
class Form:
    """A form with its address; the fields in their order."""

    action: str
    method: str
    fields: list[Field] = field(default_factory=list)


class Page(HTMLParser):
    """What a page leads to. `address` is where it was."""

    def __init__(self, address: str, content: bytes) -> None:
        super().__init__()
        self.address, self.links, self.forms = address, [], []
        self.form: Form | None = None
        self.choice: Field | None = None
        self.feed(content.decode(errors="replace"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and given.get("href", "").startswith(("/", "?")):
            self.links.append(self._whole(given["href"]))
        elif tag == "form":
            self.form = Form(self._whole(given.get("action", "")), given.get("method", "get").lower())
            self.forms.append(self.form)
        elif self.form is not None and (name := given.get("name")):
            self._add_field(tag, name, given)
        elif tag == "option" and self.choice is not None:
            self.choice.offers.append(given.get("value", ""))
            if "selected" in given:
                self.choice.value = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        if tag == "select":
            self.choice = None

    def _add_field(self, tag: str, name: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text") if tag == "input" else tag
        if tag not in ("input", "select", "textarea", "button"):
            return
        added = Field(name, kind, given.get("value", ""))
        if kind in ("radio", "checkbox"):
            added.is_on = "checked" in given
        self.choice = added if kind == "select" else self.choice
        assert self.form is not None
        self.form.fields.append(added)

    def _whole(self, address: str) -> str:
        own = self.address.partition("?")[0]
        return own + address if address.startswith("?") else address.partition("#")[0] or own


def filled(form: Form, random: Random) -> dict[str, Any]:
    """What a person might send with a form: mostly as it stands or sensibly changed, now and then something odd."""
    data: dict[str, Any] = {}
    for item in form.fields:
        if item.name == "csrfmiddlewaretoken" or random.random() < 0.04:
            continue
        if item.kind in ("radio", "checkbox", "button", "submit"):
            if item.is_on if random.random() < 0.6 and item.kind != "button" else random.random() < 0.5:
                data[item.name] = item.value or "on"
        elif item.kind == "file":
            data[item.name] = upload(random)
        else:
            data[item.name] = _value(item, random)
    return data


def _value(item: Field, random: Random) -> Any:
    lot = random.random()
    if item.kind == "hidden":
        return item.value if lot < 0.92 else random.choice(ODD)
    if lot < 0.12:
        return random.choice(ODD)
    if item.offers:
        return random.choice(item.offers)
    if item.kind == "date":
        return random.choice(["2026-11-20", "2026-06-01", "2011-11-15", item.value])
    return item.value if item.value and lot < 0.5 else random.choice(TEXTS) + str(random.randint(1, 99))


def upload(random: Random) -> SimpleUploadedFile:
    """A file of some kind under some name."""
    return SimpleUploadedFile(random.choice(NAMES), random.choice(UPLOADS))


def spoilt(body: dict[str, Any], random: Random) -> dict[str, Any]:
    """A right body, now and then with something left out, added or odd."""
    data = dict(body)
    for name in list(data):
        lot = random.random()
        if lot < 0.08:
            data[name] = random.choice(ODD)
        elif lot < 0.12:
            del data[name]
    if random.random() < 0.15:
        data[random.choice(["next", "lock", "token", "category", "page", "a[b]", ""])] = random.choice(ODD)
    return {name: getattr(value, "pk", value) for name, value in data.items()}
