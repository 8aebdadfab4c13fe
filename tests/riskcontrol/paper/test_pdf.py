"""The door to WeasyPrint: nothing fetched, nothing missing, nothing that depends on the clock."""

import io
from datetime import date

import pikepdf
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.ttLib.tables._g_l_y_f import Glyph

from riskcontrol.paper.fonts import ROLES, font_set
from riskcontrol.paper.pdf import Attachment, DocumentError, lay_out, render_pdf, unprintable


@pytest.fixture
def template(settings, tmp_path):
    """Return a function that makes a template of some markup and gives its name."""
    options = settings.TEMPLATES[0] | {"DIRS": [tmp_path]}
    settings.TEMPLATES = [options]

    def write(body: str, name: str = "page.html") -> str:
        (tmp_path / name).write_text(f'<html lang="zh-CN"><body>{body}</body></html>', encoding="utf-8")
        return name

    return write


def render(name, **values) -> bytes:
    return render_pdf(name, {"words": "字"}, title="标题", author="学校", **values)


def test_it_writes_pdf_a_with_metadata_from_the_arguments(template):
    content = render(template("<p>{{ words }}</p>"), document_code="AB-12", made_on=date(2011, 11, 15))
    with pikepdf.open(io.BytesIO(content)) as pdf:
        metadata = pdf.open_metadata()
        assert metadata.pdfa_status == "3U"
        assert metadata["dc:title"] == "标题"
        assert metadata["dc:creator"] == ["学校"]
        assert metadata["pdf:Keywords"] == "AB-12"
        assert metadata["xmp:CreateDate"] == "2011-11-15"
        assert pdf.Root.Lang == "zh-CN"
        assert "/OutputIntents" in pdf.Root


def test_without_a_date_the_file_has_none(template):
    with pikepdf.open(io.BytesIO(render(template("<p>字</p>")))) as pdf:
        assert "/CreationDate" not in pdf.docinfo
        assert "xmp:CreateDate" not in pdf.open_metadata()


def test_the_same_content_gives_the_same_bytes_with_an_attachment_too(template):
    name = template("<p>廉政风险防控 2026</p>")
    attachment = Attachment("表.xlsx", b"PK-not-really", "同一张表")
    assert render(name) == render(name)
    assert render(name, attachments=[attachment]) == render(name, attachments=[attachment])


def test_an_attachment_is_carried_with_its_name_and_relationship(template):
    attachment = Attachment("总务处.xlsx", b"content of the sheet", "可编辑的同一张表", made_on=date(2026, 11, 20))
    with pikepdf.open(io.BytesIO(render(template("<p>字</p>"), attachments=[attachment]))) as pdf:
        (found,) = pdf.attachments.values()
        assert found.filename == "总务处.xlsx"
        assert found.get_file().read_bytes() == b"content of the sheet"
        assert str(found.obj.AFRelationship) == "/Alternative"
        assert found.get_file().creation_date.date() == date(2026, 11, 20)
        assert [file.objgen for file in pdf.Root.AF] == [found.obj.objgen]


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1/a.png", "https://example.invalid/a.png", "file:///etc/hostname", "ftp://127.0.0.1/a"]
)
def test_no_address_outside_static_files_and_fonts_is_read(template, address):
    with pytest.raises(DocumentError, match="不允许读取的地址"):
        render(template(f'<img src="{address}"/>'))


def test_a_way_out_of_the_static_folder_is_no_way(template, settings):
    static = settings.STATICFILES_DIRS[0]
    with pytest.raises(DocumentError, match="不允许读取的地址"):
        render(template(f'<img src="{static.as_uri()}/../manage.py"/>'))


def test_a_file_of_the_static_folder_is_read(template, settings, tmp_path):
    settings.STATICFILES_DIRS = [*settings.STATICFILES_DIRS, tmp_path]
    (tmp_path / "dot.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle r="4"/></svg>'
    )
    assert render(template(f'<img src="{(tmp_path / "dot.svg").as_uri()}"/>')).startswith(b"%PDF-1.7")


def test_a_missing_asset_is_an_error_not_a_line_in_a_log(template, settings):
    missing = settings.STATICFILES_DIRS[0] / "img" / "no-such-seal.png"
    with pytest.raises(DocumentError, match="no-such-seal"):
        render(template(f'<img src="{missing.as_uri()}"/>'))


def test_a_style_that_is_not_understood_is_an_error(template):
    with pytest.raises(DocumentError, match="文档未能完整生成"):
        render(template('<p style="no-such-property: 1">字</p>'))


def test_an_error_does_not_stain_the_next_document(template, settings):
    missing = settings.STATICFILES_DIRS[0] / "no-such.png"
    with pytest.raises(DocumentError):
        render(template(f'<img src="{missing.as_uri()}"/>'))
    assert render(template("<p>字</p>", "other.html")).startswith(b"%PDF")


def test_characters_without_a_glyph_are_named(template):
    with pytest.raises(DocumentError) as refusal:
        render(template("<p>张\U00031351、\U0001f600、张</p>"))
    assert str(refusal.value).startswith(
        "以下字符没有可用的字体，无法打印：“\U0001f600”（U+1F600）、“\U00031351”（U+31351）。请改用其他写法，"
    )


def test_a_text_can_be_asked_before_it_is_printed():
    assert unprintable("堃昇喆\u3000A1，\n\U00031351\U0001f600") == ["\U0001f600", "\U00031351"]
    assert unprintable("") == []


def test_rare_characters_of_names_and_invisible_ones_are_no_obstacle(template):
    assert render(template("<p>㛃䶮𬭎堃昇喆祎翀璟赟\u200b\ufe0f\u3000</p>")).startswith(b"%PDF")


def test_missing_faces_are_named(template, settings, tmp_path):
    name = template("<p>字</p>")
    settings.FONT_DIR = tmp_path / "empty"
    with pytest.raises(DocumentError, match="缺少字体：FandolSong、FandolFang、FandolKai、FandolHei"):
        render(name)
    assert font_set(settings.FONT_DIR).missing == ("FandolSong", "FandolFang", "FandolKai", "FandolHei")


def test_titles_are_set_bold_and_labels_are_not(settings):
    chosen = {face.role: (face.own.path.stem, face.own.weight) for face in font_set(settings.FONT_DIR).faces}
    assert chosen["title"] == ("FandolSong-Bold", 700)
    assert chosen["heading"] == ("FandolHei-Regular", 400)


def test_a_font_added_by_the_school_stands_behind_the_others(settings, tmp_path):
    plain = font_set(settings.FONT_DIR)
    assert [face.role for face in plain.faces] == [role.name for role in ROLES]
    assert plain.undrawable("廉政堃") == []
    assert plain.undrawable("堃\U00031351") == ["\U00031351"]
    assert [face.family for face in plain.fallbacks] == ["Noto Serif CJK SC"]
    assert plain.css().count("@font-face") == 4
    for source in settings.FONT_DIR.iterdir():
        (tmp_path / source.name).symlink_to(source)
    builder = FontBuilder(1000)
    builder.setupGlyphOrder([".notdef", "rare"])
    builder.setupCharacterMap({0x31351: "rare"})
    builder.setupGlyf({".notdef": Glyph(), "rare": Glyph()})
    builder.setupHorizontalMetrics({".notdef": (1000, 0), "rare": (1000, 0)})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "生僻字", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.save(tmp_path / "rare.ttf")
    richer = font_set(tmp_path)
    assert richer.undrawable("堃\U00031351") == []
    assert [face.family for face in richer.fallbacks] == ["Noto Serif CJK SC", "form-extra-1"]
    assert richer.css().count("@font-face") == 5


def test_parts_are_measured_line_by_line(template):
    style = "width:5em;font-size:10px;line-height:16px"
    markup = f'<p data-part="a" style="{style}">一二三四五六七八九十廿</p><p data-part="b">乙</p>'
    parts = lay_out(template(markup), {}, title="", author="").parts()
    assert [line.text for line in parts["a"].lines] == ["一二三四五", "六七八九十", "廿"]
    assert {line.height for line in parts["a"].lines} == {16}
    assert parts["a"].height == 48
    assert parts["b"].pages == (0,)
