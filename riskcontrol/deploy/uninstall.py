"""The program goes; data, settings, keys and backups stay unless somebody says otherwise, and backups always."""

import sys

from riskcontrol.deploy import layout as places
from riskcontrol.deploy import proxy, service, site
from riskcontrol.deploy.layout import ETC, ServerLayout
from riskcontrol.deploy.machine import Machine, SetupError


def uninstall(machine: Machine, layout: ServerLayout, *, with_data: bool, is_sure: bool) -> None:
    """Stop the services and remove what the installer wrote; `with_data` takes data, settings and keys as well."""
    settings = places.settings_of(machine)
    name = site.site_of(settings).names[0]
    if not is_sure and not machine.is_dry:
        _ask(name, with_data=with_data)
    units = sorted(path.name for path in machine.at(service.UNIT_FOLDER).glob("riskcontrol*"))
    if units:
        machine.systemctl("disable", "--now", *units)
    for unit in units:
        machine.remove(service.UNIT_FOLDER / unit)
    machine.systemctl("daemon-reload")
    was_there = [
        machine.remove(path) for path in (site.ENABLED, proxy.SITE, proxy.NGINX / "conf.d/riskcontrol-log.conf")
    ]
    if any(was_there):
        machine.systemctl("reload-or-restart", "nginx.service")
    for path in (service.LOGROTATE / "riskcontrol", service.LOGROTATE / "riskcontrol-nginx", layout.program):
        machine.remove(path)
    kept = [layout.backups, layout.logs, site.LOGS, *([] if with_data else [layout.data, ETC])]
    if with_data:
        for path in (layout.data, ETC):
            machine.remove(path)
    machine.remove(service.COMMAND)
    listed = "、".join(map(str, kept))
    machine.say(f"程序已卸载。保留着：{listed}", f"uninstalled; kept: {', '.join(map(str, kept))}")
    if settings.get("DATABASE_URL", "").startswith("postgres"):
        machine.say(
            "PostgreSQL 里的数据库没有删除；要删除请运行：sudo -u postgres dropdb riskcontrol",
            "the database in PostgreSQL is kept: sudo -u postgres dropdb riskcontrol",
        )
    if not with_data:
        machine.say("再次安装（./run install）会接着用这些数据", "./run install goes on with these data")


def _ask(name: str, *, with_data: bool) -> None:
    what = "程序、数据、设置和密钥（备份保留）" if with_data else "程序（数据、设置、密钥和备份保留）"
    sys.stdout.write(f"将删除{what}。确认请输入系统的名称 {name} (type the name)：")
    sys.stdout.flush()
    if sys.stdin.readline().strip() != name:
        raise SetupError("没有删除。", "Nothing was removed.")
