"""Reads query strings: each value is checked in one place, and what can't be right is left out and named.

Why no Django form with GET: a form is valid or not as a whole, while a page with one bad value in its address is still
shown with the others and says which one it left out. The choices are known only once the person is (departments, years
and posts that this person may see), defaults depend on other values, and half of the callers read one value. Each of
the sixteen would need a form whose fields clean to None and collect what they refused: longer than this class.
"""

import datetime
import re
from collections.abc import Container, Mapping

from riskcontrol.web.forms import EARLIEST_DATE, LATEST_DATE

CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# An integer field holds no more digits, and Python's int() reads foreign digits, too.
PLAIN_NUMBER = re.compile(r"[0-9]{1,9}")


class QueryReader:
    """Takes values out of a query string; `ignored` lists in Chinese which ones could not be used."""

    def __init__(self, data: Mapping[str, str]) -> None:
        self._data = data
        self.ignored: list[str] = []

    def _raw(self, name: str) -> str:
        return self._data.get(name, "").strip()

    def number(self, name: str, label: str, among: Container[int]) -> int | None:
        """One of the known numbers, or None where it is missing or unknown."""
        raw = self._raw(name)
        if not raw:
            return None
        if PLAIN_NUMBER.fullmatch(raw) and int(raw) in among:
            return int(raw)
        self.ignored.append(label)
        return None

    def choice(self, name: str, label: str, among: Container[str], default: str = "") -> str:
        """One of the known words, or the default."""
        raw = self._raw(name)
        if not raw:
            return default
        if raw in among:
            return raw
        self.ignored.append(label)
        return default

    def text(self, name: str, label: str, limit: int = 100) -> str:
        """Free text without control characters (PostgreSQL stores no NUL), cut at `limit` characters."""
        cleaned = " ".join(CONTROL_CHARACTERS.sub(" ", self._data.get(name, "")).split())
        if len(cleaned) > limit:
            self.ignored.append(f"{label}中第 {limit} 字以后的部分")
        return cleaned[:limit]

    def date(self, name: str, label: str) -> datetime.date | None:
        """A day written 2026-11-20 within the years that forms allow, or None."""
        raw = self._raw(name)
        if not raw:
            return None
        try:
            day = datetime.date.fromisoformat(raw)
        except ValueError:
            day = None
        if day is None or not EARLIEST_DATE <= day <= LATEST_DATE:
            self.ignored.append(label)
            return None
        return day
