"""A finished file handed out: to who asked for it, while the rights that it was made with still hold."""

import hashlib
import tempfile
from typing import BinaryIO

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from departments.models import User
from departments.permissions import TAKEN_AWAY, afresh
from riskcontrol import audit
from riskpoints.exports import orders, queue
from riskpoints.models import Cycle, Export
from riskpoints.models.export import KEPT_FOR, ExportState
from riskpoints.permissions import RegisterAction, can, visible_versions
from riskpoints.verbs import RegisterVerb

CHANGED_RIGHTS = "这份文件生成以后，您能看到的范围变了，文件已删除。请重新导出。"
DAMAGED = "这份文件不完整，已删除。请重新导出。"
# By the kind of order: what the trail calls it, and who may have it.
HANDED_OUT = {
    orders.REGISTER: (RegisterVerb.REGISTER_EXPORT, RegisterAction.VIEW_REGISTER),
    orders.YEAR_TABLES: (RegisterVerb.YEAR_DOWNLOAD, RegisterAction.VIEW_PROGRESS),
}


def finished(export_id: int, user: User) -> Export | None:
    """A person's file that is still to be had; None for any other, and for one whose time is over."""
    since = timezone.now() - KEPT_FOR
    return queue.of(user).filter(pk=export_id, state=ExportState.DONE, finished_at__gte=since).first()


def hand_out(export: Export, *, actor: User) -> BinaryIO:
    """The file, noted in the trail as the same file would be that came at once. PermissionDenied where the person may
    not export any more; ExportError where the file holds what he doesn't see any more, or is damaged."""
    verb, needed = HANDED_OUT[export.kind]
    user = afresh(actor)
    if user is None or not can(user, needed):
        raise PermissionDenied(TAKEN_AWAY)
    if not _still_shown(export, user):
        queue.leave(export.pk, actor=actor)
        raise orders.ExportError(CHANGED_RIGHTS)
    content = _put_together(export)
    if content is None:
        queue.leave(export.pk, actor=actor)
        raise orders.ExportError(DAMAGED)
    target = Cycle.objects.get(pk=export.asked["cycle"]) if "cycle" in export.asked else None
    audit.record(verb, actor=actor, target=target, detail={"文件": export.name, **export.detail})
    return content


def _still_shown(export: Export, user: User) -> bool:
    """Whether the person sees all of what is in the file now, too; in a version that was given up there is nothing."""
    versions = {
        version.pk: version
        for version in visible_versions(user).filter(pk__in=export.shown).select_related("table__department")
    }
    return all(
        int(key) in versions and (not assessed or can(user, RegisterAction.VIEW_ASSESSMENT, versions[int(key)]))
        for key, assessed in export.shown.items()
    )


def _put_together(export: Export) -> BinaryIO | None:
    """The pieces as an open temporary file; None where they are not what was made."""
    whole, digest = tempfile.TemporaryFile(), hashlib.sha256()  # noqa: SIM115 - who hands it out closes it
    for piece in export.pieces.values_list("content", flat=True).iterator(chunk_size=1):
        # SQLite keeps what it is given: forged content can come back as text.
        content = piece.encode() if isinstance(piece, str) else bytes(piece)
        digest.update(content)
        whole.write(content)
    if digest.hexdigest() != export.sha256:
        whole.close()
        return None
    whole.seek(0)
    return whole
