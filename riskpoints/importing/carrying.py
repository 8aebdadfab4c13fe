"""A read workbook on its way from the preview to the draft: in the page itself, signed, for any server to go on."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.core import signing

from riskpoints.importing.content import FileContent, restored
from riskpoints.models import TableVersion

GOOD_FOR = datetime.timedelta(days=7)


@dataclass(frozen=True)
class ReadFile:
    """A workbook's content, its name, and the SHA-256 of its bytes."""

    name: str
    sha256: str
    content: FileContent


def sealed(file: ReadFile, version: TableVersion, user: Any) -> str:
    """Good for this person and this draft only."""
    value = {"name": file.name, "sha256": file.sha256, "content": file.content.plain()}
    return signing.dumps(value, salt=_salt(version, user), compress=True)


def opened(text: str, version: TableVersion, user: Any) -> ReadFile | None:
    """What was sealed; None where it is too old, or wasn't sealed for this."""
    try:
        value = signing.loads(text, salt=_salt(version, user), max_age=GOOD_FOR)
    except signing.BadSignature:
        return None
    return ReadFile(value["name"], value["sha256"], restored(value["content"]))


def _salt(version: TableVersion, user: Any) -> str:
    return f"riskpoints.importing:{version.pk}:{user.pk}"
