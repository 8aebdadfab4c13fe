"""The one file of a row: what was sent, judged by its content, and kept under the name it came with."""

from typing import Any

from riskcontrol import attachments, files

# The name of a file as it was sent, and its bytes; None where nothing was sent.
Sent = tuple[str, bytes] | None
# The name that it is kept under, its kind, its bytes.
Read = tuple[str, str, bytes] | None


def read(sent: Sent) -> Read:
    """What was sent. ValidationError at `file` for what can't be a file of a row."""
    if sent is None:
        return None
    name, content = sent
    suffix = attachments.read(content)
    return attachments.printed_name(name, suffix), suffix, content


def put(row: Any, kept: Read) -> None:
    """Give the row its file; what it had before stays where there is none."""
    if kept is not None:
        name, suffix, content = kept
        row.file, row.file_name = files.keep(content, attachments.MEDIA_TYPES[suffix]), name


def sent(file: Any) -> Sent:
    """What a form's field holds."""
    return (file.name, file.read()) if file else None
