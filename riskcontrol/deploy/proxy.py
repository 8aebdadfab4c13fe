"""The proxy in front: does its file fit the settings, and do visitors have an address behind it? Knows no Django."""

import http.client
import ipaddress
import json
import re
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from riskcontrol.deploy import layout as places
from riskcontrol.deploy.machine import Machine, SetupError

NGINX = Path("/etc/nginx")
SITE = NGINX / "sites-available/riskcontrol"
# Another address of this machine than the one that nginx calls from, so that the two can be told apart.
VISITOR = "127.0.0.2"
APPENDED, REPLACED = "$proxy_add_x_forwarded_for", "$remote_addr"


@dataclass(frozen=True)
class Expected:
    """What the site was told about its proxy; `is_host` says whether a name is one of the site's."""

    is_host: Callable[[str], bool]
    port: str
    behind_tls: bool
    proxies: int
    trusted: Iterable[ipaddress.IPv4Network | ipaddress.IPv6Network]


def installed_site(data: Path, machine: Machine) -> str | None:
    """The nginx file of the installation whose data lie in this folder; None where there is none."""
    layout = places.remembered(machine)
    if layout is None or not layout.has_nginx or layout.data != data or not machine.at(SITE).is_file():
        return None
    return machine.at(SITE).read_text(encoding="utf-8")


def differences(text: str, expected: Expected) -> Iterator[str]:
    """In which points an nginx file and the settings contradict each other."""
    text = re.sub(r"#.*", "", text)
    names = {name for line in re.findall(r"\bserver_name\s+([^;]+);", text) for name in line.split()} - {"_"}
    for name in sorted(names):
        if not expected.is_host(name):
            yield f"server_name {name} is not in ALLOWED_HOSTS"
    for host, port in re.findall(r"\bproxy_pass\s+http://([^/:;]+):?(\d*)", text):
        if port != expected.port:
            yield f"proxy_pass goes to port {port or '80'}, and PORT is {expected.port}"
        yield from _trust(host, expected)
    yield from _headers(text, expected)
    has_tls = bool(re.search(r"\blisten\s[^;]*\bssl\b", text))
    if has_tls != expected.behind_tls:
        yield f"nginx speaks {'https' if has_tls else 'http only'}, and BEHIND_TLS is {int(expected.behind_tls)}"


def _trust(host: str, expected: Expected) -> Iterator[str]:
    """nginx on this machine calls from the address that it calls."""
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        return
    if expected.proxies and not any(address in network for network in expected.trusted):
        yield f"nginx calls from {address}, which is not in TRUSTED_PROXIES"


def _headers(text: str, expected: Expected) -> Iterator[str]:
    said = re.findall(r"\bproxy_set_header\s+([\w-]+)\s+([^;]+);", text)
    told = {value for name, value in said if name.lower() == "x-forwarded-for"}
    if not told or told - {APPENDED, REPLACED}:
        yield f"X-Forwarded-For is not set to {REPLACED}: the site would not know its visitors' addresses"
    elif not expected.proxies:
        yield "nginx stands in front, and PROXY_COUNT is 0: all visitors would have its address"
    elif REPLACED in told and expected.proxies > 1:
        yield f"X-Forwarded-For is set to {REPLACED}, which tells of one proxy, and PROXY_COUNT is {expected.proxies}"
    if expected.behind_tls and ("x-forwarded-proto", "$scheme") not in {(name.lower(), value) for name, value in said}:
        yield "X-Forwarded-Proto is not set to $scheme: the site would send everybody to https again and again"


def ask(host: str, *, port: int = 443) -> tuple[int, str | None]:
    """Ask readyz through the proxy as a visitor of our own: the status, and which address the site heard.

    The certificate isn't judged: the installation's own is one that nobody has signed.
    """
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection(
        "127.0.0.1", port, timeout=10, context=context, source_address=(VISITOR, 0)
    )
    try:
        connection.request("GET", "/readyz", headers={"Host": host})
        answer = connection.getresponse()
        content = answer.read()
    finally:
        connection.close()
    try:
        return answer.status, json.loads(content).get("address")
    except ValueError:
        return answer.status, None


def require_addresses(machine: Machine, host: str, *, port: int = 443, patience: float = 10) -> None:
    """Go to readyz once through the proxy; SetupError where the site doesn't learn from where somebody comes.

    Nobody at this machine's own address is only told: nginx may have been given others to listen on.
    """
    deadline = time.monotonic() + patience
    while True:
        try:
            status, heard = ask(host, port=port)
        except (OSError, http.client.HTTPException) as error:
            status, heard, trouble = 0, None, str(error)
        if status == 200 and heard == VISITOR:
            words = "the site is ready behind its proxy, and sees its visitors' addresses"
            machine.say("网站经 nginx 可以访问，并能看到访问者的地址", words)
            return
        if time.monotonic() > deadline:
            break
        time.sleep(1)
    if not status:
        machine.say(
            f"nginx 在 127.0.0.1:{port} 没有应答（{trouble}）；请从别的电脑打开 https://{host}/readyz 看看",
            f"nginx does not answer at 127.0.0.1:{port} ({trouble}); ask https://{host}/readyz from elsewhere",
        )
        return
    raise SetupError(
        f"经 nginx 访问 readyz 得到 {status}，来自 {VISITOR} 的访问者被当成 {heard or '不明'}。"
        f"请核对 {SITE} 里的 proxy_pass 和 X-Forwarded-For，以及设置里的 PROXY_COUNT 和 TRUSTED_PROXIES。",
        f"Through nginx, readyz answered {status}, and a visitor from {VISITOR} arrived as {heard or 'nobody'}. "
        f"See proxy_pass and X-Forwarded-For in {SITE}, and PROXY_COUNT and TRUSTED_PROXIES in the settings.",
    )
