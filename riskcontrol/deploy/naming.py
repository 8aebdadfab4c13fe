"""Another name for the site: settings, nginx, and the certificate of its own, in one command."""

import re

from riskcontrol.deploy import certificate, proxy, service, site
from riskcontrol.deploy import layout as places
from riskcontrol.deploy.layout import ServerLayout
from riskcontrol.deploy.machine import Machine, SetupError
from riskcontrol.deploy.units import ENVIRONMENT


def set_variable(text: str, name: str, value: str | None) -> str:
    """The settings file with another value for a variable, at its place or at the end; None takes it out."""
    line = "" if value is None else f"{name}={value}\n"
    pattern = re.compile(rf"^\s*{name}\s*=.*\n?", re.MULTILINE)
    if pattern.search(text):
        return pattern.sub(lambda match: line, text, count=1)
    return f"{text.rstrip()}\n{line}" if line else text


def rename(machine: Machine, layout: ServerLayout, names: list[str]) -> None:
    """Let the site be called by these names, and by no former one."""
    settings = places.settings_of(machine)
    before = site.site_of(settings)
    if layout.has_nginx and machine.at(proxy.SITE).is_file() and not site.is_ours(machine, layout, before):
        raise SetupError(
            f"{proxy.SITE} 已由管理员改过，没有改动。请先把其中的 server_name 改成 {' '.join(names)}，"
            f"再把 {ENVIRONMENT} 里的 ALLOWED_HOSTS 改好，运行：systemctl restart riskcontrol nginx",
            f"{proxy.SITE} was changed by hand; change server_name there and ALLOWED_HOSTS in {ENVIRONMENT} yourself.",
        )
    if not settings:
        raise SetupError(f"没有找到 {ENVIRONMENT}。", f"{ENVIRONMENT} is missing.")
    is_own = layout.has_nginx and machine.at(site.CERTIFICATE).is_file() and site.is_own(machine)
    text = machine.at(ENVIRONMENT).read_text(encoding="utf-8")
    hosts = ",".join(dict.fromkeys([*names, "127.0.0.1", "localhost"]))
    machine.write(ENVIRONMENT, set_variable(text, "ALLOWED_HOSTS", hosts), mode=0o640, group=layout.user)
    if is_own:
        site.make_certificate(machine, names)
    service.configure(machine, layout)
    service.start(machine, layout)
    if not is_own and layout.has_nginx:
        for name in names:
            if not certificate.is_for(machine.at(site.CERTIFICATE), name):
                machine.say(
                    f"证书里没有 {name}：请换上新名称的证书（sudo riskcontrol certificate 证书 私钥）",
                    f"the certificate is not for {name}: sudo riskcontrol certificate FILE KEY",
                )
    machine.say(f"系统的地址现在是 https://{names[0]}/", f"the site is https://{names[0]}/ now")
