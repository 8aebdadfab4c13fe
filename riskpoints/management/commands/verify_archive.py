"""verify_archive: says whether an archive is whole; the same check lies in each archive as 核验.py."""

import hashlib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from riskcontrol.models import AuditEntry
from riskpoints.archives import verifier
from riskpoints.models import AnnualArchive
from riskpoints.verbs import RegisterFact, RegisterVerb


class Command(BaseCommand):
    """Check an archive: exit 0 when it is whole, 1 with the list of what is wrong."""

    help = "核验年度档案：manage.py verify_archive 档案.zip"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="档案包（.zip），或解压后的文件夹")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.exists():
            raise CommandError(f"找不到“{path}”。请核对路径。")
        faults = verifier.verify(path)
        if faults:
            listed = "".join(f"\n  {place}. {fault}" for place, fault in enumerate(faults, start=1))
            raise CommandError(f"“{path.name}”有 {len(faults)} 处不对：{listed}")
        self.stdout.write(f"“{path.name}”完整无误。{_origin(path)}")


def _origin(path: Path) -> str:
    """Whether this very file was built here: the one thing that a forged but consistent archive can't show."""
    if path.is_dir():
        return ""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    archive = AnnualArchive.objects.filter(sha256=digest).order_by("pk").first()
    if archive is not None:
        return f"与本系统生成的{archive}一致。"
    imports = AuditEntry.objects.of(RegisterVerb.YEAR_IMPORT).filter(succeeded=True)
    entry = imports.stating(RegisterFact.ARCHIVE_HASH, digest).first()
    return f"与本系统导入的{entry.object_label}档案一致。" if entry else "本系统没有生成过这个文件的记录。"
