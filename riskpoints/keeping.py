"""Frozen documents: rendered once at a decision, kept beside it, and from then on served as kept."""

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction

from riskcontrol import audit, files
from riskcontrol.pdf import DocumentError
from riskpoints import content, documents
from riskpoints.enums import Action, Status
from riskpoints.models import Cycle, Decision, SignedScan, StoredDocument, TableVersion
from riskpoints.permissions import can

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
SCAN_TYPES = {"pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png"}
KEPT_AT = frozenset({Action.APPROVE, Action.CONFIRM, Action.RECORD})


@dataclass(frozen=True)
class Rendering:
    """The documents of one content, made before the decision is written, so that nobody waits for the printing."""

    content_hash: str
    files: dict[str, bytes] = field(default_factory=dict)


def render(version: TableVersion, **facts: Any) -> Rendering:
    """Print a version as it will stand after the decision (`facts`: status, day). DocumentError says what can't be."""
    future = TableVersion.objects.select_related("table__cycle", "table__department").get(pk=version.pk)
    for name, value in facts.items():
        setattr(future, name, value)
    _, content_hash = content.sealed(content.load(future))
    made = {kind: documents.version_document(future, kind) for kind in settings.KEPT_DOCUMENTS}
    return Rendering(content_hash, made)


def keep(decision: Decision, rendering: Rendering) -> None:
    """Keep the documents beside their decision, in its transaction. ValueError where they show another content."""
    if rendering.content_hash != decision.content_hash:
        raise ValueError("The documents were printed from another content than the one decided.")
    for kind, made in rendering.files.items():
        StoredDocument.objects.create(decision=decision, kind=kind, file=files.keep(made, MEDIA_TYPES[kind]))


def kept_document(version: TableVersion, kind: str) -> bytes | None:
    """The document as kept at the version's last review or confirmation; None for a draft, or where none was kept."""
    if version.status not in (Status.REVIEWED, Status.CONFIRMED):
        return None
    kept = (
        StoredDocument.objects.filter(decision__version=version, decision__action__in=KEPT_AT, kind=kind)
        .select_related("file")
        .order_by("-decision__at", "-decision__id")
        .first()
    )
    return files.read(kept.file) if kept else None


def document_of(version: TableVersion, kind: str) -> bytes:
    """The kept document, or one printed now. DocumentError where it can't be printed."""
    return kept_document(version, kind) or documents.version_document(version, kind)


def add_scan(version: TableVersion, scan: bytes, suffix: str, *, actor: Any) -> SignedScan:
    """Attach a scan of the signed paper to a confirmed version, until its year is closed; the same twice is one."""
    require_scan_allowed(version, actor)
    with transaction.atomic():
        # The year is held: close_year() would otherwise keep what stands in it without this scan.
        version.table.cycle = Cycle.objects.select_for_update().get(pk=version.table.cycle_id)
        require_scan_allowed(version, actor)
        file = files.keep(scan, SCAN_TYPES[suffix])
        existing = SignedScan.objects.filter(version=version, file=file).first()
        if existing is not None:
            return existing
        added = SignedScan.objects.create(version=version, file=file, suffix=suffix, added_by=actor)
        audit.record("登记签字扫描件", actor=actor, target=version, detail={"校验值": file.sha256, "格式": suffix})
    return added


def require_scan_allowed(version: TableVersion, actor: Any) -> None:
    """PermissionDenied, saying why, unless this person can attach a scan to this version now."""
    if version.table.cycle.is_closed:
        raise PermissionDenied(f"{version.table.cycle}已经归档关闭，不能再登记签字扫描件。")
    if not can(actor, Action.ADD_SCAN, version):
        raise PermissionDenied("只有领导小组办公室能登记签字扫描件。")


__all__ = [
    "DocumentError",
    "Rendering",
    "add_scan",
    "document_of",
    "keep",
    "kept_document",
    "render",
    "require_scan_allowed",
]
