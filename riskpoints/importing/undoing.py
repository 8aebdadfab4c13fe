"""撤销导入: a draft as it was before the last import, as long as nothing else has changed in it."""

from collections.abc import Mapping
from typing import cast

from departments.models import Actor, User
from departments.permissions import afresh
from riskcontrol import audit
from riskpoints.models import TableImport, TableVersion
from riskpoints.tables import acts, editing, undoing
from riskpoints.tables.refusal import WorkflowError
from riskpoints.verbs import RegisterVerb

TOO_LATE = "导入以后草稿又有了改动，这次导入不能再整个撤销。请逐项修改或删除。"


def keep(version: TableVersion, *, file_name: str, counts: Mapping[str, int], actor: User) -> None:
    """Keep that there was an import; the version is as it was left by it."""
    TableImport.objects.create(
        version=version,
        file_name=file_name,
        counts=list(counts.items()),  # PostgreSQL keeps no order of keys
        lock=version.lock,
        actor=actor,
    )


def last_import(version: TableVersion) -> TableImport | None:
    """The last import into a draft, if nothing has changed in it since."""
    return version.imports.filter(lock=version.lock).order_by("-pk").first()


def undo(version: TableVersion, *, actor: Actor) -> TableImport:
    """Take the last import back. Raises WorkflowError once the draft has changed, PermissionDenied or FrozenError."""
    with editing.together():
        locked = editing.lock_draft(version, actor=actor)
        found, act = last_import(locked), acts.last_act(locked)
        if found is None or act is None:
            raise WorkflowError(TOO_LATE)
        undoing.take_back(locked, act, actor=cast(User, afresh(actor)))
        detail = {"来源": found.file_name} | dict(found.counts)
        audit.record(RegisterVerb.UNDO_IMPORT, actor=actor, target=locked, detail=detail)
    return found
