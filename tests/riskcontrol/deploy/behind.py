"""The real nginx with the site that the installation writes, in front of a production server; and visitors of it."""

import http.client
import re
import ssl
import subprocess
from contextlib import suppress
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from departments.enums import Role
from departments.models import RoleGrant, User
from riskcontrol.deploy import install, layout
from riskcontrol.models import AuditEntry
from tests.bench.cluster import free_port
from tests.bench.server import Server, Site
from tests.riskcontrol.deploy.copies import Copy

HOST = "register.school.cn"
PASSWORD = "a-Password-of-tests-1"
MAIN = """
{user}
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {root}/etc/nginx/conf.d/*.conf;
    include {root}/etc/nginx/sites-enabled/*;
}}
"""


def make_people(numbers: list[str]) -> list[str]:
    """Accounts with their last password, the first of them an auditor; called in the installation."""
    people = [User.objects.create_user(number, f"工号{number}", PASSWORD) for number in numbers]
    RoleGrant.objects.create(user=people[0], role=Role.AUDITOR)
    return numbers


def trail() -> list[list[str | None]]:
    """What the trail tells of logins: action and address, in order."""
    entries = AuditEntry.objects.filter(action__in=["user.login", "user.login_failed", "user.locked_out"]).order_by(
        "number"
    )
    return [list(entry) for entry in entries.values_list("action", "address")]


class Installation:
    """What ./run install writes, in a folder, on free ports and with its own certificate; started for a test."""

    def __init__(self, folder: Path, *, database_url: str = "") -> None:
        self.root = folder / "root"
        data = folder / "data"
        data.mkdir()
        self.site = Site(data, database_url or f"sqlite:///{data / 'register.sqlite3'}")
        self.server = Server(self.site, folder / "server.log")
        self.http, self.https = free_port(), free_port()
        machine = Copy(self.root)
        wishes = install.Wishes([HOST], "sqlite", self.server.port, None, "admin")
        install.install(machine, layout.ServerLayout(), wishes)
        self.site.variables = {**layout.settings_of(machine), **self.site.variables}
        self.site.variables["LOGIN_RATE"] = "12"
        del self.site.variables["SECRET_KEY_FILE"]  # the site has a key of its own
        self.site.variables["SEAL_KEYS_FILE"] = f"{self.root}{self.site.variables['SEAL_KEYS_FILE']}"
        (command,) = [words for words in machine.commands if words.startswith("openssl req")]
        words = [f"{self.root}{word}" if word.startswith("/etc/") else word for word in command.split()]
        subprocess.run(words, check=True, capture_output=True)
        self._nginx: subprocess.Popen | None = None
        self.folder = folder

    def __enter__(self) -> "Installation":
        self.site.prepare()
        self.server.start()
        path = self.root / "etc/nginx/sites-available/riskcontrol"
        text = path.read_text()
        for usual, port in (("80", self.http), ("443", self.https)):
            text = re.sub(rf"(listen (?:\[::\]:)?){usual}\b", rf"\g<1>{port}", text)
        text = re.sub(r" /(etc|opt|var)/", rf" {self.root}/\1/", text)
        path.write_text(text)
        enabled = self.root / "etc/nginx/sites-enabled/riskcontrol"
        enabled.unlink()
        enabled.symlink_to(path)
        user = "user root;" if Path("/proc/self").stat().st_uid == 0 else ""
        main = self.folder / "nginx.conf"
        main.write_text(MAIN.format(user=user, folder=self.folder, root=self.root))
        command = ["setpriv", "--pdeathsig", "TERM", "/usr/sbin/nginx", "-c", str(main), "-p", str(self.folder)]
        self._nginx = subprocess.Popen(command)
        return self

    def __exit__(self, *error) -> None:
        self.server.stop()
        if self._nginx is not None:
            self._nginx.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._nginx.wait(10)


class Visitor:
    """A browser at one address of this machine, which calls the site by its name over https."""

    def __init__(self, installation: Installation, address: str) -> None:
        self.port, self.address = installation.https, address
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, fields: dict | None = None, **headers: str) -> tuple[int, str]:
        """Send one request; the status and the page."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        target = "::1" if ":" in self.address else "127.0.0.1"
        connection = http.client.HTTPSConnection(
            target, self.port, timeout=30, context=context, source_address=(self.address, 0)
        )
        sent = {
            "Host": HOST,
            "Referer": f"https://{HOST}/",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "X-Forwarded-For": "198.51.100.9",  # his own word
            **headers,
        }
        body = None
        if method == "POST":
            body = urlencode({"csrfmiddlewaretoken": self.cookies.get("csrftoken", "")} | (fields or {}))
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        for header in answer.headers.get_all("Set-Cookie", ()):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(header).items()}
        return answer.status, text

    def log_in(self, number: str, password: str = PASSWORD) -> int:
        """Try to log in through the page; the status."""
        self.ask("GET", "/login/")
        return self.ask("POST", "/login/", {"username": number, "password": password})[0]
