"""Who may open which page of the library."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from riskpoints.references.library.permissions import LibraryAction, can
from riskpoints.references.library.services import REFUSED

UNPROCESSABLE, CONFLICT = 422, 409
REFUSALS = {
    LibraryAction.READ: "典型风险库供填报、审核和分管的人员查看。",
    LibraryAction.KEEP: REFUSED,
}


def requires(action: LibraryAction) -> Callable:
    """Let in who may do this; 403 with the reason for everybody else."""

    def decorate(view: Callable) -> Callable:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not can(request.user, action):
                raise PermissionDenied(REFUSALS[action])
            return view(request, *args, **kwargs)

        return guarded

    return decorate
