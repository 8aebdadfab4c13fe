"""Entries of a zip that do not tell when they were made: the same content gives the same bytes."""

from zipfile import ZIP_DEFLATED, ZipInfo

# A zip entry needs a date; a document's own is in its properties.
ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def dateless(name: str) -> ZipInfo:
    """An entry with a fixed date, plain rights, and compressed."""
    info = ZipInfo(name, ZIP_DATE)
    info.compress_type, info.external_attr, info.create_system = ZIP_DEFLATED, 0o600 << 16, 3
    return info
