"""Is there a good and recent backup? As the trail tells: each one that was made, or was not, is an entry of it."""

import datetime

from django.conf import settings
from django.utils import timezone

from riskcontrol.models import AuditEntry
from riskcontrol.verbs import SystemVerb

# The nightly backup may be late by a morning, never by a day (issue 16).
LATE = datetime.timedelta(hours=36)
MOST_WORDS = 160
# Keys of the detail of a backup's entry, written by making.py and by backup_failed.
REASON, FAULTS = "原因", "问题"


def trouble() -> str | None:
    """What is wrong with the last backup, in a sentence; None where it is good. The sample school needs none."""
    if settings.DEMO or settings.DEBUG:
        return None
    # A backup that was restored is a good one; its own entry was written after it was copied.
    told = AuditEntry.objects.of(SystemVerb.BACKED_UP) | AuditEntry.objects.of(SystemVerb.RESTORED).filter(
        succeeded=True
    )
    last = told.order_by("-number").first()
    if last is None:
        first = AuditEntry.objects.order_by("number").first()
        is_old = first is not None and timezone.now() - first.at > LATE
        return "启用以来还没有做过备份。" if is_old else None
    when = timezone.localtime(last.at).strftime("%Y年%m月%d日 %H:%M")
    if not last.succeeded:
        return _failed(when, last.detail)
    if timezone.now() - last.at > LATE:
        return f"最近一次备份是 {when}，已超过 36 小时。"
    return None


def _failed(when: str, detail: dict[str, object]) -> str:
    faults = detail.get(FAULTS)
    if isinstance(faults, list) and faults:
        return f"{when} 备份时发现登记册有 {len(faults)} 处不符，请运行 riskcontrol verify_register 查明。"
    reason = str(detail.get(REASON) or "没有说明")
    return f"{when} 的备份没有做成：{reason[:MOST_WORDS]}"
