"""A machine in a folder for the tests of install and upgrade: it remembers commands, and carries some of them out."""

import os
import re
import subprocess
import sys
from pathlib import Path

from riskcontrol.deploy.machine import Machine, SetupError


class Copy(Machine):
    """Commands of manage.py named in `done` run in the copy, on the copy's own database; `broken` ones fail."""

    def __init__(self, root: Path, *, done=(), broken=()):
        super().__init__(root=root)
        self.done, self.broken = done, broken
        self.commands = []
        self.inputs = []

    def run(self, command, *, cwd=None, user="root", env=None, input=None, is_shown=False, allowed=(0,)):
        words = [re.sub(r".*/releases/[\d.]+-\w+", "RELEASE", word) for word in command]
        self.commands.append(" ".join(words))
        self.inputs.append(input)
        name = command[2] if command[1:2] == ["manage.py"] else ""
        if name in self.broken:
            raise SetupError(f"{name} failed")
        return self._manage(command[2:], cwd, env) if name in self.done else ""

    def _manage(self, arguments, cwd, env):
        """The command as the service would run it, with every path in the copy."""
        inside = {key: self._inside(value) for key, value in env.items()}
        run = subprocess.run(
            [sys.executable, "manage.py", *map(self._inside, arguments)],
            cwd=cwd,
            env={"PATH": os.environ["PATH"], "FONT_DIR": os.environ["FONT_DIR"], **inside},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        if run.returncode:
            raise SetupError(run.stderr)
        return run.stdout.replace(str(self.root), "")

    def _inside(self, word):
        return f"{self.root}{word}" if re.match(r"/(var|etc|opt)/", word) else word

    def files(self):
        """Each file outside the releases with its mode and content."""
        found = {}
        for path in sorted(self.root.rglob("*")):
            name = str(path.relative_to(self.root))
            if path.is_file() and not path.is_symlink() and "/releases/" not in name:
                found[f"/{name}"] = (oct(path.stat().st_mode & 0o777), path.read_text(errors="replace"))
        return found
