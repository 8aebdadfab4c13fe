"""nginx in front of the register: its site, its pages for when the site is away, and the certificate of its own."""

import hashlib
import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from riskcontrol import sizes
from riskcontrol.deploy import proxy, units
from riskcontrol.deploy.layout import ETC, ServerLayout
from riskcontrol.deploy.machine import Machine
from riskcontrol.deploy.proxy import NGINX

CERTIFICATE, KEY = ETC / "tls/certificate.pem", ETC / "tls/key.pem"
# Browsers refuse server certificates that are good for longer than 825 days, even those that somebody trusts.
DAYS_OF_OWN_CERTIFICATE = 820
LOGS = Path("/var/log/nginx/riskcontrol")
ENABLED, DEFAULT = NGINX / "sites-enabled/riskcontrol", NGINX / "sites-enabled/default"
# What Debian's own default site begins with; another file of that name is somebody's work.
DEBIANS = "# Default server configuration"
# The files of nginx's own pages, with the heading of each: one page.html around the words of each.
PAGES = {
    "too-large.html": "文件太大，没有收下",
    "away.html": "系统正在升级或重新启动",
    "name.html": "请用系统的名称打开",
}
# SHA-256 of files as we wrote them last: what differs from it was changed by the administrator.
WRITTEN = ETC / "written.json"


@dataclass(frozen=True)
class Site:
    """What differs from one school to another: names, the best one first, and where the server listens."""

    names: list[str]
    port: str = "8000"


def site_of(settings: dict[str, str]) -> Site:
    """The site that the settings file describes."""
    names = settings.get("ALLOWED_HOSTS", "").split(",")
    found = [name for name in names if name not in ("", "127.0.0.1", "localhost")]
    return Site(found or ["localhost"], settings.get("PORT", "8000"))


def configure(machine: Machine, layout: ServerLayout, site: Site) -> None:
    """Write pages, log format and site; make a certificate where there is none; ask nginx whether it can read all."""
    values = {"name": site.names[0], "scan_megabytes": str(sizes.SCAN_MEGABYTES), "names": _links(site.names)}
    for name, title in PAGES.items():
        words = units.filled(f"pages/{name}", **values)
        machine.write(layout.pages / name, units.filled("pages/page.html", title=title, words=words))
    if not machine.at(CERTIFICATE).exists():
        make_certificate(machine, site.names)
    machine.folder(LOGS, mode=0o750, group="adm")
    machine.keep(LOGS / "access.log", "", mode=0o640, owner="www-data", group="adm")
    machine.write(NGINX / "conf.d/riskcontrol-log.conf", units.filled("nginx-log.conf"))
    _step_aside(machine)
    _write_ours(machine, layout, site)
    machine.link(ENABLED, proxy.SITE)
    machine.run(["nginx", "-t", "-q"])


def _links(names: list[str]) -> str:
    return "".join(f'<li><a href="https://{name}/">https://{name}/</a></li>' for name in names)


def make_certificate(machine: Machine, names: list[str]) -> None:
    """A server certificate of our own, for all names; nobody has signed it, so browsers warn."""
    kinds = [f"{'IP' if is_address(name) else 'DNS'}:{name}" for name in names]
    machine.say(
        "正在生成自签名证书；换上学校的证书以前，浏览器会提示不安全（riskcontrol certificate 证书 私钥）",
        "making a certificate of our own; browsers warn until the school's takes its place",
    )
    request = units.filled("certificate.cnf", name=names[0][:64], names=",".join(kinds))
    machine.write(ETC / "tls/own.cnf", request, mode=0o600)
    files = ["-keyout", str(KEY), "-out", str(CERTIFICATE), "-config", str(ETC / "tls/own.cnf")]
    kind = ["-x509", "-newkey", "rsa:3072", "-nodes", "-sha256", "-days", str(DAYS_OF_OWN_CERTIFICATE)]
    machine.run(["openssl", "req", *kind, *files])


def is_address(name: str) -> bool:
    """Whether a name is an IP address."""
    return bool(re.fullmatch(r"[\d.]+|.*:.*", name))


def openssl(*arguments: str) -> str | None:
    """What openssl says of files, changing nothing; None where it can't read them."""
    done = subprocess.run(  # noqa: S603 - a fixed program on the given files
        ["openssl", *arguments],  # noqa: S607  # nosec B607
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    return done.stdout if done.returncode == 0 else None


def is_own(machine: Machine) -> bool:
    """Whether the certificate in use is one that nobody but itself has signed."""
    told = openssl("x509", "-in", str(machine.at(CERTIFICATE)), "-noout", "-subject", "-issuer") or ""
    lines = [line.partition("=")[2].strip() for line in told.splitlines()]
    return len(lines) == 2 and lines[0] == lines[1]


def _step_aside(machine: Machine) -> None:
    """Debian's “Welcome to nginx!” answers whoever types the address of this machine; ours names the register."""
    default = machine.at(DEFAULT)
    if default.is_symlink() and machine.at(NGINX / "sites-available/default").is_file():
        text = machine.at(NGINX / "sites-available/default").read_text(encoding="utf-8", errors="replace")
        if DEBIANS in text:
            machine.remove(DEFAULT)


def _others_answer(machine: Machine) -> bool:
    """Whether another site of this nginx is the one for unknown names; there can be one only."""
    folders = [machine.at(NGINX / name) for name in ("sites-enabled", "conf.d")]
    files = [path for folder in folders if folder.is_dir() for path in folder.iterdir() if path.name != ENABLED.name]
    texts = [re.sub(r"#.*", "", path.read_text(encoding="utf-8", errors="replace")) for path in files if path.is_file()]
    return any("default_server" in text for text in texts)


def _values(layout: ServerLayout, site: Site) -> dict[str, str]:
    has_ipv6 = Path("/proc/net/if_inet6").exists()
    return {
        "names": " ".join(site.names),
        "certificate": str(CERTIFICATE),
        "key": str(KEY),
        "port": site.port,
        "pages": str(layout.pages),
        "logs": str(LOGS),
        "listen_http": " listen [::]:80;" if has_ipv6 else "",
        "listen_https": " listen [::]:443 ssl http2;" if has_ipv6 else "",
        "default_http": " listen [::]:80 default_server;" if has_ipv6 else "",
        "default_https": " listen [::]:443 ssl http2 default_server;" if has_ipv6 else "",
        "request_megabytes": str(sizes.REQUEST_MEGABYTES),
        "scan_megabytes": str(sizes.SCAN_MEGABYTES),
    }


def text_of(machine: Machine, layout: ServerLayout, site: Site) -> str:
    """The file of the site as this version writes it."""
    values = _values(layout, site)
    text = units.filled("nginx.conf", **values)
    if _others_answer(machine):
        machine.say(
            "这台服务器的 nginx 另有默认网站，用其他名称或 IP 打开的由它应答",
            "another site of this nginx answers unknown names",
        )
        return text
    return text + units.filled("nginx-default.conf", **values)


def _write_ours(machine: Machine, layout: ServerLayout, site: Site) -> None:
    """A site that nobody changed is renewed; beside one that the administrator changed the new one is laid."""
    text, path = text_of(machine, layout, site), machine.at(proxy.SITE)
    if not path.is_file() or is_ours(machine, layout, site):
        machine.write(proxy.SITE, text)
    elif _written(machine).get(str(proxy.SITE)) == _digest(text):
        machine.say(f"{proxy.SITE} 已由管理员改过，保持原样", f"{proxy.SITE} was changed and stays as it is")
    else:
        machine.write(proxy.SITE.with_name("riskcontrol.new"), text)
        machine.say(
            f"{proxy.SITE} 已由管理员改过，保持原样；这一版的写法在同一文件夹的 riskcontrol.new，请对照修改",
            f"{proxy.SITE} was changed and stays as it is; this version's lies beside it: riskcontrol.new",
        )
    written = _written(machine) | {str(proxy.SITE): _digest(text)}
    machine.write(WRITTEN, json.dumps(written, indent=1) + "\n", mode=0o640)


def is_ours(machine: Machine, layout: ServerLayout, site: Site) -> bool:
    """Whether the site is as we wrote it last, or as one of the releases here would write it."""
    path = machine.at(proxy.SITE)
    if not path.is_file():
        return False
    text = path.read_text(encoding="utf-8")
    if _written(machine).get(str(proxy.SITE)) == _digest(text):
        return True
    for template in machine.at(layout.releases).glob("*/riskcontrol/deploy/templates/nginx.conf"):
        try:
            if units.fill(template.read_text(encoding="utf-8"), _values(layout, site)) == text:
                return True
        except KeyError:
            continue
    return False


def withdraw(machine: Machine, layout: ServerLayout, site: Site) -> None:
    """Take our site away so that an older version writes its own, which it does only where there is none."""
    if is_ours(machine, layout, site):
        machine.remove(proxy.SITE)


def _written(machine: Machine) -> dict[str, str]:
    path = machine.at(WRITTEN)
    kept = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return {str(name): str(digest) for name, digest in kept.items()}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
