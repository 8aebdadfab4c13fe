"""What hinders nobody today and has to be mended before it does: told by readyz, and to those who can mend it."""

from collections.abc import Callable

from riskcontrol import clock
from riskcontrol.backup import interrupted, watch

# By the names that readyz tells; each says what is wrong and what to do, in Chinese, or None.
ALARMS: dict[str, Callable[[], str | None]] = {
    "backup": watch.trouble,
    "restore": interrupted.trouble,
    "clock": clock.trouble,
}


def ringing() -> list[str]:
    """What is wrong now, in sentences."""
    return [words for ask in ALARMS.values() if (words := ask()) is not None]
