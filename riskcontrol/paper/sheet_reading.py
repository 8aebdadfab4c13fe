"""Scans of many signed sheets: which code each page carries, and its pages parted again. For a confined process only.

The only door to pypdfium2 and zxing-cpp. A page is looked at as a picture, whatever it is made of: one photograph, the
strips of an old scanner, the lines of a printed file. What is kept later are the pages as they were sent.
"""

import base64
import io
import json
import re
from collections.abc import Iterator
from typing import Any

import pypdfium2
import zxingcpp

from riskcontrol.paper.scan_reading import MOST_PAGES, parted, picture_of, read_scan
from riskcontrol.processes.confinement import RefusedError

# A module of the printed code is half a millimetre wide: four dots, also of a page that lies askew.
DOTS = 200
QR_CODES = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
# Enough to tell one table from another by its heading.
SHOWN = (420, 594)
# What a form's code looks like; any other QR code on a sheet is none of ours.
OWN = re.compile(r"(?:HTTPS?://[!-~]{1,200}/C/)?([0-9A-Za-z]{4}(?:-[0-9A-Za-z]{4}){1,9})")
# The code as it is printed beside the picture, for files whose scanner has read their texts.
PRINTED = re.compile(r"[0-9A-Fa-f]{4}(?:-[0-9A-Fa-f]{4})+")


def read_sheets(content: bytes) -> dict[str, Any]:
    """What was sent: {"kind": …, "pages": [{"codes": […], "picture": a small PNG in Base64}]}.

    Refused like a scan of one table is. The pages without a code are shown: somebody has to say what they are.
    """
    read = read_scan(content, most_pages=MOST_PAGES)
    pages = _pdf_pages(content) if read["kind"] == "pdf" else iter([(picture_of(content, read["kind"]), "")])
    return {"kind": read["kind"], "pages": [_page(image, text) for image, text in pages]}


def part_sheets(payload: bytes) -> dict[str, Any]:
    """The pages of a PDF parted: {"parts": [each a PDF in Base64]}.

    Before the file stands a line with the pages of each part, counted from 0: [[0, 1], [2]].
    """
    line, _, content = payload.partition(b"\n")
    return {"parts": [base64.b64encode(part).decode() for part in parted(content, json.loads(line))]}


def _pdf_pages(content: bytes) -> Iterator[tuple[Any, str]]:
    document = pypdfium2.PdfDocument(content)
    for number in range(len(document)):
        page = document[number]
        # A page as large as a poster is shown no larger than an A3 one.
        scale = min(DOTS / 72, 3400 / max(page.get_size()))
        yield page.render(scale=scale, grayscale=True).to_pil(), page.get_textpage().get_text_bounded()
        page.close()


def _page(image: Any, text: str) -> dict[str, Any]:
    found = zxingcpp.read_barcodes(image, formats=QR_CODES)
    codes = [match[1] for code in found if (match := OWN.fullmatch(code.text))] or PRINTED.findall(text)[:5]
    return {"codes": list(dict.fromkeys(codes)), "picture": _small(image)}


def _small(image: Any) -> str:
    small = image.convert("L")
    small.thumbnail(SHOWN)
    stream = io.BytesIO()
    small.quantize(16).save(stream, "PNG", optimize=True)
    return base64.b64encode(stream.getvalue()).decode()


__all__ = ["RefusedError", "part_sheets", "read_sheets"]
