"""The product's own addresses and one more: an empty page with session and login, beside which pages are measured."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from riskcontrol.urls import handler403, handler404, handler500  # noqa: F401 - Django looks for them here
from riskcontrol.urls import urlpatterns as own
from tests.bench.paging import FLOOR


def floor(request: HttpRequest) -> HttpResponse:
    """Say who asks, and nothing else."""
    return HttpResponse(str(request.user))


urlpatterns = [path(FLOOR.strip("/") + "/", floor), *own]
