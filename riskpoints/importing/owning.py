"""Of a file for the table of the 校领导班子: what is another leader's to write is refused in its line (R53)."""

from collections.abc import Callable

from riskpoints.importing.plan import ImportPlan, Line, State
from riskpoints.tables.drafts import OF_ANOTHER, OF_NO_POST


def refuse_foreign(plan: ImportPlan, may: Callable[[int | None], bool]) -> None:
    """Refuse what the file would add to posts of others; what is in the draft already is nobody's change."""
    for line in plan.points:
        _refuse(line, {_post_of(line)}, may)
    for line in plan.measures:
        _refuse(line, {_post_of(point) for point in line.points} or {None}, may)
    for line in (*plan.heads, *plan.nils):
        _refuse(line, {None}, may)


def _post_of(line: Line) -> int | None:
    if line.stored is not None:
        return line.stored.post_id
    post = line.values.get("post")
    return post.pk if post else None


def _refuse(line: Line, posts: set[int | None], may: Callable[[int | None], bool]) -> None:
    if line.state == State.NEW and not all(map(may, posts)):
        line.refuse(OF_ANOTHER.format(line.post) if line.post else OF_NO_POST)
