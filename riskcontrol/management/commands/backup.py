"""backup: one verified backup of database and files; or the systemd units that make one every night."""

import signal
import sys
import threading
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import get_default_timezone

from riskcontrol.backup.errors import BackupError
from riskcontrol.backup.making import folder_of_backups, make_backup
from riskcontrol.deploy import units


class Command(BaseCommand):
    """Exit 0: made and whole. 1: none was made. 3: made, but the register itself has faults, which are listed."""

    requires_system_checks: list[str] = []
    help = "备份数据库和全部文件，并试恢复一次：backup --to 文件夹 --keep 30"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", type=Path, default=folder_of_backups(), help="备份放在哪个文件夹")
        parser.add_argument("--keep", type=int, metavar="N", help="只保留最新的 N 个备份")
        parser.add_argument("--schedule", action="store_true", help="打印每天自动备份的 systemd 配置")

    def handle(self, *args: Any, **options: Any) -> None:
        folder, keep = options["to"].absolute(), options["keep"]
        if keep is not None and keep < 1:
            raise CommandError("--keep 至少是 1。")
        if options["schedule"]:
            self.stdout.write(
                units.printed_schedule(Path(settings.BASE_DIR), Path(settings.VAR_DIR), folder, keep or 30)
            )
            return
        # systemd stops a unit with it; as an exit it clears away what is half made.
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
        try:
            made = make_backup(folder, keep=keep)
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"已备份并试恢复：{made.rows} 行，{made.files} 个文件，{made.size} 字节")
        self.stdout.write(f"SHA-256 {made.sha256}")
        self.stdout.write(f"审计链首 {made.head}{_local(made.head.at)}")
        self.stdout.write(str(made.path))
        if made.faults:
            listed = "".join(f"\n  {place}. {fault}" for place, fault in enumerate(made.faults, start=1))
            text = f"备份与数据库一致，但登记册本身有 {len(made.faults)} 处不符，请查明原因：{listed}"
            raise CommandError(text, returncode=3)


def _local(moment: str) -> str:
    """When the last entry was written, in the school's own time; nothing for an empty trail."""
    return f"（{datetime.fromisoformat(moment).astimezone(get_default_timezone()):%Y-%m-%d %H:%M}）" if moment else ""
