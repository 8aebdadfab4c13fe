"""A manual check of made PDFs with Apache PDFBox preflight, which knows part 1 of PDF/A only.

    apt-get install --no-install-recommends default-jre-headless libpdfbox2-java libactivation-java libjaxb-api-java
    .venv/bin/python tests/bench/preflight.py FILE.pdf ...

It is no part of the tests: the Java runtime alone takes 190 MB. Each file is looked at twice: as it is, where only
the findings listed in LIFTED may appear, rules of part 1 that ISO 19005-3 no longer has; and as a copy brought back to
part 1 (no attachment, no compressed cross-references, the bare CFF of each font with its CIDSet, metadata that says
1B), which has to be valid, and so tells that structure, fonts and their widths, colours and metadata are in order.
What it can't tell: the rules that only parts 2 and 3 have, such as those for the attachment and for level U.
"""

import io
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pikepdf
from fontTools.ttLib import TTFont

JARS = ("preflight", "pdfbox2", "fontbox2", "xmpbox", "commons-logging", "javax.activation", "jaxb-api")
CLASS_PATH = ":".join(f"/usr/share/java/{name}.jar" for name in JARS)
FINDING = re.compile(r"^([0-9.]+) : (.*)$", re.MULTILINE)
LIFTED = {
    "1.4": "cross-reference streams (ISO 32000-1 allows them, 19005-3 refers to it)",
    "1.2.9": "an embedded file in a file specification (19005-3, 6.8)",
    "1.4.7": "embedded files in the catalogue's names (19005-3, 6.8)",
    "3.1.3": "OpenType in FontFile3 (19005-3, 6.2.11.4)",
    "3.1.11": "a subset without CIDSet (19005-3, 6.2.11.4.2: optional)",
    "7.11.1": "level U (19005-3, 5.4)",
    "7.11.2": "part 3",
}


def findings(path: Path) -> list[tuple[str, str]]:
    """What preflight says of a file, as code and text."""
    command = ["java", "-cp", CLASS_PATH, "org.apache.pdfbox.preflight.Validator_A1b", str(path)]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    found = FINDING.findall(said.stdout)
    if not found and "is a valid PDF/A-1b file" not in said.stdout:
        raise SystemExit(f"preflight didn't run: {said.stdout}{said.stderr}")
    return found


def brought_back(path: Path, target: Path) -> None:
    """A copy by the rules of part 1."""
    with pikepdf.open(path) as pdf:
        for key in ("/AF", "/Names"):
            if key in pdf.Root:
                del pdf.Root[key]
        metadata = (
            pdf.Root.Metadata.read_bytes().replace(b"part>3<", b"part>1<").replace(b"conformance>U<", b"conformance>B<")
        )
        pdf.Root.Metadata.write(metadata)
        for font in pdf.objects:
            if isinstance(font, pikepdf.Dictionary) and font.get("/Subtype") == "/CIDFontType0":
                _bare(pdf, font)
        pdf.save(
            target, force_version="1.4", object_stream_mode=pikepdf.ObjectStreamMode.disable, deterministic_id=True
        )


def _bare(pdf: pikepdf.Pdf, font: pikepdf.Dictionary) -> None:
    descriptor = font.FontDescriptor
    whole = TTFont(io.BytesIO(descriptor.FontFile3.read_bytes()))
    bare = pikepdf.Stream(pdf, whole.reader["CFF "])
    bare.Subtype = pikepdf.Name.CIDFontType0C
    count = whole["maxp"].numGlyphs
    bits = bytearray(-(-count // 8))
    for glyph in range(count):
        bits[glyph // 8] |= 0x80 >> glyph % 8
    descriptor.FontFile3, descriptor.CIDSet = (
        pdf.make_indirect(bare),
        pdf.make_indirect(pikepdf.Stream(pdf, bytes(bits))),
    )


def main(names: list[str]) -> int:
    """Check the files; 1 if anything but the lifted rules is found."""
    wrong = 0
    for name in names:
        path = Path(name)
        plain = findings(path)
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder, "part1.pdf")
            brought_back(path, copy)
            back = findings(copy)
        serious = [found for found in plain if found[0] not in LIFTED] + back
        wrong += bool(serious)
        codes = ", ".join(sorted({code for code, _ in plain})) or "none"
        sys.stdout.write(f"{name}: as it is: {codes}; brought back to part 1: {'not ' if back else ''}valid\n")
        for code, text in serious:
            sys.stdout.write(f"  {code} {text}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
