"""Scans that people send, really read: pages counted, pictures decoded. For a confined process only.

The second door to pikepdf and the only one to Pillow. Refused with words: what is empty, locked, without a page,
broken, or would do something by itself when it is opened (scripts, programs, attached files, forms that run).
"""

import io
import warnings
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

import pikepdf
from PIL import Image

from riskcontrol.processes.confinement import RefusedError

# What a scan begins with: its kind is judged by its content, not by its name.
SIGNATURES = {b"%PDF-": "pdf", b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n\x1a\n": "png"}
PICTURES = {"jpg": "JPEG", "png": "PNG"}
MOST_PAGES, MOST_OBJECTS = 60, 50_000
# An A3 page at 600 dots per inch has 70 million.
MOST_PIXELS = 100_000_000
# As large as a photograph of a page has to be for the code on it to be found.
MOST_SIDES = (3400, 3400)
# Keys by which a PDF does something when it is opened, or brings another file along.
ACTIVE_KEYS = frozenset({"/JS", "/JavaScript", "/AA", "/Launch", "/RichMedia", "/EmbeddedFiles", "/XFA"})
ACTIVE_ACTIONS = frozenset({"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/RichMediaExecute"})

NO_SCAN = "这不是 PDF、JPG 或 PNG 文件，请重新扫描或另存为这几种格式。"
EMPTY = "这个文件是空的，请重新扫描。"
LOCKED = "这个 PDF 设了密码，别人打不开。请取消密码，或重新扫描后再上传。"
NO_PAGE = "这个 PDF 里没有一页，请重新扫描。"
BLANK = "这个 PDF 的第 {page} 页是空白的，没有扫描到内容。请去掉空白页，或重新扫描。"
ACTIVE = "这个 PDF 带有脚本、程序或附件，不是单纯的扫描件。请把纸质表重新扫描成 PDF、JPG 或 PNG。"
BROKEN = "这个文件已经损坏，读不完整。请重新扫描，或另存后再上传。"
TOO_MANY = f"一份扫描件最多 {MOST_PAGES} 页。请只扫描签字盖章的这张表。"
TOO_LARGE = "图片的尺寸太大，读不下。请把扫描分辨率降到 300 dpi 左右，重新扫描。"


def read_scan(content: bytes, *, most_pages: int = MOST_PAGES) -> dict[str, Any]:
    """What a scan is: {"kind": "pdf", "jpg" or "png", "pages": how many}. RefusedError says what is wrong with it."""
    if not content:
        raise RefusedError(EMPTY)
    kind = next((suffix for signature, suffix in SIGNATURES.items() if content.startswith(signature)), None)
    if kind is None:
        raise RefusedError(NO_SCAN)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pages = _read_pdf(content, most_pages) if kind == "pdf" else _read_picture(content, PICTURES[kind])
    except (RefusedError, MemoryError):
        raise
    except pikepdf.PasswordError as error:
        raise RefusedError(LOCKED) from error
    except Exception as error:  # whatever a broken file brings out of the two libraries
        raise RefusedError(BROKEN) from error
    return {"kind": kind, "pages": pages}


def picture_of(content: bytes, kind: str) -> Image.Image:
    """A scan that is a picture, decoded; read_scan() has let it through."""
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    with Image.open(io.BytesIO(content), formats=[PICTURES[kind]]) as picture:
        picture.thumbnail(MOST_SIDES)
        return picture.convert("L")


def parted(content: bytes, groups: Sequence[Sequence[int]]) -> list[bytes]:
    """A PDF for each group of pages (from 0), as they are in the file that read_scan() has let through."""
    parts = []
    with pikepdf.open(io.BytesIO(content), attempt_recovery=False) as pdf:
        pdf.remove_unreferenced_resources()  # each page brings its own pictures along, not those of all
        for group in groups:
            with pikepdf.new() as part:
                part.pages.extend(pdf.pages[number] for number in group)
                stream = io.BytesIO()
                part.save(stream, deterministic_id=True)
                parts.append(stream.getvalue())
    return parts


def _read_pdf(content: bytes, most_pages: int) -> int:
    # Without recovery: what would have to be guessed at is not what was signed.
    with pikepdf.open(io.BytesIO(content), attempt_recovery=False) as pdf:
        if pdf.is_encrypted:
            raise RefusedError(LOCKED)
        if len(pdf.objects) > MOST_OBJECTS or len(pdf.pages) > most_pages:
            raise RefusedError(TOO_MANY)
        if len(pdf.pages) == 0:
            raise RefusedError(NO_PAGE)
        if any(_is_active(item) for item in pdf.objects):
            raise RefusedError(ACTIVE)
        for number, page in enumerate(pdf.pages, start=1):
            if not _drawn(page) and "/Annots" not in page:
                raise RefusedError(BLANK.format(page=number))
            for picture in page.get_images().values():
                _decode(picture)
        return len(pdf.pages)


def _is_active(item: pikepdf.Object, depth: int = 0) -> bool:
    """Whether an object, or one that lies directly in it, acts by itself. Others are objects of their own."""
    if depth > 20:
        raise RefusedError(BROKEN)
    inner: Iterable[Any] = ()
    if isinstance(item, pikepdf.Array):
        inner = list(item)
    elif isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
        entries = dict(item.items())
        if ACTIVE_KEYS & entries.keys() or str(entries.get("/S", "")) in ACTIVE_ACTIONS:
            return True
        inner = entries.values()
    parts = (value for value in inner if isinstance(value, pikepdf.Object) and not value.is_indirect)
    return any(_is_active(value, depth + 1) for value in parts)


def _drawn(page: pikepdf.Page) -> bytes:
    """What is drawn on a page; read to its end."""
    found = page.get("/Contents")
    if found is None:
        return b""
    streams = list(found) if isinstance(found, pikepdf.Array) else [found]
    return b"".join(stream.read_bytes() for stream in streams).strip()


def _decode(picture: pikepdf.Object) -> None:
    """Read a picture of a page whole: most scans are one JPEG a page."""
    if int(picture.Width) * int(picture.Height) > MOST_PIXELS:
        raise RefusedError(TOO_LARGE)
    kind = picture.get("/Filter")
    if isinstance(kind, pikepdf.Array):
        kind = kind[-1] if len(kind) == 1 else None
    if kind == pikepdf.Name.DCTDecode:
        _read_picture(picture.read_raw_bytes(), "JPEG")
    elif kind in (None, pikepdf.Name.FlateDecode):
        try:
            picture.read_bytes()
        except (pikepdf.PdfError, zlib.error) as error:
            raise RefusedError(BROKEN) from error
    elif not picture.read_raw_bytes():  # fax and JPEG 2000: their own codes are not undone here
        raise RefusedError(BROKEN)


def _read_picture(content: bytes, kind: str) -> int:
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        with Image.open(io.BytesIO(content), formats=[kind]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise RefusedError(TOO_LARGE)
            picture.load()
    except Image.DecompressionBombError as error:
        raise RefusedError(TOO_LARGE) from error
    return 1
