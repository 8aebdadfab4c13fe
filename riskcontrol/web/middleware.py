"""What every request brings along and every answer carries: number, log line, address, headers, a rate limit."""

import logging
import re
import secrets
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject

from riskcontrol.audit import current_address
from riskcontrol.web import handlers, limits, visits
from riskcontrol.web.addresses import address_of
from riskcontrol.web.forms import typed_texts
from riskcontrol.web.logs import current_request
from riskcontrol.web.trouble import Trouble

log = logging.getLogger("riskcontrol.addresses")
requests = logging.getLogger("riskcontrol.requests")

# Asked by the machine itself, without a proxy; they count nothing.
MACHINE = re.compile(r"/(healthz|readyz)")


class RequestLogMiddleware:
    """Number each request, answer with the number, and write one line of how it went: no query, no form."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Never taken from the client: a number of his choice could point to somebody else's request.
        token, begin = current_request.set(secrets.token_hex(8)), time.monotonic()
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = current_request.get()
            self._write(request, response.status_code, time.monotonic() - begin)
            return response
        finally:
            current_request.reset(token)

    @staticmethod
    def _write(request: HttpRequest, status: int, seconds: float) -> None:
        path = "".join(sign if sign.isprintable() else "?" for sign in request.path[:200])
        fields = {
            "address": address_of(request) or "-",
            "user": _staff_number(request),
            "method": str(request.method)[:16],
            "path": path,
            "status": status,
            "ms": round(seconds * 1000),
        }
        message = " ".join(str(value) for value in fields.values())
        requests.info("%s", message, extra={"fields": fields})


def _staff_number(request: HttpRequest) -> str:
    """Who was served, as far as the request asked for it itself: a log line costs no query of its own."""
    user = getattr(request, "user", None)  # after a login the new person, after a logout nobody
    before = getattr(request, "_cached_user", None)
    now = None if isinstance(user, SimpleLazyObject) else user
    return getattr(now, "staff_number", "") or getattr(before, "staff_number", "") or "-"


class HeadersMiddleware:
    """What a browser may not do with our pages and files, beyond Django's own headers and the content policy."""

    # No page needs a device of the visitor, and no other site needs a file of ours.
    PERMISSIONS = ", ".join(
        f"{name}=()"
        for name in ("camera", "display-capture", "geolocation", "microphone", "midi", "payment", "serial", "usb")
    )

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        response["Permissions-Policy"] = self.PERMISSIONS
        return response


class AuditAddressMiddleware:
    """Make the visitor's address known for the request; one without is answered with 503 and counted nowhere.

    Else all whose address is not known would be locked together, by whoever of them types five wrong passwords.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        address = address_of(request)
        if address is None and not MACHINE.fullmatch(request.path):
            log.error("A request without an address was refused: see TRUSTED_PROXIES and PROXY_COUNT.")
            return handlers.unavailable(request, Trouble.NOWHERE)
        token = current_address.set(address)
        try:
            return self.get_response(request)
        finally:
            current_address.reset(token)


class RateMiddleware:
    """Bound how often one address may call a page that needs no login; see limits.limited() for other bounds."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        setting = limits.setting_for(request, view)
        if not setting or limits.is_within(setting, current_address.get() or "", getattr(settings, setting)):
            return None
        return limits.too_many(request)


class NoStoreMiddleware:
    """Pages of the register are not kept by a shared computer's cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store, private"
        return response


class UploadMiddleware:
    """Bound how many files one person sends in a day; what was typed beside them is shown, to be copied."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if request.method != "POST" or not request.user.is_authenticated:
            return None
        sent = sum(len(request.FILES.getlist(name)) for name in request.FILES)
        if not sent or visits.may_upload(request.user, sent):
            return None
        context = {"most": visits.MOST_UPLOADS, "texts": typed_texts(request.POST)}
        return render(request, "too_many_files.html", context, status=429)
