"""The same documents made by other programs: Typst, Chromium's print, LibreOffice's conversion, XlsxWriter."""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

from riskpoints.documents import forms, wording
from riskpoints.documents.bands import BandParagraph, Segment
from riskpoints.documents.columns import REGISTER_COLUMNS
from riskpoints.documents.data import DepartmentPaper, Register, printed_date

MARKUP = re.compile(r"([\\#*_`$<>@\[\]=\-+/~\"'])")
CHROMIUM = ("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer")


@dataclass(frozen=True)
class Command:
    """One way to make the form: a program with its arguments, and the file that it writes."""

    name: str
    arguments: tuple[str, ...]
    made: Path


def typst_source(form: DepartmentPaper) -> str:
    """附件4 in Typst's markup: the same faces, sizes, columns, rows and texts; its own breaking of lines and pages."""
    segments = [*forms._categories(form, is_numbered=True)]
    level = " \\ ".join(_plain(line.text) for line in forms.level_text(form.level)[0])
    title = " \\ ".join(map(_plain, form.title_lines))
    filled_on = printed_date(form.filled_on, wording.BLANK_DATE)
    notes = " \\ ".join(_plain(number + text) for number, text in wording.DEPARTMENT_NOTES)
    body = "\n".join(_rows(segment) for segment in segments)
    return f"""
#set document(title: "{"".join(form.title_lines)}", author: "{form.author}", date: none)
#set page(paper: "a4", margin: (top: 37mm, bottom: 35mm, left: 28mm, right: 26mm),
  footer: context [校验码 {_plain(form.content_code)} #h(1fr)
    第#counter(page).display()页　共#counter(page).final().first()页 #h(1fr) {_plain(form.version_label)}])
#set text(font: ("FandolFang R", "Noto Serif CJK SC"), size: 10.5pt, lang: "zh", region: "cn")
#let heading(body) = text(font: "FandolHei", body)
#let tag(body) = text(font: "FandolKai", size: 9pt, body)
#text(font: "FandolHei", size: 16pt)[{_plain(wording.DEPARTMENT_ANNEX)}]
#align(center, text(font: "FandolSong", weight: "bold", size: 22pt)[{title}])
{_plain(wording.DEPARTMENT_SIGNER)} #h(1fr) {_plain(wording.FILLED_ON + filled_on)}
#table(columns: (28mm, 43.4mm, 14mm, 14mm, 56.6mm), stroke: 0.5pt, align: left,
  align(center, heading[{wording.DEPARTMENT_NAME}]), align(center)[{_plain(form.department_name)}],
  table.cell(colspan: 2, align(center, heading[{wording.DEPARTMENT_HEAD}])), align(center)[{_plain(form.head_name)}],
  align(center, heading[{wording.DEPARTMENT_DUTIES[0]}]), table.cell(colspan: 4)[{_plain(form.duties)}],
)
#v(-1.2em)
#table(columns: (28mm, 57.4mm, 70.6mm), stroke: 0.5pt, align: left,
  table.header(align(center, heading[{wording.CATEGORY}]), align(center, heading[{wording.POINTS}]),
    align(center, heading[{wording.MEASURES}])),
{body}
  align(center + horizon, heading[{" ".join(wording.DEPARTMENT_LEVEL)}]),
  table.cell(colspan: 2)[{level} #v(8mm) #h(68mm) {wording.LEVEL_SIGNATURE} #v(12mm)],
)
{wording.NOTES}{notes}
"""


def _rows(segment: Segment) -> str:
    label = f"align(center + horizon, heading[{''.join(segment.label_lines)}])"
    first = f"  table.cell(rowspan: {len(segment.bands)}, {label}),\n"
    return first + "\n".join("  " + "".join(f"[{_items(cell)}]," for cell in band.cells) for band in segment.bands)


def _items(cell: tuple[BandParagraph, ...]) -> str:
    return " \\ ".join(f"{_plain(item.number)} {_plain(item.text)}{_tag(item.tag)}" for item in cell)


def _tag(text: str) -> str:
    return f"#tag[{_plain(text)}]" if text else ""


def _plain(text: str) -> str:
    return MARKUP.sub(r"\\\1", text)


def typst_commands(form: DepartmentPaper, folder: Path, fonts: Path) -> list[Command]:
    """Typst as a command: a Python that does nothing but compile a file.

    Once as it comes, with the system's faces at hand like ours (rare characters of names need them), and once with
    nothing but the four faces of this form.
    """
    source = folder / "form.typ"
    source.write_text(typst_source(form), encoding="utf-8")
    code = (
        "import sys, typst; typst.compile(sys.argv[1], output=sys.argv[2], font_paths=[sys.argv[3]], "
        "ignore_system_fonts=len(sys.argv) > 4)"
    )
    commands = []
    for name, more in (("Typst's command", ()), ("Typst's command, four faces only", ("four",))):
        made = folder / f"typst{len(more)}.pdf"
        arguments = (sys.executable, "-I", "-c", code, str(source), str(made), str(fonts), *more)
        commands.append(Command(name, arguments, made))
    return commands


def chromium_command(page: str, folder: Path) -> Command:
    """Chromium's print of the very page that we lay out, with the same style sheet and faces."""
    source, made = folder / "form.html", folder / "chromium.pdf"
    source.write_text(page, encoding="utf-8")
    profile = f"--user-data-dir={folder / 'chromium'}"
    arguments = (*CHROMIUM, profile, f"--print-to-pdf={made}", source.as_uri())
    return Command("Chromium's print", arguments, made)


def libreoffice_command(document: bytes, folder: Path) -> Command:
    """LibreOffice's conversion of our own .docx, with a profile that is there already from the second time on."""
    source, made = folder / "form.docx", folder / "form.pdf"
    source.write_bytes(document)
    profile = f"-env:UserInstallation={(folder / 'libreoffice').as_uri()}"
    arguments = ("soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(source))
    return Command("LibreOffice's conversion", arguments, made)


def xlsxwriter_register(register: Register, made: Path) -> None:
    """The cells of the register by XlsxWriter: the same texts in the same formats, without heights of rows."""
    import xlsxwriter

    with xlsxwriter.Workbook(made) as book:
        sheet = book.add_worksheet(wording.REGISTER_TITLE)
        looks = {"font_name": "仿宋_GB2312", "font_size": 9, "border": 1, "valign": "top", "text_wrap": True}
        text, figure = book.add_format(looks), book.add_format({**looks, "align": "center"})
        head = book.add_format({**looks, "font_name": "黑体", "align": "center", "valign": "vcenter"})
        for place, column in enumerate(REGISTER_COLUMNS):
            sheet.set_column(place, place, column.sheet_width / 2)
            sheet.write_string(2, place, column.title, head)
        sheet.freeze_panes(3, 0)
        sheet.autofilter(2, 0, 2 + len(register.rows), len(REGISTER_COLUMNS) - 1)
        for number, row in enumerate(register.rows, start=1):
            sheet.write_number(2 + number, 0, number, figure)
            for place, column in enumerate(REGISTER_COLUMNS[1:], start=1):
                sheet.write_string(2 + number, place, column.text(number, row), figure if column.is_centred else text)
