"""canonical_dump: every row as JSON lines, the same bytes from SQLite and PostgreSQL."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from riskcontrol.backup import canonical, copies


class Command(BaseCommand):
    """Two databases hold the same when their dumps have the same SHA-256, which is printed on the error stream."""

    help = "导出全部内容（规范格式，两种数据库结果相同）：manage.py canonical_dump --output 文件.jsonl"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--output", type=Path, help="写到哪里；不写则输出到屏幕")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path | None = options["output"]
        try:
            with copies.standing_still() as using:
                if path is None:
                    dumped = canonical.dump(sys.stdout.buffer.write, using=using)
                else:
                    with path.open("wb") as stream:
                        dumped = canonical.dump(stream.write, using=using)
        except OSError as error:
            raise CommandError(f"不能写入“{path}”：{error.strerror}。") from error
        self.stderr.write(f"{dumped.rows} 行，SHA-256 {dumped.sha256}")
