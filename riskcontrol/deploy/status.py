"""How the installation is: version, address, last backup, disk, certificate; what is wrong, and what to type."""

import datetime
import json
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from riskcontrol.deploy import certificate, ports, releases, site
from riskcontrol.deploy import layout as places
from riskcontrol.deploy.layout import ServerLayout
from riskcontrol.deploy.machine import Machine, SetupError

LATE = datetime.timedelta(hours=36)
CHINA = datetime.timezone(datetime.timedelta(hours=8))  # whatever the server was set to
MEGABYTE, LITTLE = 2**20, 2048
# What to type where a part is not as it should be, by the names that readyz has for them (riskcontrol/web/health.py).
REMEDIES = {
    "database": "数据库不能写入：systemctl status postgresql，并看磁盘是否已满",
    "disk": "磁盘快满了或不能写入：df -h，清理或扩大磁盘",
    "migrations": "数据库的表还是旧一版程序的：riskcontrol migrate",
    "fonts": "缺少字体：在程序的文件夹运行 ./run install",
    "triggers": "数据库保护缺失：riskcontrol migrate",
    "audit": "审计记录与以前核验的不一致：riskcontrol verify_register",
    "backup": "备份没有做成或太旧：riskcontrol backup，看它说什么",
    "restore": "有一次恢复中途停止：再恢复一次，riskcontrol restore 备份文件 --replace",
    "clock": "服务器时间不对或跳动过：timedatectl；确实正确的，systemctl restart riskcontrol",
}


@dataclass(frozen=True)
class Line:
    """One line: what, how it is, and (where something is wrong) what to do."""

    what: str
    plain: str
    told: str
    remedy: str = ""


def show(machine: Machine, layout: ServerLayout) -> int:
    """Print it; exit code 0 where all is well, 1 where something has to be done."""
    lines = list(examined(machine, layout))
    for line in lines:
        machine.say(f"{line.what}：{line.told}", f"{line.plain}: {line.told}")
    wrong = [line for line in lines if line.remedy]
    if not wrong:
        machine.say("一切正常", "all is well")
        return 0
    machine.say(f"需要处理 {len(wrong)} 项：", f"to be done ({len(wrong)}):")
    for line in wrong:
        machine.say(f"  {line.what}：{line.remedy}", f"{line.plain}: {line.told}")
    return 1


def examined(machine: Machine, layout: ServerLayout) -> Iterator[Line]:
    """Each part of the installation."""
    settings = places.settings_of(machine)
    names = site.site_of(settings).names
    release = releases.in_use(machine, layout)
    yield Line("版本", "version", release.name if release else "没有", "" if release else "./run install")
    yield Line("地址", "address", " ".join(f"https://{name}/" for name in names))
    yield from _services(machine, layout)
    yield from _ready(settings.get("PORT", "8000"))
    yield _backup(machine, layout)
    for what, plain, path in (("数据磁盘", "data disk", layout.data), ("备份磁盘", "backup disk", layout.backups)):
        yield _disk(machine, what, plain, path)
    if layout.has_nginx:
        yield _certificate(machine, names)
    if machine.has_systemd():
        yield _time(machine)


def _services(machine: Machine, layout: ServerLayout) -> Iterator[Line]:
    if not machine.has_systemd():
        return
    wanted = ["riskcontrol.service", "riskcontrol-backup.timer", "riskcontrol-remind.timer"]
    for unit in [*wanted, *(["nginx.service"] if layout.has_nginx else [])]:
        state = machine.run(["systemctl", "is-active", unit], allowed=range(256)).strip() or "unknown"
        remedy = "" if state == "active" else f"systemctl restart {unit}；原因：journalctl -u {unit} -n 20"
        yield Line(unit, unit, state, remedy)


def _ready(port: str) -> Iterator[Line]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10) as reply:  # our own  # nosec B310
            parts = json.load(reply)["checks"]
    except urllib.error.HTTPError as error:
        parts = json.loads(error.read() or "{}").get("checks", {})
    except (OSError, ValueError):
        held = "、".join(ports.holders(int(port))) if port.isdigit() else ""
        told = f"没有应答（端口 {port}{'：' + held if held else ''}）"
        yield Line("网站", "site", told, "systemctl restart riskcontrol；原因：journalctl -u riskcontrol -n 20")
        return
    bad = {name: state for name, state in parts.items() if state != "ok"}
    yield Line("网站", "site", "就绪" if not bad else f"有 {len(bad)} 项不正常")
    for name, state in bad.items():
        yield Line(name, name, state, REMEDIES.get(name, "见日志"))


def _backup(machine: Machine, layout: ServerLayout) -> Line:
    folder = machine.at(layout.backups)
    found = sorted(folder.glob("register-*.zip"), key=lambda path: path.stat().st_mtime) if folder.is_dir() else []
    if not found:
        return Line("最近的备份", "last backup", "没有", "riskcontrol backup")
    made = datetime.datetime.fromtimestamp(found[-1].stat().st_mtime, CHINA)
    age = datetime.datetime.now(CHINA) - made
    size = found[-1].stat().st_size / MEGABYTE
    told = f"{made:%Y-%m-%d %H:%M}，{found[-1].name}，{size:.1f} MB，共 {len(found)} 个，在 {layout.backups}"
    return Line("最近的备份", "last backup", told, "riskcontrol backup，看它说什么" if age > LATE else "")


def _disk(machine: Machine, what: str, plain: str, path: Path) -> Line:
    try:
        usage = shutil.disk_usage(machine.at(path))
    except OSError as error:
        return Line(
            what,
            plain,
            f"{path}：{error.strerror}",
            f"查看这个文件夹是否还在（移动硬盘、共享文件夹是否已挂载）：ls {path}",
        )
    free = usage.free // MEGABYTE
    told = f"{path}，剩余 {free / 1024:.1f} GB，共 {usage.total / 2**30:.1f} GB"
    return Line(what, plain, told, "清理或扩大磁盘；备份太多的可减少 --keep" if free < LITTLE else "")


def _certificate(machine: Machine, names: list[str]) -> Line:
    path = machine.at(site.CERTIFICATE)
    end = certificate.end_of(path)
    if end is None:
        return Line("证书", "certificate", "没有或读不出来", "riskcontrol certificate --own")
    own = site.is_own(machine)
    told = f"{'自签名' if own else '学校的证书'}，有效期到 {end:%Y-%m-%d}"
    again = "riskcontrol certificate --own" if own else "riskcontrol certificate 证书 私钥"
    if end - datetime.datetime.now(datetime.UTC) < certificate.SOON:
        return Line("证书", "certificate", told, f"快到期或已到期：{again}")
    missing = [name for name in names if not certificate.is_for(path, name)]
    if missing:
        return Line("证书", "certificate", told, f"证书里没有 {'、'.join(missing)}：{again}")
    return Line("证书", "certificate", told)


def _time(machine: Machine) -> Line:
    now = datetime.datetime.now(CHINA)
    try:
        told = machine.run(["timedatectl", "show", "--property=NTPSynchronized", "--value"]).strip()
    except (SetupError, OSError):
        told = ""
    state = {"yes": "已与时间服务器对时", "no": "没有对时"}.get(told, "不知道是否对时")
    remedy = (
        "apt install systemd-timesyncd，timedatectl set-ntp true；没有外网的，请网络管理员给出校内时间服务器"
        if told == "no"
        else ""
    )
    return Line("服务器时间", "time", f"{now:%Y-%m-%d %H:%M:%S}（北京时间），{state}", remedy)
