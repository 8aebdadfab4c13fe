"""Scans as a scanner makes them, but tiny: real files that the reading lets through."""

import io

import pikepdf
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


PDF, JPEG, PNG = pdf(), picture("JPEG"), picture("PNG")
