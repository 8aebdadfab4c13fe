"""Finds Bootstrap's two files in the folder where the system package puts them, so nothing is copied in here."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

PREFIX = "vendor/bootstrap"
STYLE = "css/bootstrap.min.css"
FILES = (STYLE, "js/bootstrap.bundle.min.js")
# The files above name a source map, and a name that leads nowhere stops collectstatic. Releases differ in which.
SOURCE_MAPS = (f"{STYLE}.map", "js/bootstrap.bundle.min.js.map", "js/bootstrap.bundle.js.map")
# Bootstrap's marks and arrows. The content security policy takes no picture out of an address; app.css has its own.
INLINE_PICTURE = re.compile(r'url\("data:[^"]*"\)')


class BootstrapFinder(BaseFinder):
    """Serves FILES and their maps under the static prefix `vendor/bootstrap`, the style without inline pictures."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.storages = [FileSystemStorage(location=place) for place in (settings.BOOTSTRAP_DIR, _made_folder())]
        for storage in self.storages:
            storage.prefix = PREFIX  # type: ignore[attr-defined]  # how Django's own finders hand the prefix on
        super().__init__(*args, **kwargs)

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """Return the file's place, or a list of places when `find_all` is set."""
        name = path.removeprefix(f"{PREFIX}/")
        known = path != name and name in FILES + SOURCE_MAPS
        found = [storage.path(name) for storage in self._storages_of(name)] if known else []
        if find_all:
            return found
        return found[0] if found else []

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        """Yield each file that is there, with the storage that reads it."""
        for name in FILES + SOURCE_MAPS:
            for storage in self._storages_of(name):
                yield name, storage

    def _storages_of(self, name: str) -> Iterator[FileSystemStorage]:
        """The storage that has the file; none where the package lacks it."""
        package, made = self.storages
        if not package.exists(name):
            return
        if name == STYLE:
            _make_style(Path(package.path(name)), Path(made.path(name)))
        yield made if name == STYLE else package


def _made_folder() -> Path:
    return Path(settings.VAR_DIR, "bootstrap")


def _make_style(source: Path, target: Path) -> None:
    """Write the style without its pictures, unless that was done since the package last changed."""
    if target.is_file() and target.stat().st_mtime_ns == source.stat().st_mtime_ns:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(f".{os.getpid()}.part")
    part.write_text(INLINE_PICTURE.sub("none", source.read_text(encoding="utf-8")), encoding="utf-8")
    os.utime(part, ns=(source.stat().st_atime_ns, source.stat().st_mtime_ns))
    part.replace(target)
