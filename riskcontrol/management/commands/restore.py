"""restore: puts a backup back, or only tries it out (--into scratch)."""

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import get_default_timezone

from riskcontrol import seals
from riskcontrol.backup import restoring
from riskcontrol.backup.errors import BackupError
from riskcontrol.backup.examination import AuditHead
from riskcontrol.backup.making import folder_of_backups


class Command(BaseCommand):
    """Exit 0 when restored (or whole), 1 with the reason; a backup may go into the other kind of database."""

    help = "恢复备份：restore 备份.zip；只核验不恢复：restore 备份.zip --into scratch"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="备份文件")
        parser.add_argument("--into", choices=["scratch"], help="scratch：只在临时数据库里试恢复，什么都不改")
        parser.add_argument("--replace", action="store_true", help="替换现有内容（先自动备份它）")
        parser.add_argument("--accept-faults", action="store_true", help="备份里的登记册有不符之处也恢复")
        parser.add_argument("--damaged", action="store_true", help="现有数据库已损坏、无法备份：改名保留，再恢复")
        parser.add_argument("--saved", type=Path, metavar="FILE", help="现有内容已备份在这个文件里，不再备份")
        parser.add_argument("--to", type=Path, default=folder_of_backups(), help="自动备份放在哪里")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["into"]:
                self._check(options["file"], options["to"].absolute())
            else:
                self._restore(options)
        except BackupError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"恢复没有完成：{error.strerror or error}。请检查磁盘空间和文件夹权限。") from error

    def _check(self, file: Path, folder: Path) -> None:
        package, faults = restoring.check(file, folder)
        self._describe(package.manifest)
        self.stdout.write(restoring.known(file))
        if faults:
            listed = "".join(f"\n  {place}. {fault}" for place, fault in enumerate(faults, start=1))
            raise CommandError(f"备份没有损坏，但其中的登记册有 {len(faults)} 处不符：{listed}")
        self.stdout.write("完整无误，可以恢复。")

    def _restore(self, options: dict[str, Any]) -> None:
        plan = restoring.RestorePlan(
            is_replacing=options["replace"] or options["damaged"],
            is_damaged=options["damaged"],
            saved=options["saved"],
            accepts_faults=options["accept_faults"],
        )
        done = restoring.restore(options["file"], options["to"].absolute(), plan)
        self._describe(done.manifest)
        if done.replaced:
            self.stdout.write(f"原来的内容保存在 {done.replaced}")
        self.stdout.write(f"已恢复，写入 {done.files} 个文件。所有人须重新登录。")
        self.stdout.write(f"{seals.state()}。")
        if done.faults:
            self.stderr.write(f"登记册本身有 {len(done.faults)} 处不符，请运行 verify_register。")

    def _describe(self, manifest: dict[str, Any]) -> None:
        rows = manifest["canonical"]["rows"]
        made_at = datetime.fromisoformat(manifest["made_at"]).astimezone(get_default_timezone())
        self.stdout.write(f"备份于 {made_at:%Y-%m-%d %H:%M}，程序 {manifest['program']['version']} 版，{rows} 行")
        self.stdout.write(f"审计链首 {AuditHead(**manifest['audit_head'])}")
