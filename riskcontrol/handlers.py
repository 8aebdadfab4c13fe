"""Answers to what went wrong: the refusal is written down, the page says what to do."""

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.template.loader import render_to_string
from django.views import defaults

from riskcontrol import audit
from riskcontrol.logs import current_request


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: the refused transaction rolled its own entry back, so the refusal is recorded here."""
    record_refusal(request, exception)
    return defaults.permission_denied(request, exception)


def record_refusal(request: HttpRequest, exception: Exception) -> None:
    """Write down what a person was refused, and why."""
    if request.user.is_authenticated:
        detail = {"方法": request.method, "地址": request.path[:200], "原因": str(exception)[:200]}
        audit.record("拒绝", actor=request.user, detail=detail, succeeded=False)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: the page names the request's number, by which the administrator finds it in the log."""
    return HttpResponseServerError(render_to_string("500.html", {"request_number": current_request.get()}))
