"""Loads the sample school into an empty database and prints its accounts."""

import unicodedata
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from riskpoints.sample import data, loader


class Command(BaseCommand):
    """`load_sample`: a second call changes nothing and prints the accounts again."""

    help = (
        "Load the sample school: 2011 as in the founding document, and a current year in all states of the workflow. "
        "Refuses production settings and a database that holds anything else."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--show-accounts", action="store_true", help="print the account table, load nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["show_accounts"]:
            if not loader.is_loaded():
                raise CommandError("这个数据库里没有示范学校，请先执行 load_sample。")
        else:
            try:
                is_new = loader.load()
            except loader.SampleRefusedError as error:
                raise CommandError(str(error)) from error
            self.stdout.write("示范学校已载入。" if is_new else "示范学校此前已载入，未作改动。")
        self._print_accounts()

    def _print_accounts(self) -> None:
        rows = loader.account_rows()
        first = [row for row in rows if row.finds]
        others = [row for row in rows if not row.finds]
        table = [
            ("工号", "姓名", "角色", "登录后可看"),
            *[(r.staff_number, r.real_name, r.roles, r.finds) for r in first],
        ]
        widths = [max(_width(line[column]) for line in table) for column in range(3)]
        self.stdout.write(f"\n所有账号的密码：{data.PASSWORD}\n")
        for line in table:
            cells = [_pad(cell, width) for cell, width in zip(line, widths, strict=False)]
            self.stdout.write("  ".join([*cells, line[3]]))
        self.stdout.write("\n其余账号：")
        for row in others:
            self.stdout.write(f"  {row.staff_number}  {_pad(row.real_name, widths[1])}  {row.roles}")


def _width(text: str) -> int:
    """Columns of a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _pad(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
