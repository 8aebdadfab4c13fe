"""A read workbook on its way from the preview to the draft: in the page itself, signed, for any server to go on."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.core import signing

from departments.models import User
from riskpoints.importing import reading
from riskpoints.importing.content import FileContent, SheetPart, combined, restored_part, with_refs
from riskpoints.models import TableVersion

GOOD_FOR = datetime.timedelta(days=7)


@dataclass(frozen=True)
class Choice:
    """One thing in a workbook that can be taken: its key in the form, what it is, and how much it holds."""

    key: str
    label: str
    counts: str
    is_chosen: bool


@dataclass(frozen=True)
class ReadFile:
    """What a workbook's sheets say, its name, and the SHA-256 of its bytes."""

    name: str
    sha256: str
    parts: list[SheetPart]

    @property
    def choices(self) -> list[Choice]:
        """What can be taken or left: each sheet, and each with what is hidden in it."""
        found = []
        for place, part in enumerate(self.parts):
            kind = "隐藏的工作表" if part.is_hidden else "工作表"
            if not part.seen.is_empty or part.is_list:
                found.append(Choice(str(place), f"{kind}“{part.name}”", _counted(part.seen), part.is_chosen))
            if part.whole is not None:
                label = f"{kind}“{part.name}”，连同隐藏的{part.hidden}"
                found.append(Choice(f"{place}h", label, _counted(part.whole), False))
        return found

    @property
    def chosen(self) -> list[str]:
        """What is taken as long as nobody chose."""
        return [choice.key for choice in self.choices if choice.is_chosen]

    def with_columns(self, keys: Mapping[int, Mapping[int, str]]) -> "ReadFile":
        """The file with the fields that somebody chose for the columns of its lists: {sheet: {column: field}}."""
        parts = [reading.remapped(part, keys[at]) if at in keys else part for at, part in enumerate(self.parts)]
        return replace(self, parts=parts)

    def taken(self, chosen: Sequence[str] | None = None) -> FileContent:
        """The content of what was chosen; what a person sees as long as nobody chose. Of a sheet with and without its
        hidden rows the whole is taken."""
        chosen = self.chosen if chosen is None else chosen
        found = []
        for place, part in enumerate(self.parts):
            if part.whole is not None and f"{place}h" in chosen:
                found.append((part.name, with_refs(part.whole, place)))
            elif str(place) in chosen:
                found.append((part.name, with_refs(part.seen, place)))
        return combined(found or [("", FileContent())])


def _counted(content: FileContent) -> str:
    return f"风险点 {len(content.points)}、防范措施 {len(content.measures)}"


def sealed(file: ReadFile, version: TableVersion, user: User) -> str:
    """Good for this person and this draft only."""
    value = {"name": file.name, "sha256": file.sha256, "parts": [part.plain() for part in file.parts]}
    return signing.dumps(value, salt=_salt(version, user), compress=True)


def opened(text: str, version: TableVersion, user: User) -> ReadFile | None:
    """What was sealed; None where it is too old, or wasn't sealed for this."""
    try:
        value = signing.loads(text, salt=_salt(version, user), max_age=GOOD_FOR)
    except signing.BadSignature:
        return None
    try:
        return ReadFile(value["name"], value["sha256"], [restored_part(part) for part in value["parts"]])
    except (KeyError, TypeError):  # sealed by an earlier release
        return None


def _salt(version: TableVersion, user: User) -> str:
    return f"riskpoints.importing:{version.pk}:{user.pk}"
