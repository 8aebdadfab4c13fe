"""逐条定级: the points of a draft one below the other, each with the nine squares of likelihood and harm."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from riskcontrol.web.query import QueryReader
from riskpoints import levels
from riskpoints.content.content import TableContent, load
from riskpoints.content.criteria import harm_criteria
from riskpoints.enums import Harm, Likelihood
from riskpoints.levels import Ruling
from riskpoints.models import RiskPoint
from riskpoints.models.table import FrozenError
from riskpoints.permissions import writes
from riskpoints.tables import editing, levelling
from riskpoints.tables.drafts import NotOwnError
from riskpoints.tables.undoing import last_own_act
from riskpoints.views.access import draft_for
from riskpoints.views.editing import CONFLICT, UNPROCESSABLE

CHANGED = "这个风险点刚才被修改过，下面是现在的内容。请看过后再选。"
GONE = "这个风险点已被删除。"
NO_LEVELS = "学校表（附件2）不定等级。"


@dataclass(frozen=True)
class LevelledPoint:
    """A point to be levelled: its number in its category, its squares by likelihood, and what is said of its level."""

    point: RiskPoint
    number: int
    lines: Sequence[tuple[Likelihood, Sequence[levelling.Square]]]
    chosen: str
    ruling: Ruling
    is_saved: bool
    wrong: str

    @property
    def is_levelled(self) -> bool:
        """Whether both scales and a level stand there."""
        return bool(self.chosen) and self.point.proposed_level is not None

    @property
    def differs(self) -> bool:
        """Whether the department proposes another level than the rule gives."""
        return self.is_levelled and self.point.proposed_level != self.ruling.computed


@require_http_methods(["GET", "HEAD", "POST"])
def index(request, version_id):
    """The page; a press sets both scales of a point."""
    version = draft_for(request.user, version_id)
    try:
        editing.require_draft(version)
        if version.table.is_school:
            raise FrozenError(NO_LEVELS)
        if request.method == "POST":
            return set_level(request, version)
    except FrozenError as error:
        messages.error(request, str(error))
        return redirect("riskpoints:version", version.pk)
    saved = QueryReader(request.GET).number("saved", "刚保存的", range(10**9))
    return show(request, version, saved=saved)


def set_level(request, version):
    """Save the pressed square, and come back to the point."""
    read = QueryReader(request.POST)
    key, lock = (read.number(name, name, range(10**9)) for name in ("point", "lock"))
    point = version.points.select_related("post", "version__table").filter(pk=key).first()
    pair = read.choice("square", "等级", levelling.PAIRS)
    if point is None:
        messages.error(request, GONE)
        return show(request, version, status=CONFLICT)
    if not pair:
        return show(request, version, wrong={point.pk: "请选一格。"}, status=UNPROCESSABLE)
    try:
        levelling.set_level(point, pair, lock=lock, actor=request.user)
    except editing.ConflictError as error:
        if error.stored is None:
            messages.error(request, GONE)
        return show(request, version, wrong={point.pk: CHANGED}, status=CONFLICT)
    except (ValidationError, NotOwnError) as error:
        said = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
        return show(request, version, wrong={point.pk: said}, status=UNPROCESSABLE)
    return redirect(f"{reverse('riskpoints:levelling', args=[version.pk])}?saved={point.pk}#level-{point.pk}")


def show(request, version, *, saved=None, wrong=None, status=200):
    """The page as the draft stands now; `wrong` says by a point's pk why its press was refused."""
    content = load(version)
    rows = rows_of(content, writes(request.user, version.table), saved, wrong or {})
    context = {
        "version": version,
        "rows": rows,
        "left": sum(not item.is_levelled for _, items in rows for item in items),
        "count": sum(len(items) for _, items in rows),
        "harms": list(Harm),
        "last_act": last_own_act(version, request.user),
        "harm_guides": harm_criteria(version),
    }
    return render(request, "riskpoints/tables/levelling.html", context, status=status)


def rows_of(content: TableContent, may, saved: int | None, wrong: dict[int, str]):
    """(category's label, its points) of what this person writes, in the order of the form."""
    floors: dict[int | None, Any] = {post.pk: post.floors for post in content.posts}
    found: list[tuple[str, list[LevelledPoint]]] = []
    for row in content.rows:
        items = [
            item_of(point, number, floors.get(point.post_id, point.functions), saved, wrong)
            for number, point in enumerate(row.points, start=1)
            if may(point.post_id)
        ]
        if items:
            found.append((row.label, items))
    return found


def item_of(point: RiskPoint, number: int, floors, saved: int | None, wrong: dict[int, str]) -> LevelledPoint:
    """One point of the page; `floors` are those of its post."""
    chosen = f"{point.likelihood}-{point.harm}" if point.likelihood and point.harm else ""
    ruling = levels.rule(point.likelihood, point.harm, floors)
    return LevelledPoint(
        point, number, levelling.square_lines(floors), chosen, ruling, point.pk == saved, wrong.get(point.pk, "")
    )
