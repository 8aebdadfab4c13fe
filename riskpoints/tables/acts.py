"""What a change to a draft touches, kept as it was before, so that the change can be undone (tables/undoing.py)."""

import copy
import uuid
from collections.abc import Iterable, Mapping
from typing import Any, cast

from django.db import models

from departments.models import Actor, User
from departments.permissions import afresh
from riskpoints import fields
from riskpoints.enums import ALL_CATEGORIES
from riskpoints.models import DraftAct, Measure, NilDeclaration, PostExemption, RiskPoint, TableVersion

# How many acts one after the other a draft remembers.
REMEMBERED = 30
HEAD_KEY = "head:"
KINDS: dict[str, tuple[Any, str]] = {
    "point": (RiskPoint, "identity"),
    "measure": (Measure, "identity"),
    "nil": (NilDeclaration, "category"),
    "exemption": (PostExemption, "post_id"),
}
_LEVEL = {
    *("likelihood", "harm", "computed_level"),
    *("proposed_level", "proposed_reason", "confirmed_level", "confirmed_reason"),
}
# Values by field; None where there is no such row.
Values = dict[str, Any] | None


def keep(row: models.Model) -> None:
    """Keep a row as it is, before it is added, changed or removed; its version is the one that is held."""
    version = cast(Any, row).version
    if version.kept is not None:
        version.kept.setdefault(key_of(row), values_of(row) if row.pk else None)


def keep_head(version: TableVersion) -> None:
    """Keep the head of the form, before it is changed."""
    if version.kept is not None:
        version.kept.setdefault(HEAD_KEY, head_of(version))


def make_final(version: TableVersion) -> None:
    """The change under way does more than write rows, so that taking the rows back would not undo it: none is kept."""
    version.kept = None


def key_of(row: models.Model) -> str:
    """A row's name among all of its version: its kind, and what is its own there."""
    kind = next(kind for kind, (model, _) in KINDS.items() if isinstance(row, model))
    return f"{kind}:{getattr(row, KINDS[kind][1])}"


def stored(version: TableVersion, key: str) -> models.Model | None:
    """The row of that key as it is now."""
    kind, name = key.split(":", 1)
    model, own = KINDS[kind]
    return cast("models.Model | None", model.objects.filter(version=version, **{own: name}).first())


def names_of(model: Any) -> list[str]:
    """The fields of a row that are kept, by the names that hold plain values."""
    return [one.attname for one in model._meta.concrete_fields if one.name not in ("id", "version", "lock")]


def values_of(row: models.Model) -> dict[str, Any]:
    """All that a row says; of a measure also which points it answers and which regulations it rests on."""
    values = {name: _plain(getattr(row, name)) for name in names_of(type(row))}
    if isinstance(row, Measure):
        values["answered"] = sorted(str(point.identity) for point in row.points.all())
        values["cited"] = sorted(regulation.pk for regulation in row.regulations.all())
    return values


def head_of(version: TableVersion) -> dict[str, Any]:
    """What the head of the form says."""
    return {name: _plain(getattr(version, name)) for name in fields.typed(fields.HEAD)}


def note(version: TableVersion, lock_before: int, actor: Actor) -> None:
    """Remember the change that was kept, if there is something to undo. The version has the lock that it gets by it."""
    kept, version.kept = version.kept, None
    if not kept:
        return
    now = _now(version, kept)
    before = {key: values for key, values in kept.items() if values != now[key]}
    if not before:
        return
    DraftAct.objects.create(
        version=version,
        said=said(before, now),
        lock_before=lock_before,
        lock=version.lock,
        before=before,
        actor=cast(User, afresh(actor)),
    )
    old = version.acts.order_by("-pk").values_list("pk", flat=True)[REMEMBERED:]
    version.acts.filter(pk__in=list(old)).delete()


def last_act(version: TableVersion) -> DraftAct | None:
    """What was done last in a draft, where it can be undone: nothing else has changed in it since."""
    return version.acts.filter(lock=version.lock).order_by("-pk").first()


def forget(version: TableVersion) -> None:
    """What was done before a draft was handed in is decided about: it is not undone afterwards."""
    version.acts.all().delete()


def anchor_of(act: DraftAct, version: TableVersion) -> str:
    """The element of the sheet that shows a row which an act touched; empty where none of them is there now."""
    for key in act.before:
        kind = key.split(":", 1)[0]
        row = stored(version, key) if kind in ("point", "measure") else None
        if row is not None:
            return f"{kind}-{row.pk}"
    return ""


def _now(version: TableVersion, keys: Iterable[str]) -> dict[str, Values]:
    """What the rows of these keys say now; each kind is read at once."""
    found: dict[str, Values] = dict.fromkeys(keys)
    for kind, (model, own) in KINDS.items():
        if names := [key.partition(":")[2] for key in found if key.startswith(f"{kind}:")]:
            rows = model.objects.filter(version=version, **{f"{own}__in": names})
            rows = rows.prefetch_related("points", "regulations") if model is Measure else rows
            found |= {key_of(row): values_of(row) for row in rows}
    if HEAD_KEY in found:
        found[HEAD_KEY] = head_of(version)
    return found


def _plain(value: Any) -> Any:
    """A value as it is read from JSON again."""
    if isinstance(value, uuid.UUID):
        return str(value)
    return value.isoformat() if hasattr(value, "isoformat") else copy.copy(value)


def said(before: Mapping[str, Values], now: Mapping[str, Values]) -> str:
    """What a change did, in the words of its button: 删除风险点“…”, 新增 风险点 3、防范措施 5."""
    points, measures = _of("point", before), _of("measure", before)
    if len(points) == 1:
        return _said_of_row("风险点", before[points[0]], now[points[0]])
    if not points and len(measures) == 1:
        return _said_of_row("防范措施", before[measures[0]], now[measures[0]])
    rows = [*points, *measures]
    if rows and all(_changed(before[key], now[key]) == {"order"} for key in rows):
        return "调整顺序"
    if rows:
        counts = [("风险点", points), ("防范措施", measures)]
        act = "新增" if not any(before[key] for key in rows) else "改动"
        return f"{act} {'、'.join(f'{name} {len(keys)}' for name, keys in counts if keys)}"
    return _said_of_statement(before)


def _of(kind: str, keys: Iterable[str]) -> list[str]:
    return [key for key in keys if key.startswith(f"{kind}:")]


def _changed(before: Values, now: Values) -> set[str]:
    if before is None or now is None:
        return set()
    return {name for name, value in before.items() if now[name] != value}


def _said_of_row(name: str, before: Values, now: Values) -> str:
    text = (now or before or {})["text"].split("\n")[0]
    short = f"“{text[:20]}{'…' if len(text) > 20 else ''}”"
    if before is None or now is None:
        return f"{'新增' if before is None else '删除'}{name}{short}"
    changed = _changed(before, now)
    if "category" in changed:
        return f"把{name}{short}移到{_category(now['category'])}"
    return f"{'定级' if changed <= _LEVEL else '修改'}{name}{short}"


def _said_of_statement(before: Mapping[str, Values]) -> str:
    key = next(iter(before))
    kind, name = key.split(":", 1)
    if kind == "nil":
        return f"{'取消' if before[key] else '确认'}{_category(name)}为“无”"
    return "岗位无风险点说明" if kind == "exemption" else "修改表头"


def _category(value: str) -> str:
    return str(dict(ALL_CATEGORIES).get(value, value))
