"""The head of the trail as it was last found whole, in a file beside the database.

A database that was emptied, cut short or exchanged is consistent in itself; only what lies outside of it remembers
more. It guards against accidents: whoever may write the folder may write the file too. Heads printed in
archives and backups are the proof (`verify_register --head`).
"""

import json
import logging
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from riskcontrol.audit import Head, stored_head
from riskcontrol.models import AuditEntry

log = logging.getLogger(__name__)


def path() -> Path:
    return Path(settings.VAR_DIR, "trail.json")


def remember() -> None:
    """Keep the head of now: after a verification without faults, a verified backup, a restore."""
    head, part = stored_head(), path().with_suffix(".part")
    said = {"number": head.number, "hash": head.hash, "at": timezone.now().isoformat(timespec="seconds")}
    try:
        part.write_text(json.dumps(said) + "\n", encoding="utf-8")
        part.replace(path())
    except OSError as error:
        log.warning("The head of the trail can't be kept in %s: %s", path(), error.strerror)


def fault() -> str | None:
    """What is wrong where the trail no longer has the head that was kept; None while it has it, or none was kept."""
    try:
        said = json.loads(path().read_text(encoding="utf-8"))
        known, at = Head(int(said["number"]), str(said["hash"])), str(said["at"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        return f"{path()} 读不出来，不知道审计记录以前到第几条"
    if known.number == 0 or AuditEntry.objects.filter(number=known.number, hash=known.hash).exists():
        return None
    return (
        f"现在到第 {stored_head().number} 条，而 {at} 核验时已有 {known.number} 条，链首 {known.hash}，现在找不到："
        f"数据库被清空、截去或换成了另一个。请用备份恢复；确是有意更换的，删去 {path()} 再核验"
    )
