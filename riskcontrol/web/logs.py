"""What a log line says: which request, who, how it ended; never what was typed, not even by an error."""

import json
import logging
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from django.db import Error as DatabaseError

# The number of the request being served; set by the middleware, empty for commands.
current_request: ContextVar[str] = ContextVar("current_request", default="")

_ROOT = str(Path(__file__).resolve().parents[2]) + "/"


class RequestFilter(logging.Filter):
    """Give each record the number of its request."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_number = current_request.get() or "-"
        return True


class QuietFormatter(logging.Formatter):
    """Errors by their kind and place: an error's own words often repeat what was typed into a form."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name that logging calls
        return describe(ei[1]) if ei[1] is not None else ""


class JsonFormatter(QuietFormatter):
    """One JSON object a line: local time, level, logger, request, message, the record's `fields`, error."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).astimezone().isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request": getattr(record, "request_number", current_request.get() or "-"),
        }
        # Only what was handed over as `fields` is printed: Django hangs the whole request on its records.
        line |= getattr(record, "fields", None) or {"message": record.getMessage()}
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = describe(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def describe(error: BaseException) -> str:
    """An error and what caused it as kind, code and places in the source; no message and no values."""
    parts: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        parts.append("\n".join([_kind(current), *_places(current.__traceback__)]))
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return "\ncaused by ".join(parts)


def _kind(error: BaseException) -> str:
    """The class, and the code that says why without repeating a value."""
    name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    source = error.__cause__ if isinstance(error, DatabaseError) and error.__cause__ is not None else error
    codes = [
        getattr(source, "sqlite_errorname", None),
        getattr(source, "pgcode", None),
        getattr(getattr(source, "diag", None), "constraint_name", None),
        source.strerror if isinstance(source, OSError) else None,
    ]
    told = ", ".join(str(code) for code in codes if code)
    return f"{name} ({told})" if told else name


def _places(trace: TracebackType | None) -> list[str]:
    return [
        f"  {frame.filename.removeprefix(_ROOT)}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)
    ]
