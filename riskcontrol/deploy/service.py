"""The service on this machine: its files for systemd, logrotate and nginx, its start, and whether it answers."""

import json
import time
import urllib.error
import urllib.request
from pathlib import Path

from riskcontrol.deploy import layout as places
from riskcontrol.deploy import proxy, site, units
from riskcontrol.deploy.layout import ServerLayout
from riskcontrol.deploy.machine import Machine, SetupError
from riskcontrol.deploy.units import ENVIRONMENT

UNIT_FOLDER = Path("/etc/systemd/system")
COMMAND = Path("/usr/local/sbin/riskcontrol")
LOGROTATE = Path("/etc/logrotate.d")


def prepare(machine: Machine, layout: ServerLayout, release: Path) -> None:
    """Bring database and static files to the state of a release."""
    machine.say("正在更新数据库，收集静态文件", "bringing the database up to date and collecting the static files")
    places.manage(machine, layout, release, "migrate", "--no-input", "--verbosity=0")
    places.manage(machine, layout, release, "collectstatic", "--no-input", "--clear", "--verbosity=0")


def configure(machine: Machine, layout: ServerLayout) -> bool:
    """Write what systemd, logrotate and nginx read, and the command for the administrator; whether a unit changed."""
    settings = places.settings_of(machine)
    homes = units.hides_homes([layout.program, layout.data, layout.backups])
    values = {"program": str(layout.current), "user": layout.user, "logs": str(layout.logs), "data": str(layout.data)}
    texts = {
        "riskcontrol.service": units.filled("riskcontrol.service", environment=str(ENVIRONMENT), homes=homes, **values)
    }
    variables = [f"EnvironmentFile={ENVIRONMENT}"]
    texts |= units.backup_units(
        layout.current, layout.data, layout.backups, layout.keep, user=layout.user, variables=variables
    )
    texts |= units.remind_units(layout.current, layout.data, user=layout.user, variables=variables)
    machine.write(COMMAND, units.filled("riskcontrol.sh", environment=str(ENVIRONMENT), **values), mode=0o755)
    changed = [name for name, text in texts.items() if machine.write(UNIT_FOLDER / name, text)]
    if changed:
        machine.systemctl("daemon-reload")
    # systemd opens the file as root where it is missing, and logrotate works as the service's account.
    machine.keep(layout.logs / "riskcontrol.log", "", mode=0o640, owner=layout.user)
    machine.write(LOGROTATE / "riskcontrol", units.filled("logrotate.conf", **values))
    if layout.has_nginx:
        machine.write(LOGROTATE / "riskcontrol-nginx", units.filled("logrotate-nginx.conf", logs=str(site.LOGS)))
        site.configure(machine, layout, site.site_of(settings))
    return bool(changed)


def start(machine: Machine, layout: ServerLayout, *, is_restarted: bool = True) -> None:
    """Start the services, at each start of the machine too, and wait until the site says that it is ready.

    It is asked through the proxy once, as a visitor would. What runs already and hasn't changed goes on undisturbed.
    """
    machine.systemctl("enable", "--now", units.BACKUP_UNITS[1], units.REMIND_UNITS[1])
    machine.systemctl("enable", "riskcontrol.service")
    machine.systemctl("restart" if is_restarted else "start", "riskcontrol.service")
    if layout.has_nginx:
        machine.systemctl("enable", "nginx.service")
        machine.systemctl("reload-or-restart", "nginx.service")
    if machine.has_systemd():
        _wait_until_ready(machine, layout)
        if layout.has_nginx:
            proxy.require_addresses(machine, site.site_of(places.settings_of(machine)).names[0])
    elif machine.is_real:
        command = f"cd {layout.current} && .venv/bin/gunicorn --config riskcontrol/deploy/server.py riskcontrol.wsgi"
        machine.say(
            f"没有 systemd 时试运行，以 {layout.user} 的身份并带上 {ENVIRONMENT} 的设置：{command}",
            f"to try it without systemd, as {layout.user} and with {ENVIRONMENT}: {command}",
        )


def _wait_until_ready(machine: Machine, layout: ServerLayout) -> None:
    port = places.settings_of(machine).get("PORT", "8000")
    address, answer = f"http://127.0.0.1:{port}/readyz", "nobody answers"
    for _ in range(240):
        try:
            with urllib.request.urlopen(address, timeout=10) as reply:  # our own http address  # nosec B310
                checks = json.load(reply)["checks"]
                machine.say(f"网站已就绪：{checks}", f"the site is ready: {checks}")
                return
        except urllib.error.HTTPError as error:
            answer = error.read().decode()
        except OSError as error:
            answer = str(error)
        time.sleep(0.25)
    raise SetupError(
        f"网站没有就绪（{answer}）。原因见 {layout.logs}/riskcontrol.log，或运行：journalctl -u riskcontrol -n 20",
        f"The site does not get ready ({answer}). See {layout.logs}/riskcontrol.log and journalctl -u riskcontrol.",
    )
