"""The files of regulations: what may be one is judged by its content; a replaced one is kept."""

import hashlib

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from departments.models import Actor
from riskcontrol import audit, files
from riskcontrol.attachments import ACCEPTED, HELP, MEDIA_TYPES, plain_name, read
from riskcontrol.text import stripped
from riskpoints.references.regulations.models import Regulation, RegulationFile
from riskpoints.references.regulations.permissions import RegulationAction, require_still
from riskpoints.references.regulations.verbs import RegulationVerb

__all__ = ["ACCEPTED", "HELP", "MEDIA_TYPES", "add", "read"]


def add(
    regulation: Regulation,
    content: bytes,
    *,
    name: str,
    replaces: RegulationFile | None = None,
    reason: str = "",
    actor: Actor,
) -> RegulationFile:
    """Keep a file of a regulation, in the place of an earlier one if it is said why. ValidationError by field."""
    suffix = read(content)
    with transaction.atomic():
        locked = Regulation.objects.select_for_update(of=("self",)).select_related("department").get(pk=regulation.pk)
        require_still(actor, RegulationAction.EDIT, locked)
        same = locked.files.filter(file__sha256=hashlib.sha256(content).hexdigest(), replacement__isnull=True).first()
        if same is not None:
            raise ValidationError({"file": f"这份文件已经上传过（{same.name}），不用再传。"})
        if replaces is not None:
            _require_replaceable(locked, replaces, reason)
        row = RegulationFile(
            regulation=locked,
            file=files.keep(content, MEDIA_TYPES[suffix]),
            name=plain_name(name, suffix),
            suffix=suffix,
            added_by=actor,
            added_at=timezone.now(),
            replaces=replaces,
            reason=stripped(reason),
        )
        row.full_clean(exclude=["regulation", "file", "added_by", "replaces"])
        row.save()
        verb = RegulationVerb.FILE_REPLACE if replaces else RegulationVerb.FILE_ADD
        detail = {"文件名": row.name, "更换的文件": replaces.name if replaces else "", "更换原因": row.reason}
        audit.record(verb, actor=actor, target=locked, detail=detail | {"file_hash": row.file.sha256})
    return row


def _require_replaceable(regulation: Regulation, old: RegulationFile, reason: str) -> None:
    if not stripped(reason):
        raise ValidationError({"reason": "请写明更换原因，原来的文件保留。"})
    if old.regulation_id != regulation.pk or RegulationFile.objects.filter(replaces=old).exists():
        raise ValidationError({"file": "要更换的文件刚才已被他人更换，请刷新后再看。"})
