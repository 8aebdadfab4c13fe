"""A bare Debian 12 with systemd as its first process, in a container without a network; for ./run bench install."""

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
PACKAGES = "systemd,systemd-sysv,dbus,iproute2,ca-certificates"
# Asks an address of the container itself, under a name; prints the status and the page.
ASK = """
import http.client, ssl, sys
scheme, address, host, path = sys.argv[1:5]
context = ssl._create_unverified_context()
kind = http.client.HTTPSConnection if scheme == "https" else http.client.HTTPConnection
connection = kind(address, timeout=20, **({"context": context} if scheme == "https" else {}))
connection.request("GET", path, headers={"Host": host})
answer = connection.getresponse()
print(answer.status, answer.getheader("Location"))
print(answer.read().decode(errors="replace"))
"""


class StepError(Exception):
    """Something was not as it has to be."""


def mirror() -> str:
    """Where this machine takes Debian's packages from; both ways to write it down are read."""
    for path in [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]:
        text = path.read_text() if path.is_file() else ""
        for block in text.split("\n\n"):
            said = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line and not line.startswith("#"))
            if "bookworm" in said.get("Suites", "").split():
                return said["URIs"].split()[0]
        for line in text.splitlines():
            found = re.match(r"deb (?:\[.*?\] )?(\S+) bookworm ", line)
            if found:
                return found[1]
    raise StepError("no source of Debian 12 is known here")


class Box:
    """One container; what is done in it goes away with its folder."""

    def __init__(self, folder: Path, stick: Path) -> None:
        self.root, self.stick, self.log = folder / "root", stick, folder / "console.log"
        self._process: subprocess.Popen | None = None

    def build(self) -> None:
        """The smallest Debian that boots, from the mirror that this machine uses."""
        command = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", "bookworm", str(self.root), mirror()]
        with self.log.open("wb") as log:
            subprocess.run(command, check=True, stdout=log, stderr=log)

    def boot(self) -> None:
        """Start it and wait until systemd says that it runs."""
        command = ["systemd-nspawn", "--quiet", "--directory", str(self.root), "--machine=register-bench"]
        command += ["--private-network", "--register=no", "--keep-unit", "--console=pipe", "--boot"]
        command += [f"--bind={self.stick}:/media/usb"]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.wait("systemctl is-system-running", "running", seconds=60)

    def halt(self) -> None:
        """Power off; as with a plug where it doesn't."""
        if self._process is None:
            return
        self.run("systemctl poweroff", allowed=None)
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def remove(self) -> None:
        self.halt()
        shutil.rmtree(self.root, ignore_errors=True)

    def _leader(self) -> str:
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children") if self._process else None
        found = children.read_text().split() if children else []
        if not found:
            raise StepError("the container does not run")
        return found[0]

    def run(self, command: str, *, allowed: int | None = 0, typed: str = "") -> str:
        """What a line prints that is typed as root; StepError for another exit code (None: any)."""
        words = [
            "nsenter",
            "--target",
            self._leader(),
            "--all",
            "env",
            "-i",
            f"PATH={PATH}",
            "TERM=xterm",
            "HOME=/root",
        ]
        done = subprocess.run(
            [*words, "LANG=C.UTF-8", "bash", "-c", command],
            input=typed,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        told = done.stdout + done.stderr
        if allowed is not None and done.returncode != allowed:
            raise StepError(f"“{command}” ended with {done.returncode}, not {allowed}:\n{told[-3000:]}")
        return told

    def wait(self, command: str, expected: str, *, seconds: float = 30) -> float:
        """Until a line prints what is expected; how long it took."""
        begin, told = time.monotonic(), ""
        while time.monotonic() - begin < seconds:
            try:
                told = self.run(command, allowed=None)
            except StepError as error:
                told = str(error)
            if expected in told:
                return time.monotonic() - begin
            time.sleep(0.2)
        raise StepError(f"“{command}” did not print “{expected}” within {seconds} s, but:\n{told[-2000:]}")

    def ask(self, scheme: str, host: str, path: str = "/") -> str:
        """Status, redirection and page, as a browser on the machine itself gets them."""
        Path(self.root, "root/ask.py").write_text(ASK)
        return self.run(f"python3 /root/ask.py {scheme} 127.0.0.1 {host} {path}", allowed=None)


def is_possible() -> str:
    """Why no container can be run here; empty where one can."""
    if os.geteuid() != 0:
        return "only root can run a container"
    missing = [name for name in ("systemd-nspawn", "debootstrap", "nsenter") if shutil.which(name) is None]
    return f"{', '.join(missing)} missing" if missing else ""
