"""A one-time password opens one door only: the page where it is changed."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse


class OneTimePasswordMiddleware:
    """Send a person with a one-time password to 修改密码 before anything else is shown."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        waits = user.is_authenticated and user.must_change_password
        if waits and request.path not in (reverse("password_change"), reverse("logout")):
            return redirect("password_change")
        return self.get_response(request)
