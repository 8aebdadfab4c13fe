"""Finds Bootstrap's two files in the folder where the system package puts them, so nothing is copied in here."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

PREFIX = "vendor/bootstrap"
FILES = ("css/bootstrap.min.css", "js/bootstrap.bundle.min.js")
# The files above name a source map, and a name that leads nowhere stops collectstatic. Releases differ in which.
SOURCE_MAPS = ("css/bootstrap.min.css.map", "js/bootstrap.bundle.min.js.map", "js/bootstrap.bundle.js.map")


class BootstrapFinder(BaseFinder):
    """Serves FILES and their maps under the static prefix `vendor/bootstrap`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.storage = FileSystemStorage(location=settings.BOOTSTRAP_DIR)
        self.storage.prefix = PREFIX  # type: ignore[attr-defined]  # how Django's own finders hand the prefix on
        super().__init__(*args, **kwargs)

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """Return the file's place, or a list of places when `find_all` is set."""
        name = path.removeprefix(f"{PREFIX}/")
        place = Path(settings.BOOTSTRAP_DIR, name)
        found = [str(place)] if path != name and name in FILES + SOURCE_MAPS and place.is_file() else []
        if find_all:
            return found
        return found[0] if found else []

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        """Yield each file that is there, with the storage that reads it."""
        for name in FILES + SOURCE_MAPS:
            if self.storage.exists(name):
                yield name, self.storage
