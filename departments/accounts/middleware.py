"""What stands between a login and the pages: a session that is kept up, what a person has to do first, typed text."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse

from departments.accounts import passwords, second_factor, sessions, typed
from departments.models import NOT_SET_UP, School, User
from departments.permissions import OrganisationAction, can
from riskcontrol.web import handlers
from riskcontrol.web.forms import typed_texts
from riskcontrol.web.noted import noted


class _Middleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)


class SeenMiddleware(_Middleware):
    """Keep the session of somebody at work from running out."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sessions.touch(request.session)
        return self.get_response(request)


class FirstThingsMiddleware(_Middleware):
    """Send a person to what comes before everything else: an own password, and the authenticator where it is demanded.

    Whose password ran out saves nothing any more either (issue 17); what was typed into a form under way is kept.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            first = self._first(request, request.user)
            if first and request.path not in [reverse(name) for name in (*first, "logout")]:
                if request.method == "POST" and not request.user.must_change_password:
                    self._keep(request, request.user)
                return redirect(first[0])
            noted(request).is_held_up = bool(first)
        return self.get_response(request)

    @staticmethod
    def _keep(request: HttpRequest, user: User) -> None:
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return
        if typed.is_marked(match.func) and typed.opens(request, user, match.func, match.args, match.kwargs):
            typed.keep(user, request.path, request.POST)

    @staticmethod
    def _first(request: HttpRequest, user: User) -> tuple[str, ...]:
        """The names of the only addresses that are open now, the one to go to first; empty where all are."""
        if user.must_change_password or passwords.has_expired(user):
            return ("password_change",)
        if second_factor.is_demanded_of(user) and second_factor.device_of(user) is None:
            return ("code_setup", "code_picture", "password_change", "password_change_done")
        return ()


class SetUpMiddleware(_Middleware):
    """Say what to set up first where a page needs the school's particulars and there are none."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, School.DoesNotExist):
            return None
        texts = typed_texts(request.POST) if request.method == "POST" else []
        may_keep = can(request.user, OrganisationAction.KEEP)
        context = {"reason": NOT_SET_UP, "texts": texts, "may_keep": may_keep}
        return render(request, "departments/not_set_up.html", context, status=409)


class TypedMiddleware(_Middleware):
    """Lose nothing that was typed into a form: while it is typed, when the login ran out, when a right was taken away.

    For views marked with typed.keeps_typed(); see there.
    """

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        if not typed.is_marked(view):
            return None
        user = request.user
        if request.method == "POST" and not user.is_authenticated:
            owner = sessions.late_owner(request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""))
            may_keep = owner is not None and typed.opens(request, owner, view, args, kwargs)
            if owner is not None and may_keep and typed.keep(owner, request.path, request.POST):
                messages.warning(request, typed.KEPT)
        elif request.method == "POST" and user.is_authenticated:
            if typed.DRAFT_HEADER in request.headers:
                return typed.kept_while_typing(request, user, view, args, kwargs)
            typed.forget(user, request.path)
        elif request.method == "GET":
            return typed.shown_again(request, view, args, kwargs)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A refused form is answered with what was typed into it, to be copied."""
        match = request.resolver_match
        refused = request.method == "POST" and isinstance(exception, PermissionDenied | Http404)
        if not refused or match is None or not typed.is_marked(match.func):
            return None
        if isinstance(exception, PermissionDenied):
            handlers.record_refusal(request, exception)
        return typed.refused(request, exception)
