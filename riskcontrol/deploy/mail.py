"""The mail server for reminders: tried with a message before it is kept. Nothing needs one."""

import argparse
import getpass
import sys
from dataclasses import dataclass, fields

from riskcontrol.deploy import layout as places
from riskcontrol.deploy.layout import ServerLayout
from riskcontrol.deploy.machine import Machine, SetupError
from riskcontrol.deploy.naming import set_variable
from riskcontrol.deploy.units import ENVIRONMENT

VARIABLES = ("EMAIL_HOST", "EMAIL_SECURITY", "EMAIL_PORT", "EMAIL_USER", "EMAIL_PASSWORD", "EMAIL_FROM")
# systemd and the shell read these otherwise than they stand in the settings file.
UNSAFE = "\"'\\\n\r"


@dataclass(frozen=True)
class Wanted:
    """What was typed; without a host the present state is shown."""

    host: str = ""
    security: str = "ssl"
    port: str = ""
    user: str = ""
    sender: str = ""
    test: str = ""
    off: bool = False

    @classmethod
    def names(cls) -> list[str]:
        return [field.name for field in fields(cls)]


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="", help="邮件服务器，例如 smtp.school.cn")
    parser.add_argument("--security", choices=("ssl", "starttls", "none"), default="ssl", help="加密方式 (ssl)")
    parser.add_argument("--port", default="", help="端口：ssl 465，starttls 587，none 25")
    parser.add_argument("--user", default="", help="登录名；密码随后输入，不会显示")
    parser.add_argument("--from", dest="sender", default="", help="发件人地址")
    parser.add_argument("--test", default="", help="试发给哪个地址（不写则发给发件人自己）")
    parser.add_argument("--off", action="store_true", help="不再发邮件")


def set_up(machine: Machine, layout: ServerLayout, wanted: Wanted) -> None:
    """Keep the server's settings once a test message went out; else everything stays as it was."""
    settings = places.settings_of(machine)
    if wanted.off:
        _write(machine, layout, dict.fromkeys(VARIABLES))
        machine.systemctl("restart", "riskcontrol.service")
        machine.say("不再发邮件；通知只显示在“待办”里", "no mails any more")
        return
    if not wanted.host:
        state = (
            f"经 {settings['EMAIL_HOST']} 发邮件，发件人 {settings.get('EMAIL_FROM')}"
            if settings.get("EMAIL_HOST")
            else "没有设置发邮件"
        )
        machine.say(f"{state}。设置：sudo riskcontrol mail --host smtp.school.cn --user 登录名 --from 地址")
        return
    values = _values(wanted)
    former = machine.at(ENVIRONMENT).read_text(encoding="utf-8")
    _write(machine, layout, values)
    to = wanted.test or wanted.sender
    try:
        places.manage(machine, layout, layout.current, "sendtestemail", to)
    except SetupError as error:
        machine.write(ENVIRONMENT, former, mode=0o640, group=layout.user)
        last = str(error).strip().splitlines()[-1]
        raise SetupError(
            f"试发没有成功，设置没有改动：{last}。请核对服务器、加密方式、登录名和密码（不少邮箱要用“授权码”）。",
            f"The test message was not sent, nothing was changed: {last}",
        ) from error
    machine.systemctl("restart", "riskcontrol.service")
    machine.say(f"已向 {to} 试发一封邮件，请查收；提醒以后也发邮件", f"a test message went to {to}")


def _values(wanted: Wanted) -> dict[str, str | None]:
    """The variables; SetupError for what the settings file could not hold as it is."""
    if "@" not in wanted.sender:
        raise SetupError("请写发件人地址：--from 名称@school.cn", "--from: write the address that mails come from.")
    values = {
        "EMAIL_HOST": wanted.host,
        "EMAIL_SECURITY": wanted.security,
        "EMAIL_PORT": wanted.port or None,
        "EMAIL_USER": wanted.user or None,
        "EMAIL_PASSWORD": _password() if wanted.user else None,
        "EMAIL_FROM": wanted.sender,
    }
    for name, value in values.items():
        if value is not None and (value != value.strip() or any(sign in value for sign in UNSAFE)):
            raise SetupError(
                f"{name}：不能有引号、反斜杠和首尾空格。", f"{name}: no quotes, backslashes or outer blanks."
            )
    return values


def _password() -> str:
    if sys.stdin.isatty():
        return getpass.getpass("密码或授权码 (password): ")
    return sys.stdin.readline().rstrip("\n")


def _write(machine: Machine, layout: ServerLayout, values: dict[str, str | None]) -> None:
    text = machine.at(ENVIRONMENT).read_text(encoding="utf-8")
    for name, value in values.items():
        text = set_variable(text, name, value)
    machine.write(ENVIRONMENT, text, mode=0o640, group=layout.user)
