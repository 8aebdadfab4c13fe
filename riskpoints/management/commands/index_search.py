"""manage.py index_search: make the search index of the register again, and say what was wrong with it."""

from typing import Any

from django.core.management.base import BaseCommand

from riskpoints.register import index


class Command(BaseCommand):
    help = "重建登记册的检索索引。索引只影响查找的速度，不是依据。"

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = index.rebuild()
        self.stdout.write(f"检索索引已重建，原来有 {wrong} 行不符。" if wrong else "检索索引完好。")
