"""rescue_account: the way back in from the console, where no administrator can reset a password on the screen."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from departments.accounts import second_factor
from departments.models import User
from departments.services import remove_second_factor, reset_password


class Command(BaseCommand):
    """Exit 0: a new one-time password, no authenticator, no lock. 1: there is no such active account."""

    help = "在控制台恢复一个账号：新的一次性密码，取消动态验证码，解除登录锁定：rescue_account 工号"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("staff_number", help="工号")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(staff_number=options["staff_number"], is_active=True).first()
        if user is None:
            raise CommandError("没有这个工号的在用账号。")
        with transaction.atomic():
            if second_factor.device_of(user) is not None:
                remove_second_factor(user, actor=None)
            password = reset_password(user, actor=None)
        self.stdout.write(f"{user.real_name}，工号 {user.staff_number}：密码已重置，动态验证码和登录锁定已取消。")
        self.stdout.write(f"一次性密码（只显示这一次，登录后须修改）：{password}")
