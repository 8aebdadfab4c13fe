"""The files of regulations: what may be one is judged by its content; a replaced one is kept."""

import hashlib

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from departments.models import Actor
from riskcontrol import audit, files
from riskcontrol.paper import attachment_reading
from riskcontrol.processes.confined import SCAN_LIMITS, RefusedError, Words, confined
from riskcontrol.sizes import ATTACHMENT_BYTES, ATTACHMENT_MEGABYTES
from riskcontrol.text import stripped
from riskpoints.references.regulations.models import Regulation, RegulationFile
from riskpoints.references.regulations.permissions import RegulationAction, require_still
from riskpoints.references.regulations.verbs import RegulationVerb

WORDS = Words(
    "这个文件太复杂，{seconds} 秒内没有读完。请另存后再试。",
    "这个文件展开后太大，读不下。请另存后再试。",
    "这个文件读不出来，可能已经损坏。请打开后另存，再上传。",
)
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ofd": "application/ofd",
    "jpg": "image/jpeg",
    "png": "image/png",
}
ACCEPTED = ",".join(f".{suffix}" for suffix in (*MEDIA_TYPES, "jpeg"))
HELP = f"PDF、Word（.docx）、Excel（.xlsx）、OFD、JPG 或 PNG，不超过 {ATTACHMENT_MEGABYTES} MB。"
LONGEST_NAME = 120


def read(content: bytes) -> str:
    """The kind of file by its content, read in a confined process. ValidationError at `file` says what is wrong."""
    if len(content) > ATTACHMENT_BYTES:
        raise ValidationError({"file": f"文件超过 {ATTACHMENT_MEGABYTES} MB，请分开或压缩图片后再上传。"})
    try:
        return str(confined(attachment_reading.read_attachment, content, limits=SCAN_LIMITS, words=WORDS)["kind"])
    except RefusedError as error:
        raise ValidationError({"file": str(error)}) from error


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
            name=_plain_name(name, suffix),
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


def _plain_name(name: str, suffix: str) -> str:
    """The name without its ending, which is that of its content, and cut to what a row holds."""
    plain = "".join(character for character in name if character.isprintable())
    stem = plain.rpartition("/")[2].rpartition("\\")[2].rpartition(".")[0] or plain
    return f"{stripped(stem)[: LONGEST_NAME - len(suffix) - 1] or '文件'}.{suffix}"
