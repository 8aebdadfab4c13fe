"""seal_keys: a new key for the trail's seals, where sealing begins, and a copy of the keys for the safe."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from riskcontrol import audit, keyring, sealing, seals
from riskcontrol.backup.making import account
from riskcontrol.verbs import SystemVerb


class Command(BaseCommand):
    """Without an option: what a check of the seals could say, and the names of the keys, never the keys."""

    help = "审计记录的封签密钥：看状态；--new 生成一行新密钥；--begin 从现在起由现有密钥覆盖；--export 文件 另存一份"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--new", action="store_true", help="打印一行新密钥，加到密钥文件末尾（换密钥），什么都不改")
        which.add_argument("--begin", metavar="理由", help="以前没有封签、或用别的密钥封签的，从现在起由现有密钥覆盖")
        which.add_argument("--first", action="store_true", help="刚有了第一把密钥：已有审计记录的，由它覆盖")
        which.add_argument("--export", type=Path, metavar="文件", help="把全部密钥另存到一个新文件（只有本人可读）")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["new"]:
            self._new()
        elif options["first"]:
            self._first()
        elif options["begin"] is not None:
            self._begin(options["begin"].strip())
        elif options["export"]:
            self._export(options["export"])
        else:
            self._say()

    def _new(self) -> None:
        try:
            self.stdout.write(keyring.new_key(settings.SEAL_ALGORITHM).line, ending="")
        except ValueError as error:
            raise CommandError(f"SEAL_ALGORITHM：{error}。") from error

    def _begin(self, reason: str) -> None:
        if not reason:
            raise CommandError("请写明理由，它会记入审计记录。")
        try:
            entry = sealing.begin(reason, account=account())
        except sealing.NoKeyError as error:
            raise CommandError("没有封签密钥：请先设置 SEAL_KEYS_FILE。") from error
        self.stdout.write(f"从审计记录第 {entry.number} 条起用密钥 {entry.seal_key} 封签，以前的由这一条覆盖。")

    def _first(self) -> None:
        """Called by the set-up, which has just made the key: what is there has another seal, or none."""
        if not sealing.is_covered():
            self._begin(sealing.FIRST)

    def _export(self, path: Path) -> None:
        held = seals.held_keys()
        if not held:
            raise CommandError("没有封签密钥：请先设置 SEAL_KEYS_FILE。")
        text = keyring.HEAD + "".join(key.line for key in held)
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise CommandError(f"没有存成：{error.strerror}（{path}）。请另给一个不存在的文件名。") from error
        names = [key.name for key in held]
        audit.record(SystemVerb.SEAL_EXPORT, detail={"系统账号": account(), "密钥": names, "文件": path.name})
        self.stdout.write(f"{len(held)} 把密钥存在 {path}。请放到与备份分开的地方，例如密封后存入保险柜。")

    def _say(self) -> None:
        self.stdout.write(f"{seals.state()}。")
        for key in seals.held_keys():
            self.stdout.write(f"{key.name} {key.algorithm}")
