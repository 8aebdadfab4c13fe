"""The certificate of the site: the school's own is looked at before it is put in place, with its end."""

import datetime
from pathlib import Path

from riskcontrol.deploy import layout as places
from riskcontrol.deploy import site
from riskcontrol.deploy.layout import ServerLayout
from riskcontrol.deploy.machine import Machine, SetupError
from riskcontrol.deploy.site import CERTIFICATE, KEY, openssl

SOON = datetime.timedelta(days=30)


def end_of(path: Path) -> datetime.datetime | None:
    """Until when a certificate is good; None where there is none."""
    told = openssl("x509", "-in", str(path), "-noout", "-enddate", "-dateopt", "iso_8601")
    if not told:
        return None
    return datetime.datetime.fromisoformat(told.strip().partition("=")[2].replace(" ", "T"))


def is_for(path: Path, name: str) -> bool:
    """Whether a certificate is one for this name or address."""
    option = "-checkip" if site.is_address(name) else "-checkhost"
    told = openssl("x509", "-in", str(path), "-noout", option, name) or ""
    return "does match" in told


def put(machine: Machine, layout: ServerLayout, file: Path, key: Path) -> None:
    """Put the school's certificate in the place of what is there, which stays beside it; nothing changes where it
    doesn't fit."""
    _require_nginx(layout)
    names = site.site_of(places.settings_of(machine)).names
    _require_fit(file, key)
    for name in names:
        if not is_for(file, name):
            machine.say(
                f"注意：证书里没有 {name} 这个名称，用它打开时浏览器会警告",
                f"the certificate is not for {name}; browsers will warn",
            )
    kept = {path: machine.at(path).read_text() for path in (CERTIFICATE, KEY) if machine.at(path).is_file()}
    for path, text in kept.items():
        machine.write(path.with_name(f"{path.name}.old"), text, mode=0o600)
    machine.write(CERTIFICATE, file.read_text(), mode=0o644)
    machine.write(KEY, key.read_text(), mode=0o600)
    try:
        machine.run(["nginx", "-t", "-q"])
    except SetupError:
        for path, text in kept.items():
            machine.write(path, text, mode=0o600)
        raise
    machine.systemctl("reload", "nginx.service")
    machine.say(f"证书已换上，有效期到 {_day(end_of(file))}", f"the certificate is in use, good until {end_of(file)}")


def renew_own(machine: Machine, layout: ServerLayout) -> None:
    """A new certificate of our own in the place of an old one of our own."""
    _require_nginx(layout)
    if machine.at(CERTIFICATE).is_file() and not site.is_own(machine):
        raise SetupError(
            f"{CERTIFICATE} 是学校的证书，没有改动。确要换成自签名的，请先把它移走。",
            f"{CERTIFICATE} is the school's and stays; move it away first.",
        )
    site.make_certificate(machine, site.site_of(places.settings_of(machine)).names)
    machine.systemctl("reload", "nginx.service")


def _require_nginx(layout: ServerLayout) -> None:
    if not layout.has_nginx:
        raise SetupError(
            "证书由另外的反向代理管理（安装时用了 --no-nginx），请在那里更换。",
            "Another proxy holds the certificate (--no-nginx).",
        )


def _require_fit(file: Path, key: Path) -> None:
    public = openssl("x509", "-in", str(file), "-noout", "-pubkey")
    if public is None:
        pfx = "openssl pkcs12 -in 文件.pfx"
        raise SetupError(
            f"{file} 不是 PEM 格式的证书，没有改动。"
            f".pfx 文件请先转换：{pfx} -nokeys -out 证书.pem，再 {pfx} -nocerts -nodes -out 私钥.key",
            f"{file} is no certificate in PEM format; nothing was changed.",
        )
    own = openssl("pkey", "-in", str(key), "-pubout", "-passin", "pass:")
    if own is None:
        raise SetupError(
            f"{key} 不是私钥，或有口令，没有改动。去掉口令：openssl pkey -in {key} -out 新文件",
            f"{key} is no key, or has a passphrase; nothing was changed.",
        )
    if own != public:
        raise SetupError(
            f"{key} 不是 {file} 的私钥，没有改动。", f"{key} does not belong to {file}; nothing was changed."
        )
    if openssl("x509", "-in", str(file), "-noout", "-checkend", "0") is None:
        raise SetupError(
            f"{file} 已经过期（{_day(end_of(file))}），没有改动。", f"{file} has ended; nothing was changed."
        )


def _day(moment: datetime.datetime | None) -> str:
    return "不明" if moment is None else f"{moment:%Y年%m月%d日}"
