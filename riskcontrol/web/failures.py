"""Failed logins: how long the next try of an account waits, and what is counted of them for its owner and the auditor.

django-axes locks one person at one address. Guesses from many addresses meet a wait that belongs to the account and
grows with each of them (issue 17: 100 guesses from 25 addresses went unnoticed). It never holds up the account's owner
where the owner logged in before: there only the lock of that address counts.
"""

import datetime
import hashlib
import math
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Count, F, Max, Sum
from django.utils import timezone

from riskcontrol.models import AuditEntry, FailedLogin, LoginTurn
from riskcontrol.verbs import SystemVerb
from riskcontrol.web import addresses

# So many failures cost nobody anything; the next one a second, then two, four …, a minute at most: a person who comes
# from a new place in the middle of an attack is held up no longer.
FREE, LONGEST_WAIT = 5, 60
FORGOTTEN = datetime.timedelta(days=1)
# From where somebody logged in within so many days, the account's owner is expected.
KNOWN_FOR = datetime.timedelta(days=90)
KEPT_DAYS = 90
# Rows of one account on one day; further addresses are counted together.
MOST_ADDRESSES = 50
LONGEST_NUMBER = 32


def wait_after(failures: int) -> int:
    """Seconds to wait after so many failures."""
    return 0 if failures < FREE else min(2 ** min(failures - FREE, 10), LONGEST_WAIT)


def _key(number: str) -> str:
    return hashlib.sha256(number.strip().casefold().encode("utf-8", "surrogatepass")).hexdigest()[:40]


def counted(address: str | None) -> str:
    """An address as it is counted (IPv6: its /64); empty where there is none."""
    try:
        return addresses.counted(address or "")
    except ValueError:
        return ""


def is_known(number: str, address: str | None) -> bool:
    """Whether this person logged in from this address lately."""
    since, here = timezone.now() - KNOWN_FOR, counted(address)
    logins = AuditEntry.objects.of(SystemVerb.LOGIN).filter(actor_number=number, at__gte=since, succeeded=True)
    return bool(here) and here in {
        counted(seen) for seen in logins.order_by().values_list("address", flat=True).distinct()
    }


def take_turn(number: str, address: str | None) -> int:
    """Take the next try of an account: 0, or the seconds to wait for it.

    The try counts as failed until it is given back, so that of many at once no more get through than one by one.
    """
    if is_known(number, address):
        return 0
    now, key = timezone.now(), _key(number)
    with transaction.atomic():
        LoginTurn.objects.get_or_create(key=key, defaults={"tried_at": now, "open_at": now})
        turn = LoginTurn.objects.select_for_update().get(key=key)
        if not datetime.timedelta() <= now - turn.tried_at <= FORGOTTEN:
            turn.failures = 0  # long ago, or of a clock that was set back
        elif turn.open_at > now:
            return math.ceil((turn.open_at - now).total_seconds())
        turn.failures += 1
        turn.tried_at, turn.open_at = now, now + datetime.timedelta(seconds=wait_after(turn.failures))
        turn.save()
    return 0


def give_back(number: str) -> None:
    """A try that could not be made (no memory to check the password) was none."""
    LoginTurn.objects.filter(key=_key(number), failures__gt=0).update(
        failures=F("failures") - 1, open_at=timezone.now()
    )


def forgive(number: str) -> None:
    """Nobody waits any more: after a good login, or a new one-time password."""
    LoginTurn.objects.filter(key=_key(number)).delete()


def clear_old() -> None:
    """Nothing of it stays for good; called at each login."""
    now = timezone.now()
    LoginTurn.objects.filter(tried_at__lt=now - FORGOTTEN).delete()
    FailedLogin.objects.filter(day__lt=timezone.localdate() - datetime.timedelta(days=KEPT_DAYS)).delete()


def account_of(typed: str) -> str:
    """The staff number that was typed, empty where no account has it."""
    users = get_user_model()
    name = typed[:LONGEST_NUMBER].replace("\x00", "")
    return name if users._default_manager.filter(**{users.USERNAME_FIELD: name}).exists() else ""


def count(typed: str, address: str | None) -> tuple[str, int]:
    """Count a failed login; returns the account's number (empty: there is none) and which one of its row it is."""
    number = account_of(typed)
    with transaction.atomic():
        row = _row(number, counted(address))
        mine = FailedLogin.objects.filter(pk=row.pk)
        mine.update(count=F("count") + 1, last_at=timezone.now())
        return number, mine.values_list("count", flat=True)[0]


def _row(number: str, address: str) -> FailedLogin:
    day, now = timezone.localdate(), timezone.now()
    of_day = FailedLogin.objects.filter(number=number, day=day)
    if not of_day.filter(address=address).exists() and of_day.count() >= MOST_ADDRESSES:
        address = ""
    return FailedLogin.objects.get_or_create(number=number, day=day, address=address, defaults={"last_at": now})[0]


def is_written_down(place: int) -> bool:
    """Whether this failure of a row has an entry of its own in the trail, which nobody ever prunes: the first five of a
    day, then the 8th, 16th, 32nd …, each with its count."""
    return place <= FREE or place & (place - 1) == 0


def locks_anew(number: str, address: str | None, every: datetime.timedelta) -> bool:
    """Whether a lock begins, and not only one more try runs into one that was written down already."""
    now = timezone.now()
    with transaction.atomic():
        row = _row(number, counted(address))
        if row.locked_at is not None and datetime.timedelta() <= now - row.locked_at < every:
            return False
        FailedLogin.objects.filter(pk=row.pk).update(locked_at=now)
    return True


@dataclass(frozen=True)
class Failures:
    """Failed logins of an account: how many, from how many addresses, the last one."""

    number: str
    count: int
    places: int
    last_at: datetime.datetime


def untold(number: str) -> Failures | None:
    """What the owner was not told of yet; from now on it counts as told."""
    rows = FailedLogin.objects.filter(number=number, count__gt=F("told"))
    found = rows.aggregate(
        count=Sum(F("count") - F("told")), places=Count("address", distinct=True), last=Max("last_at")
    )
    if not number or not found["count"]:
        return None
    rows.update(told=F("count"))
    return Failures(number, found["count"], found["places"], found["last"])


def lately(*, days: int, number: str | None = None) -> list[Failures]:
    """The failed logins of the last days by account, the most first; of one account only, if it is named."""
    rows = FailedLogin.objects.filter(day__gt=timezone.localdate() - datetime.timedelta(days=days))
    if number is not None:
        rows = rows.filter(number=number)
    found = rows.values("number").annotate(
        total=Sum("count"), places=Count("address", distinct=True), last=Max("last_at")
    )
    return [
        Failures(row["number"], row["total"], row["places"], row["last"])
        for row in found.filter(total__gt=0).order_by("-total", "number")
    ]
