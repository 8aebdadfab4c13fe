"""Values as one text, on every machine and from every database, for what is hashed."""

import datetime
import hashlib
import json
import unicodedata
from typing import Any


def canonical_json(value: Any) -> str:
    """The same text for the same content on every machine: sorted keys, NFC, no spaces, dates as ISO text."""

    def plain(item: Any) -> str:
        if isinstance(item, datetime.datetime):
            return item.astimezone(datetime.UTC).isoformat(timespec="microseconds")
        if isinstance(item, datetime.date):
            return item.isoformat()
        return str(item)

    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=plain)
    return unicodedata.normalize("NFC", text)


def sha256(text: str) -> str:
    """Hex SHA-256 of the UTF-8 bytes of a text."""
    return hashlib.sha256(text.encode()).hexdigest()
