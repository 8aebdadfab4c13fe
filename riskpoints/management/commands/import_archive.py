"""import_archive: reads an archive back into an installation that holds nothing yet."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from riskpoints.archives.importing import import_archive
from riskpoints.archives.records import ArchiveError, head_text
from riskpoints.management.commands.verify_register import head


class Command(BaseCommand):
    """Verify an archive and import it, all or nothing."""

    help = "把年度档案读回没有数据的系统：manage.py import_archive 档案.zip"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="档案包（.zip）")
        parser.add_argument("--head", type=head, help="当时抄下的审计链首（序号:校验值），不符就不导入")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.exists():
            raise CommandError(f"找不到“{path}”。请核对路径。")
        try:
            imported = import_archive(path, head=options["head"])
        except ArchiveError as error:
            raise CommandError(str(error)) from error
        state = "已关闭，不再改动" if imported.cycle.is_closed else "没有关闭，可以接着办理"
        self.stdout.write(
            f"已导入 {imported.cycle}（{state}）：{imported.tables} 张表，{imported.decisions} 条办理记录，"
            f"{imported.accounts} 个停用的账号。"
        )
        self.stdout.write(f"导入的审计记录到 {head_text(imported.head)}")
        self.stdout.write(
            "账号没有口令和角色。请用 manage.py createsuperuser 建立管理员账号，登录后启用需要的账号，给予角色。"
        )
