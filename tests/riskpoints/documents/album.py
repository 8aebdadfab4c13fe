"""Pictures of printed pages: taken, kept small, compared with the kept ones, the difference shown."""

import io
import subprocess
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops

DOTS_PER_INCH = 70
# Shades of grey: enough to see every character, and half the bytes.
SHADES = 16
# The same fonts and programs give the same picture. A pixel counts as different from a fifth of black on, and a few
# may be so, for the next release of the renderer; one changed character is more than that.
DIFFERENT, ALLOWED = 51, 4
KEPT = Path(__file__).parent / "pictures"


def page_count(content: bytes) -> int:
    """Pages of a PDF."""
    said = subprocess.run(["pdfinfo", "-"], input=content, capture_output=True, check=True).stdout.decode()
    return int(said.split("Pages:")[1].split()[0])


def page_picture(content: bytes, page: int) -> Image.Image:
    """One page (from 1) in shades of grey."""
    options = ["-r", str(DOTS_PER_INCH), "-gray", "-f", str(page), "-l", str(page)]
    drawn = subprocess.run(["pdftoppm", *options, "-"], input=content, capture_output=True, check=True).stdout
    step = 255 // (SHADES - 1)
    with Image.open(io.BytesIO(drawn)) as picture:
        return picture.convert("L").point(lambda value: round(value / step) * step)


def save(picture: Image.Image, path: Path) -> None:
    """Write a picture with four bits a pixel."""
    step = 255 // (SHADES - 1)
    indexed = picture.point(lambda value: value // step)
    indexed.putpalette([value for shade in range(SHADES) for value in (shade * step,) * 3])
    path.parent.mkdir(parents=True, exist_ok=True)
    indexed.save(path, optimize=True, bits=4)


def different_pixels(kept: Image.Image, taken: Image.Image) -> int:
    """How many pixels differ clearly; all of them where the sizes do."""
    if kept.size != taken.size:
        return kept.width * kept.height
    return sum(ImageChops.difference(kept, taken).histogram()[DIFFERENT:])


def side_by_side(kept: Image.Image, taken: Image.Image) -> Image.Image:
    """As kept, as taken, and over one another: what is gone in red, what is new in blue."""
    size = (max(kept.width, taken.width), max(kept.height, taken.height))
    sheets = [Image.new("L", size, 255) for _ in range(2)]
    for sheet, picture in zip(sheets, (kept, taken), strict=True):
        sheet.paste(picture)
    over = Image.merge("RGB", (sheets[1], ImageChops.lighter(*sheets), sheets[0]))
    whole = Image.new("RGB", (size[0] * 3 + 20, size[1]), "#888")
    for place, sheet in enumerate((*sheets, over)):
        whole.paste(sheet.convert("RGB"), (place * (size[0] + 10), 0))
    return whole


@dataclass
class Album:
    """The kept pictures of a folder, compared or (`is_renewed`) taken anew; differences go to `folder`."""

    name: str
    folder: Path
    is_renewed: bool

    def faults(self, name: str, content: bytes, pages: tuple[int, ...] = ()) -> list[str]:
        """What is wrong with pages of a document (from 1; -1 is the last; all if none is named), with pictures of it.

        If they are as they should be: pytest --update-pictures, and look at what it took.
        """
        count = page_count(content)
        wanted = sorted({page if page > 0 else count + 1 + page for page in pages or range(1, count + 1)})
        found = [self._look(f"{name}-{page}", page_picture(content, page)) for page in wanted]
        return [fault for fault in found if fault]

    def _look(self, name: str, taken: Image.Image) -> str:
        path = KEPT / self.name / f"{name}.png"
        if self.is_renewed:
            save(taken, path)
            return ""
        if not path.exists():
            return f"{name}: no picture is kept yet."
        with Image.open(path) as picture:
            kept = picture.convert("L")
        count = different_pixels(kept, taken)
        if count <= ALLOWED:
            return ""
        shown = self.folder / f"{name}.png"
        side_by_side(kept, taken).save(shown)
        return f"{name}: {count} pixels differ: {shown}"

    def left_over(self, names: set[str]) -> set[str]:
        """Documents with kept pictures that no test looks at any more."""
        return {path.stem.rpartition("-")[0] for path in (KEPT / self.name).glob("*.png")} - names
