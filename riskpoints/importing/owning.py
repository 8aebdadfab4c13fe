"""Of a file for the table of the 校领导班子: what is another leader's to write is refused in its line (R53)."""

from collections.abc import Callable

from riskpoints.importing.plan import ImportPlan, Line, State
from riskpoints.tables.drafts import OF_ANOTHER, OF_NO_POST, posts_of_measure


def refuse_foreign(plan: ImportPlan, may: Callable[[int | None], bool]) -> None:
    """Refuse what the file would add to posts of others; what is in the draft already is nobody's change."""
    for line in plan.points:
        _refuse(line, {_post_of(line), *_new_post_of(line)}, may)
    for line in plan.measures:
        held = posts_of_measure(line.measure.points.all()) if line.measure is not None else set()
        _refuse(line, held | ({_post_of(point) for point in line.points} or {None}), may)
    for line in (*plan.heads, *plan.nils):
        _refuse(line, {None}, may)


def _post_of(line: Line) -> int | None:
    if line.stored is not None:
        return line.stored.post_id
    post = line.values.get("post")
    return post.pk if post else None


def _new_post_of(line: Line) -> list[int | None]:
    """The post that a change gives a point."""
    if line.stored is None or "post" not in line.values:
        return []
    post = line.values["post"]
    return [post.pk if post else None]


def _refuse(line: Line, posts: set[int | None], may: Callable[[int | None], bool]) -> None:
    if line.state in (State.NEW, State.CHANGED, State.NEAR) and not all(map(may, posts)):
        line.refuse(OF_ANOTHER.format(line.post) if line.post else OF_NO_POST)
