"""manage.py remind: what the timer calls each morning; a second call on the same day tells nobody anything twice."""

from typing import Any

from django.core.management.base import BaseCommand

from riskpoints.campaign.reminders import daily


class Command(BaseCommand):
    help = "按校内规则“到期提醒”提醒到期和逾期事项的经办人（站内；设有邮件服务器的，同时发邮件）。"

    def handle(self, *args: Any, **options: Any) -> None:
        told, sent = daily.run()
        if told.people:
            self.stdout.write(f"已提醒 {told.people} 人，{told.matters} 件事。")
        else:
            self.stdout.write("今天没有要提醒的，或已经提醒过。")
        if sent.sent or sent.failed:
            failed = f"；{sent.failed} 封没有发出，下次再发" if sent.failed else ""
            self.stdout.write(f"邮件已发 {sent.sent} 封{failed}。")
