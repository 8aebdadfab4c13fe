"""A PostgreSQL of one's own, with the durability of production: for benches that kill it or fill its disk."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

PATIENCE = 60.0


def free_port() -> int:
    """Return a loopback port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def children_of(pid: int) -> list[int]:
    """Return the processes that this one started."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def kill(pid: int) -> None:
    """Send SIGKILL; a process that ended by itself a moment ago is as good."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


class Cluster:
    """A throw-away cluster in a temporary folder; it ends with the process that started it, however that ends.

    `wrapper` goes before the server's command, e.g. to give it a small disk.
    """

    def __init__(self, *options: str, wrapper: tuple[str, ...] = ()) -> None:
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
        if not found:
            raise FileNotFoundError("PostgreSQL isn't installed: ./run test installs it.")
        self.bin = found[-1].parent
        self.options, self.wrapper = options, wrapper
        self.folder = Path(tempfile.mkdtemp(prefix="register-cluster-"))
        self.port = free_port()
        self.password = secrets.token_urlsafe(16)
        self.process: subprocess.Popen | None = None
        # PostgreSQL refuses to run as root.
        self.account = ("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups") if os.getuid() == 0 else ()
        (self.folder / "password").write_text(self.password)
        if self.account:
            for path in (self.folder, self.folder / "password"):
                shutil.chown(path, "postgres", "postgres")
        command = [*self.account, str(self.bin / "initdb"), "--pgdata=data", "--username=bench", "--pwfile=password"]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        subprocess.run(command, cwd=self.folder, check=True, stdout=subprocess.DEVNULL)

    def url(self, name: str = "postgres") -> str:
        return f"postgres://bench:{self.password}@127.0.0.1:{self.port}/{name}"

    def start(self) -> None:
        """Start it, or start it again after it was killed: it then recovers by itself."""
        deadline = time.monotonic() + PATIENCE
        while True:
            with (self.folder / "log").open("ab") as log:
                self.process = subprocess.Popen(self._command(), cwd=self.folder, stdout=log, stderr=log)
            if self._answers(deadline):
                return
            # The children of a killed postmaster need a moment to notice; until then a new one refuses to start.
            if time.monotonic() > deadline:
                raise TimeoutError((self.folder / "log").read_text()[-2000:])
            time.sleep(0.2)

    def _command(self) -> list[str]:
        options = [part for option in self.options for part in ("-c", option)]
        server = [str(self.bin / "postgres"), "-D", "data", "-p", str(self.port), "-k", str(self.folder)]
        ending = ["setpriv", "--pdeathsig", "INT"]
        return [*self.wrapper, *self.account, *ending, *server, "-c", "listen_addresses=127.0.0.1", *options]

    def _answers(self, deadline: float) -> bool:
        ready = [str(self.bin / "pg_isready"), "--quiet", "--host=127.0.0.1", f"--port={self.port}"]
        while time.monotonic() < deadline and self.process is not None and self.process.poll() is None:
            if subprocess.run(ready, check=False).returncode == 0:
                return True
            time.sleep(0.05)
        return False

    def sql(self, statement: str, name: str = "postgres") -> str:
        """Run one statement through psql and return what it prints."""
        command = [str(self.bin / "psql"), self.url(name), "-X", "-A", "-t", "-q", "-c", statement]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def backends(self, name: str) -> list[int]:
        """Return the processes that serve a database's connections just now."""
        rows = self.sql("SELECT datname, pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()").splitlines()
        return [int(pid) for database, pid in (row.split("|") for row in rows) if database == name]

    def wait(self) -> None:
        """Wait until it takes connections again."""
        if not self._answers(time.monotonic() + PATIENCE):
            raise TimeoutError((self.folder / "log").read_text()[-2000:])

    def kill(self) -> None:
        """Kill the postmaster, as the kernel does when memory runs out; its children follow by themselves."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """Stop it and remove its data."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
