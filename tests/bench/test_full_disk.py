"""A real full disk and a read-only one under a running server: nothing is lost, and the page says what is wrong.

The disk is a small tmpfs that only the server's own process sees.
"""

import re
import secrets
import subprocess
from contextlib import ExitStack, suppress
from html import unescape
from pathlib import Path

import pytest
from django.db import connection

from tests.bench.cluster import Cluster
from tests.bench.server import Server, Site
from tests.bench.visitor import SAVED, Visitor, saved_row

UNAVAILABLE = 503
# Enough for the database to grow by some saves, little enough to be filled at once.
SIZE = "24m"

_mounts = subprocess.run(
    ["unshare", "--mount", "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", "/mnt"], capture_output=True, check=False
)
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(_mounts.returncode != 0, reason="only root can mount a small disk for the server"),
]
on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="the disk of a SQLite file")
on_postgres = pytest.mark.skipif(connection.vendor == "sqlite", reason="the disk of a PostgreSQL cluster")


def with_small_disk(target: Path, *then: str) -> tuple[str, ...]:
    """Return what goes before a command so that it alone sees a small disk at `target`, and `then` was done there."""
    script = f'mount -t tmpfs -o size={SIZE},mode=0777 tmpfs "$0"'
    return "unshare", "--mount", "bash", "-c", " && ".join([script, *then, 'exec "$@"']), str(target)


class Disk:
    """The small disk of a process."""

    def __init__(self, pid: int, target: Path) -> None:
        self.pid, self.target = pid, target
        self.path = Path(f"/proc/{pid}/root{target}")

    def fill(self) -> None:
        """Write until not one byte more fits."""
        with (self.path / "filler").open("ab", buffering=0) as filler:
            for size in (1 << 20, 1 << 12, 1):
                with suppress(OSError):
                    while True:
                        filler.write(b"x" * size)

    def free(self) -> None:
        (self.path / "filler").unlink()

    def remount(self, how: str) -> None:
        command = ["nsenter", "--mount", f"--target={self.pid}", "mount", "-o", f"remount,{how}", str(self.target)]
        subprocess.run(command, check=True)


class Saves:
    """One head who adds points with long texts, and what she was told of each."""

    def __init__(self, server: Server, school: dict) -> None:
        self.version = school["tables"][0]["version"]
        self.visitor = Visitor(school["tables"][0]["people"][0], school["password"], server.port)
        self.visitor.log_in()
        self.path = f"/versions/{self.version}/points/"
        self.attempts: list[dict] = []

    def add(self):
        """Send one new point with its measure and the token of its form; return the answer and the text."""
        text, measure = (f"{what}{secrets.token_hex(8)}" + "一段较长的说明文字。" * 60 for what in ("风险点", "措施"))
        fields = {"category": "duty", "text": text, "measure_text": measure, "likelihood": "2", "harm": "2"}
        answer = self.visitor.post(self.path, fields | {"proposed_level": "2", "token": secrets.token_hex(16)})
        self._note(answer, text, measure)
        return answer, text

    def again(self, page):
        """Press the button of a page that says that nothing was saved."""
        fields = {
            name: unescape(value) for name, value in re.findall(r'hidden" name="(\w+)" value="([^"]*)"', page.body)
        }
        answer = self.visitor.post(unescape(re.search(r'action="([^"]*)"', page.body).group(1)), fields)
        self._note(answer, fields["text"], fields["measure_text"])
        return answer

    def _note(self, answer, text, measure):
        is_saved = answer.status == SAVED
        self.attempts.append(
            {
                "writer": self.visitor.number,
                "kind": "new",
                "version": self.version,
                "row": saved_row(answer) if is_saved else None,
                "outcome": "saved" if is_saved else "refused",
                "text": text,
                "measure": measure,
            }
        )

    def until_refused(self):
        """Save until the disk takes no more; return the answer that says so, and the text it was about."""
        for _ in range(200):
            answer, text = self.add()
            if answer.status != SAVED:
                return answer, text
        raise AssertionError("The full disk took everything.")


def reason(answer) -> str:
    return re.search(r"<p data-reason>(.*?)</p>", answer.body).group(1)


def check_full(saves: Saves, disk: Disk) -> None:
    """Fill the disk while somebody works, and free it again."""
    assert saves.add()[0].status == SAVED
    disk.fill()
    answer, text = saves.until_refused()
    assert answer.status == UNAVAILABLE
    assert reason(answer).startswith("服务器磁盘已满，没有保存，您填写的内容在下面。")
    assert text in answer.body
    assert saves.visitor.get(f"/versions/{saves.version}/").status == 200  # reading goes on
    disk.fill()  # a database that tidies up makes a little room
    # Where it fits after all, it is acknowledged: what is said to be saved is counted at the end.
    assert saves.again(answer).status in {UNAVAILABLE, SAVED}
    disk.free()
    assert saves.again(answer).status == SAVED
    assert saves.add()[0].status == SAVED


def assert_whole(verdict: dict) -> None:
    """All that was acknowledged is there, and nothing by halves."""
    assert verdict["acknowledged"] >= 3
    faults = [fault for kind in ("lost", "doubled", "torn", "chain") for fault in verdict[kind]]
    assert faults == []


@on_sqlite
def test_sqlite_on_a_full_disk(site, tmp_path):
    site.prepare()
    school = site.call("tests.bench.school", "make", departments=1, writers=1)
    small = tmp_path / "small"
    small.mkdir()
    there = Site(small, f"sqlite:///{small / 'register.sqlite3'}")
    server = Server(there, tmp_path / "server.log", wrapper=with_small_disk(small, f'cp -a "{site.folder}/." "$0"'))
    with ExitStack() as stack:
        stack.callback(server.stop)
        server.start()
        disk, saves = Disk(server.process.pid, small), Saves(server, school)
        check_full(saves, disk)
        there.wrapper = ("nsenter", "--mount", "--wd", f"--target={disk.pid}")
        assert_whole(there.call("tests.bench.judging", "judge", attempts=saves.attempts))


@on_sqlite
def test_sqlite_on_a_read_only_disk(site, tmp_path):
    """A disk that the system mounted read-only after an error: each page says so, and work goes on afterwards."""
    site.prepare()
    school = site.call("tests.bench.school", "make", departments=1, writers=1)
    small = tmp_path / "small"
    small.mkdir()
    there = Site(small, f"sqlite:///{small / 'register.sqlite3'}")
    before = (f'cp -a "{site.folder}/." "$0"', 'mount -o remount,ro "$0"')
    server = Server(there, tmp_path / "server.log", wrapper=with_small_disk(small, *before))
    with ExitStack() as stack:
        stack.callback(server.stop)
        server.start()
        visitor = Visitor(school["tables"][0]["people"][0], school["password"], server.port)
        answer = visitor.get("/login/")
        assert answer.status == UNAVAILABLE
        assert reason(answer) == "服务器磁盘读写出错，这一页现在打不开。请过一会儿再试。"
        disk = Disk(server.process.pid, small)
        disk.remount("rw")
        saves = Saves(server, school)
        assert saves.add()[0].status == SAVED


@pytest.mark.long
@on_postgres
def test_postgres_on_a_full_disk(tmp_path):
    cluster = Cluster("fsync=off")
    small = cluster.folder / "small"
    small.mkdir()
    cluster.wrapper = with_small_disk(small, 'mkdir "$0/space" && chown postgres "$0/space"')
    with ExitStack() as stack:
        stack.callback(cluster.stop)
        cluster.start()
        cluster.sql(f"CREATE TABLESPACE small LOCATION '{small}/space'")
        cluster.sql("CREATE DATABASE register TABLESPACE small")
        site = Site(tmp_path, cluster.url("register"))
        site.prepare()
        school = site.call("tests.bench.school", "make", departments=1, writers=1)
        server = Server(site, tmp_path / "server.log")
        stack.callback(server.stop)
        server.start()
        saves = Saves(server, school)
        check_full(saves, Disk(cluster.process.pid, small))
        assert_whole(site.call("tests.bench.judging", "judge", attempts=saves.attempts))
