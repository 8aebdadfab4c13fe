"""Finished parts of a year's archive, kept by what they show: a build that was killed, and the next one, take them."""

import hashlib
import os
from collections.abc import Container
from pathlib import Path

from riskpoints.archives.container import put_in_place, write_synced

# A backup leaves what ends so alone: a lost part is printed again.
SUFFIX = ".part"


class Parts:
    """Files in one folder, named by key and SHA-256; whatever is damaged counts as missing."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        self._folder = folder

    def __contains__(self, key: str) -> bool:
        return any(self._folder.glob(f"{key}.*{SUFFIX}"))

    def get(self, key: str) -> bytes | None:
        """The part as it was put here, or None."""
        for path in self._folder.glob(f"{key}.*{SUFFIX}"):
            content = path.read_bytes()
            if path.name == _name(key, content):
                return content
            path.unlink()
        return None

    def put(self, key: str, content: bytes) -> None:
        """Keep a part: it is on the disk, whole, when this returns."""
        unfinished = self._folder / f"unfinished{SUFFIX}"
        write_synced(unfinished, content)
        put_in_place(unfinished, self._folder / _name(key, content))

    def put_file(self, key: str, path: Path) -> None:
        """Keep a finished file under its key without a copy: the same file under a second name.

        Where the file system knows no second names nothing is kept: the next archive is put together from its parts.
        """
        with path.open("rb") as stream:
            name = f"{key}.{hashlib.file_digest(stream, 'sha256').hexdigest()}{SUFFIX}"
        unfinished = self._folder / f"unfinished{SUFFIX}"
        unfinished.unlink(missing_ok=True)
        try:
            os.link(path, unfinished)
        except OSError:
            return
        put_in_place(unfinished, self._folder / name)
        unfinished.unlink(missing_ok=True)  # a rename onto another name of the same file does nothing

    def take_file(self, key: str, target: Path) -> str | None:
        """Give a kept file the name `target`; returns its SHA-256, or None where there is none that is whole."""
        for path in self._folder.glob(f"{key}.*{SUFFIX}"):
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
            if path.name == f"{key}.{digest}{SUFFIX}":
                os.link(path, target)
                return digest
            path.unlink()
        return None

    def keep_only(self, keys: Container[str]) -> None:
        """Remove what an archive that is finished no longer shows."""
        for path in self._folder.iterdir():
            if path.name.partition(".")[0] not in keys:
                path.unlink()


def _name(key: str, content: bytes) -> str:
    return f"{key}.{hashlib.sha256(content).hexdigest()}{SUFFIX}"
