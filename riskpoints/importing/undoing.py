"""撤销导入: a draft as it was before the last import, as long as nothing else has changed in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from django.db.models import Field

from departments.models import Actor, Post, User
from riskcontrol import audit
from riskpoints.models import Measure, RiskPoint, TableImport, TableVersion
from riskpoints.tables import editing
from riskpoints.tables.refusal import WorkflowError
from riskpoints.verbs import RegisterVerb

TOO_LATE = "导入以后草稿又有了改动，这次导入不能再整个撤销。请逐项修改或删除。"


@dataclass
class Before:
    """What an import adds, by identity, and what it changes, as it was before."""

    head: dict[str, Any] = field(default_factory=dict)
    points: list[str] = field(default_factory=list)
    measures: list[str] = field(default_factory=list)
    nils: list[str] = field(default_factory=list)
    changed_points: dict[str, dict[str, Any]] = field(default_factory=dict)
    changed_measures: dict[str, dict[str, Any]] = field(default_factory=dict)

    def keep_head(self, version: TableVersion, names: Sequence[str]) -> None:
        """Keep entries of the head before they are filled in."""
        self.head |= {name: getattr(version, name) for name in names}

    def keep_point(self, point: RiskPoint, names: Sequence[str]) -> None:
        """Keep a point before it is changed, with the level that was confirmed for it."""
        kept = {name: _plain(point, name) for name in names}
        confirmed = {"confirmed_level": point.confirmed_level, "confirmed_reason": point.confirmed_reason}
        self.changed_points[str(point.identity)] = kept | confirmed

    def keep_measure(self, measure: Measure, names: Sequence[str]) -> None:
        """Keep a measure before it is changed, with the points that it answers."""
        answered = [str(point.identity) for point in measure.points.all()]
        self.changed_measures[str(measure.identity)] = {name: _plain(measure, name) for name in names} | {
            "answered": answered
        }


def _plain(row: Any, name: str) -> Any:
    return getattr(row, row._meta.get_field(name).attname)


def keep(version: TableVersion, before: Before, *, file_name: str, counts: Mapping[str, int], actor: User) -> None:
    """Keep what an import changed; the version is as it was left by it."""
    TableImport.objects.create(
        version=version,
        file_name=file_name,
        counts=list(counts.items()),  # PostgreSQL keeps no order of keys
        lock=version.lock,
        before=before.__dict__,
        actor=actor,
    )


def last_import(version: TableVersion) -> TableImport | None:
    """The last import into a draft, if nothing has changed in it since."""
    return version.imports.filter(lock=version.lock).order_by("-pk").first()


def undo(version: TableVersion, *, actor: Actor) -> TableImport:
    """Take the last import back. Raises WorkflowError once the draft has changed, PermissionDenied or FrozenError."""
    with editing.together():
        locked = editing.lock_draft(version, actor=actor)
        found = last_import(locked)
        if found is None:
            raise WorkflowError(TOO_LATE)
        before = Before(**found.before)
        with editing.editing(locked, actor=actor) as held:
            _restore(held, before, actor)
        detail = {"来源": found.file_name} | dict(found.counts)
        audit.record(RegisterVerb.UNDO_IMPORT, actor=actor, target=locked, detail=detail)
    return found


def _restore(version: TableVersion, before: Before, actor: Actor) -> None:
    for category in before.nils:
        editing.withdraw_nil(version, category, actor=actor)
    points = {str(point.identity): point for point in version.points.all()}
    measures = {str(measure.identity): measure for measure in version.measures.all()}
    for identity, kept in before.changed_measures.items():
        answered = [points[key] for key in kept.pop("answered")]
        editing.save_measure(version, kept, points=answered, measure=measures[identity], actor=actor)
    for identity in before.measures:
        editing.remove_row(measures[identity], actor=actor)
    for identity in before.points:
        editing.remove_row(points[identity], actor=actor)
    for identity, kept in before.changed_points.items():
        _restore_point(version, points[identity], kept, actor)
    if before.head:
        editing.save_head(version, before.head, actor=actor)


def _restore_point(version: TableVersion, point: RiskPoint, kept: dict[str, Any], actor: Actor) -> None:
    confirmed = {name: kept.pop(name) for name in ("confirmed_level", "confirmed_reason")}
    if kept.get("post"):
        kept["post"] = Post.objects.get(pk=kept["post"])
    for name in [name for name in kept if name != "post"]:
        kept[name] = cast("Field[Any, Any]", RiskPoint._meta.get_field(name)).to_python(kept[name])
    row = editing.save_point(version, kept, point=point, actor=actor)
    if confirmed["confirmed_level"] and row.confirmed_level != confirmed["confirmed_level"]:
        for name, value in confirmed.items():
            setattr(row, name, value)
        row.save(update_fields=list(confirmed))
