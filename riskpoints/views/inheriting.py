"""接管部门的风险点: what a closed department had, taken over point by point into the draft of its successor."""

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from riskpoints.models.table import FrozenError
from riskpoints.tables import editing
from riskpoints.tables.drafts import NotOwnError
from riskpoints.tables.workflow import WorkflowError
from riskpoints.views.access import draft_for
from riskpoints.years import inheriting


@require_http_methods(["GET", "HEAD", "POST"])
def inherited(request, version_id):
    """The list; a press takes one point over."""
    version = draft_for(request.user, version_id)
    try:
        editing.require_draft(version)
    except FrozenError as error:
        messages.error(request, str(error))
        return redirect("riskpoints:version", version.pk)
    if request.method == "POST":
        try:
            point = inheriting.adopt(version, identity_of(request), actor=request.user)
        except (WorkflowError, FrozenError, NotOwnError) as error:
            messages.error(request, str(error))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            more = "" if point.post_id else "请为它选定岗位。"
            messages.success(request, f"已采纳“{point.text[:30]}”，写入本表。{more}")
        return redirect("riskpoints:inherited", version.pk)
    context = {"version": version, "items": inheriting.inherited(version)}
    return render(request, "riskpoints/tables/inherited.html", context)


def identity_of(request):
    """The identity that the button sends; one that nothing has where it is none."""
    try:
        return uuid.UUID(request.POST.get("identity", ""))
    except ValueError:
        return uuid.UUID(int=0)
