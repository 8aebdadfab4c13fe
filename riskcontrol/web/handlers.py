"""Answers to what went wrong: the refusal is written down, the page says what to do."""

import sys

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.template.loader import render_to_string
from django.views import defaults

from riskcontrol import audit
from riskcontrol.verbs import SystemVerb
from riskcontrol.web.forms import sent_fields, typed_texts
from riskcontrol.web.logs import current_request
from riskcontrol.web.noted import noted
from riskcontrol.web.trouble import Trouble, trouble_of


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: the refused transaction rolled its own entry back, so the refusal is recorded here."""
    record_refusal(request, exception)
    refuse(request)
    return defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: the address leads to nothing, or to nothing of this person's."""
    refuse(request)
    return defaults.page_not_found(request, exception)


def refuse(request: HttpRequest) -> None:
    """Note that the answer will be a refusal, so that its page costs less than what was asked for."""
    noted(request).is_refused = True


def is_refused(request: HttpRequest) -> bool:
    """Whether the answer is a refusal."""
    return noted(request).is_refused


def record_refusal(request: HttpRequest, exception: Exception) -> None:
    """Write down what a person was refused, and why."""
    if request.user.is_authenticated:
        detail = {"方法": request.method, "地址": request.path[:200], "原因": str(exception)[:200]}
        audit.record(SystemVerb.REFUSED, actor=request.user, detail=detail, succeeded=False)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: the page names the request's number, by which the administrator finds it in the log.

    503 where it isn't a fault of the program: the disk is full or read-only, the database busy or away.
    """
    trouble = trouble_of(sys.exc_info()[1])  # Django calls this while it handles the error
    if trouble is not None:
        return unavailable(request, trouble)
    return HttpResponseServerError(render_to_string("500.html", {"request_number": current_request.get()}))


def unavailable(request: HttpRequest, trouble: Trouble) -> HttpResponse:
    """503: what is wrong and what to do, with all that was typed, and a button that sends it once more."""
    if hasattr(request, "session"):
        request.session.modified = False  # a session that can't be saved now would only raise the same error again
    is_form = request.method == "POST"
    context = {
        "reason": _reason(trouble, request) if is_form else _reason_to_wait(trouble),
        "is_form": is_form,
        "address": request.get_full_path(),
        "texts": typed_texts(request.POST) if is_form else [],
        "fields": sent_fields(request) if is_form else None,
        "request_number": current_request.get(),
    }
    response = HttpResponse(render_to_string("503.html", context), status=503)
    response["Retry-After"] = "60"
    response["Cache-Control"] = "no-store, private"
    return response


def _reason_to_wait(trouble: Trouble) -> str:
    """One sentence on a page that can't be read: most trouble passes, but a setting has to be mended."""
    advice = "请告诉系统管理员检查代理服务器的设置。" if trouble is Trouble.NOWHERE else "请过一会儿再试。"
    return f"{trouble.what}，这一页现在打不开。{advice}"


def _reason(trouble: Trouble, request: HttpRequest) -> str:
    """One sentence on what became of the form: app.js shows it above the form, else it heads the page."""
    outcome = "没有保存" if trouble.is_surely_lost else "可能没有保存成功"
    # htmx leaves the form where it is; without it the page takes the form's place.
    where = "您填写的内容还在页面上" if request.headers.get("HX-Request") == "true" else "您填写的内容在下面"
    kept = f"，{where}" if typed_texts(request.POST) else ""
    return f"{trouble.what}，{outcome}{kept}。{trouble.advice}"
