"""The hands of install and upgrade: files, links, commands; or only what they would do, or a copy of a machine."""

import grp
import os
import pwd
import shutil
import stat
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

SYSTEMD = Path("/run/systemd/system")


# Linux's own console has no Chinese characters, and shows boxes in their place.
PLAIN_CONSOLES = ("linux", "vt100", "vt102", "vt220", "dumb")


def shown(chinese: str, plain: str = "") -> str:
    """What the school's administrator reads; where the console can't show it, the same in ASCII below it."""
    if plain and plain != chinese and os.environ.get("TERM", "") in PLAIN_CONSOLES:
        return f"{chinese}\n  {plain}"
    return chinese


class SetupError(Exception):
    """A step that failed; the message says what to do, in Chinese and for plain consoles in ASCII."""

    def __init__(self, chinese: str, plain: str = "") -> None:
        super().__init__(chinese)
        self.plain = plain

    @property
    def shown(self) -> str:
        return shown(str(self), self.plain)


class Machine:
    """Changes this machine, or (with `root`) a folder that looks like one, or (`is_dry`) nothing.

    Paths are those of the real machine. Commands, owners and services belong to the real machine only.
    """

    def __init__(self, *, root: Path | None = None, is_dry: bool = False) -> None:
        self.root = root
        self.is_dry = is_dry
        self.is_real = root is None and not is_dry

    def say(self, chinese: str, plain: str = "") -> None:
        """One line for the administrator."""
        sys.stdout.write(f"· {shown(chinese, plain)}\n")
        sys.stdout.flush()

    def at(self, path: Path) -> Path:
        """Where a path lies in truth."""
        return self.root / path.relative_to("/") if self.root else path

    def folder(self, path: Path, *, mode: int = 0o755, owner: str = "root", group: str | None = None) -> None:
        """A folder of ours with this mode and owner."""
        if self.is_dry and not self.at(path).is_dir():
            self.say(f"将建文件夹 {path}（{mode:o}，{owner}）", f"would make the folder {path} ({mode:o}, {owner})")
            return
        if not self.is_dry:
            self.at(path).mkdir(parents=True, exist_ok=True)
        self._give(path, mode, owner, group)

    def folder_given(self, path: Path, *, mode: int, owner: str) -> None:
        """A folder that the administrator named: one that exists keeps owner and mode, whatever they are (a mounted
        share, issue 16); SetupError where the account can't write there."""
        if not self.at(path).is_dir():
            self.folder(path, mode=mode, owner=owner)
            return
        command = ["runuser", "-u", owner, "--", "test", "-w", str(path), "-a", "-x", str(path)]
        if self.is_real and subprocess.run(command, check=False).returncode != 0:  # noqa: S603 - our account, this folder
            raise SetupError(
                f"文件夹 {path} 已存在，而账号 {owner} 不能写入。没有改动它的属主和权限；请运行：chown {owner}: {path}",
                f"{owner} can't write to {path}, which stays as it is. Call: chown {owner}: {path}",
            )

    def write(self, path: Path, text: str, *, mode: int = 0o644, owner: str = "root", group: str | None = None) -> bool:
        """A file with this content, written whole; returns whether anything had to change."""
        target, content = self.at(path), text.encode()
        has_changed = not target.is_file() or target.read_bytes() != content
        if self.is_dry:
            if has_changed:
                self.say(f"将写入 {path}（{mode:o}，{owner}）", f"would write {path} ({mode:o}, {owner})")
            else:
                self._give(path, mode, owner, group)
            return has_changed
        if has_changed:
            target.parent.mkdir(parents=True, exist_ok=True)
            part = target.with_name(f"{target.name}.part")
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            part.replace(target)
            self.say(f"已写入 {path}", f"wrote {path}")
        self._give(path, mode, owner, group)
        return has_changed

    def keep(self, path: Path, text: str, *, mode: int, owner: str = "root", group: str | None = None) -> None:
        """A file that is written once and belongs to the administrator afterwards."""
        if self.at(path).exists():
            self.say(f"{path} 已有，保持原样", f"{path} is there and stays as it is")
        else:
            self.write(path, text, mode=mode, owner=owner, group=group)

    def link(self, path: Path, target: Path) -> bool:
        """A symbolic link, moved in one step so that it leads somewhere at any moment; whether it had to change."""
        if self.at(path).is_symlink() and self.at(path).readlink() == target:
            return False
        if self.is_dry:
            self.say(f"将让 {path} 指向 {target}", f"would let {path} lead to {target}")
            return True
        place, part = self.at(path), self.at(path).with_name(f"{path.name}.part")
        part.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        part.symlink_to(target)
        part.replace(place)
        return True

    def remove(self, path: Path) -> bool:
        """A file, a link or a whole folder less; whether it was there."""
        target = self.at(path)
        if not target.exists() and not target.is_symlink():
            return False
        if self.is_dry:
            self.say(f"将删除 {path}", f"would remove {path}")
            return True
        if target.is_dir() and not target.is_symlink():
            shutil.rmtree(target)
        else:
            target.unlink()
        self.say(f"已删除 {path}", f"removed {path}")
        return True

    def _give(self, path: Path, mode: int, owner: str, group: str | None = None) -> None:
        if self.is_dry:
            old = stat.S_IMODE(self.at(path).stat().st_mode)
            if old != mode:
                self.say(f"将把 {path} 的权限由 {old:o} 改为 {mode:o}", f"would change {path} from {old:o} to {mode:o}")
            return
        self.at(path).chmod(mode)
        if self.is_real:
            account = pwd.getpwnam(owner)
            os.chown(path, account.pw_uid, grp.getgrnam(group).gr_gid if group else account.pw_gid)

    def run(
        self,
        command: Sequence[str],
        *,
        cwd: Path | None = None,
        user: str = "root",
        env: Mapping[str, str] | None = None,
        input: str | None = None,
        is_shown: bool = False,
        allowed: Sequence[int] = (0,),
    ) -> str:
        """Run a command of the machine and return what it printed; SetupError when it fails.

        `is_shown` leaves its output to the terminal; `allowed` are the codes that count as success.
        """
        words = " ".join(command)
        if not self.is_real:
            whose = f" ({user})" if user != "root" else ""
            why = ("将运行", "would run") if self.is_dry else ("副本中不运行：", "left out in a copy:")
            self.say(f"{why[0]} {words}{whose}", f"{why[1]} {words}{whose}")
            return ""
        if user != "root":
            command = ["runuser", "-u", user, "--", *command]
        done = subprocess.run(  # noqa: S603 - the commands are those of install.py and upgrade.py
            command,
            cwd=cwd,
            env={**self._environment(), **(env or {})},
            input=input,
            stdin=subprocess.DEVNULL if input is None else None,
            stdout=None if is_shown else subprocess.PIPE,
            stderr=None if is_shown else subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            check=False,
            umask=-1 if user == "root" else 0o027,  # files of the service are 640, its folders 750
        )
        if done.returncode not in allowed:
            told = "" if is_shown else "\n" + "\n".join([*done.stdout.splitlines(), *done.stderr.splitlines()][-20:])
            raise SetupError(f"“{words}”没有成功（{done.returncode}）。{told}", f'"{words}" failed.{told}')
        return done.stdout or ""

    @staticmethod
    def _environment() -> dict[str, str]:
        """Nothing of the caller's settings but the way to the programs and to the network."""
        kept = ("PATH", "LANG", "HOME", "TERM", "http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY")
        return {
            name: value
            for name, value in os.environ.items()
            if name in kept or name.startswith(("PIP_", "SSL_CERT", "REQUESTS_CA"))
        }

    def has_systemd(self) -> bool:
        """Whether services can be started here."""
        return self.is_real and SYSTEMD.is_dir()

    def systemctl(self, *arguments: str) -> None:
        """Ask systemd; where it isn't running, say what is left to do."""
        command = ["systemctl", *arguments]
        if self.is_real and not SYSTEMD.is_dir():
            words = " ".join(command)
            self.say(
                f"这里没有运行 systemd；运行后请执行：{words}", f"systemd isn't running here; when it does: {words}"
            )
        else:
            self.run(command)
