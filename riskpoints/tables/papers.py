"""Frozen documents: rendered once at a decision, kept beside it, and from then on served as kept."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet

from departments.models import Actor
from departments.permissions import afresh
from riskcontrol import audit, files, watched
from riskcontrol.paper.pdf import DocumentError
from riskcontrol.text import is_blank, stripped
from riskcontrol.verbs import SystemFact
from riskpoints import documents
from riskpoints.content import content
from riskpoints.enums import DECISIVE_ACTIONS, Action, Status
from riskpoints.models import Decision, SignedScan, StoredDocument, TableVersion
from riskpoints.permissions import can
from riskpoints.tables.locking import lock_year
from riskpoints.verbs import RegisterVerb

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
SCAN_TYPES = {"pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png"}
KEPT_AT = frozenset({Action.APPROVE, *DECISIVE_ACTIONS})


class ScanError(Exception):
    """The scan is not taken; the message is Chinese and says what to do."""


@dataclass(frozen=True)
class Rendering:
    """The documents of one content, made before the decision is written, so that nobody waits for the printing."""

    content_hash: str
    files: dict[str, bytes] = field(default_factory=dict)

    @property
    def hashes(self) -> dict[str, str]:
        """The SHA-256 of each, by its kind."""
        return {kind: hashlib.sha256(made).hexdigest() for kind, made in self.files.items()}


def render(version: TableVersion, **facts: Any) -> Rendering:
    """Print a version as it will stand after the decision (`facts`: status, day). DocumentError says what can't be."""
    future = TableVersion.objects.select_related("table__cycle", "table__department").get(pk=version.pk)
    for name, value in facts.items():
        setattr(future, name, value)
    _, content_hash = content.sealed(content.load(future))
    made = {kind: documents.version_document(future, kind) for kind in settings.KEPT_DOCUMENTS}
    return Rendering(content_hash, made)


def keep_printed(decision: Decision, rendering: Rendering) -> None:
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


def valid_scans(version: TableVersion) -> QuerySet[SignedScan]:
    """The scans that count: a replaced one is kept, but no more than that."""
    return SignedScan.objects.filter(version=version, replacement__isnull=True).order_by("added_at", "id")


def add_scan(version: TableVersion, scan: bytes, suffix: str, *, actor: Actor) -> SignedScan:
    """Attach a scan of the signed paper to a confirmed version, until its year is closed; the same twice is one.

    ScanError where it was replaced as a wrong one.
    """
    require_scan_allowed(version, actor)
    with transaction.atomic():
        _hold_year(version)
        require_scan_allowed(version, afresh(actor))
        return keep_scan(version, scan, suffix, actor=actor)


def replace_scan(old: SignedScan, scan: bytes, suffix: str, *, reason: str, actor: Actor) -> SignedScan:
    """Put another scan in the place of a wrong one, with the reason; both are kept. ScanError says why not."""
    version, reason = old.version, stripped(reason)
    require_scan_allowed(version, actor, Action.REPLACE_SCAN)
    if is_blank(reason):
        raise ScanError("请写明更换的原因。")
    with transaction.atomic():
        _hold_year(version)
        require_scan_allowed(version, afresh(actor), Action.REPLACE_SCAN)
        if SignedScan.objects.filter(replaces=old).exists():
            raise ScanError("这份扫描件已由他人更换，请刷新页面，看最新的一份。")
        return keep_scan(version, scan, suffix, replaces=old, reason=reason, actor=actor)


def keep_scan(
    version: TableVersion,
    scan: bytes,
    suffix: str,
    *,
    replaces: SignedScan | None = None,
    reason: str = "",
    actor: Actor,
) -> SignedScan:
    """Keep a scan with its entry, within a transaction whose writer has asked who may; the same twice is one."""
    file = files.keep(scan, SCAN_TYPES[suffix])
    existing = SignedScan.objects.filter(version=version, file=file).first()
    if existing is not None and SignedScan.objects.filter(replaces=existing).exists():
        raise ScanError("这份文件登记过，后来作为错的更换掉了。确实要用这张纸的，请重新扫描一次。")
    if existing is not None and replaces is not None:
        raise ScanError("这份文件已经登记过，请选择新的扫描件。")
    if existing is not None:
        return existing
    added = SignedScan.objects.create(
        version=version, file=file, suffix=suffix, added_by=actor, replaces=replaces, reason=reason
    )
    detail = {SystemFact.FILE_HASH: file.sha256, "格式": suffix}
    if replaces is not None:
        detail |= {"原校验值": replaces.file.sha256, "原因": reason}
    verb = RegisterVerb.ADD_SCAN if replaces is None else RegisterVerb.REPLACE_SCAN
    audit.record(verb, actor=actor, target=version, detail=detail, marks=watched.values(added))
    return added


def _hold_year(version: TableVersion) -> None:
    """The version and its year as they are now; close_year() would else keep what stands in it without this scan."""
    version.table.cycle = lock_year(version.table.cycle)
    version.status = TableVersion.objects.values_list("status", flat=True).select_for_update().get(pk=version.pk)


def require_scan_allowed(version: TableVersion, actor: Actor | None, action: Action = Action.ADD_SCAN) -> None:
    """PermissionDenied, saying why, unless this person can attach a scan to this version now, or replace one."""
    if version.table.cycle.is_closed:
        raise PermissionDenied(f"{version.table.cycle}已经归档关闭，不能再登记签字扫描件。")
    if not can(actor, action, version):
        raise PermissionDenied("签字扫描件由领导小组办公室没有填写、提交或核定这张表的人登记。")


__all__ = [
    "DocumentError",
    "Rendering",
    "ScanError",
    "add_scan",
    "document_of",
    "keep_printed",
    "keep_scan",
    "kept_document",
    "render",
    "replace_scan",
    "require_scan_allowed",
    "valid_scans",
]
