"""Rate limits: how often one address may ask in a minute, counted in the database, by all servers together."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from riskcontrol.models import RateCount
from riskcontrol.web import addresses

log = logging.getLogger("riskcontrol.limits")


def limited(setting: str) -> Callable:
    """Mark a view that needs no login: forms sent to it are bounded by this setting instead of PUBLIC_RATE.

    An empty name: not bounded at all, for what monitors ask.
    """

    def mark(view: Callable) -> Callable:
        view.rate_setting = setting  # type: ignore[attr-defined]
        return view

    return mark


def setting_for(request: HttpRequest, view: Any) -> str:
    """The setting that bounds this request: strangers on public pages, anybody's attempts to log in."""
    if getattr(view, "login_required", True):
        return ""
    own = getattr(view, "rate_setting", None)
    if own == "":
        return ""
    if own is not None and request.method == "POST":
        return str(own)
    return "" if request.user.is_authenticated else "PUBLIC_RATE"


def is_within(scope: str, address: str, per_minute: int) -> bool:
    """Count one request; whether the address is still within its bound. A database that can't write bounds nobody.

    ValueError without an address: such a request was answered with 503 before it came here.
    """
    if not per_minute:
        return True
    minute, key = int(time.time() // 60), f"{scope}:{addresses.counted(address)}"
    try:
        with transaction.atomic():
            mine = RateCount.objects.filter(key=key, minute=minute)
            if not mine.update(count=F("count") + 1):
                RateCount.objects.filter(minute__lt=minute).delete()
                RateCount.objects.get_or_create(key=key, minute=minute)
                mine.update(count=F("count") + 1)
            return mine.values_list("count", flat=True)[0] <= per_minute
    except DatabaseError:
        log.warning("Requests can't be counted; nobody is bounded.")
        return True


def too_many(request: HttpRequest) -> HttpResponse:
    """429: says how long to wait."""
    wait = 60 - int(time.time()) % 60
    response = render(request, "429.html", {"wait": wait}, status=429)
    response["Retry-After"] = str(wait)
    return response
