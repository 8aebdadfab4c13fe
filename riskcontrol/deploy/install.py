"""./run install: sets up production on Debian 12; a second call mends what is missing and changes nothing else."""

import argparse
import json
import os
import platform
import re
import secrets
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, replace
from pathlib import Path

from riskcontrol import keyring, sizes
from riskcontrol.deploy import layout as places
from riskcontrol.deploy import postgres, proxy, sealing, units
from riskcontrol.deploy.layout import ETC, SECRET, ServerLayout
from riskcontrol.deploy.machine import Machine, SetupError
from riskcontrol.deploy.proxy import NGINX
from riskcontrol.deploy.units import ENVIRONMENT

SOURCE = Path(__file__).resolve().parent.parent.parent
CERTIFICATE, KEY = ETC / "tls/certificate.pem", ETC / "tls/key.pem"
UNIT_FOLDER = Path("/etc/systemd/system")
COMMAND = Path("/usr/local/sbin/riskcontrol")
DAYS_OF_OWN_CERTIFICATE = 3650


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
    prepare(machine, layout, release)
    if seals_are_new:
        sealing.begin(machine, layout, release)
    is_new = machine.link(layout.current, release)
    has_changed = configure(machine, layout)
    start(machine, layout, is_restarted=is_new or has_changed)
    places.manage(machine, layout, release, "first_admin", "--number", wishes.admin, is_shown=True)


def require_debian(machine: Machine) -> None:
    if not machine.is_real:
        return
    if os.geteuid() != 0:
        raise SetupError("Only root can install; call it with sudo. (--dry-run shows the steps to anybody.)")
    version = Path("/etc/debian_version")
    if not version.is_file() or sys.version_info < (3, 11):
        raise SetupError("This is made for Debian 12 with its Python 3.11.")
    if not version.read_text().startswith("12"):
        machine.say(f"Tried on Debian 12 only; this is {version.read_text().strip()} ({platform.platform()}).")


def _make_account(machine: Machine, layout: ServerLayout) -> None:
    known = machine.is_real and machine.run(["getent", "passwd", layout.user], allowed=(0, 2))
    if not known:
        home = ["--home-dir", str(layout.data), "--no-create-home", "--shell", "/usr/sbin/nologin"]
        machine.run(["useradd", "--system", "--user-group", *home, layout.user])


def _make_folders(machine: Machine, layout: ServerLayout) -> None:
    for path in (layout.program, layout.releases, ETC):
        machine.folder(path)
    machine.folder(ETC / "tls", mode=0o700)
    machine.folder(layout.data, mode=0o750, owner=layout.user)
    machine.folder(layout.logs, mode=0o750, owner=layout.user)
    machine.folder(layout.backups, mode=0o700, owner=layout.user)


def _write_settings(machine: Machine, layout: ServerLayout, wishes: Wishes) -> None:
    """The key and the settings file, once; its group is the service's, so that nobody else reads the password."""
    machine.keep(SECRET, f"{secrets.token_urlsafe(64)}\n", mode=0o640, group=layout.user)
    if machine.at(ENVIRONMENT).exists():
        machine.say(f"{ENVIRONMENT} is there and stays as it is; what was asked for on the command line gives way")
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


def prepare(machine: Machine, layout: ServerLayout, release: Path) -> None:
    """Bring database and static files to the state of a release."""
    machine.say("bringing the database up to date and collecting the static files")
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
    machine.write(Path("/etc/logrotate.d/riskcontrol"), units.filled("logrotate.conf", **values))
    if layout.has_nginx:
        _configure_nginx(machine, settings)
    return bool(changed)


def _configure_nginx(machine: Machine, settings: dict[str, str]) -> None:
    names = _names(settings)
    if not machine.at(CERTIFICATE).exists():
        kinds = [f"IP:{name}" if re.fullmatch(r"[\d.]+|.*:.*", name) else f"DNS:{name}" for name in names]
        subject = ["-subj", f"/CN={names[0]}", "-addext", f"subjectAltName={','.join(kinds)}"]
        machine.say("making a certificate of our own; browsers will warn until the school's takes its place")
        files = ["-keyout", str(KEY), "-out", str(CERTIFICATE)]
        kind = ["-x509", "-newkey", "rsa:3072", "-nodes", "-sha256", "-days", str(DAYS_OF_OWN_CERTIFICATE)]
        machine.run(["openssl", "req", *kind, *files, *subject])
    has_ipv6 = Path("/proc/net/if_inet6").exists()
    text = units.filled(
        "nginx.conf",
        names=" ".join(names),
        certificate=str(CERTIFICATE),
        key=str(KEY),
        port=settings.get("PORT", "8000"),
        listen_http=" listen [::]:80;" if has_ipv6 else "",
        listen_https=" listen [::]:443 ssl http2;" if has_ipv6 else "",
        request_megabytes=str(sizes.REQUEST_MEGABYTES),
        scan_megabytes=str(sizes.SCAN_MEGABYTES),
    )
    machine.write(NGINX / "conf.d/riskcontrol-log.conf", units.filled("nginx-log.conf"))
    machine.keep(proxy.SITE, text, mode=0o644)
    machine.link(NGINX / "sites-enabled/riskcontrol", proxy.SITE)
    machine.run(["nginx", "-t", "-q"])


def _names(settings: dict[str, str]) -> list[str]:
    """The names under which people call the site."""
    names = settings.get("ALLOWED_HOSTS", "").split(",")
    return [name for name in names if name not in ("", "127.0.0.1", "localhost")] or ["localhost"]


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
            proxy.require_addresses(machine, _names(places.settings_of(machine))[0])
    elif machine.is_real:
        command = f"cd {layout.current} && .venv/bin/gunicorn --config riskcontrol/deploy/server.py riskcontrol.wsgi"
        machine.say(f"to try it without systemd, as {layout.user} and with {ENVIRONMENT}: {command}")


def _wait_until_ready(machine: Machine, layout: ServerLayout) -> None:
    port = places.settings_of(machine).get("PORT", "8000")
    address, answer = f"http://127.0.0.1:{port}/readyz", "nobody answers"
    for _ in range(60):
        try:
            with urllib.request.urlopen(address, timeout=10) as reply:  # our own http address  # nosec B310
                machine.say(f"the site is ready: {json.load(reply)['checks']}")
                return
        except urllib.error.HTTPError as error:
            answer = error.read().decode()
        except OSError as error:
            answer = str(error)
        time.sleep(1)
    raise SetupError(f"The site does not get ready ({answer}). See {layout.logs}/riskcontrol.log.")


def common_options(program: str, description: str) -> argparse.ArgumentParser:
    """The options that install and upgrade share."""
    options = argparse.ArgumentParser(prog=program, description=description, allow_abbrev=False)
    options.add_argument("--offline", type=Path, metavar="DIR", help="take packages from this folder, not the network")
    options.add_argument("--root", type=Path, metavar="DIR", help="write the files below this folder; run no commands")
    options.add_argument("--dry-run", action="store_true", help="say what would be done, change nothing")
    return options


def machine_of(given: argparse.Namespace) -> Machine:
    """The machine to work on; a copy of one where --root names a folder."""
    return Machine(root=from_caller(given.root) if given.root else None, is_dry=given.dry_run)


def from_caller(path: Path) -> Path:
    """A path as the caller meant it, seen from his own folder: ./run has gone to its own before it called us."""
    return Path(os.environ.get("CALLER_DIR", "."), path).absolute()


def _options() -> argparse.ArgumentParser:
    options = common_options("./run install", "Sets up production on Debian 12. A second call mends what is missing.")
    options.add_argument("--names", default=platform.node() or "localhost", help="host names of the site, with commas")
    options.add_argument(
        "--database",
        default="sqlite",
        help="sqlite; postgres (one on this machine); postgres://user:password@host/name",
    )
    options.add_argument("--port", type=int, default=8000, help="port of the application server on 127.0.0.1")
    options.add_argument("--seals", choices=keyring.ALGORITHMS, default="sha256", help="what seals the audit trail")
    options.add_argument("--admin", default="admin", metavar="NUMBER", help="staff number of the first administrator")
    options.add_argument("--dir", dest="program", type=Path, help="folder of the program (/opt/riskcontrol)")
    options.add_argument("--data", type=Path, help="folder of all data (/var/lib/riskcontrol)")
    options.add_argument("--backups", type=Path, help="folder of the nightly backups (/var/backups/riskcontrol)")
    options.add_argument("--keep", type=int, metavar="N", help="how many nightly backups stay (30)")
    options.add_argument(
        "--no-nginx", dest="has_nginx", action="store_false", default=None, help="another proxy is used"
    )
    options.add_argument("--refresh", action="store_true", help="only write the files of systemd, logrotate and nginx")
    return options


def _layout(machine: Machine, given: argparse.Namespace) -> ServerLayout:
    """What is asked for now, else what was asked for the first time, else the usual."""
    asked = {name: getattr(given, name) for name in ("program", "data", "backups", "keep", "has_nginx")}
    layout = replace(places.remembered(machine) or ServerLayout(), **{k: v for k, v in asked.items() if v is not None})
    for path in (layout.program, layout.data, layout.backups):
        if not path.is_absolute() or " " in str(path):
            raise SetupError(f"“{path}”: give the whole path, from / on, without blanks.")
    if layout.keep < 1:
        raise SetupError("--keep: at least one backup has to stay.")
    return layout


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and install; the exit code."""
    given = _options().parse_args(arguments)
    machine = machine_of(given)
    try:
        layout = _layout(machine, given)
        if given.refresh:
            configure(machine, layout)
            return 0
        names = [name.strip() for name in given.names.split(",") if name.strip()]
        if not names or not all(re.fullmatch(r"[A-Za-z0-9.:-]+", name) for name in names):
            raise SetupError("--names: write host names or addresses, separated by commas.")
        if not re.fullmatch(r"sqlite|postgres|postgres(ql)?://\S+", given.database):
            raise SetupError("--database: write sqlite, postgres or postgres://user:password@host:5432/name.")
        offline = from_caller(given.offline) if given.offline else None
        install(machine, layout, Wishes(names, given.database, given.port, offline, given.admin, given.seals))
    except (SetupError, OSError) as error:
        sys.stderr.write(f"run: {error}\n")
        return 1
    if not machine.is_real:
        machine.say("nothing was changed" if machine.is_dry else "nothing was started")
        return 0
    site = places.settings_of(machine).get("ALLOWED_HOSTS", names[0]).partition(",")[0]
    machine.say(f"installed: https://{site}/ ; settings in {ENVIRONMENT}, nightly backups in {layout.backups}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
