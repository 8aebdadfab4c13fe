"""Workbooks that went wrong in every way that was thought of: bytes, members of the package, XML, sizes, types."""

import io
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable
from random import Random

import openpyxl

from riskpoints.documents import department_form_xlsx, school_form_xlsx
from riskpoints.importing.columns import COLUMNS
from tests.riskpoints.documents import cases

Mutation = Callable[[bytes, Random], bytes]
SHEET, STRINGS, BOOK = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"
NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
ENTITIES = [
    f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>',
    '<!DOCTYPE x [<!ENTITY l9 SYSTEM "file:///etc/passwd">]>',
    '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd" [<!ENTITY l9 "x">]>',
    "<!DOCTYPE x [<!ENTITY % p \"<!ENTITY l9 'x'>\">%p;]>",
]


def originals() -> list[bytes]:
    """The workbooks that everything begins with: our forms, the template, and one with all sorts of cells."""
    return [
        department_form_xlsx(cases.department_form()),
        department_form_xlsx(cases.long_measure()),
        school_form_xlsx(cases.school_form()),
        _template(),
        _all_sorts(),
    ]


def _template() -> bytes:
    book = openpyxl.Workbook()
    book.active.append([column.title for column in COLUMNS])
    for number in range(1, 30):
        book.active.append([number, "岗位职责风险", "采购员", f"风险点{number}", f"措施{number}"])
    return _saved(book)


def _all_sorts() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["风险类别", "风险点", "", "防范措施"])
    for row in ([1.5, True, "=SUM(A1:A9)"], ["#N/A", "一\n二", None], [10**15, "  ", "=1/0"]):
        sheet.append(row)
    sheet.merge_cells("A2:A9")
    sheet["A20000"] = "很远"
    for number in range(5):
        book.create_sheet(f"表{number}").append(["x"] * 30)
    book.create_sheet("藏").sheet_state = "veryHidden"
    return _saved(book)


def _saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


# ---- bytes -----------------------------------------------------------------------------------------------------------


def flipped(content: bytes, random: Random) -> bytes:
    data = bytearray(content)
    for _ in range(random.choice([1, 1, 3, 30, 300])):
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)
    return bytes(data)


def cut(content: bytes, random: Random) -> bytes:
    begin = random.randrange(len(content))
    return content[:begin] if random.random() < 0.5 else content[:begin] + content[begin + random.randrange(900) :]


def doubled(content: bytes, random: Random) -> bytes:
    begin = random.randrange(len(content))
    piece = content[begin : begin + random.randrange(1, 4000)]
    return content[:begin] + piece * random.choice([2, 2, 20]) + content[begin:]


def overwritten(content: bytes, random: Random) -> bytes:
    begin, length = random.randrange(len(content)), random.randrange(1, 500)
    piece = random.choice([bytes(length), b"\xff" * length, random.randbytes(length)])
    return content[:begin] + piece + content[begin + length :]


def swollen(content: bytes, random: Random) -> bytes:
    return random.choice([content + random.randbytes(9000), random.randbytes(300) + content, content * 3])


# ---- members of the package ------------------------------------------------------------------------------------------


def _members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def _packed(members: dict[str, bytes], *more: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "w", method) as package:
        warnings.simplefilter("ignore")  # a name that is there twice is what is wanted
        for name, data in [*members.items(), *more]:
            package.writestr(name, data)
    return stream.getvalue()


def member_replaced(content: bytes, random: Random) -> bytes:
    members = _members(content)
    name, other = random.choice(list(members)), random.choice(list(members))
    junk = [
        b"",
        b"<",
        b"\x00" * 99,
        random.randbytes(500),
        members[other],
        b"<x/>",
        content[:2000],
        b"\xff\xfe<\x00x\x00",
    ]
    members[name] = random.choice(junk)
    return _packed(members)


def member_dropped(content: bytes, random: Random) -> bytes:
    members = _members(content)
    for _ in range(random.choice([1, 1, 2, 4])):
        members.pop(random.choice(list(members)), None)
        if not members:
            break
    return _packed(members)


def member_renamed(content: bytes, random: Random) -> bytes:
    members = _members(content)
    name = random.choice(list(members))
    names = ["../../x.xml", "/etc/passwd", "xl\\workbook.xml", name.upper(), "é" * 200, "xl/vbaProject.bin"]
    names += ["xl/externalLinks/externalLink1.xml", "a\x00b"]
    members[random.choice(names)] = members.pop(name)
    return _packed(members)


def members_added(content: bytes, random: Random) -> bytes:
    members, more = _members(content), []
    if random.random() < 0.5:
        name = random.choice(list(members))
        more = [(name, members[random.choice(list(members))])]
    else:
        more = [(f"xl/x{number}.xml", b"<x/>") for number in range(random.choice([3, 180, 400]))]
    return _packed(members, *more)


def packed_otherwise(content: bytes, random: Random) -> bytes:
    return _packed(_members(content), method=random.choice([zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]))


def bomb(content: bytes, random: Random) -> bytes:
    size = random.choice([1, 8, 40, 59, 61, 150]) * 1024 * 1024
    name = random.choice(["xl/media/x.bin", STRINGS, SHEET, "docProps/core.xml", "xl/styles.xml"])
    filling = random.choice([b"\x00", b" ", b"<x>", b"<si><t>a</t></si>"])
    return _packed(_members(content) | {name: filling * (size // len(filling))})


def lying(content: bytes, random: Random) -> bytes:
    """Numbers in the package's directory that say something else than what is there."""
    data = bytearray(content)
    starts = [place for place in range(len(data) - 46) if data[place : place + 4] == b"PK\x01\x02"]
    where = random.choice(starts) + random.choice([8, 10, 16, 20, 24, 28, 42])
    struct.pack_into("<I", data, where, random.choice([0, 1, 99, 0xFFFFFFFF, 1 << 30, random.getrandbits(32)]))
    return bytes(data)


def nested(content: bytes, random: Random) -> bytes:
    return _packed({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": content, "a.zip": content})


# ---- XML ------------------------------------------------------------------------------------------------------------


def _with_sheet(content: bytes, rows: str, *, head: str = "", tail: str = "") -> bytes:
    xml = f"{head}<worksheet {NS}><sheetData>{rows}</sheetData>{tail}</worksheet>"
    return _packed(_members(content) | {SHEET: xml.encode(errors="surrogatepass")})


def entities(content: bytes, random: Random) -> bytes:
    members = _members(content)
    name = random.choice([name for name in members if name.endswith((".xml", ".rels"))])
    text = members[name].decode(errors="replace")
    at = text.find("?>") + 2 if text.startswith("<?xml") else 0
    text = text[:at] + random.choice(ENTITIES) + text[at:]
    return _packed(members | {name: text.replace("<t>", "<t>&l9;", 1).replace("<v>", "<v>&l9;", 1).encode()})


def deep(content: bytes, random: Random) -> bytes:
    depth = random.choice([100, 5_000, 200_000])
    name, tag = random.choice([SHEET, BOOK, "xl/styles.xml", STRINGS, "[Content_Types].xml"]), random.choice("xr")
    if name == SHEET:
        return _with_sheet(content, f"<{tag}>" * depth + f"</{tag}>" * depth)
    return _packed(
        _members(content) | {name: (f"<{tag} {NS}>" + f"<{tag}>" * depth + f"</{tag}>" * (depth + 1)).encode()}
    )


def huge(content: bytes, random: Random) -> bytes:
    """Very many rows, cells or merges, or far away, or said to be."""
    kind = random.randrange(7)
    if kind == 0:
        return _with_sheet(content, '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', head="")
    if kind == 1:
        return _with_sheet(content, "<row/>" * random.choice([5_000, 1_000_000]))
    if kind == 2:
        return _with_sheet(content, "<row>" + "<c><v>1</v></c>" * random.choice([20_000, 1_000_000]) + "</row>")
    if kind == 3:
        merges = "".join(f'<mergeCell ref="A{n}:XFD{n}"/>' for n in range(1, 50_000))
        return _with_sheet(content, "<row/>", tail=f"<mergeCells>{merges}</mergeCells>")
    if kind == 4:
        text = "长" * random.choice([32_767, 2_000_000, 12_000_000])
        return _with_sheet(content, f'<row><c t="inlineStr"><is><t>{text}</t></is></c></row>')
    if kind == 5:
        return _with_sheet(content, f'<row r="{"9" * random.choice([9, 30, 5000])}"><c r="A1"><v>1</v></c></row>')
    xfs = "<xf/>" * 300_000
    styles = f"<styleSheet {NS}><cellXfs>{xfs}</cellXfs></styleSheet>"
    return _packed(_members(content) | {"xl/styles.xml": styles.encode()})


def odd_cells(content: bytes, random: Random) -> bytes:
    """Cells of strange types with strange values, rows in a strange order."""
    values = [
        "",
        "1",
        "-1",
        "1e400",
        "NaN",
        "99999999999999999999",
        "-1e308",
        "0x10",
        "一",
        "2026-13-45",
        "true",
        "\ud7ff",
    ]
    kinds = ["n", "s", "str", "b", "e", "d", "inlineStr", "", "x"]
    rows = []
    for _ in range(random.randrange(1, 40)):
        cells = []
        for _ in range(random.randrange(1, 6)):
            place = random.choice(["A1", "B2", "XFD1", "1A", "", "A0", "ZZZZ99", "A99999999"])
            formula = random.choice(
                ["", "<f>SUM(A1:A9)</f>", '<f t="shared" si="0"/>', '<f t="array" ref="A1:Z9">x</f>']
            )
            value = f"<v>{random.choice(values)}</v>" if random.random() < 0.9 else "<is><r><t>x</t></r></is>"
            style = random.choice(["0", "9999", "-1", "x"])
            cells.append(f'<c r="{place}" t="{random.choice(kinds)}" s="{style}">{formula}{value}</c>')
        rows.append(f'<row r="{random.choice(["1", "2", "0", "-5", "x", "7"])}">{"".join(cells)}</row>')
    return _with_sheet(content, "".join(rows))


def xml_changed(content: bytes, random: Random) -> bytes:
    """Something in the text of a member: a piece gone, doubled or exchanged, characters that XML has not."""
    members = _members(content)
    name = random.choice(list(members))
    data = members[name]
    if not data:
        return member_replaced(content, random)
    for _ in range(random.choice([1, 1, 2, 5])):
        begin = random.randrange(len(data) + 1)
        end = begin + random.randrange(200)
        new = [
            b"",
            data[begin:end] * 2,
            b"<![CDATA[",
            b"&#0;",
            b"&#xD800;",
            b"\x00",
            b"<?x?>",
            b"<!--",
            b"</x>",
            b'"',
            b"\xc3",
        ]
        new += [b"999999999", b"-1", b"&amp;", "一".encode()]
        data = data[:begin] + random.choice(new) + data[end:]
    return _packed(members | {name: data})


def texts_changed(content: bytes, random: Random) -> bytes:
    """A whole workbook that says something else: numbers, tags, marks, categories where they are not expected."""
    odd = [
        "",
        "无",
        "1.",
        "①",
        "〔本类各项〕",
        "〔针对第1、99项〕",
        "甲〔会计，一级（高）〕",
        "长" * 40_000,
        "\xa0\xa0",
        "a\xa0\nb",
    ]
    odd += [
        "岗位职责风险",
        "思想道德风险",
        "风险类别",
        "=1+1",
        "_xD800_",
        "_x0000_",
        "\u202e\ufeff",
        "99、2；x",
        "单位确定",
        "注：",
    ]
    members = _members(content)
    for name in (SHEET, STRINGS):
        if name in members:
            pieces = re.split(r"(<t[^>]*>)([^<]*)", members[name].decode())
            for place in range(2, len(pieces), 3):
                if random.random() < 0.15:
                    pieces[place] = random.choice([*odd, pieces[place] * 2])
            members[name] = "".join(pieces).encode()
    return _packed(members)


def recoded(content: bytes, random: Random) -> bytes:
    members = _members(content)
    name = random.choice([name for name in members if name.endswith(".xml")])
    text = members[name].decode(errors="replace")
    coded = random.choice(
        [text.encode("utf-16"), b"\xef\xbb\xbf" + text.encode(), text.encode("gb18030"), text.encode("utf-32"),
         text.replace("UTF-8", "ebcdic").encode(), zlib.compress(text.encode())]
    )  # fmt: skip
    return _packed(members | {name: coded})


def book_changed(content: bytes, random: Random) -> bytes:
    """Sheets that are not there, many sheets, names without end, hidden ones only."""
    kind = random.randrange(4)
    members = _members(content)
    text = members[BOOK].decode()
    if kind == 0:
        text = text.replace("<sheets>", "<sheets>" + '<sheet name="x" sheetId="9" r:id="rId99"/>' * 5)
    elif kind == 1:
        text = text.replace('state="visible"', 'state="hidden"').replace('sheetId="1"', 'sheetId="1" state="hidden"')
    elif kind == 2:
        names = "".join(f'<definedName name="n{n}">{"x" * 50}!$A$1</definedName>' for n in range(20_000))
        text = text.replace("</sheets>", f"</sheets><definedNames>{names}</definedNames>")
    else:
        begin, end = text.find("<sheets>") + 8, text.find("</sheets>")
        text = text[:end] + text[begin:end] * random.choice([2, 500]) + text[end:]
    return _packed(members | {BOOK: text.encode()})


def random_bytes(content: bytes, random: Random) -> bytes:
    start = random.choice(
        [b"", b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0", b"%PDF-", b"<html>", b"\xef\xbb\xbfa,b\n"]
    )
    return start + random.randbytes(random.choice([0, 10, 5000, 100_000]))


MUTATIONS: tuple[tuple[Mutation, int], ...] = (
    (flipped, 16), (cut, 6), (doubled, 5), (overwritten, 8), (swollen, 2), (member_replaced, 9), (member_dropped, 4),
    (member_renamed, 3), (members_added, 2), (packed_otherwise, 1), (bomb, 2), (lying, 7), (nested, 1), (entities, 5),
    (texts_changed, 22), (deep, 2), (huge, 3), (odd_cells, 12), (xml_changed, 18), (recoded, 4), (book_changed, 4),
    (random_bytes, 2),
)  # fmt: skip


def mutant(files: list[bytes], random: Random) -> tuple[str, bytes]:
    """One workbook: the names of what was done to it, and its bytes."""
    [(mutation, _)] = random.choices(MUTATIONS, [weight for _, weight in MUTATIONS])
    content, names = mutation(random.choice(files), random), [mutation.__name__]
    if random.random() < 0.15:
        second = random.choice([flipped, cut, overwritten, lying])
        if len(content) > 4000 and content.count(b"PK\x01\x02"):
            content = second(content, random)
            names.append(second.__name__)
    return " + ".join(names), content
