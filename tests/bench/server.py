"""A production server of one's own: gunicorn as ./run serve starts it, on a free port, to be asked and to be killed."""

import argparse
import fcntl
import http.client
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.cluster import Cluster, children_of, free_port, kill

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0
# Calls one of our functions with Django set up: arguments come in, and the result goes out, as JSON.
CALL = (
    "import importlib, json, sys, django; django.setup(); "
    "function = getattr(importlib.import_module(sys.argv[1]), sys.argv[2]); "
    "print(json.dumps(function(**json.load(sys.stdin))))"
)

# Brings what a database still has in its log into its one file.
CHECKPOINT = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('PRAGMA wal_checkpoint(TRUNCATE)')"


@dataclass
class Site:
    """What servers and commands of one installation share: a data folder, a database, a key.

    `is_short` leaves out the collecting of static files; `wrapper` goes before each command.
    """

    folder: Path
    database_url: str
    is_short: bool = True
    variables: dict[str, str] = field(default_factory=dict)
    wrapper: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        fonts = os.environ.get("FONT_DIR") or str(Path(os.environ.get("VAR_DIR") or ROOT / "var", "fonts"))
        self.variables = {
            "PATH": os.environ["PATH"],
            "PYTHONUTF8": "1",
            "DJANGO_SETTINGS_MODULE": "tests.bench.settings" if self.is_short else "riskcontrol.settings",
            "VAR_DIR": str(self.folder),
            "FONT_DIR": fonts,
            "DATABASE_URL": self.database_url,
            "SECRET_KEY": secrets.token_urlsafe(64),
        } | self.variables

    def run(self, *command: str, stdin: str = "") -> str:
        """Run one of the project's Python commands for this installation and return what it prints."""
        done = subprocess.run(
            [*self.wrapper, sys.executable, *command],
            cwd=ROOT,
            env=self.variables,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}: {done.stderr[-3000:]}")
        return done.stdout

    def call(self, module: str, function: str, **arguments: Any) -> Any:
        """Call a function in a process of its own with this installation's settings; all it takes and gives is JSON."""
        return json.loads(self.run("-c", CALL, module, function, stdin=json.dumps(arguments)).splitlines()[-1])

    def prepare(self) -> None:
        """Bring the database up to date, as ./run serve does before it starts. A file is a copy of one made once."""
        if self.is_short and self.database_url.startswith("sqlite:///"):
            path = Path(self.database_url.removeprefix("sqlite:///"))
            if not path.exists():
                shutil.copyfile(migrated(self), path)
        self.run("manage.py", "migrate", "--verbosity=0")
        if not self.is_short:
            self.run("manage.py", "collectstatic", "--no-input", "--verbosity=0")


def offer_databases(parser: argparse.ArgumentParser) -> None:
    """Let a bench be run on one of the two databases only."""
    parser.add_argument("--postgres", action="store_true", help="only PostgreSQL")
    parser.add_argument("--sqlite", action="store_true", help="only SQLite")


def chosen_databases(options: argparse.Namespace) -> list[str]:
    """What the arguments of offer_databases() say; both where they name both or none."""
    kinds = ["sqlite", "postgres"]
    return kinds if options.postgres == options.sqlite else [kind for kind in kinds if getattr(options, kind)]


@contextmanager
def throwaway(database: str, **options: Any) -> Iterator[Site]:
    """A site of its own, with a folder and a database that go with it; `options` are those of a Site."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="register-bench-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        url = f"sqlite:///{folder / 'register.sqlite3'}"
        if database == "postgres":
            cluster = Cluster()
            stack.callback(cluster.stop)
            cluster.start()
            url = cluster.url()
        yield Site(folder, url, **options)


def migrated(site: Site) -> Path:
    """A SQLite file in which every migration was done, made once for all tests of a run that begin with one."""
    folder = Path(os.environ["TEST_RUN_DIR"]) if "TEST_RUN_DIR" in os.environ else site.folder
    path = folder / "migrated.sqlite3"
    with (folder / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            making = path.with_suffix(".making")
            there = Site(site.folder, f"sqlite:///{making}")
            there.run("manage.py", "migrate", "--verbosity=0")
            there.run("-c", CHECKPOINT, str(making))
            making.rename(path)
    return path


class Server:
    """One gunicorn with its workers. `wrapper` goes before its command, e.g. to give it a small disk."""

    def __init__(self, site: Site, log: Path, *, wrapper: tuple[str, ...] = ()) -> None:
        self.site, self.log, self.wrapper = site, log, wrapper
        self.port = free_port()
        self.process: subprocess.Popen | None = None

    def launch(self) -> None:
        """Start it without waiting. It ends with the thread that started it, however that ends."""
        command = [sys.executable, "-m", "gunicorn", "--config", "riskcontrol/deploy/server.py", "riskcontrol.wsgi"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*self.wrapper, "setpriv", "--pdeathsig", "TERM", *command],
                cwd=ROOT,
                env=self.site.variables | {"PORT": str(self.port)},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def start(self) -> None:
        """Start it and wait until it answers; after a kill the orphaned workers still hold the port for a moment."""
        deadline = time.monotonic() + PATIENCE
        while True:
            self.launch()
            if self.wait(deadline):
                return
            if time.monotonic() > deadline:
                raise TimeoutError(self.complaints())

    def wait(self, deadline: float | None = None) -> bool:
        """Wait until this very process has workers and one of them answers; whether that came about in time."""
        deadline = deadline or time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.process is not None and self.process.poll() is None:
            if self.workers() and self._is_healthy():
                return True
            time.sleep(0.05)
        return False

    def _is_healthy(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def complaints(self) -> str:
        """Return the end of what it wrote, without the lines of requests."""
        lines = [line for line in self.log.read_text().splitlines() if "riskcontrol.requests" not in line]
        return "\n".join(lines[-30:])

    def failures(self) -> list[str]:
        """Return what it logged of answers with status 500."""
        return [line for line in self.log.read_text().splitlines() if '"Internal Server Error: ' in line]

    def workers(self) -> list[int]:
        return children_of(self.process.pid) if self.process is not None else []

    def kill_worker(self, place: int) -> None:
        """Kill one worker; the master starts another one."""
        workers = self.workers()
        if workers:
            kill(workers[place % len(workers)])

    def kill_master(self) -> None:
        """Kill the master alone: its workers go on for a moment and then end by themselves."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def kill_all(self) -> None:
        """Kill master and workers at once."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """End it and whatever it left behind; nothing of it has to survive."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
