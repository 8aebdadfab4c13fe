"""A row of a draft to another place: among those beside it, or a point in another category."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect

from riskpoints.content.content import load
from riskpoints.models import RiskPoint
from riskpoints.tables import moving
from riskpoints.views.access import draft_for, only_posts
from riskpoints.views.editing import change


@only_posts
def move(request, version_id, row_id, kind):
    """Let a point or a measure change places with its neighbour on the page."""
    version = draft_for(request.user, version_id)
    step = -1 if request.POST.get("direction") == "up" else 1
    row, other = neighbours(load(version), kind, row_id, step)
    if row is None or other is None:
        return redirect("riskpoints:version", version.pk)
    return change(request, version, f"{kind}-{row_id}", lambda: moving.swap_rows(row, other, actor=request.user))


def neighbours(content, kind, row_id, step):
    """The row and the one before or after it among those shown together; None where there is none."""
    groups = [row.points for row in content.rows] if kind == "point" else []
    if kind == "measure":
        groups = [group for row in content.rows for group in row.measure_groups.values()]
    for group in groups:
        for place, row in enumerate(group):
            if row.pk == row_id:
                target = place + step
                return row, group[target] if 0 <= target < len(group) else None
    return None, None


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
