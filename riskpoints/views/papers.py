"""A paper or a kept file to take away: noted in the trail, given."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, BinaryIO

from django.contrib import messages
from django.db.models import Model
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from riskcontrol import attachments, audit, files
from riskcontrol.models import StoredFile
from riskcontrol.paper.pdf import DocumentError
from riskcontrol.verbs import Verb
from riskcontrol.web.http import download
from riskpoints.tables.papers import MEDIA_TYPES

OK = 200


def give(
    request: Any,
    make: Callable[[], bytes | BinaryIO],
    name: str,
    *,
    verb: Verb,
    back: str,
    target: Model | None = None,
    label: str = "",
    detail: Mapping[str, Any] | None = None,
    inline: bool = False,
) -> HttpResponseBase:
    """The paper under its name, whose ending says what it is; where it can't be made, `back` (an address) with why."""
    given = print_unnoted(request, make, name, back=back, inline=inline)
    if given.status_code == OK:
        audit.record(verb, actor=request.user, target=target, label=label, detail={"文件": name, **(detail or {})})
    return given


def print_unnoted(
    request: Any, make: Callable[[], bytes | BinaryIO], name: str, *, back: str, inline: bool = False
) -> HttpResponseBase:
    """The same for a caller that notes it in its own words: not everything may stand in the trail."""
    try:
        made = make()
    except DocumentError as error:
        messages.error(request, str(error))
        return redirect(back)
    return download(made, name, MEDIA_TYPES[name.rpartition(".")[2]], inline=inline)


def give_file(
    request: Any, file: StoredFile, name: str, *, verb: Verb, target: Model, shown: Collection[str] = ("pdf",)
) -> HttpResponseBase:
    """A kept file as it was sent, under a name whose ending says what it is; the `shown` kinds open in the browser."""
    audit.record(verb, actor=request.user, target=target, detail={"文件": name})
    suffix = name.rpartition(".")[2]
    return download(files.read(file), name, attachments.MEDIA_TYPES[suffix], inline=suffix in shown)
