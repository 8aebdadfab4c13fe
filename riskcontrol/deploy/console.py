"""sudo riskcontrol …: what the school's administrator types. Runs as root, with Python's own library only."""

import argparse
import sys
from pathlib import Path

from riskcontrol.deploy import bundle, certificate, install, mail, moving, naming, status, uninstall
from riskcontrol.deploy import layout as places
from riskcontrol.deploy.layout import ServerLayout
from riskcontrol.deploy.machine import Machine, SetupError

HELP = """用法：sudo riskcontrol 命令

  status                     版本、地址、最近的备份、磁盘、证书，哪里不对、该运行什么
  backup                     马上做一次备份（每晚自动做）
  restore 备份.zip --replace  恢复一个备份（自动停止和启动服务）；--into scratch 只核验，不改动
  verify_register            核验登记册
  rename 名称                换系统的名称（域名）；几个的用空格分开，第一个为主
  certificate 证书 私钥      装上学校的证书；--own 重新生成自签名证书
  mail                       设置发邮件的服务器并试发；--off 取消
  move                       搬到另一台服务器：两边各运行什么
  bundle 文件夹              做一个离线安装包（在能上网的 Debian 12 上）
  upgrade --from 文件夹      升级；upgrade --undo 退回
  rescue_account 工号        管理员忘了密码：给一个一次性密码
  uninstall                  卸载程序，保留数据和备份

其他命令同 manage.py。说明书：{readme}
"""


def main(arguments: list[str] | None = None, machine: Machine | None = None) -> int:
    """Do one of the verbs; the exit code."""
    given = _options().parse_args(arguments)
    machine = machine or Machine(is_dry=getattr(given, "dry_run", False))
    layout = places.remembered(machine)
    try:
        if given.verb in (None, "help"):
            sys.stdout.write(HELP.format(readme=(layout or ServerLayout()).current / "riskcontrol/deploy/README.md"))
            return 0
        if given.verb == "bundle":
            bundle.make(machine, install.from_caller(given.folder), has_postgres=given.postgres)
            return 0
        if layout is None:
            raise SetupError(
                "这里还没有安装：请先运行 ./run install。", "Nothing is installed: ./run install comes first."
            )
        return _do(machine, layout, given)
    except (SetupError, OSError) as error:
        return install.refused(error)


def _do(machine: Machine, layout: ServerLayout, given: argparse.Namespace) -> int:
    if given.verb == "status":
        return status.show(machine, layout)
    if given.verb == "rename":
        naming.rename(machine, layout, install.checked_names(" ".join(given.names)))
    elif given.verb == "certificate":
        _certificate(machine, layout, given)
    elif given.verb == "mail":
        mail.set_up(machine, layout, mail.Wanted(**{name: getattr(given, name) for name in mail.Wanted.names()}))
    elif given.verb == "move":
        moving.explain(machine, layout)
    else:
        uninstall.uninstall(machine, layout, with_data=given.with_data, is_sure=given.yes)
    return 0


def _certificate(machine: Machine, layout: ServerLayout, given: argparse.Namespace) -> None:
    if given.own:
        certificate.renew_own(machine, layout)
    elif given.file is None or given.key is None:
        raise SetupError(
            "请写两个文件：sudo riskcontrol certificate 证书.pem 私钥.key（自签名的用 --own）",
            "Give both files: sudo riskcontrol certificate FILE KEY (or --own)",
        )
    else:
        certificate.put(machine, layout, install.from_caller(given.file), install.from_caller(given.key))


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(prog="riskcontrol", allow_abbrev=False)
    verbs = options.add_subparsers(dest="verb")
    verbs.add_parser("help", help="所有命令")
    verbs.add_parser("status", help="现在怎么样")
    rename = verbs.add_parser("rename", help="换系统的名称")
    rename.add_argument("names", nargs="+", help="新的名称，第一个为主")
    own = verbs.add_parser("certificate", help="装上学校的证书")
    own.add_argument("file", nargs="?", type=Path, help="证书（PEM，连同中间证书）")
    own.add_argument("key", nargs="?", type=Path, help="私钥（PEM，没有口令）")
    own.add_argument("--own", action="store_true", help="重新生成自签名证书")
    mail.add_options(verbs.add_parser("mail", help="发邮件的服务器"))
    verbs.add_parser("move", help="搬到另一台服务器")
    package = verbs.add_parser("bundle", help="离线安装包")
    package.add_argument("folder", type=Path, help="放到哪个文件夹")
    package.add_argument("--postgres", action="store_true", help="连同 PostgreSQL")
    gone = verbs.add_parser("uninstall", help="卸载")
    gone.add_argument("--with-data", action="store_true", help="连数据、设置和密钥一起删除（备份保留）")
    gone.add_argument("--yes", action="store_true", help="不再问")
    for parser in (rename, own, gone):
        parser.add_argument("--dry-run", action="store_true", help="只说明要做什么")
    return options


if __name__ == "__main__":
    sys.exit(main())
