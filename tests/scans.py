"""Scans as a scanner makes them, but tiny: real files that the reading lets through."""

import io

import pikepdf
import qrcode
from PIL import Image


def picture(kind: str, *, shade: int = 200, size: tuple[int, int] = (8, 8)) -> bytes:
    """Return a picture of one shade; `kind` is JPEG or PNG."""
    stream = io.BytesIO()
    Image.new("L", size, shade).save(stream, kind)
    return stream.getvalue()


def pdf(*, pages: int = 1, mark: str = "") -> bytes:
    """Return a PDF with a picture on each page; another `mark` makes another file."""
    with pikepdf.new() as made:
        for number in range(pages):
            made.add_blank_page(page_size=(595, 842))
            page = made.pages[number]
            jpeg = pikepdf.Stream(made, picture("JPEG"))
            jpeg.update(
                {"/Type": pikepdf.Name.XObject, "/Subtype": pikepdf.Name.Image, "/Width": 8, "/Height": 8}
                | {"/ColorSpace": pikepdf.Name.DeviceGray, "/BitsPerComponent": 8, "/Filter": pikepdf.Name.DCTDecode}
            )
            name = page.add_resource(made.make_indirect(jpeg), pikepdf.Name.XObject)
            page.Contents = pikepdf.Stream(made, f"% {mark}\nq 595 0 0 842 0 0 cm {name} Do Q".encode())
        stream = io.BytesIO()
        made.save(stream, deterministic_id=True)
        return stream.getvalue()


def sheet(code: str, *, turned: float = 0, dots: int = 150) -> Image.Image:
    """Return a scanned A4 sheet with this code at its foot as a form has it: half a millimetre a module."""
    page = Image.new("L", (round(8.27 * dots), round(11.69 * dots)), 250)
    if code:
        made = qrcode.QRCode(border=4)
        made.add_data(code)
        rows = made.get_matrix()
        small = Image.new("L", (len(rows), len(rows)), 255)
        small.putdata([0 if is_dark else 255 for row in rows for is_dark in row])
        side = round(len(rows) * 0.5 / 25.4 * dots)
        page.paste(small.resize((side, side)), (dots, round(10.6 * dots)))
    return page.rotate(turned, expand=True, fillcolor=250)


def sheets(*codes: str, kind: str = "PDF", **how) -> bytes:
    """Return a scan of sheets with these codes, a page each; a PDF, or a picture of the first."""
    first, *more = [sheet(code, **how) for code in codes]
    stream = io.BytesIO()
    if kind == "PDF":
        first.save(stream, kind, save_all=True, append_images=more, resolution=150)
    else:
        first.save(stream, kind)
    return stream.getvalue()


PDF, JPEG, PNG = pdf(), picture("JPEG"), picture("PNG")
