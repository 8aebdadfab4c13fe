"""./run install: sets up production on Debian 12; a second call mends what is missing and changes nothing else."""

import argparse
import os
import platform
import re
import secrets
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from riskcontrol import keyring
from riskcontrol.deploy import layout as places
from riskcontrol.deploy import ports, postgres, releases, sealing, service, site, units
from riskcontrol.deploy.layout import ETC, SECRET, ServerLayout
from riskcontrol.deploy.machine import Machine, SetupError
from riskcontrol.deploy.units import ENVIRONMENT

SOURCE = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Wishes:
    """What the administrator asked for beside the folders; the settings file keeps what was asked for first."""

    names: list[str]
    database: str
    port: int
    offline: Path | None
    admin: str
    seals: str = keyring.ALGORITHMS[0]


def install(machine: Machine, layout: ServerLayout, wishes: Wishes) -> None:
    """All steps, each of which finds its work done at a second call."""
    require_debian(machine)
    releases.require_same(machine, layout, places.release_name(SOURCE))
    _require_same_names(machine, wishes)
    port = int(places.settings_of(machine).get("PORT", wishes.port))
    ports.require_free(machine, {port: "gunicorn", **({80: "nginx", 443: "nginx"} if layout.has_nginx else {})})
    packages = ["logrotate", *(["nginx-light", "openssl"] if layout.has_nginx else [])]
    if wishes.database.startswith("postgres"):
        packages += ["postgresql-client", *(["postgresql"] if wishes.database == "postgres" else [])]
    _make_account(machine, layout)
    _make_folders(machine, layout)
    places.remember(machine, layout)
    release = places.place(machine, layout, SOURCE)
    places.equip(machine, layout, release, packages=packages, offline=wishes.offline)
    _write_settings(machine, layout, wishes)
    seals_are_new = sealing.keep_keys(machine, layout, wishes.seals)
    service.prepare(machine, layout, release)
    if seals_are_new:
        sealing.begin(machine, layout, release)
    is_new = machine.link(layout.current, release)
    has_changed = service.configure(machine, layout)
    service.start(machine, layout, is_restarted=is_new or has_changed)
    places.manage(machine, layout, release, "first_admin", "--number", wishes.admin, is_shown=True)


def require_debian(machine: Machine) -> None:
    if not machine.is_real:
        return
    if os.geteuid() != 0:
        raise SetupError(
            "请用 sudo 运行：只有 root 能安装。（--dry-run 只显示步骤，谁都能用。）",
            "Only root can install; call it with sudo. (--dry-run shows the steps to anybody.)",
        )
    version = Path("/etc/debian_version")
    if not version.is_file() or sys.version_info < (3, 11):
        raise SetupError(
            "本程序安装在 Debian 12（Python 3.11）上。", "This is made for Debian 12 with its Python 3.11."
        )
    if not version.read_text().startswith("12"):
        told = f"{version.read_text().strip()} ({platform.platform()})"
        machine.say(f"只在 Debian 12 上试过，这里是 {told}", f"Tried on Debian 12 only; this is {told}")


def _require_same_names(machine: Machine, wishes: Wishes) -> None:
    """Names are given once; another one is a change with a certificate and a restart, which has its own command."""
    settings = places.settings_of(machine)
    now = site.site_of(settings).names
    if settings and wishes.names != now:
        told = " ".join(wishes.names)
        raise SetupError(
            f"系统现在的名称是 {'、'.join(now)}，没有改动。要换名称请运行：sudo riskcontrol rename {told}",
            f"The names are {', '.join(now)} now; nothing was changed. Call: sudo riskcontrol rename {told}",
        )


def _make_account(machine: Machine, layout: ServerLayout) -> None:
    known = machine.is_real and machine.run(["getent", "passwd", layout.user], allowed=(0, 2))
    if not known:
        home = ["--home-dir", str(layout.data), "--no-create-home", "--shell", "/usr/sbin/nologin"]
        machine.run(["useradd", "--system", "--user-group", *home, layout.user])


def _make_folders(machine: Machine, layout: ServerLayout) -> None:
    for path in (layout.program, layout.releases):
        machine.folder(path)
    machine.folder(ETC, mode=0o750, group=layout.user)
    machine.folder(ETC / "tls", mode=0o700)
    machine.folder_given(layout.data, mode=0o750, owner=layout.user)
    machine.folder(layout.logs, mode=0o750, owner=layout.user)
    machine.folder_given(layout.backups, mode=0o700, owner=layout.user)


def _write_settings(machine: Machine, layout: ServerLayout, wishes: Wishes) -> None:
    """The key and the settings file, once; its group is the service's, so that nobody else reads the password."""
    machine.keep(SECRET, f"{secrets.token_urlsafe(64)}\n", mode=0o640, group=layout.user)
    if machine.at(ENVIRONMENT).exists():
        machine.say(
            f"{ENVIRONMENT} 已有，保持原样；命令行上另写的数据库和端口不起作用",
            f"{ENVIRONMENT} is there and stays as it is; what was asked for on the command line gives way",
        )
        return
    database, scratch = "", ""
    if wishes.database == "postgres":
        database, scratch = postgres.make(machine, layout.user)
    elif wishes.database != "sqlite":
        database = wishes.database
    text = units.filled(
        "riskcontrol.env",
        data=str(layout.data),
        secret=str(SECRET),
        seals=str(sealing.KEYS),
        algorithm=wishes.seals,
        database=database,
        scratch=scratch,
        names=",".join(dict.fromkeys([*wishes.names, "127.0.0.1", "localhost"])),
        port=str(wishes.port),
    )
    machine.keep(ENVIRONMENT, text, mode=0o640, group=layout.user)


def common_options(program: str, description: str) -> argparse.ArgumentParser:
    """The options that install and upgrade share."""
    options = argparse.ArgumentParser(prog=program, description=description, allow_abbrev=False)
    options.add_argument("--offline", type=Path, metavar="DIR", help="不联网：安装包取自这个文件夹 (offline packages)")
    options.add_argument("--root", type=Path, metavar="DIR", help="写到这个文件夹下，不运行命令 (a copy for a look)")
    options.add_argument("--dry-run", action="store_true", help="只说明要做什么，不改动 (changes nothing)")
    return options


def machine_of(given: argparse.Namespace) -> Machine:
    """The machine to work on; a copy of one where --root names a folder."""
    return Machine(root=from_caller(given.root) if given.root else None, is_dry=given.dry_run)


def from_caller(path: Path) -> Path:
    """A path as the caller meant it, seen from his own folder: ./run has gone to its own before it called us."""
    return Path(os.environ.get("CALLER_DIR", "."), path).absolute()


def _options() -> argparse.ArgumentParser:
    options = common_options("./run install", "在 Debian 12 上安装正式系统；再运行一次，补上缺少的部分。")
    options.add_argument("--names", help="系统的名称（域名或 IP），可以有几个，用逗号分开 (host names)")
    options.add_argument(
        "--database", default="sqlite", help="sqlite；postgres（装在本机）；postgres://user:password@host/name"
    )
    options.add_argument("--port", type=int, default=8000, help="应用服务在 127.0.0.1 上的端口 (8000)")
    options.add_argument("--seals", choices=keyring.ALGORITHMS, default="sha256", help="审计记录封签的算法")
    options.add_argument("--admin", default="admin", metavar="NUMBER", help="第一个管理员的工号 (admin)")
    options.add_argument("--dir", dest="program", type=Path, help="程序的文件夹 (/opt/riskcontrol)")
    options.add_argument("--data", type=Path, help="数据的文件夹 (/var/lib/riskcontrol)")
    options.add_argument("--backups", type=Path, help="每晚备份的文件夹 (/var/backups/riskcontrol)")
    options.add_argument("--keep", type=int, metavar="N", help="保留几个备份 (30)")
    options.add_argument("--no-nginx", dest="has_nginx", action="store_false", default=None, help="另有反向代理")
    options.add_argument("--refresh", action="store_true", help="只重写 systemd、logrotate 和 nginx 的文件")
    return options


def _layout(machine: Machine, given: argparse.Namespace) -> ServerLayout:
    """What is asked for now, else what was asked for the first time, else the usual."""
    asked = {name: getattr(given, name) for name in ("program", "data", "backups", "keep", "has_nginx")}
    layout = replace(places.remembered(machine) or ServerLayout(), **{k: v for k, v in asked.items() if v is not None})
    for path in (layout.program, layout.data, layout.backups):
        if not path.is_absolute() or " " in str(path):
            raise SetupError(
                f"“{path}”：请写完整路径，以 / 开头，不含空格。", f"{path}: give the whole path, without blanks."
            )
    if layout.keep < 1:
        raise SetupError("--keep：至少保留一个备份。", "--keep: at least one backup has to stay.")
    return layout


def checked_names(text: str) -> list[str]:
    """Host names and addresses from what was typed, each once; SetupError for anything else."""
    names = list(dict.fromkeys(name.strip() for name in re.split(r"[,，\s]+", text) if name.strip()))
    if not names or not all(re.fullmatch(r"[A-Za-z0-9.:-]+", name) for name in names):
        raise SetupError(
            "--names：请写域名或 IP 地址，几个的用逗号分开，例如 register.school.cn,10.0.0.5",
            "--names: write host names or addresses, separated by commas.",
        )
    return names


def _wishes(machine: Machine, given: argparse.Namespace) -> Wishes:
    if not re.fullmatch(r"sqlite|postgres|postgres(ql)?://\S+", given.database):
        raise SetupError(
            "--database：请写 sqlite、postgres 或 postgres://user:password@host:5432/name",
            "--database: write sqlite, postgres or postgres://user:password@host:5432/name.",
        )
    settings = places.settings_of(machine)
    known = site.site_of(settings).names if settings else [platform.node() or "localhost"]
    names = known if given.names is None else checked_names(given.names)
    offline = from_caller(given.offline) if given.offline else None
    return Wishes(names, given.database, given.port, offline, given.admin, given.seals)


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and install; the exit code."""
    given = _options().parse_args(arguments)
    machine = machine_of(given)
    try:
        layout = _layout(machine, given)
        if given.refresh:
            service.configure(machine, layout)
            return 0
        wishes = _wishes(machine, given)
        install(machine, layout, wishes)
    except (SetupError, OSError) as error:
        return refused(error)
    if machine.is_dry:
        machine.say("没有改动", "nothing was changed")
    elif not machine.is_real:
        machine.say("没有启动服务", "nothing was started")
    else:
        say_where(machine, layout, wishes.names[0])
    return 0


def refused(error: Exception) -> int:
    """Say why it did not work; the exit code."""
    sys.stderr.write(f"riskcontrol: {error.shown if isinstance(error, SetupError) else error}\n")
    return 1


def say_where(machine: Machine, layout: ServerLayout, name: str) -> None:
    """The last words: where the site is, and what comes next."""
    machine.say(
        f"安装完成。请在办公电脑的浏览器打开 https://{name}/ ，用上面的工号和一次性密码登录",
        f"installed: https://{name}/",
    )
    machine.say(
        f"每晚备份到 {layout.backups}；设置在 {ENVIRONMENT}；随时可运行：sudo riskcontrol status",
        f"nightly backups in {layout.backups}; settings in {ENVIRONMENT}; see: sudo riskcontrol status",
    )


if __name__ == "__main__":
    sys.exit(main())
