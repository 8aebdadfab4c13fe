"""The keys of the trail's seals in an installation: made once, outside of data and database, and in no backup."""

from pathlib import Path

from riskcontrol import keyring
from riskcontrol.deploy import layout as places
from riskcontrol.deploy.layout import ETC, ServerLayout
from riskcontrol.deploy.machine import Machine, SetupError
from riskcontrol.deploy.units import ENVIRONMENT

KEYS = ETC / "seal_keys"


def keep_keys(machine: Machine, layout: ServerLayout, algorithm: str) -> bool:
    """The first key, once, and whether it is new; a settings file from before there were seals learns where it lies."""
    is_new = not machine.at(KEYS).exists()
    try:
        text = keyring.HEAD + keyring.new_key(algorithm).line
    except ValueError as error:
        raise SetupError(f"--seals：{error}。", f"--seals: {error}.") from error
    machine.keep(KEYS, text, mode=0o640, group=layout.user)
    path = machine.at(ENVIRONMENT)
    if path.exists() and "SEAL_KEYS_FILE" not in places.settings_of(machine):
        more = f"SEAL_KEYS_FILE={KEYS}\nSEAL_ALGORITHM={algorithm}\n"
        machine.write(ENVIRONMENT, path.read_text(encoding="utf-8") + more, mode=0o640, group=layout.user)
    return is_new


def knows_seals(machine: Machine, release: Path) -> bool:
    """Whether a release seals what it writes."""
    return machine.at(release / "riskcontrol/seals.py").exists()


def begin(machine: Machine, layout: ServerLayout, release: Path) -> None:
    """Let the first key answer for what was written before it. Never at other times: whoever took all seals away
    would have what was changed covered by the next upgrade."""
    places.manage(machine, layout, release, "seal_keys", "--first")
