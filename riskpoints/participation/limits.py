"""How many opinions may be sent from one browser in an hour and from one address in a minute."""

import time

from django.http import HttpRequest

from riskcontrol.audit import current_address
from riskcontrol.limits import is_within

HOUR = 3600
PER_BROWSER = 5
# A computer room stands behind one address, so it may send more; the counter is dropped after its minute.
PER_ADDRESS = 20
SESSION_KEY = "opinions"


def is_exhausted(request: HttpRequest) -> bool:
    """Whether this browser or this address has sent enough for now; counts the attempt of the address."""
    return len(_recent(request)) >= PER_BROWSER or not is_within("opinion", current_address.get() or "", PER_ADDRESS)


def note_sent(request: HttpRequest) -> None:
    """Count one opinion of this browser, in its session."""
    request.session[SESSION_KEY] = [*_recent(request), time.time()]


def _recent(request: HttpRequest) -> list[float]:
    return [moment for moment in request.session.get(SESSION_KEY, []) if moment > time.time() - HOUR]
