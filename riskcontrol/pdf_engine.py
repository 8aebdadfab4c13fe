"""What WeasyPrint does anew for each document, done once, which saves a third of a form's time; for riskcontrol/pdf.py.

Measured with WeasyPrint 70 (README, “How fast”). The three things that are put into its modules change no byte:
tests/riskcontrol/test_pdf_engine.py prints with and without them.
"""

import re
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element, ParseError, fromstring  # read from our own templates  # nosec B405

import cssselect2
import weasyprint
from weasyprint import css
from weasyprint.pdf import fonts, stream
from weasyprint.text.ffi import ffi, harfbuzz, harfbuzz_subset

# What no XML file may hold: control characters, halves of surrogate pairs, two code points that are none.
OUTSIDE_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# What a stream of a file may consist of.
BYTES = (bytes, ffi.buffer)
# Styles of a few documents. Ours have some hundred together; a template under work adds its own.
MOST_STYLES = 4000
# Properties that come from an element's own attributes instead of the style sheet.
OWN = frozenset({"lang", "anchor"})


class Page(weasyprint.HTML):
    """A page of well-formed markup, read by the C parser. It knows no defaults of a browser: print.css says all."""

    def __init__(self, markup: str, *, url_fetcher: Any) -> None:
        self.base_url, self.url_fetcher, self.media_type = "about:blank", url_fetcher, "print"
        root = fromstring(markup)  # noqa: S314 - our own template, and what people wrote is escaped in it  # nosec B314
        self.wrapper_element = cssselect2.ElementWrapper.from_html_root(root, content_language=None)
        self.etree_element = self.wrapper_element.etree_element

    def _ua_stylesheets(self, forms: bool = False) -> list[weasyprint.CSS]:
        return []


class KeptStyles(css.StyleFor):
    """Styles of elements that hold for the next document too: those of the same rules under the same parent's style.

    A style keeps its rules and its parent alive, so an identity in a key is never that of something new.
    """

    kept: dict[Any, Any] = {}

    def set_computed_styles(
        self,
        element: Any,
        parent: Any,
        root: Any = None,
        pseudo_type: str | None = None,
        base_url: str | None = None,
        target_collector: Any = None,
    ) -> None:
        """Take a kept style for an element; make one where none fits, and for pages, which change theirs."""
        place = (element, pseudo_type)
        key = None
        if isinstance(element, Element):
            above = None if parent is None else self._computed_styles[parent, None]
            key = (id(above), pseudo_type, _rules(self._cascaded_styles.get(place, {})))
            if key in self.kept:
                self._computed_styles[place] = self.kept[key]
                return
        super().set_computed_styles(element, parent, root, pseudo_type, base_url, target_collector)
        if key is not None:
            self.kept[key] = self._computed_styles[place]


def forget(most: int = 0) -> None:
    """Let go of what is kept if there are more than so many styles; not while a document is being made."""
    if len(KeptStyles.kept) > most:
        KeptStyles.kept.clear()
        PreparedFont.faces.clear()


def _rules(cascaded: Mapping[str, tuple[Any, Any]]) -> tuple[Any, ...]:
    return tuple((name, value if name in OWN else id(value), weight) for name, (value, weight) in cascaded.items())


def _face_data(face: Any) -> Any:
    """The bytes of a face where they lie: a whole one has 7 MB, of which a document takes some hundred glyphs."""
    blob = harfbuzz.hb_face_reference_blob(face)
    length = ffi.new("unsigned int *")
    data = ffi.gc(harfbuzz.hb_blob_get_data(blob, length), lambda _: harfbuzz.hb_blob_destroy(blob))
    return None if data == ffi.NULL else ffi.buffer(data, length[0])


class PreparedFont(fonts.Font):
    """A font of a document whose face is ready to have glyphs taken out of it."""

    hb_face: Any
    faces: dict[int, tuple[Any, Any]] = {}

    def _harfbuzz_subset(self, to_unicode: Mapping[int, str], hinting: bool) -> None:
        place = int(ffi.cast("uintptr_t", self.hb_face))
        if place not in self.faces:
            prepared = ffi.gc(harfbuzz_subset.hb_subset_preprocess(self.hb_face), harfbuzz.hb_face_destroy)
            self.faces[place] = self.hb_face, prepared  # while the first is kept, its place is not another one's
        self.hb_face = self.faces[place][1]
        super()._harfbuzz_subset(to_unicode, hinting)


ffi.cdef("hb_face_t * hb_subset_preprocess (hb_face_t * source);")
css.StyleFor = KeptStyles
stream.Font = PreparedFont
fonts.get_hb_object_data = _face_data

__all__ = ["BYTES", "MOST_STYLES", "OUTSIDE_XML", "Page", "ParseError", "forget"]
