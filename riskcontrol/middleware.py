"""What every request brings along: the address that the audit trail writes down."""

from collections.abc import Callable

from axes.helpers import get_client_ip_address
from django.http import HttpRequest, HttpResponse

from riskcontrol.audit import current_address


class AuditAddressMiddleware:
    """Make the client's address known to audit.record() for the request: the same one that locks a login."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = current_address.set(get_client_ip_address(request) or None)
        try:
            return self.get_response(request)
        finally:
            current_address.reset(token)


class NoStoreMiddleware:
    """Pages of the register are not kept by a shared computer's cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store, private"
        return response
