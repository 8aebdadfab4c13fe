"""What a layout made of the marked elements of a page: how high they are, how their text was broken into lines."""

from collections.abc import Iterable, Iterator

from weasyprint.formatting_structure import boxes

from riskcontrol.paper.pdf import Line, Part

MEASURED = "data-part"


def measured(pages: Iterable[boxes.Box]) -> dict[str, Part]:
    """Elements with `data-part`, by its value; an element spread over pages is put together again."""
    found: dict[str, Part] = {}
    for number, page in enumerate(pages):
        for box in _marked(page):
            key = box.element.get(MEASURED)
            lines = tuple(Line(_text(line), line.height) for line in _lines(box))
            before = found.get(key, Part())
            height = before.height + box.margin_height()
            found[key] = Part(height, before.lines + lines, (*before.pages, number))
    return found


def _marked(box: boxes.Box) -> Iterator[boxes.Box]:
    """Boxes of elements with `data-part`, outermost box of each element only."""
    element = box.element
    if element is not None and element.get(MEASURED) is not None and not isinstance(box, boxes.LineBox | boxes.TextBox):
        yield box
        seen = element
    else:
        seen = None
    for child in getattr(box, "children", ()):
        for marked in _marked(child):
            if marked.element is not seen:
                yield marked


def _lines(box: boxes.Box) -> Iterator[boxes.LineBox]:
    """Lines directly inside a block, not those of blocks or inline blocks within its lines."""
    for child in getattr(box, "children", ()):
        if isinstance(child, boxes.LineBox):
            yield child


def _text(box: boxes.Box) -> str:
    """Text of a line without that of inline blocks (item numbers hang there)."""
    if isinstance(box, boxes.TextBox):
        return box.text
    if isinstance(box, boxes.InlineBlockBox):
        return ""
    return "".join(_text(child) for child in getattr(box, "children", ()))
