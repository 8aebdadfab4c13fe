"""Files kept for good under their SHA-256: keep() is the only writer, read() never hands out changed bytes."""

import hashlib

from django.db import IntegrityError, transaction

from riskcontrol.models import StoredFile


class ChangedFileError(Exception):
    """The stored bytes are not what was stored; the message is Chinese and says what to do."""


def keep(content: bytes, media_type: str) -> StoredFile:
    """Store bytes once; the same bytes are the same file."""
    sha256 = hashlib.sha256(content).hexdigest()
    existing = StoredFile.objects.defer("content").filter(sha256=sha256).first()
    if existing is not None:
        return existing
    try:
        with transaction.atomic():
            return StoredFile.objects.create(sha256=sha256, size=len(content), media_type=media_type, content=content)
    except IntegrityError:  # another server stored the same bytes a moment ago
        return StoredFile.objects.defer("content").get(sha256=sha256)


def read(file: StoredFile) -> bytes:
    """The bytes, checked against their hash. ChangedFileError where they differ."""
    # SQLite keeps what it is given: forged content can come back as text.
    content = file.content.encode() if isinstance(file.content, str) else bytes(file.content)
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise ChangedFileError("存档文件与登记时的校验值不符，已被改动。请联系管理员从备份恢复。")
    return content


def content(sha256: str) -> bytes:
    """The bytes stored under a hash, checked. ChangedFileError where they differ or are gone."""
    file = StoredFile.objects.filter(sha256=sha256).first()
    if file is None:
        raise ChangedFileError(f"存档文件 {sha256[:12]} 不见了。请联系管理员从备份恢复。")
    return read(file)
