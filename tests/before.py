"""The register and the archive in tests/data/before, for tests of what was decided before today's program."""

import fcntl
import hashlib
import lzma
import os
import pickle
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.management import call_command
from django.db import connection, connections, transaction
from django.db.migrations.executor import MigrationExecutor

from riskcontrol.backup import canonical, copies
from tests import databases

DATA = Path(__file__).parent / "data" / "before"
ARCHIVE = DATA / "annual-archive.zip"


@contextmanager
def opened(folder):
    """Put the database into a folder, migrated to today; give its alias."""
    path = Path(folder) / "before.sqlite3"
    path.write_bytes(_of_this_run("before-migrated.sqlite3", _migrated))
    with _connected(path) as alias:
        yield alias


def load():
    """Put the register of before in the place of the database under test; one of that kind took the migrations."""
    lines, dumped, sequences = _dumped()
    canonical.load(lines, dumped, sequences=sequences)


def _dumped():
    """Every row of the register of before, migrated to today: what `canonical.load` takes."""
    lines, dumped, sequences = pickle.loads(_of_this_run(f"before-{connection.vendor}.pickle", _dump))  # noqa: S301 - own
    assert dumped.sha256 == hashlib.sha256(b"".join(lines)).hexdigest()
    return lines, dumped, sequences


def _dump():
    lines = []
    with ExitStack() as stack:
        if connection.vendor == "sqlite":
            alias = stack.enter_context(opened(stack.enter_context(TemporaryDirectory())))
        else:
            alias = stack.enter_context(_moved())
        dumped = canonical.dump(lines.append, using=alias)
        return pickle.dumps((lines, dumped, canonical.read_sequences(using=alias)))


def _of_this_run(name, make):
    """What takes a while is made by the first process of a test run that needs it, and read by the others."""
    folder = Path(os.environ["TEST_RUN_DIR"])
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        path = folder / name
        if not path.exists():
            path.with_suffix(".making").write_bytes(make())
            path.with_suffix(".making").rename(path)
    return path.read_bytes()


@contextmanager
def _moved():
    """The rows of before in a database of the kind under test with the tables of before, migrated to today."""
    with TemporaryDirectory() as folder, databases.made(Path(folder, "moved")) as alias:
        path = Path(folder, "before.sqlite3")
        path.write_bytes(lzma.decompress((DATA / "register.sqlite3.xz").read_bytes()))
        with _connected(path) as old:
            former = databases.bring_back(alias, *MigrationExecutor(connections[old]).loader.applied_migrations)
            with transaction.atomic(using=alias):
                for model in former.get_models(include_auto_created=True):
                    for row in model._base_manager.using(old):
                        row.save_base(raw=True, force_insert=True, using=alias)
        databases.go_on_numbering(alias, former)
        call_command("migrate", database=alias, verbosity=0)
        yield alias


def _migrated():
    """The database of before with today's tables."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "before.sqlite3"
        path.write_bytes(lzma.decompress((DATA / "register.sqlite3.xz").read_bytes()))
        with _connected(path) as alias:
            call_command("migrate", database=alias, verbosity=0)
        return path.read_bytes()


def _connected(path):
    return copies.opened({"ENGINE": "django.db.backends.sqlite3", "NAME": str(path), "OPTIONS": {}}, "before")
