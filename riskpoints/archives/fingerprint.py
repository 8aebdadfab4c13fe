"""Tells whether an archive or a printed part would come out the same: by what the paper shows, and how it is made.

A paper shows its content, in the words of templates and captions, in the style and the faces of the printing room. None
of these is listed here: the code is what the archives' own modules import, and whatever that imports; the templates are
those of all apps in a folder `print`; the captions are those of all choices and fields there are.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles import finders
from django.db.models import Choices
from django.template.engine import Engine

from riskcontrol import VERSION
from riskcontrol.audit import canonical_json, sha256
from riskcontrol.paper.pdf import STYLESHEET
from riskpoints import wings
from riskpoints.archives.records import YearRecords

LIBRARIES = ("weasyprint", "openpyxl", "fonttools", "pydyf", "pikepdf", "qrcode")
PRINT_TEMPLATES = ("**/print/**/*", "_qr.html")
IMPORT = re.compile(r"^[ \t]*(?:from ([\w.]+) import (\([^)]*\)|.+)|import ([\w.,]+))", re.MULTILINE)
NAME = re.compile(r"\w+")


def key_of(kind: str, values: Any) -> str:
    """The key of one printed part."""
    return sha256(canonical_json([program(), captions(), kind, values]))


def archive_key(year: YearRecords, files: list[tuple[str, str]]) -> str:
    """The key of a whole archive: the year's records, and for each file by path the hash or key it has."""
    heads = [row | {"snapshot": sha256(row["snapshot"])} for row in year.decisions]
    audits = [hashlib.sha256(piece.lines).hexdigest() for piece in year.audits]
    values = [
        VERSION,  # 说明.txt names it
        year.facts,
        year.cycle.closed_at,
        heads,
        year.absent,
        [piece.ends for piece in year.audits],
        audits,
        files,
    ]
    return key_of("zip", values)


def captions() -> str:
    """The hash of all words that stand for a key: the labels of choices, and what fields and models are called.

    The choices are those of the modules that take part: what else a process has imported makes no difference.
    """
    enums: list[Any] = list(_enums(Choices))
    labels = sorted([enum.__qualname__, enum.choices] for enum in enums if enum.choices)
    fields = {
        model._meta.label_lower: [
            model._meta.verbose_name,
            {field.name: field.verbose_name for field in model._meta.concrete_fields},
        ]
        for model in apps.get_models()
        if model.__module__ in _modules()
    }
    return sha256(canonical_json([labels, fields]))


def _enums(kind: Any) -> Iterator[Any]:
    for enum in kind.__subclasses__():
        if enum.__module__ in _modules():
            yield enum
        yield from _enums(enum)


@cache
def program() -> str:
    """The hash of everything else that is not content; it stays the same as long as the process."""
    digest = hashlib.sha256()
    for name in LIBRARIES:
        digest.update(f"{name} {version(name)}\n".encode())
    for path in [*sources(), *templates(), Path(str(finders.find(STYLESHEET)))]:
        digest.update(f"{path.name}\n".encode() + path.read_bytes())
    for path in sorted(Path(settings.FONT_DIR).glob("*")):
        digest.update(f"{path.name} {path.stat().st_size}\n".encode())
    return digest.hexdigest()


def sources() -> list[Path]:
    """The modules of this program that take part in making an archive: its builder, those that write the papers of
    wings (wings.parts()), and what they import, directly or through others."""
    return [path for _, path in sorted(_modules().items())]


@cache
def _modules() -> dict[str, Path]:
    found: dict[str, Path] = {}
    waiting = [f"{__package__}.builder", *_wings()]
    while waiting:
        name = waiting.pop()
        if name not in found and (path := _path_of(name)) is not None:
            found[name] = path
            waiting += _imported(path)
    for name in found:
        import_module(name)  # some are imported late: every process knows the same captions
    return found


def templates() -> list[Path]:
    """The templates of papers."""
    folders = [Path(folder) for folder in Engine.get_default().dirs]
    found = (path for folder in folders for pattern in PRINT_TEMPLATES for path in sorted(folder.glob(pattern)))
    return [path for path in found if path.is_file()]


def _wings() -> Iterable[str]:
    asked = (function for part in wings.parts() for function in (part.facts, part.lines, part.papers, part.files))
    return {function.__module__ for function in asked}


def _is_ours(module: str) -> bool:
    """Whether a module belongs to one of this program's apps, which lie beside manage.py."""
    return module.partition(".")[0] in _packages()


@cache
def _packages() -> frozenset[str]:
    names = {config.name.partition(".")[0] for config in apps.get_app_configs()}
    return frozenset(name for name in names if Path(settings.BASE_DIR, name, "__init__.py").is_file())


def _path_of(module: str) -> Path | None:
    """The file of a module of this program; None for a name that is no module, or not ours."""
    if not _is_ours(module):
        return None
    path = Path(settings.BASE_DIR, *module.split("."))
    return next((file for file in (path / "__init__.py", path.with_suffix(".py")) if file.is_file()), None)


def _imported(path: Path) -> Iterator[str]:
    """Everything that a module imports, anywhere in it; a name may be a module or something in one."""
    for package, names, modules in IMPORT.findall(path.read_text(encoding="utf-8")):
        yield from modules.split(",")
        yield package
        yield from (f"{package}.{name}" for name in NAME.findall(names))
