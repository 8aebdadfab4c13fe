"""backup_failed: systemd calls it where the nightly backup ended badly, killed ones included."""

import datetime
import smtplib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.management.base import BaseCommand
from django.utils import timezone

from departments.enums import Role
from departments.models import School, User
from riskcontrol import audit
from riskcontrol.alarms import ringing
from riskcontrol.backup import watch
from riskcontrol.backup.making import account, clear_work, folder_of_backups
from riskcontrol.models import AuditEntry
from riskcontrol.verbs import SystemVerb

# A backup that could say what was wrong has left its entry just before.
JUST_NOW = datetime.timedelta(hours=3)
SUBJECT = "廉政风险防控：备份没有做成"


class Command(BaseCommand):
    """The entry of a backup that was killed, its half-made files removed, a mail to administrators and auditors."""

    help = "记下没有做成的备份并通知管理员和审计员（由 systemd 调用）。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", type=Path, default=folder_of_backups(), help="备份放在哪个文件夹")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["to"].is_dir():
            clear_work(options["to"])
        last = AuditEntry.objects.of(SystemVerb.BACKED_UP).order_by("-number").first()
        if last is None or last.succeeded or timezone.now() - last.at > JUST_NOW:
            detail = {"系统账号": account(), "结果": "没有完成", watch.REASON: "备份进程中途被结束，没有留下说明"}
            audit.record(SystemVerb.BACKED_UP, detail=detail, succeeded=False)
        words = "\n".join(ringing())
        self.stdout.write(words)
        self.stdout.write(f"已发邮件：{_mail(words)} 封")


def _mail(words: str) -> int:
    """Tell those who can mend it and gave an address; how many. A mail that can't be sent is told by the inbox."""
    if not settings.EMAIL_HOST:
        return 0
    people = User.objects.filter(is_active=True, grants__role__in=[Role.ADMIN, Role.AUDITOR]).exclude(email="")
    school = School.objects.filter(pk=1).first()
    head = f"{school.short_name}廉政风险防控\n\n" if school else ""
    sent = 0
    for address in sorted(set(people.values_list("email", flat=True))):
        try:
            sent += EmailMessage(SUBJECT, f"{head}{words}\n\n本邮件由系统发出，请不要回复。", to=[address]).send()
        except (OSError, smtplib.SMTPException, ValueError):
            continue
    return sent
