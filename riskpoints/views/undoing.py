"""撤销 what was done last in a draft, and 恢复 what was struck from it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.urls import reverse

from riskcontrol.web.http import next_url
from riskcontrol.web.query import PLAIN_NUMBER
from riskpoints.models.table import FrozenError
from riskpoints.tables import acts, recovering, undoing
from riskpoints.tables.refusal import WorkflowError
from riskpoints.views.access import draft_for, only_posts
from riskpoints.views.editing import change


@only_posts
def undo(request, version_id):
    """Take back what this person did last; the button names the step that it means."""
    version = draft_for(request.user, version_id)
    sheet = reverse("riskpoints:version", args=[version.pk])
    key = request.POST.get("act", "")
    try:
        act = undoing.undo(version, int(key) if PLAIN_NUMBER.fullmatch(key) else 0, actor=request.user)
    except (WorkflowError, FrozenError) as error:
        messages.error(request, str(error))
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
    else:
        messages.success(request, f"已撤销：{act.said}。")
        anchor = acts.anchor_of(act, version)
        sheet = f"{sheet}?saved={anchor}#{anchor}" if anchor else sheet
    return redirect(next_url(request, sheet))


@only_posts
def recover(request, version_id, identity, kind):
    """Bring a struck point or measure back as the version has it that the draft was begun from."""
    version = draft_for(request.user, version_id)
    bring_back = {"point": recovering.recover_point, "measure": recovering.recover_measure}[kind]

    def write():
        return f"{kind}-{bring_back(version, identity, actor=request.user).pk}"

    return change(request, version, "", write)
