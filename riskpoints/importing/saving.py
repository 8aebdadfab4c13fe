"""Adds what a plan says to the draft, all of it or nothing, and notes from which file it came."""

from typing import Any, cast

from departments.models import Actor, User
from departments.permissions import afresh
from riskcontrol import audit
from riskpoints.importing import undoing
from riskpoints.importing.content import FileContent
from riskpoints.importing.orders import Orders
from riskpoints.importing.owning import refuse_foreign
from riskpoints.importing.plan import NO_ORDERS, ImportPlan, Line, State, plan
from riskpoints.models import RiskPoint, TableVersion
from riskpoints.permissions import writes
from riskpoints.tables import editing
from riskpoints.verbs import RegisterVerb


class ImportRefusedError(Exception):
    """The draft is another one than at the preview: something of the file can't be added any more."""

    def __init__(self, refused: ImportPlan) -> None:
        super().__init__("草稿在预览以后有了变动，什么都没有导入。请看下面标出的行。")
        self.plan = refused


def save(
    version: TableVersion,
    content: FileContent,
    orders: Orders = NO_ORDERS,
    *,
    file_name: str,
    sha256: str,
    actor: Actor,
) -> ImportPlan:
    """Add what is not in the draft yet, and return what was done; sent twice it adds nothing more.

    Raises ImportRefusedError, PermissionDenied or FrozenError.
    """
    with editing.together():
        locked = editing.lock_draft(version, actor=actor)
        todo = plan(locked, content, orders)
        if locked.table.is_leaders:
            refuse_foreign(todo, writes(cast(User, afresh(actor)), locked.table))
        if todo.wrong:
            raise ImportRefusedError(todo)
        if not todo.new:
            return todo
        with editing.editing(locked, actor=actor) as held:
            _save_lines(held, todo, actor)
        undoing.keep(held, file_name=file_name, counts=todo.counts, actor=cast(User, afresh(actor)))
        detail = {"文件": file_name, "SHA-256": sha256} | todo.counts
        audit.record(RegisterVerb.IMPORT_SHEET, actor=actor, target=locked, detail=detail)
    return todo


def _save_lines(version: TableVersion, todo: ImportPlan, actor: Actor) -> None:
    _save_heads(version, todo, actor)
    points: dict[Line, RiskPoint] = {}
    for line in todo.points:
        if line.state == State.NEW:
            points[line] = editing.save_point(version, line.values, actor=actor)
        elif line.is_change and line.stored is not None:
            editing.save_point(version, line.values, point=line.stored, lock=line.stored.lock, actor=actor)
    for line in todo.measures:
        answered = [_point(point, points) for point in line.points]
        if line.state == State.NEW:
            editing.save_measure(version, line.values, points=answered, actor=actor)
        elif line.is_change and line.measure is not None:
            lock = line.measure.lock
            editing.save_measure(version, line.values, points=answered, measure=line.measure, lock=lock, actor=actor)
    for line in todo.nils:
        if line.state == State.NEW:
            editing.declare_nil(version, line.category, actor=actor)


def _save_heads(version: TableVersion, todo: ImportPlan, actor: Actor) -> None:
    values: dict[str, Any] = {}
    for line in todo.heads:
        if line.state == State.NEW:
            values |= line.values
    if values:
        editing.save_head(version, values, actor=actor)


def _point(line: Line, saved: dict[Line, RiskPoint]) -> RiskPoint:
    return line.stored or saved[line]
