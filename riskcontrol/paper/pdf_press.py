"""WeasyPrint at work: pages laid out and written, with fonts and style sheet that all documents share."""

import logging
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.request import url2pathname

import weasyprint
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher

from riskcontrol.paper.fonts import FontSet, font_set
from riskcontrol.paper.pdf import INVISIBLE, STYLESHEET, Attachment, DocumentError
from riskcontrol.paper.pdf_engine import BYTES, MOST_STYLES, OUTSIDE_XML, Page, ParseError, forget, patch
from riskcontrol.paper.xmp import xmp_packet

VARIANT = "pdf/a-3u"
# An attachment carries a date by the format's rule; where the content has none, this one keeps the bytes the same.
NO_DATE = datetime(2000, 1, 1)  # noqa: DTZ001 - WeasyPrint writes attachment dates without a zone


def laid_out(template: str, context: Mapping[str, Any], images: dict[str, Any] | None = None) -> weasyprint.Document:
    """The pages of a template. DocumentError for a missing face, a character that no face can draw, an asset."""
    markup = render_to_string(template, dict(context))
    patch(is_on=settings.PDF_PATCHES)
    with _workshop.complaints():
        forget(MOST_STYLES)
        html = _page(markup)
        _refuse_undrawable("".join(html.etree_element.itertext()), _workshop.fonts())
        sheets, fonts = [_workshop.stylesheet()], _workshop.font_configuration()
        return html.render(font_config=fonts, stylesheets=sheets, cache=images)


def laid_out_table(
    template: str, context: Mapping[str, Any], texts: Sequence[Sequence[str]], told: Callable[[int], None]
) -> weasyprint.Document:
    """The pages of a template with a long table of these texts (pdf_table.py); the template lays out a table of the
    `rows` in its context, or shows the images that `drawn` names. DocumentError as above."""
    from riskcontrol.paper.pdf_table import TooHighError, parted, read_off

    with _workshop.complaints():
        characters = {character for row in texts for text in row for character in text}
        _refuse_undrawable("".join(characters), _workshop.fonts())
        grid = read_off(laid_out(template, {**context, "rows": context["rows"][:2]}))
        try:
            images = {f"table:{place}": table for place, table in enumerate(parted(grid, texts, told))}
        except TooHighError:
            return laid_out(template, context)
        return laid_out(template, {**context, "rows": (), "drawn": list(images)}, images)


def written(document: weasyprint.Document, attachments: Sequence[Attachment]) -> bytes:
    """The file. DocumentError if anything it names can't be embedded."""
    patch(is_on=settings.PDF_PATCHES)
    with _workshop.complaints():
        for attachment in attachments:
            document.metadata.attachments.append(_embedded(attachment))
        return document.write_pdf(pdf_variant=VARIANT, pdf_identifier=True, finisher=_finish)


class _Fetcher(URLFetcher):
    """Hands out files of the static and font folders, and nothing else: no network, no other path."""

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Any:
        path = Path(url2pathname(url.removeprefix("file://").split("?")[0])).resolve()
        if not url.startswith("file:") or not any(path.is_relative_to(folder) for folder in _open_folders()):
            raise FatalURLFetchingError(url)
        return super().fetch(url, headers)


def _open_folders() -> list[Path]:
    folders = [settings.FONT_DIR, settings.STATIC_ROOT, *settings.STATICFILES_DIRS]
    return [Path(folder).resolve() for folder in folders if folder]


class _Workshop:
    """What all documents share: parsed style sheet and loaded fonts. Pango's font map serves one thread at a time."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._made_for: tuple[Path, Path, float] | None = None
        self._configuration: FontConfiguration | None = None
        self._stylesheet: weasyprint.CSS | None = None

    @contextmanager
    def complaints(self) -> Iterator[None]:
        """Hold the workshop, and turn what WeasyPrint only logs (missing asset, unknown property) into an error."""
        logger = logging.getLogger("weasyprint")
        with self._lock:
            collector = _Collector()
            logger.addHandler(collector)
            try:
                yield
            except FatalURLFetchingError as error:
                raise DocumentError(f"文档引用了不允许读取的地址：{error}。请检查打印模板。") from error
            finally:
                logger.removeHandler(collector)
            if collector.messages:
                raise DocumentError("文档未能完整生成：" + "；".join(collector.messages) + "。请检查打印模板和字体。")

    def fonts(self) -> FontSet:
        """Return the faces, or say which are missing."""
        fonts = font_set(Path(settings.FONT_DIR))
        if fonts.missing:
            names = "、".join(fonts.missing)
            raise DocumentError(f"缺少字体：{names}。请运行 ./run 的安装步骤，或把字体文件放入 {settings.FONT_DIR}。")
        return fonts

    def font_configuration(self) -> FontConfiguration:
        self._prepare()
        return self._configuration

    def stylesheet(self) -> weasyprint.CSS:
        self._prepare()
        return self._stylesheet

    def _prepare(self) -> None:
        """Parse the style sheet and load the faces once; again when the file or the font folder is another one."""
        found = finders.find(STYLESHEET)
        if not found:
            raise DocumentError(f"缺少打印样式 {STYLESHEET}。请重新部署静态文件。")
        path = Path(found)
        wanted = (Path(settings.FONT_DIR), path, path.stat().st_mtime)
        if self._made_for == wanted:
            return
        with self.complaints():
            forget()
            self._configuration = FontConfiguration()
            self._stylesheet = weasyprint.CSS(
                string=self.fonts().applied(path.read_text(encoding="utf-8")),
                base_url=path.as_uri(),
                url_fetcher=_Fetcher(),
                font_config=self._configuration,
            )
        self._made_for = wanted


class _Collector(logging.Handler):
    """Keeps the warnings and errors of one document."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


_workshop = _Workshop()


def _page(markup: str) -> Page:
    """The page of a template, without control characters; other characters that a page can't hold are refused."""
    _refuse_undrawable("".join(set(OUTSIDE_XML.findall(markup))), _workshop.fonts())
    try:
        return Page(OUTSIDE_XML.sub("", markup), url_fetcher=_Fetcher())
    except ParseError as error:
        raise DocumentError(f"打印模板写法有误：{error}。请检查打印模板。") from error


def _refuse_undrawable(text: str, fonts: FontSet) -> None:
    """A character without a glyph would be printed as a box: name it instead."""
    boxes_to_be = fonts.undrawable(set(text) - INVISIBLE)
    if boxes_to_be:
        listed = "、".join(f"“{character}”（U+{ord(character):04X}）" for character in boxes_to_be)
        raise DocumentError(
            f"以下字符没有可用的字体，无法打印：{listed}。请改用其他写法，"
            f"或请管理员把含有该字的字体文件放入 {settings.FONT_DIR}。"
        )


def _finish(document: weasyprint.Document, pdf: Any) -> None:
    """Name each attachment once (WeasyPrint 70 does it twice) and readably, write the metadata, compress as usual.

    WeasyPrint's level 9 would make a form 1.5 % smaller and take a tenth longer. Metadata stays in the clear, for
    programs that know nothing of PDF, and names its language and code.
    """
    if "AF" in pdf.catalog:
        pdf.catalog["AF"][:] = dict.fromkeys(pdf.catalog["AF"])
    for item in pdf.objects:
        if isinstance(item, dict) and item.get("Type") == "/Filespec":
            item["F"] = item["UF"]
        content = getattr(item, "stream", None)
        if content and item.extra.get("Type") == "/Metadata":
            item.stream, item.compress = [_packet(document.metadata)], False
        if content and getattr(item, "compress", False) and all(isinstance(piece, BYTES) for piece in content):
            item.stream = [zlib.compress(content[0] if len(content) == 1 else b"\n".join(content), 3)]
            item.compress, item.extra["Filter"] = False, "/FlateDecode"


def _packet(metadata: Any) -> bytes:
    return xmp_packet(
        part=3,
        conformance="U",
        title=metadata.title or "",
        authors=metadata.authors,
        language=metadata.lang or "",
        code=", ".join(metadata.keywords),
        day=metadata.created or "",
        producer=f"WeasyPrint {weasyprint.__version__}",
    )


def _embedded(attachment: Attachment) -> weasyprint.Attachment:
    made_at = datetime.combine(attachment.made_on, datetime.min.time()) if attachment.made_on else NO_DATE
    return weasyprint.Attachment(
        string=attachment.content,
        name=attachment.name,
        description=attachment.description or attachment.name,
        created=made_at,
        modified=made_at,
        relationship=attachment.relationship,
        url_fetcher=_Fetcher(),
    )
