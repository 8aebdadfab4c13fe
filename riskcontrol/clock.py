"""Is the server's clock where it was? A jump leaves its trace: entries from the future, or a process that noticed."""

import time

from django.utils import timezone

from riskcontrol.models import AuditEntry

# Several servers on one database may differ by some seconds, and so may a clock that is being put right slowly.
TOLERATED_SECONDS = 120


def _offset() -> float:
    """Wall clock less the seconds since the machine started: the same at any moment, unless the clock is set."""
    return time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)


_AT_START = _offset()


def trouble() -> str | None:
    """How the clock is off, and the way out, in a sentence; None where nothing speaks against it."""
    now = timezone.now()
    last = AuditEntry.objects.order_by("-number").values_list("at", flat=True).first()
    if last is not None and (last - now).total_seconds() > TOLERATED_SECONDS:
        shown = [timezone.localtime(moment).strftime("%Y年%m月%d日 %H:%M") for moment in (now, last)]
        return (
            f"服务器时间（{shown[0]}）比最近一条审计记录（{shown[1]}）早：时间被调回过，或那时的时间不对。"
            "请在服务器上用 timedatectl 核对时间。"
        )
    jump = round((_offset() - _AT_START) / 60)
    if abs(jump) * 60 > TOLERATED_SECONDS:
        way = "快进" if jump > 0 else "退回"
        return (
            f"系统运行期间服务器时间{way}了 {abs(jump)} 分钟。请在服务器上用 timedatectl 核对时间，"
            "确实正确的，重启服务：systemctl restart riskcontrol。"
        )
    return None
