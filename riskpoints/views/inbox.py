"""待办: what waits for the person who logged in, oldest first."""

from django.shortcuts import render
from django.utils import timezone

from departments import notices
from departments.accounts import typed
from riskcontrol.kept import state_of_trail
from riskcontrol.web.noted import noted
from riskpoints.boards.first import boards_of
from riskpoints.content.today import in_force_today
from riskpoints.desk import tasks as queries
from riskpoints.desk.alarms import alarms_of
from riskpoints.desk.waiting import waiting_of
from riskpoints.models import ControlTable
from riskpoints.permissions import visible_versions

# Only what is written into a table is told by its words: they lie open on a screen that others may see.
TOLD = "/versions/"


def unsaved(kept, user):
    """A form that somebody typed and did not save, for the list of them."""
    begins = typed.begins(kept, user) if kept.path.startswith(TOLD) else ""
    return {"path": kept.path, "kept_at": kept.kept_at, "begins": begins}


def inbox(request):
    """The first page after login."""
    state = state_of_trail()
    visible = visible_versions(request.user).filter(in_force_today()).values("pk")
    in_force = ControlTable.objects.filter(in_force__in=visible).select_related("cycle", "department", "in_force")
    waits = waiting_of(request.user, state)
    tasks, others = waits.tasks, waits.others
    now = queries.open_now(tasks)
    told = list(notices.unread(request.user))
    noted(request).waiting = waiting = len(now) + len(others) + len(told)
    context = {
        "alarms": alarms_of(request.user),
        "entries": queries.by_age(now, others),
        "notices": told,
        "waiting": waiting,
        "is_several": sum(not task.is_filling for task in now) > 1,
        "published": [task for task in tasks if not task.is_open and not task.is_filling],
        "not_begun": [task for task in tasks if not task.is_open and task.is_filling],
        "today": timezone.localdate(),
        "years": queries.open_cycles(),
        "in_force": in_force.order_by("scope", "department", "id"),
        "boards": boards_of(request.user),
        "kept_forms": [unsaved(kept, request.user) for kept in typed.kept_by(request.user)],
    }
    return render(request, "riskpoints/desk/inbox.html", context)
