"""The finished archives on this server: where they lie, handed out, checked again."""

import hashlib
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.exceptions import PermissionDenied

from departments.models import Actor
from riskcontrol import audit
from riskcontrol.verbs import SystemFact
from riskpoints.archives import verifier
from riskpoints.archives.records import ArchiveError
from riskpoints.models import AnnualArchive
from riskpoints.models.archive import ArchiveState
from riskpoints.permissions import RegisterAction, can
from riskpoints.verbs import RegisterVerb


def folder() -> Path:
    """Where archives are kept."""
    path = Path(settings.VAR_DIR, "archives")
    path.mkdir(mode=0o750, exist_ok=True)
    return path


def require_allowed(actor: Actor) -> None:
    """Only those who may build archives start, fetch and check them."""
    if not can(actor, RegisterAction.BUILD_ARCHIVE):
        raise PermissionDenied("您没有生成和下载年度档案的权限。")


def file_of(archive: AnnualArchive) -> Path | None:
    """The archive's file, or None where it is not finished or was taken away."""
    if archive.state != ArchiveState.DONE or not archive.file:
        return None
    path = folder() / archive.file
    return path if path.is_file() else None


def open_download(archive: AnnualArchive, *, actor: Actor) -> BinaryIO:
    """The archive to hand out, noted in the audit trail. ArchiveError where its file is gone."""
    require_allowed(actor)
    path = file_of(archive)
    if path is None:
        raise ArchiveError("这份档案的文件不在服务器上了。请重新生成，或从备份恢复。")
    audit.record(
        RegisterVerb.ARCHIVE_DOWNLOAD, actor=actor, target=archive, detail={SystemFact.FILE_HASH: archive.sha256}
    )
    return path.open("rb")


def check_stored(archive: AnnualArchive, *, actor: Actor) -> list[str]:
    """What is wrong with a stored archive, in Chinese; empty when it is whole and the one that was built."""
    require_allowed(actor)
    path = file_of(archive)
    if path is None:
        faults = ["这份档案的文件不在服务器上了。请重新生成，或从备份恢复。"]
    else:
        faults = verifier.verify(path)
        with path.open("rb") as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() != archive.sha256:
                faults.insert(0, "文件与生成时登记的校验值不符，已被替换或改动。")
    detail = {"结果": "完整无误" if not faults else f"{len(faults)} 处不对", "问题": faults[:20]}
    audit.record(RegisterVerb.ARCHIVE_VERIFY, actor=actor, target=archive, detail=detail, succeeded=not faults)
    return faults
