"""examine_database: rows, fingerprint and faults of a scratch copy as JSON (called by backup and restore)."""

from typing import Any

from django.core.management.base import BaseCommand

from riskcontrol.backup.examination import examine


class Command(BaseCommand):
    """For a database that nobody writes to; verify_register judges the one in use."""

    help = "检查备份的试恢复结果（由 backup 和 restore 调用）。"
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(examine().to_json())
