"""Answers that every app gives the same way: downloads, safe return addresses, partial pages."""

from typing import BinaryIO

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header, url_has_allowed_host_and_scheme


def _plain_name(filename: str) -> str:
    """A file name without what would end a header line or lead into another folder."""
    return "".join(character for character in filename if character.isprintable()).replace("/", "-").replace("\\", "-")


def download(content: bytes | BinaryIO, filename: str, content_type: str, *, inline: bool = False) -> HttpResponseBase:
    """A file to keep: named in Chinese, never stored by a cache, never sniffed. An open file is streamed and closed."""
    response: HttpResponseBase
    if isinstance(content, bytes):
        response = HttpResponse(content, content_type=content_type)
        response["Content-Length"] = str(len(content))
    else:
        response = FileResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(not inline, _plain_name(filename)) or ""
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
