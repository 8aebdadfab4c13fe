"""Heads of the trail written down outside of the database: in the names of backups, and one line a day in a file at a
place of the auditor's choice (ANCHOR_FILE: another machine's folder, a printer's, a stick).

Whoever rewrites the whole trail, with its seals or cut short, would have to rewrite these too (issue 17, "Anchors").
Only a backup writes here, and only verification reads, so that the web's own account needs no right to that place.
"""

import logging
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from riskcontrol.audit import Head
from riskcontrol.models import AuditEntry
from riskcontrol.verbs import SystemFact, SystemVerb

log = logging.getLogger(__name__)

# In the name of a backup stands the beginning of the hash: 64 bits are enough to tell one trail from another.
NAME_DIGITS = 16
IN_NAME = re.compile(r"register-\d{8}T\d{6}Z-(\d+)-([0-9a-f]{16})(?:-\d+)?\.zip")
LINE = re.compile(r"(\S+) (\d{1,18}) ([0-9a-f]{64})")
FILE = "锚定文件"


@dataclass(frozen=True)
class Anchor:
    """A head, or the beginning of its hash, that was written down at a moment; `where` in words."""

    where: str
    number: int
    hash: str
    at: datetime | None = None

    @property
    def head(self) -> str:
        return f"{self.number}:{self.hash}"

    def fits(self, found: str | None) -> bool:
        """Whether this is the hash that the trail has at that number."""
        return found is not None and found.startswith(self.hash)


def named(head: Head) -> str:
    """The head as it stands in the name of a backup."""
    return f"{head.number}-{head.hash[:NAME_DIGITS]}"


def write(head: Head) -> dict[str, str]:
    """Append the head to the auditor's file, once a day; returns what the backup's own entry is to say of it.

    The folder is never made: where it is missing, it is not mounted, and a line elsewhere would prove nothing. A backup
    that can't be anchored is a backup nevertheless.
    """
    path = settings.ANCHOR_FILE
    if path is None or not head.number:
        return {}
    try:
        if _has_line_of_today(path):
            return {}
        now = timezone.localtime().isoformat(timespec="seconds")
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(descriptor, f"{_break_before(descriptor)}{now} {head.number} {head.hash}\n".encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        log.warning("The head of the trail can't be written to %s: %s", path, error.strerror)
        return {"没有锚定": f"{path}：{error.strerror}"}
    return {SystemFact.ANCHOR: f"{head.number}:{head.hash}", SystemFact.ANCHOR_FILE: str(path)}


def _has_line_of_today(path: Path) -> bool:
    if not path.exists():
        return False
    anchors, _ = _lines(path)
    return any(anchor.at is not None and timezone.localdate(anchor.at) == timezone.localdate() for anchor in anchors)


def _break_before(descriptor: int) -> str:
    """A line break where a power cut left half a line, or the next one would be lost with it."""
    size = os.fstat(descriptor).st_size
    return "\n" if size and os.pread(descriptor, 1, size - 1) != b"\n" else ""


def _lines(path: Path) -> tuple[list[Anchor], list[int]]:
    """The heads in the file, and the numbers of the lines that say nothing readable. OSError where it can't be read."""
    found, torn = [], []
    for place, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        match = LINE.fullmatch(line.strip())
        try:
            at = datetime.fromisoformat(match[1]) if match else None
        except ValueError:
            at = None
        if match and at is not None and at.tzinfo is not None:
            found.append(Anchor(f"{FILE}第 {place} 行", int(match[2]), match[3], at))
        elif line.strip():
            torn.append(place)
    return found, torn


def of_backups(folder: Path) -> list[Anchor]:
    """The heads in the names of a folder's backups; none where it can't be read."""
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError:
        return []
    matches = [match for name in names if (match := IN_NAME.fullmatch(name))]
    return [Anchor(f"备份“{match[0]}”", int(match[1]), match[2], _made_at(match[0])) for match in matches]


def _made_at(name: str) -> datetime | None:
    try:
        return datetime.strptime(name.split("-")[1], "%Y%m%dT%H%M%S%z")
    except ValueError:
        return None


def _written() -> QuerySet[AuditEntry]:
    """The backups that say that they wrote a line into the file of now."""
    return (
        AuditEntry.objects.of(SystemVerb.BACKED_UP).stating(SystemFact.ANCHOR_FILE, str(settings.ANCHOR_FILE))
        if settings.ANCHOR_FILE is not None
        else AuditEntry.objects.none()
    )


def faults(backups: Path | None) -> Iterator[tuple[str, str]]:
    """Yield (about, reason) for each head written down that the trail no longer has, and each line that is gone."""
    anchors = of_backups(backups) if backups is not None else []
    if settings.ANCHOR_FILE is not None:
        try:
            lines, torn = _in_file(settings.ANCHOR_FILE)
        except OSError as error:
            yield FILE, f"{settings.ANCHOR_FILE} 读不出来（{error.strerror}），没有核对"
        else:
            yield from ((f"{FILE}第 {place} 行", "读不出来，不是“时间 条数 链首”") for place in torn)
            yield from _gone(lines)
            anchors += lines
    yield from ((anchor.where, _words(anchor)) for anchor in _unmatched(anchors))


def _in_file(path: Path) -> tuple[list[Anchor], list[int]]:
    """_lines() of a file that may not have been written yet; one that was taken away is told by the trail."""
    try:
        return _lines(path)
    except FileNotFoundError:
        return [], []


def _gone(lines: list[Anchor]) -> Iterator[tuple[str, str]]:
    """What the trail says was written into the file and is not there any more."""
    there = {anchor.head for anchor in lines}
    for entry in _written().order_by("number").iterator():
        head = str(entry.said(SystemFact.ANCHOR))
        if head not in there:
            yield FILE, f"缺少审计记录第 {entry.number} 条所说的一行（链首 {head}）"


def _words(anchor: Anchor) -> str:
    when = f"{timezone.localtime(anchor.at):%Y-%m-%d %H:%M} " if anchor.at else ""
    noted = f"{when}记下的第 {anchor.number} 条的校验值 {anchor.hash}"
    return f"{noted}，现在的审计记录里没有：记录被改写、截去，或数据库换成了另一个"


def _unmatched(anchors: Iterable[Anchor]) -> list[Anchor]:
    """Those that the trail does not have, but for those that a restore, which says so, took back."""
    known = list(anchors)
    numbers = {anchor.number for anchor in known}
    hashes = dict(AuditEntry.objects.filter(number__in=numbers).values_list("number", "hash")) if numbers else {}
    restored = list(AuditEntry.objects.of(SystemVerb.RESTORED).filter(succeeded=True).values_list("number", "at"))
    return [
        anchor
        for anchor in known
        if not anchor.fits(hashes.get(anchor.number))
        and not any(number <= anchor.number and anchor.at and anchor.at <= at for number, at in restored)
    ]


@dataclass(frozen=True)
class State:
    """When the trail was last anchored and whether it still fits, in words; `is_good` unless somebody has to look."""

    words: str
    is_good: bool

    def __str__(self) -> str:
        return self.words


def state(backups: Path) -> State:
    """The last head written down, in the file or in the name of a backup, compared with the trail of now."""
    anchors, path, trouble = of_backups(backups), settings.ANCHOR_FILE, ""
    if path is not None:
        try:
            anchors += _lines(path)[0]
        except FileNotFoundError:
            trouble = f"；{FILE} {path} 还没有，或已经不在"
        except OSError as error:
            trouble = f"；{FILE} {path} 读不出来（{error.strerror}）"
    dated = [(anchor.at, anchor) for anchor in anchors if anchor.at is not None]
    if not dated:
        return State(f"还没有锚定：下一次备份时写下{trouble}", not trouble)
    at, last = max(dated, key=lambda pair: pair[0])
    said = f"最近一次锚定 {timezone.localtime(at):%Y-%m-%d %H:%M}，第 {last.number} 条"
    if _unmatched([last]):
        return State(f"{said}，与现在的记录不符，请核验{trouble}", False)
    late = (timezone.now() - at).days
    old = f"；已有 {late} 天没有锚定，请检查每天的备份" if late > 1 else ""
    return State(f"{said}，与现在的记录相符{old}{trouble}", not (old or trouble))
