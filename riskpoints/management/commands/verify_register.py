"""manage.py verify_register: is what is stored what was decided? Exit 0 when whole, 1 with what is wrong."""

import argparse
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from riskcontrol import landmark, seals
from riskcontrol.audit import Head, stored_head
from riskcontrol.backup.making import folder_of_backups
from riskpoints.evidence.verification import verify_register


def head(text: str) -> Head:
    """A head as printed: 128:9f86d0…"""
    number, _, digest = text.partition(":")
    if not number.isdigit() or len(digest) != 64:
        raise argparse.ArgumentTypeError("链首须写成“序号:64位校验值”。")
    return Head(int(number), digest.lower())


class Command(BaseCommand):
    help = "核验登记册：审计链、办理记录与现存内容、存档文件。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--head", type=head, action="append", default=[], help="以前印在档案或备份里的链首，可给多个"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        faults = list(verify_register(printed=options["head"], backups=folder_of_backups()))
        for fault in faults:
            self.stderr.write(f"{fault.about}：{fault.reason}")
        now = stored_head()
        if not now.number:
            self.stderr.write("审计记录是空的：这里还没有登记册，或数据库被清空过。")
            sys.exit(1)
        if faults:
            self.stderr.write(f"共 {len(faults)} 处不符。")
            sys.exit(1)
        landmark.remember()
        whole = "完好" if seals.state().name else "没有发现不符"
        self.stdout.write(f"{whole}。{seals.state()}。审计链首 {now.number}:{now.hash}")
