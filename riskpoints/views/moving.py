"""A row of a draft to another place: among those beside it, or a point in another category."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect

from riskpoints.content.content import load
from riskpoints.models import RiskPoint
from riskpoints.tables import moving
from riskpoints.views.access import draft_for, only_posts
from riskpoints.views.editing import change

GONE = "表里的顺序刚刚变了，没有移动。请再移一次。"


@only_posts
def move(request, version_id, row_id, kind):
    """Put a point or a measure in the place of its neighbour on the page (`direction`), or of another one (`to`)."""
    version = draft_for(request.user, version_id)
    group, place = beside(load(version), kind, row_id)
    if "to" in request.POST:
        target = next((at for at, row in enumerate(group) if str(row.pk) == request.POST["to"]), -1)
        if target < 0:
            messages.info(request, GONE)
            return redirect("riskpoints:version", version.pk)
    else:
        target = place - 1 if request.POST.get("direction") == "up" else place + 1
    if not 0 <= target < len(group) or target == place:
        return redirect("riskpoints:version", version.pk)
    row, passed = group[place], group[place + 1 : target + 1] or group[target:place][::-1]
    return change(request, version, f"{kind}-{row_id}", lambda: moving.place_row(row, *passed, actor=request.user))


def beside(content, kind, row_id):
    """The rows that are shown together with this one, and its place among them; none where it is no more."""
    if kind == "point":
        groups = [row.points for row in content.rows]
    else:
        groups = [group for row in content.rows for group in row.measure_groups.values()]
    for group in groups:
        for place, row in enumerate(group):
            if row.pk == row_id:
                return group, place
    return [], 0


@only_posts
def to_category(request, version_id, point_id):
    """Put a point into another category, with the measures that answer it."""
    version = draft_for(request.user, version_id)
    category = request.POST.get("category", "")
    if category not in version.table.categories.values:
        raise Http404("No such category.")
    point = RiskPoint.objects.filter(version=version, pk=point_id).select_related("version").first()
    if point is None:
        messages.info(request, "这个风险点刚刚已经删除，没有移动。")
        return redirect("riskpoints:version", version.pk)

    def write():
        moving.move_to_category(point, category, actor=request.user)

    return change(request, version, f"point-{point_id}", write)
