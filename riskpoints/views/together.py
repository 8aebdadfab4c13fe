"""几张表一起办理: what waits for the person's own step, to be ticked: printed in one file, confirmed with one proof."""

from dataclasses import dataclass
from functools import partial

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from departments.enums import Role
from departments.permissions import has_role
from riskcontrol import audit
from riskcontrol.web.handlers import record_refusal
from riskpoints.archives import binding
from riskpoints.content.versions import versions_with_people
from riskpoints.desk import tasks
from riskpoints.desk.tasks import SIGN
from riskpoints.enums import Action
from riskpoints.figures.counts import NO_COUNTS, LevelCounts, level_counts
from riskpoints.forms.deciding import ConfirmSeveralForm
from riskpoints.models import TableVersion
from riskpoints.permissions import RegisterAction, can
from riskpoints.tables import together
from riskpoints.verbs import RegisterVerb
from riskpoints.views.actions import done_text
from riskpoints.views.papers import OK, print_unnoted

NONE_TICKED = "请先勾选要一起办理的表。"
GONE = "勾选的表里有 {count} 张已经不在您的待办里，没有办理：刚刚由别人办理了，或者退回了。"


@dataclass(frozen=True)
class Row:
    """A table that waits, with its people, and how many points stand at each level."""

    task: tasks.Task
    version: TableVersion
    levels: LevelCounts


@require_safe
def index(request):
    """The tables that wait for this person to decide, record or scan."""
    rows = rows_of(waiting(request.user))
    context = {
        "rows": rows,
        "may_confirm": has_role(request.user, Role.PRINCIPAL) and any(row.task.verb == SIGN for row in rows),
        "may_scan": can(request.user, RegisterAction.SORT_SCANS),
    }
    return render(request, "riskpoints/desk/together.html", context)


def waiting(user):
    """The tasks about tables that were handed in, those of today."""
    return [task for task in tasks.open_now(tasks.tasks(user)) if not task.is_filling]


def rows_of(found):
    """These tasks with what is known of their tables."""
    keys = [task.version_id for task in found]
    counts, _ = level_counts(keys)
    people = {version.pk: version for version in versions_with_people(TableVersion.objects.filter(pk__in=keys))}
    return [Row(task, people[task.version_id], counts.get(task.version_id, NO_COUNTS)) for task in found]


def ticked(request, found):
    """Those of these tasks whose tables were ticked; what else was ticked is said."""
    chosen = set(request.POST.getlist("version"))
    kept = [task for task in found if str(task.version_id) in chosen]
    if gone := len(chosen) - len(kept):
        messages.error(request, GONE.format(count=gone))
    elif not kept:
        messages.error(request, NONE_TICKED)
    return kept


@require_http_methods(["GET", "HEAD", "POST"])
def print_ticked(request):
    """One PDF of exactly the tables that were ticked, as each is printed alone; in two copies if asked for."""
    chosen = ticked(request, waiting(request.user)) if request.method == "POST" else []
    if not chosen:
        return redirect("riskpoints:together")
    versions = [row.version for row in rows_of(chosen)]
    in_two = "two" in request.POST
    name = f"廉政风险点防控表（{len(versions)}张{'，一式二份' if in_two else ''}）.pdf"
    make = partial(binding.bound_forms, versions, in_two=in_two)
    given = print_unnoted(request, make, name, back=reverse("riskpoints:together"), inline=True)
    if given.status_code == OK:
        for version in versions:
            audit.record(RegisterVerb.VERSION_DOWNLOAD, actor=request.user, target=version, detail={"文件": name})
    return given


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request):
    """The principal's own confirmation of the tables that were ticked one by one, after one proof of who it is."""
    own = has_role(request.user, Role.PRINCIPAL)
    found = [task for task in waiting(request.user) if own and task.verb == SIGN]
    chosen = ticked(request, found) if request.method == "POST" else []
    if not chosen:
        return redirect("riskpoints:together")
    form = ConfirmSeveralForm(request.POST if "sent" in request.POST else None, request=request)
    if not form.is_bound or not form.is_valid():
        context = {"rows": rows_of(chosen), "form": form}
        return render(request, "riskpoints/desk/together_confirm.html", context, status=422 if form.is_bound else 200)
    versions = [row.version for row in rows_of(chosen)]
    tell(request, Action.CONFIRM, together.confirm_own(versions, proof=form.proof, actor=request.user))
    return redirect("riskpoints:together")


def tell(request, action, outcomes):
    """Say of each table what happened, or why not; a right that is missing stands in the trail as it does for one."""
    for outcome in outcomes:
        if outcome.refusal:
            tell_refusal(request, outcome)
        else:
            messages.success(request, done_text(action, outcome.version))


def tell_refusal(request, outcome):
    """Say why nothing was done with a table."""
    if outcome.denied is not None:
        record_refusal(request, outcome.denied)
    messages.error(request, f"{outcome.version.owner_name}：没有办理。{outcome.refusal}")
