"""Entries of a zip that do not tell when they were made: the same content gives the same bytes."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

# A zip entry needs a date; a document's own is in its properties.
ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def dateless(name: str) -> ZipInfo:
    """An entry with a fixed date, plain rights, and compressed."""
    info = ZipInfo(name, ZIP_DATE)
    info.compress_type, info.external_attr, info.create_system = ZIP_DEFLATED, 0o600 << 16, 3
    return info


class SheetPackage(ZipFile):
    """A zip whose entries all carry the same date and rights; puts the rows into the sheets that openpyxl wrote."""

    def __init__(self, stream: BytesIO, rows: Mapping[str, Sequence[str]]) -> None:
        super().__init__(stream, "w", ZIP_DEFLATED, allowZip64=True)
        self._rows = rows

    def writestr(self, zinfo_or_arcname: Any, data: Any, *args: Any, **kwargs: Any) -> None:
        entry = dateless(getattr(zinfo_or_arcname, "filename", zinfo_or_arcname))
        super().writestr(entry, data, *args, **kwargs)

    def write(self, filename: Any, arcname: Any = None, *args: Any, **kwargs: Any) -> None:
        with open(filename, "rb") as file:
            before, empty, after = file.read().partition(b"<sheetData></sheetData>")
        if not empty:
            raise ValueError(f"openpyxl wrote {arcname} without a place for its rows.")
        rows = "".join(self._rows[str(arcname)]).encode()
        self.writestr(str(arcname), b"".join((before, b"<sheetData>", rows, b"</sheetData>", after)))
