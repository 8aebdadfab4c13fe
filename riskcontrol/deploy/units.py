"""Fills the templates: units of systemd, configuration of nginx and logrotate. Knows no Django: the set-up reads it."""

import os
import pwd
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

TEMPLATES = Path(__file__).resolve().parent / "templates"
ENVIRONMENT = Path("/etc/riskcontrol/riskcontrol.env")
BACKUP_UNITS = ("riskcontrol-backup.service", "riskcontrol-backup.timer")
BACKUP_FAILED = "riskcontrol-backup-failed.service"
REMIND_UNITS = ("riskcontrol-remind.service", "riskcontrol-remind.timer")


def filled(name: str, /, **values: str) -> str:
    """The template with each @word@ replaced; KeyError for a word without a value."""
    return fill((TEMPLATES / name).read_text(encoding="utf-8"), values)


def fill(text: str, values: Mapping[str, str]) -> str:
    """A text with each @word@ replaced; KeyError for a word without a value."""
    return re.sub(r"@(\w+)@", lambda match: values[match[1]], text)


def hides_homes(paths: Iterable[Path]) -> str:
    """Whether a service may be kept out of the home folders: not where it has to read or write there."""
    return "no" if any(path.is_relative_to(home) for path in paths for home in ("/home", "/root")) else "yes"


def backup_units(
    program: Path, data: Path, backups: Path, keep: int, *, user: str, variables: list[str]
) -> dict[str, str]:
    """The service and the timer of the nightly backup, and what is called where it fails, by the names of their files;
    `variables` are lines of a unit."""
    values = {
        "program": str(program),
        "user": user,
        "variables": "\n".join(variables),
        "data": str(data),
        "backups": str(backups),
        "keep": str(keep),
        "homes": hides_homes([program, data, backups]),
    }
    return {name: filled(name, **values) for name in (*BACKUP_UNITS, BACKUP_FAILED)}


def remind_units(program: Path, data: Path, *, user: str, variables: list[str]) -> dict[str, str]:
    """The service and the timer of the morning's reminders, by the names of their files."""
    service = filled(
        REMIND_UNITS[0],
        program=str(program),
        user=user,
        variables="\n".join(variables),
        data=str(data),
        homes=hides_homes([program, data]),
    )
    return {REMIND_UNITS[0]: service, REMIND_UNITS[1]: filled(REMIND_UNITS[1])}


def printed_schedule(program: Path, data: Path, backups: Path, keep: int) -> str:
    """The same for whoever installs them by hand."""
    # Never the variables themselves: the address of a database holds its password.
    is_installed = ENVIRONMENT.is_file()
    file = ENVIRONMENT if is_installed else data / "environment"
    variables = [f"EnvironmentFile={'' if is_installed else '-'}{file}"]
    if not is_installed:
        own = ["Environment=PYTHONUTF8=1", f"Environment=VAR_DIR={data}"]
        if (data / "secret_key").is_file():
            own.append(f"Environment=SECRET_KEY_FILE={data / 'secret_key'}")
        seals = data.with_name(f"{data.name}.seal_keys")
        if seals.is_file():
            own.append(f"Environment=SEAL_KEYS_FILE={seals}")
        variables = [*own, *variables]
    owner = pwd.getpwuid(os.stat(data).st_uid).pw_name
    texts = backup_units(program, data, backups, keep, user=owner, variables=variables)
    head = f"# The folder {backups} has to exist and belong to {owner}. Best on another disk than {data}.\n"
    if not is_installed:
        head += f"# DATABASE_URL and the like go into {file}, one NAME=value a line, readable by {owner} only.\n"
    parts = [f"# /etc/systemd/system/{name}\n{text}" for name, text in texts.items()]
    return head + "\n" + "\n".join(parts) + "\n# Then: systemctl enable --now riskcontrol-backup.timer"
