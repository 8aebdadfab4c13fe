"""./run bench install: a school's server on a bare Debian, from the stick to the move, as its administrator types it.

Needs root, systemd-nspawn and a network for the packages; the container itself has none. Prints each step with its
seconds, and ends at the first that is not as it has to be.
"""

import argparse
import re
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from riskcontrol.deploy.bundle import make
from riskcontrol.deploy.machine import Machine
from tests.bench.box import Box, StepError, is_possible

NAME, LATER = "lianzheng.school.cn", "register.school.cn"
READY = "python3 /root/ask.py http 127.0.0.1:8000 127.0.0.1 /readyz"
NEWEST = "$(ls -t /var/backups/riskcontrol/register-*.zip | head -1)"


def expect(told: str, *words: str) -> str:
    """StepError where one of the words is missing."""
    for word in words:
        if word not in told:
            raise StepError(f"“{word}” is missing in:\n{told[-3000:]}")
    return told


class Trial:
    """The steps, in the order in which a school comes to them."""

    def __init__(self, box: Box, database: str) -> None:
        self.box, self.database = box, database
        self.password = self.version = ""

    def steps(self) -> list[Callable[[], str | None]]:
        return [
            self.install, self.answers_whoever_calls, self.lets_the_first_administrator_in, self.backs_up,
            self.notes_a_killed_backup, self.refuses_a_wrong_setting, self.comes_back_after_a_kill,
            self.comes_back_after_a_boot, self.is_renamed, self.restores, self.refuses_another_version,
            self.upgrades, self.goes_back, self.moves, self.is_uninstalled,
        ]  # fmt: skip

    def _install(self, name: str) -> str:
        database = " --database postgres" if self.database == "postgres" else ""
        return self.box.run(f"cd /media/usb/program && ./run install --offline .. --names {name}{database}")

    def install(self) -> None:
        """安装: from the stick, without a question."""
        told = expect(self._install(NAME), "网站已就绪", "安装完成", f"https://{NAME}/")
        self.password = re.search(r"一次性密码（[^）]*）：(\S+)", told)[1]
        self.version = self.box.run("readlink /opt/riskcontrol/current").strip()

    def answers_whoever_calls(self) -> None:
        """打开: by name the register, by address the page that names it; Debian's own page is gone."""
        expect(self.box.ask("https", NAME, "/login/"), "200", "工号")
        expect(self.box.ask("http", NAME), f"https://{NAME}/")
        for scheme in ("http", "https"):
            expect(self.box.ask(scheme, "10.0.0.5"), "404", "请用系统的名称打开", f"https://{NAME}/")

    def lets_the_first_administrator_in(self) -> None:
        """登录: with the one-time password that the installation printed."""
        check = (
            "from django.contrib.auth import authenticate; from django.test import RequestFactory; "
            f"print('let in', authenticate(RequestFactory().get('/'), username='admin', password='{self.password}'))"
        )
        expect(self.box.run(f'riskcontrol shell --command "{check}"'), "let in 系统管理员")

    def backs_up(self) -> None:
        """备份: what the timer starts each night, and what status says of it."""
        self.box.run("systemctl start riskcontrol-backup.service")
        expect(self.box.run("riskcontrol status", allowed=None), "最近的备份：2", "证书：自签名", "网站：就绪")
        modes = self.box.run("stat -c '%a %n' /etc/riskcontrol/* /var/lib/riskcontrol/register.sqlite3", allowed=None)
        expect(modes, "640 /etc/riskcontrol/riskcontrol.env", "700 /etc/riskcontrol/tls")

    def notes_a_killed_backup(self) -> None:
        """备份中断: nothing half-made stays, it is told, and the next good one ends it."""
        self.box.run("systemctl start --no-block riskcontrol-backup.service")
        self.box.wait("ls -A /var/backups/riskcontrol", ".work-")
        self.box.run("systemctl kill --signal=KILL riskcontrol-backup.service")
        self.box.wait("ls -A /var/backups/riskcontrol | grep -c work; true", "0\n")
        self.box.wait(READY, '"backup": "warning"')
        self.box.run("riskcontrol backup")
        self.box.wait(READY, '"backup": "ok"')

    def refuses_a_wrong_setting(self) -> None:
        """设置写错: one sentence in the journal, no loop."""
        file = "/etc/riskcontrol/riskcontrol.env"
        self.box.run(f"echo SESSION_IDLE=soon >>{file}; systemctl restart riskcontrol", allowed=None)
        time.sleep(8)
        expect(self.box.run("systemctl show -p NRestarts -p Result riskcontrol"), "NRestarts=0", "Result=exit-code")
        journal = self.box.run("journalctl -u riskcontrol --no-pager -o cat")
        if journal.count("设置有误，服务没有启动：SESSION_IDLE is 'soon'") != 1 or "Traceback" in journal:
            raise StepError(journal)
        self.box.run(f"sed -i /SESSION_IDLE/d {file} && systemctl start riskcontrol")
        self.box.wait(READY, '"status": "ok"')

    def comes_back_after_a_kill(self) -> str:
        """进程被杀: it is there again."""
        self.box.run("systemctl kill --signal=KILL riskcontrol")
        return f"back in {self.box.wait(READY, 'status'):.1f} s"

    def comes_back_after_a_boot(self) -> str:
        """重新开机: it is there again."""
        self.box.halt()
        self.box.boot()
        return f"ready {self.box.wait(READY, chr(34) + 'ok', seconds=60):.1f} s after the boot"

    def is_renamed(self) -> None:
        """换名称: settings, nginx and certificate."""
        expect(self.box.run(f"riskcontrol rename {LATER}"), f"https://{LATER}/")
        expect(self.box.ask("https", LATER, "/login/"), "200", "工号")
        expect(self.box.ask("https", NAME), "404", "请用系统的名称打开")
        expect(self.box.run(f"cd /media/usb/program && ./run install --names {NAME}", allowed=1), "riskcontrol rename")

    def restores(self) -> None:
        """恢复: the command stops the service and starts it again."""
        told = self.box.run(f"riskcontrol restore {NEWEST} --replace")
        expect(told, "正在停止服务", "已恢复", "服务已重新启动")
        self.box.wait(READY, '"status": "ok"')
        self.box.run("riskcontrol backup")

    def refuses_another_version(self) -> None:
        """另一个版本: comes by upgrade only."""
        self.box.run(
            "cp -r /media/usb/program /root/newer && cd /root/newer && "
            "sed -i 's/^VERSION = .*/VERSION = \"9.9.9\"/' riskcontrol/__init__.py"
        )
        expect(self.box.run("cd /root/newer && ./run install", allowed=1), "换版本请用：./run upgrade")

    def upgrades(self) -> str:
        """升级: how long nobody is served, and what is seen meanwhile."""
        seen: list[tuple[float, str]] = []
        done = threading.Event()

        def look() -> None:
            while not done.is_set():
                seen.append((time.monotonic(), self.box.ask("https", LATER, "/healthz")))
                time.sleep(0.2)

        watcher = threading.Thread(target=look)
        watcher.start()
        try:
            expect(self.box.run("cd /root/newer && ./run upgrade --offline /media/usb"), "9.9.9", "已启用")
        finally:
            done.set()
            watcher.join()
        away = [moment for moment, told in seen if not told.startswith("200")]
        others = {told[:300] for _, told in seen if not told.startswith("200") and "系统正在升级" not in told}
        if others:
            raise StepError(f"seen meanwhile: {others}")
        expect(self.box.run("readlink /opt/riskcontrol/current; ls /opt/riskcontrol/releases | wc -l"), "9.9.9", "2\n")
        return f"nobody served for {away[-1] - away[0]:.1f} s" if away else "served all the while"

    def goes_back(self) -> None:
        """退回: program and data of before; another call has nothing to do."""
        self.box.run("cd /root/newer && ./run upgrade --undo")
        expect(self.box.run("readlink /opt/riskcontrol/current"), self.version)
        self.box.wait(READY, '"database": "ok"')
        expect(self.box.run("cd /root/newer && ./run upgrade --undo", allowed=1), "没有可以退回的升级")

    def moves(self) -> None:
        """搬家: what `move` says, with this container as the new server after all was taken from it."""
        expect(self.box.run("riskcontrol move"), f"./run install --names {LATER}", "seal_keys")
        self.box.run(
            f"systemctl stop riskcontrol; riskcontrol backup; mkdir /root/usb; cp {NEWEST} /root/usb/moved.zip"
        )
        self.box.run("cp /etc/riskcontrol/seal_keys /root/usb/; riskcontrol uninstall --yes --with-data")
        if self.database == "postgres":
            drop = "runuser -u postgres -- dropdb"
            self.box.run(f"cd / && {drop} riskcontrol && {drop} riskcontrol_scratch")
        self._install(LATER)
        keys, backups = "/etc/riskcontrol/seal_keys", "/var/backups/riskcontrol"
        self.box.run(f"install -o root -g riskcontrol -m 640 /root/usb/seal_keys {keys}")
        self.box.run(f"install -o riskcontrol -m 600 /root/usb/moved.zip {backups}/moved.zip")
        self.box.run(f"riskcontrol restore {backups}/moved.zip --replace")
        expect(self.box.run("riskcontrol verify_register"), "完好")
        self.lets_the_first_administrator_in()

    def is_uninstalled(self) -> None:
        """卸载: the program goes, data and backups stay."""
        self.box.run("riskcontrol uninstall", typed=f"{LATER}\n")
        left = self.box.run("ls /etc/systemd/system/ /etc/nginx/sites-enabled /usr/local/sbin /opt")
        if "riskcontrol" in left:
            raise StepError(left)
        expect(self.box.run("ls /var/lib/riskcontrol /etc/riskcontrol"), "seal_keys", "trail.json")


def run(database: str, folder: Path, stick: Path) -> bool:
    """All steps on one database; whether each was as it has to be."""
    box = Box(folder, stick)
    trial = Trial(box, database)
    try:
        for step in (box.build, box.boot, *trial.steps()):
            begin = time.monotonic()
            try:
                told = step()
            except StepError as error:
                print(f"  {step.__name__}: FAILED\n{error}", flush=True)
                return False
            seconds = time.monotonic() - begin
            print(f"  {step.__name__.replace('_', ' ')}: {seconds:.1f} s{f', {told}' if told else ''}", flush=True)
        return True
    finally:
        box.remove()


def main(arguments: list[str] | None = None) -> int:
    """Read the command line; 0 where every step was as it has to be."""
    options = argparse.ArgumentParser(prog="./run bench install", description=__doc__)
    options.add_argument("--sqlite", action="store_true", help="this database only")
    options.add_argument("--postgres", action="store_true", help="this database only")
    options.add_argument("--stick", type=Path, help="a folder of ./run bundle --postgres, instead of a new one")
    given = options.parse_args(arguments)
    if why := is_possible():
        print(f"bench install can't run here: {why}")
        return 1
    folder = Path(tempfile.mkdtemp(prefix="register-install-"))
    stick = given.stick.absolute() if given.stick else folder / "stick"
    try:
        begin = time.monotonic()
        if given.stick is None:
            make(Machine(), stick, has_postgres=True)
        print(f"the stick: {time.monotonic() - begin:.1f} s", flush=True)
        databases = [name for name in ("sqlite", "postgres") if getattr(given, name)] or ["sqlite", "postgres"]
        results = []
        for database in databases:
            print(f"{database}:", flush=True)
            (folder / database).mkdir()
            results.append(run(database, folder / database, stick))
        return 0 if all(results) else 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
