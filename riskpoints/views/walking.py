"""逐条核对: the points of a renewal one below the other, each to be answered with one key."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from departments.accounts.typed import keeps_typed
from riskcontrol.web.query import QueryReader
from riskpoints.content.content import TableContent, load
from riskpoints.content.walk import Walk, WalkedPoint, walk_of
from riskpoints.models import Measure, RiskPoint
from riskpoints.models.table import FrozenError
from riskpoints.permissions import writes
from riskpoints.tables import editing, walking
from riskpoints.tables.drafts import NotOwnError
from riskpoints.tables.refusal import WorkflowError
from riskpoints.tables.undoing import last_own_act
from riskpoints.views.access import draft_for
from riskpoints.views.editing import CONFLICT, UNPROCESSABLE

CHANGED = "这个风险点或它的措施刚才被修改过，下面是现在的内容。请看过后再选。"
GONE = "这个风险点已被删除。"
NO_ANSWER = "请选“仍然适用”“修改”或“不再适用”。"
ANSWERS = ("keep", "change", "drop")


@dataclass(frozen=True)
class Refused:
    """Why a press was refused, and what was typed with it."""

    why: str
    answer: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class WalkLine:
    """A point to be gone through: its number in its category, its measures, its state, what was refused of it."""

    item: WalkedPoint
    number: int
    measures: Sequence[Measure]
    seen: str
    may: bool
    is_next: bool
    refused: Refused | None

    @property
    def text(self) -> str:
        """What stands in the field of its words."""
        typed = self.refused.typed.get("text", "") if self.refused else ""
        return typed or self.item.point.text


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def index(request, version_id):
    """The page; a press answers one point and goes on to the next that is left."""
    version = draft_for(request.user, version_id)
    try:
        editing.require_draft(version)
        walking.require_renewal(version)
        if request.method == "POST":
            return answer(request, version)
    except (FrozenError, WorkflowError) as error:
        messages.error(request, str(error))
        return redirect("riskpoints:version", version.pk)
    return show(request, version, begins="saved" not in request.GET)


def answer(request, version):
    """Do what was pressed, and go on."""
    read = QueryReader(request.POST)
    key, lock = (read.number(name, name, range(10**9)) for name in ("point", "lock"))
    pressed = read.choice("answer", "核对结果", ANSWERS)
    point = version.points.select_related("post", "version__table").filter(pk=key).first()
    if point is None:
        messages.error(request, GONE)
        return show(request, version, status=CONFLICT)
    typed = {name: request.POST.get(name, "") for name in ("text", "reason")}
    try:
        write(point, pressed, typed, lock, request)
    except editing.ConflictError as error:
        if error.stored is None:
            messages.error(request, GONE)
        return show(request, version, {point.pk: Refused(CHANGED, pressed, typed)}, status=CONFLICT)
    except (ValidationError, NotOwnError) as error:
        why = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
        return show(request, version, {point.pk: Refused(why, pressed, typed)}, status=UNPROCESSABLE)
    return redirect(f"{reverse('riskpoints:walk', args=[version.pk])}?saved={key}#{anchor(request, version, key)}")


def write(point, pressed, typed, lock, request):
    """Let the service do it; ValidationError where nothing was chosen."""
    seen = request.POST.get("seen", "")
    if pressed == "keep":
        walking.keep(point, seen=seen, actor=request.user)
    elif pressed == "change":
        walking.change(point, typed["text"], lock=lock, actor=request.user)
    elif pressed == "drop":
        walking.drop(point, typed["reason"], seen=seen, actor=request.user)
    else:
        raise ValidationError(NO_ANSWER)


def anchor(request, version, key):
    """The next point that this person has left after the one that was answered, or before it; else the list itself."""
    may = writes(request.user, version.table)
    walk = walk_of(load(version))
    open_items = [item.point for item in walk.left if may(item.point.post_id)] if walk else []
    places = [item.point.pk for item in walk.points] if walk else []
    here = places.index(key) if key in places else -1
    later = [point for point in open_items if places.index(point.pk) > here]
    following = next(iter([*later, *open_items]), None)
    return f"walk-{following.pk}" if following else "walked"


def show(request, version, refused=None, *, begins=False, status=200):
    """The page as the draft stands now; `refused` says by a point's pk what was refused, `begins`: the first point that
    is left has the focus."""
    content = load(version)
    walk = walk_of(content)
    if walk is None:  # index() has asked
        raise AssertionError
    may = writes(request.user, version.table)
    context = {
        "version": version,
        "walk": walk,
        "rows": rows_of(content, walk, may, refused or {}, begins=begins),
        "last_act": last_own_act(version, request.user),
        "own_left": sum(may(item.point.post_id) for item in walk.left),
    }
    return render(request, "riskpoints/tables/walk.html", context, status=status)


def rows_of(
    content: TableContent,
    walk: Walk,
    may: Callable[[int | None], bool],
    refused: Mapping[int, Refused],
    *,
    begins: bool,
):
    """(category's label, its points) in the order of the form; what others write is told without buttons."""
    first = next((item.point.pk for item in walk.left if may(item.point.post_id)), None) if begins else None
    found: list[tuple[str, list[WalkLine]]] = []
    for row in content.rows:
        lines = [
            line_of(content, walk.by_identity[point.identity], number, may, first, refused)
            for number, point in enumerate(row.points, start=1)
        ]
        if lines:
            found.append((row.label, lines))
    return found


def line_of(content: TableContent, item: WalkedPoint, number: int, may, first, refused) -> WalkLine:
    """One point of the page."""
    point: RiskPoint = item.point
    measures = content.measures_of(point)
    return WalkLine(
        item,
        number,
        measures,
        walking.state_of(point, measures),
        may(point.post_id),
        point.pk == first,
        refused.get(point.pk),
    )
