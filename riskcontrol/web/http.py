"""Answers that every app gives the same way: downloads, safe return addresses, partial pages."""

from typing import BinaryIO
from urllib.parse import quote

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme


def content_disposition(filename: str, *, inline: bool = False) -> str:
    """The header with the real name (RFC 5987), and an ASCII one for clients that know no other (RFC 6266, D)."""
    name = "".join(character for character in filename if character.isprintable()).replace("/", "-").replace("\\", "-")
    stem, dot, suffix = name.rpartition(".")
    plain = "".join(
        character for character in stem if character.isascii() and (character.isalnum() or character in "-_ ")
    ).strip(" -_")
    extension = suffix if dot and suffix.isascii() and suffix.isalnum() else "bin"
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{plain or 'download'}.{extension}\"; filename*=UTF-8''{quote(name, safe='')}"


def download(content: bytes | BinaryIO, filename: str, content_type: str, *, inline: bool = False) -> HttpResponseBase:
    """A file to keep: named in Chinese, never stored by a cache, never sniffed. An open file is streamed and closed."""
    response: HttpResponseBase
    if isinstance(content, bytes):
        response = HttpResponse(content, content_type=content_type)
        response["Content-Length"] = str(len(content))
    else:
        response = FileResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition(filename, inline=inline)
    response["Cache-Control"] = "no-store, private"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def is_htmx(request: HttpRequest) -> bool:
    """Whether htmx asked for a part of the page (a boosted link or form asks for all of it)."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def next_url(request: HttpRequest, fallback: str) -> str:
    """Where to go after saving: the `next` that the page sent, if it is a whole address of this site."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if safe and target.startswith(("/", "http://", "https://")) else fallback
