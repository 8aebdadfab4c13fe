"""To another server: what to type on the old one and on the new one, with this installation's own names."""

import socket
from pathlib import Path

from riskcontrol.deploy import layout as places
from riskcontrol.deploy import sealing, site
from riskcontrol.deploy.layout import ServerLayout
from riskcontrol.deploy.machine import Machine

TEXT = """搬到另一台服务器。下面的 U盘 是 U 盘在那台机器上的文件夹，例如 /media/usb。

一、在旧服务器（{old}）上
  1  sudo systemctl stop riskcontrol          （从这时起没有人能再录入）
  2  sudo riskcontrol backup                  （最后一行是备份文件）
  3  sudo cp {backups}/register-最新的.zip {keys} U盘/
{certificate}
二、在新服务器（Debian 12，系统时间正确）上，进入程序的文件夹
  4  sudo ./run install --names {names}{database}
  5  sudo install -o root -g {user} -m 640 U盘/{key_name} {keys}
  6  sudo install -o {user} -m 600 U盘/register-最新的.zip {backups}/
  7  sudo riskcontrol restore {backups}/register-最新的.zip --replace
{put_certificate}  8  sudo riskcontrol verify_register         （应当显示“完好”）
  9  sudo riskcontrol status

三、收尾
  10 请网络管理员把 {name} 指向新服务器；所有人重新登录。
  11 新服务器用了一周没有问题，再在旧服务器上运行 sudo riskcontrol uninstall --with-data。
  12 删去 U 盘上的备份和密钥：两样在一起，就能伪造审计记录。
"""


def explain(machine: Machine, layout: ServerLayout) -> None:
    """Print it; nothing is changed."""
    settings = places.settings_of(machine)
    names = site.site_of(settings).names
    is_postgres = settings.get("DATABASE_URL", "").startswith("postgres")
    is_schools = layout.has_nginx and machine.at(site.CERTIFICATE).is_file() and not site.is_own(machine)
    files = f"{site.CERTIFICATE} {site.KEY}"
    text = TEXT.format(
        old=socket.gethostname(),
        backups=layout.backups,
        keys=sealing.KEYS,
        key_name=Path(sealing.KEYS).name,
        names=",".join(names),
        name=names[0],
        user=layout.user,
        database=" --database postgres" if is_postgres else "",
        certificate=f"     sudo cp {files} U盘/\n" if is_schools else "",
        put_certificate=(
            f"     sudo riskcontrol certificate U盘/{site.CERTIFICATE.name} U盘/{site.KEY.name}\n" if is_schools else ""
        ),
    )
    machine.say(text)
