"""The metadata packet of a PDF/A file, in the form that every validator reads (ISO 16684-1; ISO 19005-3, 6.6.2)."""

from xml.sax.saxutils import escape  # it writes, and reads nothing  # nosec B406

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_SPACES = {
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
}


def xmp_packet(
    *, part: int, conformance: str, title: str, authors: list[str], language: str, code: str, day: str, producer: str
) -> bytes:
    """The packet; `code` is the document's own, `day` in ISO 8601 or empty. What is empty is left out."""
    facts = {
        "pdfaid": [("part", str(part)), ("conformance", conformance)],
        "dc": [
            ("format", "application/pdf"),
            ("title", _list("Alt", [title], ' xml:lang="x-default"')),
            ("creator", _list("Seq", authors)),
            ("language", _list("Bag", [language])),
            ("identifier", escape(code)),
        ],
        "xmp": [("CreateDate", day), ("ModifyDate", day)],
        "pdf": [("Producer", escape(producer)), ("Keywords", escape(code))],
    }
    blocks = []
    for space, entries in facts.items():
        written = "".join(f"<{space}:{name}>{value}</{space}:{name}>" for name, value in entries if value)
        if written:
            blocks.append(f'<rdf:Description rdf:about="" xmlns:{space}="{_SPACES[space]}">{written}</rdf:Description>')
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{_RDF}">\n'
        + "\n".join(blocks)
        + '\n</rdf:RDF></x:xmpmeta>\n<?xpacket end="r"?>'
    ).encode()


def _list(kind: str, values: list[str], attribute: str = "") -> str:
    items = "".join(f"<rdf:li{attribute}>{escape(value)}</rdf:li>" for value in values if value)
    return f"<rdf:{kind}>{items}</rdf:{kind}>" if items else ""
