"""待办: what waits for the person who logged in, oldest first."""

from django.shortcuts import render
from django.utils import timezone

from departments import notices
from riskpoints import queries
from riskpoints.models import ControlTable
from riskpoints.permissions import visible_versions


def inbox(request):
    """The first page after login."""
    cycle = queries.current_cycle()
    in_force = ControlTable.objects.none()
    if cycle is not None:
        visible = visible_versions(request.user).filter(table__cycle=cycle).values("pk")
        in_force = ControlTable.objects.filter(in_force__in=visible).select_related("cycle", "department", "in_force")
    tasks = queries.tasks(request.user)
    now, others = [task for task in tasks if task.is_open], queries.other_tasks(request.user)
    told = list(notices.unread(request.user))
    request.waiting = len(now) + len(others) + len(told)
    context = {
        "tasks": now,
        "others": others,
        "notices": told,
        "waiting": request.waiting,
        "upcoming": [task for task in tasks if not task.is_open],
        "today": timezone.localdate(),
        "in_force": in_force,
    }
    return render(request, "riskpoints/inbox.html", context)
