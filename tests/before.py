"""The register and the archive in tests/data/before, for tests of what was decided before today's program."""

import hashlib
import lzma
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.management import call_command

from riskcontrol.backup import canonical, copies

DATA = Path(__file__).parent / "data" / "before"
ARCHIVE = DATA / "annual-archive.zip"


@contextmanager
def opened(folder):
    """Put the database into a folder, migrated to today; give its alias."""
    path = Path(folder) / "before.sqlite3"
    path.write_bytes(_migrated())
    with _connected(path) as alias:
        yield alias


def load():
    """Put the register of before in the place of the database under test, of whatever kind that is."""
    lines = []
    with TemporaryDirectory() as folder, opened(folder) as alias:
        dumped = canonical.dump(lines.append, using=alias)
        sequences = canonical.read_sequences(using=alias)
    assert dumped.sha256 == hashlib.sha256(b"".join(lines)).hexdigest()
    canonical.load(lines, dumped, sequences=sequences)


@cache
def _migrated():
    """The database once it is migrated, which takes a while: the same for every test."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "before.sqlite3"
        path.write_bytes(lzma.decompress((DATA / "register.sqlite3.xz").read_bytes()))
        with _connected(path) as alias:
            call_command("migrate", database=alias, verbosity=0)
        return path.read_bytes()


def _connected(path):
    return copies.opened({"ENGINE": "django.db.backends.sqlite3", "NAME": str(path), "OPTIONS": {}}, "before")
