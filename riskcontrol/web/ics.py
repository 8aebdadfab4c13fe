"""Calendars as text (RFC 5545): all-day events, for the programs that people have on their telephones."""

import datetime
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

OCTETS = 75  # of a line, without its break (section 3.1)
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True)
class DayEvent:
    """An event of one whole day; `uid` stays the same as long as it is the same event."""

    uid: str
    day: datetime.date
    summary: str
    url: str = ""


def calendar(name: str, events: Iterable[DayEvent], *, now: datetime.datetime, hours: int = 12) -> bytes:
    """A calendar of this name; `now` with its time zone, `hours` after which programs may ask again."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//riskcontrol//due days//ZH",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
        f"REFRESH-INTERVAL;VALUE=DURATION:PT{hours}H",
        f"X-PUBLISHED-TTL:PT{hours}H",
    ]
    for event in events:
        lines += _event(event, now)
    return "".join(f"{part}\r\n" for line in [*lines, "END:VCALENDAR"] for part in folded(line)).encode()


def _event(event: DayEvent, now: datetime.datetime) -> list[str]:
    return [
        "BEGIN:VEVENT",
        f"UID:{event.uid}",
        f"DTSTAMP:{now.astimezone(datetime.UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{event.day + datetime.timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{escaped(event.summary)}",
        *([f"URL:{event.url}"] if event.url else []),
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def escaped(text: str) -> str:
    """A text as a value (section 3.3.11): no line break, no sign that separates, none that nobody sees."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _UNSEEN.sub("", text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,"))
    return text.replace("\n", "\\n")


def folded(line: str) -> Iterator[str]:
    """A content line in parts of at most 75 octets, none of which cuts a character (section 3.1)."""
    part, size = "", 0
    for character in line:
        length = len(character.encode())
        if size + length > OCTETS:
            yield part
            part, size = " ", 1
        part, size = part + character, size + length
    yield part
