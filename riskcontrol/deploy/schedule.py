"""Fills the templates: units of systemd, configuration of nginx and logrotate. Knows no Django: the set-up reads it."""

import os
import pwd
import re
from pathlib import Path

TEMPLATES = Path(__file__).resolve().parent / "templates"
ENVIRONMENT = Path("/etc/riskcontrol/riskcontrol.env")
UNITS = ("riskcontrol-backup.service", "riskcontrol-backup.timer")


def filled(name: str, **values: str) -> str:
    """The template with each @word@ replaced; KeyError for a word without a value."""
    return re.sub(r"@(\w+)@", lambda match: values[match[1]], (TEMPLATES / name).read_text(encoding="utf-8"))


def backup_units(program: Path, data: Path, backups: Path, keep: int) -> str:
    """The service and the timer of the nightly backup, for whoever installs them by hand."""
    is_installed = ENVIRONMENT.is_file()
    # Never the variables themselves: the address of a database holds its password.
    file = ENVIRONMENT if is_installed else data / "environment"
    variables = [f"EnvironmentFile={'' if is_installed else '-'}{file}"]
    if not is_installed:
        variables[:0] = ["Environment=PYTHONUTF8=1", f"Environment=VAR_DIR={data}"]
        if (data / "secret_key").is_file():
            variables.insert(2, f"Environment=SECRET_KEY_FILE={data / 'secret_key'}")
    owner = pwd.getpwuid(os.stat(data).st_uid).pw_name
    homes = any(path.is_relative_to(home) for path in (program, data, backups) for home in ("/home", "/root"))
    service = filled(
        UNITS[0],
        program=str(program),
        user=owner,
        after=" postgresql.service",
        variables="\n".join(variables),
        data=str(data),
        backups=str(backups),
        keep=str(keep),
        home="no" if homes else "yes",
    )
    texts = {UNITS[0]: service, UNITS[1]: filled(UNITS[1])}
    head = f"# The folder {backups} has to exist and belong to {owner}. Best on another disk than {data}.\n"
    if not is_installed:
        head += f"# DATABASE_URL and the like go into {file}, one NAME=value a line, readable by {owner} only.\n"
    parts = [f"# /etc/systemd/system/{name}\n{text}" for name, text in texts.items()]
    return head + "\n" + "\n".join(parts) + "\n# Then: systemctl enable --now riskcontrol-backup.timer"
