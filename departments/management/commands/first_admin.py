"""first_admin: the account with which a new installation begins; its one-time password is printed once."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from departments.enums import Role
from departments.models import RoleGrant, User
from departments.services import create_account, grant_role


class Command(BaseCommand):
    """Exit 0: made, or there was one already. 1: the staff number can't be used; nothing is changed."""

    help = "建立第一个系统管理员，打印一次性密码；已有系统管理员的不作改动：first_admin --number 工号 --name 姓名"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--number", default="admin", help="登录用的工号，默认 admin")
        parser.add_argument("--name", default="系统管理员", help="姓名，默认 系统管理员")

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            if RoleGrant.objects.filter(role=Role.ADMIN, user__is_active=True).exists():
                self.stdout.write("已有系统管理员，未作改动。忘记密码的，在控制台用 rescue_account 工号。")
                return
            user, password = self._create(options["number"], options["name"])
            grant_role(user, Role.ADMIN, actor=None)
        self.stdout.write(f"已建立系统管理员 {user.real_name}，工号 {user.staff_number}。")
        self.stdout.write(f"一次性密码（只显示这一次，首次登录须修改）：{password}")

    @staticmethod
    def _create(staff_number: str, real_name: str) -> tuple[User, str]:
        try:
            return create_account(staff_number, real_name, actor=None)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
