"""Everything that an installation without a network needs, in one folder: program, Python packages, Debian's."""

import re
import shutil
from pathlib import Path

from riskcontrol.deploy import layout as places
from riskcontrol.deploy.install import SOURCE
from riskcontrol.deploy.machine import Machine, SetupError

PACKAGES = ("python3-venv", "logrotate", "nginx-light", "openssl")
POSTGRES = ("postgresql", "postgresql-client")
FONT_PACKAGE = "texlive-lang-chinese"


def make(machine: Machine, folder: Path, *, has_postgres: bool) -> None:
    """Fill a folder, on a Debian 12 that reaches its packages. What is there already is not fetched again."""
    packages = [*PACKAGES, *_of_the_program(), *(POSTGRES if has_postgres else ())]
    if machine.is_dry:
        machine.say(f"将把 {' '.join(packages)} 和 Python 软件包放到 {folder}")
        return
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "partial").mkdir(exist_ok=True)
    machine.say("正在下载 Debian 的软件包", "fetching Debian's packages")
    status = folder / "no-packages"
    # As on a machine that has none: what this one happens to have would be missing, and what the other one has may be
    # of another month (perl depends on the very version of perl-base). What is as new there is left out then (run).
    status.write_text("")
    options = {"Dir::State::status": str(status), "Dir::Cache::archives": str(folder), "Debug::NoLocking": "1"}
    apt = ["apt-get", "--quiet", "--yes", *(word for pair in options.items() for word in ("-o", "=".join(pair)))]
    try:
        machine.run(["apt-get", "--quiet", "update"])
        machine.run([*apt, "--download-only", "--no-install-recommends", "install", *packages])
        machine.run(["apt-get", "--quiet", "download", FONT_PACKAGE], cwd=folder)
    finally:
        status.unlink()
        shutil.rmtree(folder / "partial", ignore_errors=True)
        (folder / "lock").unlink(missing_ok=True)
    machine.say("正在下载 Python 软件包", "fetching the Python packages")
    pip = [str(_python(machine)), "-m", "pip", "download", "--quiet", "--require-hashes", "--dest", str(folder)]
    machine.run([*pip, "--requirement", str(SOURCE / "requirements.txt")])
    _copy_program(folder / "program")
    machine.say(
        f"已放在 {folder}。整个文件夹拷到没有网络的服务器，在那里进入其中的 program 运行：\n"
        "  sudo ./run install --offline .. --names 系统的名称" + (" --database postgres" if has_postgres else ""),
        f"done: {folder}; there, in its folder program: sudo ./run install --offline .. --names NAME",
    )


def _of_the_program() -> list[str]:
    """The packages that ./run installs, as it names them: one place for a fact."""
    found = re.search(r"^APP_PACKAGES=\(([^)]*)\)", (SOURCE / "run").read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise SetupError("run 里没有 APP_PACKAGES。", "APP_PACKAGES is missing in run.")
    return found[1].split()


def _python(machine: Machine) -> Path:
    """A Python with pip: bare Debian has none, so a copy that was never used is set up first."""
    own = SOURCE / ".venv/bin/python"
    if not own.exists():
        machine.run([str(SOURCE / "run"), "setup"], cwd=SOURCE, is_shown=True)
    return own


def _copy_program(target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    for name in places.program_files(SOURCE):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(SOURCE / name, target / name)
