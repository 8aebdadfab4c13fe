"""What WeasyPrint does anew for each document, done once, for pdf.py; settings.PDF_PATCHES puts it in, on by default.

Measured with WeasyPrint 70 in one run, in turn with and without, medians of five in seconds of the processor, on a busy
machine: 附件4 of 62 points, six pages: 0.30 against 0.41, a ratio of 0.74. 汇总表 of the sample school, 71 points, ten
pages: 1.65 against 1.57, a ratio of 1.05, so that it gains nothing. The three things change no byte:
tests/riskcontrol/paper/test_pdf_engine.py prints with and without them.
"""

import re
from collections.abc import Mapping, Sequence
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
# Tables of a face that a document doesn't need, as WeasyPrint drops them.
DROPPED = (b"BASE", b"DSIG", b"EBDT", b"EBLC", b"EBSC", b"GPOS", b"GSUB", b"JSTF", b"LTSH", b"PCLT", b"SVG ")
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
    """Let go of the kept styles if there are more than so many; not while a document is being made."""
    if len(KeptStyles.kept) > most:
        KeptStyles.kept.clear()


def _rules(cascaded: Mapping[str, tuple[Any, Any]]) -> tuple[Any, ...]:
    return tuple((name, value if name in OWN else id(value), weight) for name, (value, weight) in cascaded.items())


def _face_data(face: Any) -> Any:
    """The bytes of a face where they lie: a whole one has 7 MB, of which a document takes some hundred glyphs."""
    blob = harfbuzz.hb_face_reference_blob(face)
    length = ffi.new("unsigned int *")
    data = ffi.gc(harfbuzz.hb_blob_get_data(blob, length), lambda _: harfbuzz.hb_blob_destroy(blob))
    return None if data == ffi.NULL else ffi.buffer(data, length[0])


class Font(fonts.Font):
    """A font of a document. Its glyphs are taken out of the face at once; WeasyPrint looks through the result again."""

    def _harfbuzz_subset(self, to_unicode: Mapping[int, str], hinting: bool) -> None:
        order = ffi.gc(harfbuzz_subset.hb_subset_input_create_or_fail(), harfbuzz_subset.hb_subset_input_destroy)
        glyphs = sorted(to_unicode)
        _put(harfbuzz_subset.hb_subset_input_glyph_set(order), glyphs)
        dropped = harfbuzz_subset.hb_subset_input_set(order, harfbuzz_subset.HB_SUBSET_SETS_DROP_TABLE_TAG)
        _put(dropped, sorted(harfbuzz.hb_tag_from_string(name, -1) for name in DROPPED))
        flags = harfbuzz_subset.HB_SUBSET_FLAGS_RETAIN_GIDS | harfbuzz_subset.HB_SUBSET_FLAGS_DESUBROUTINIZE
        flags |= harfbuzz_subset.HB_SUBSET_FLAGS_PASSTHROUGH_UNRECOGNIZED
        if not hinting:
            flags |= harfbuzz_subset.HB_SUBSET_FLAGS_NO_HINTING
        if self.missing:
            flags |= harfbuzz_subset.HB_SUBSET_FLAGS_NOTDEF_OUTLINE
        harfbuzz_subset.hb_subset_input_set_flags(order, flags)
        face = harfbuzz_subset.hb_subset_or_fail(self.hb_face, order)
        if face == ffi.NULL:
            super()._harfbuzz_subset(to_unicode, hinting)
            return
        self.file_content = _face_data(ffi.gc(face, harfbuzz.hb_face_destroy))


def _put(target: Any, numbers: Sequence[int]) -> None:
    harfbuzz.hb_set_add_sorted_array(target, ffi.new("hb_codepoint_t[]", numbers), len(numbers))


# What is put into WeasyPrint's modules, each with the name it has there and WeasyPrint's own beside it.
PATCHES: tuple[tuple[Any, str, Any, Any], ...] = (
    (css, "StyleFor", KeptStyles, css.StyleFor),
    (stream, "Font", Font, stream.Font),
    (fonts, "get_hb_object_data", _face_data, fonts.get_hb_object_data),
)


def patch(*, is_on: bool) -> None:
    """Put our three parts into WeasyPrint, or give it its own back: for each document, as settings.PDF_PATCHES says."""
    for module, name, ours, theirs in PATCHES:
        setattr(module, name, ours if is_on else theirs)


__all__ = ["BYTES", "MOST_STYLES", "OUTSIDE_XML", "Page", "ParseError", "forget", "patch"]
