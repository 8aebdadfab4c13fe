"""QR codes of addresses and of short codes, as plain numbers for a template: no style, no script, no image file."""

from dataclasses import dataclass

import qrcode

QUIET = 4  # modules of white around it, as ISO/IEC 18004 wants


@dataclass(frozen=True)
class Code:
    """A code to be drawn as one SVG path on a square of `size` units."""

    address: str
    size: int
    path: str


def code_of(address: str) -> Code:
    """The code that leads to an address, or that says a 校验码."""
    made = qrcode.QRCode(border=QUIET)
    made.add_data(address)
    rows = made.get_matrix()
    return Code(address, len(rows), "".join(_runs(y, row) for y, row in enumerate(rows)))


def _runs(y: int, row: list[bool]) -> str:
    """The dark modules of a row, those side by side as one piece, so that no hair lines part them."""
    found: list[str] = []
    begin: int | None = None
    for x, is_dark in enumerate([*row, False]):
        if is_dark and begin is None:
            begin = x
        if not is_dark and begin is not None:
            found.append(f"M{begin} {y}h{x - begin}v1h-{x - begin}z")
            begin = None
    return "".join(found)
