"""Parts of a Word document as WordprocessingML (ECMA-376, part 1), written as text: quicker than object by object.

Every text goes through :func:`escape`, so nothing in an article can be read as markup.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

__all__ = [
    "NAMESPACES",
    "allowed",
    "bookmark",
    "caption",
    "escape",
    "field",
    "link",
    "numbered_label",
    "paragraph",
    "picture",
    "run",
    "table",
]

#: The declarations that an element outside a document needs.
NAMESPACES = " ".join(
    f'xmlns:{prefix}="http://schemas.openxmlformats.org/{address}"'
    for prefix, address in {
        "w": "wordprocessingml/2006/main",
        "r": "officeDocument/2006/relationships",
        "wp": "drawingml/2006/wordprocessingDrawing",
        "a": "drawingml/2006/main",
        "pic": "drawingml/2006/picture",
    }.items()
)
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}
# What XML 1.0 has no place for.
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPECIAL = re.compile('[&<>"]')
_NAME = re.compile(r"\W+")
_MAX_BOOKMARK_CHARS = 40


def escape(text: str) -> str:
    r"""Write a text for XML; what cannot stand there becomes the replacement character.

    Examples
    --------
    >>> escape('AT&T "so"\x07')
    'AT&amp;T &quot;so&quot;\ufffd'
    """
    return _SPECIAL.sub(lambda match: _ESCAPES[match[0]], allowed(text))


def allowed(text: str) -> str:
    """Return a text in which what XML has no place for is the replacement character."""
    return _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def run(text: str, properties: str = "") -> str:
    """Write a run of text; a line end in it is a line break.

    Examples
    --------
    >>> run("rain", "<w:b/>")
    '<w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">rain</w:t></w:r>'
    """
    lines = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in text.split("\n"))
    return f"<w:r>{f'<w:rPr>{properties}</w:rPr>' if properties else ''}{lines}</w:r>"


def paragraph(style: str, *parts: str, properties: str = "") -> str:
    """Write a paragraph of runs in a style of ``word-styles.xml``."""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{"".join(parts)}</w:p>'


def field(instruction: str, shown: str) -> str:
    """Write a field, such as ``SEQ Table``, with what it shows until Word computes it anew."""
    return f'<w:fldSimple w:instr=" {escape(instruction)} ">{run(shown, "<w:b/>")}</w:fldSimple>'


def link(relation: str, inside: str) -> str:
    """Write a link to the address that a relation of the document names."""
    return f'<w:hyperlink r:id="{relation}" w:history="1">{inside}</w:hyperlink>'


def bookmark(name: str, number: int, inside: str) -> str:
    """Write a bookmark, to which cross-references in Word lead."""
    name = _NAME.sub("_", name)[:_MAX_BOOKMARK_CHARS]
    return f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>{inside}<w:bookmarkEnd w:id="{number}"/>'


def caption(label: str, text: str, *, name: str, number: int, keep_with_next: bool) -> str:
    """Write a caption that Word numbers, and lists in a table of figures: ``Table 3. Names.``."""
    keep = "<w:keepNext/>" if keep_with_next else '<w:spacing w:after="200"/>'
    numbered = bookmark(name, number, numbered_label(label))
    return paragraph("Caption", numbered, run(". ", "<w:b/>"), run(text), properties=keep)


def numbered_label(label: str) -> str:
    """Write a label whose number Word counts: those with a letter before it, as in ``Figure F1``, by themselves."""
    kind, _, counted = label.rpartition(" ")
    letter = counted.rstrip("0123456789")
    sequence = f"{kind}_{letter}" if letter else kind
    return run(f"{kind} {letter}", "<w:b/>") + field(f"SEQ {sequence} \\* ARABIC", counted.removeprefix(letter))


def table(
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    widths: Sequence[int],
    is_number: Sequence[bool],
    kept: Collection[int],
    alt: str,
) -> str:
    """Write a table with three rules, a head that is repeated on each page, and rows that no page cuts in two.

    Parameters
    ----------
    headings, rows
        The texts of the head and of the other rows.
    widths
        The width of each column, in twentieths of a point.
    is_number
        Whether the cells of each column are set right.
    kept
        The rows, counted from 0, that stand on one page with the next.
    alt
        What the table shows, for those who do not see it.
    """
    before = [
        (
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>',
            '<w:jc w:val="right"/>' if right else "",
        )
        for width, right in zip(widths, is_number, strict=True)
    ]
    rule = '<w:tcBorders><w:bottom w:val="single" w:sz="4" w:space="0" w:color="1B1B1B"/></w:tcBorders>'
    rule += '<w:vAlign w:val="bottom"/>'
    head = "".join(
        f"{cell}{rule}</w:tcPr>{paragraph('TableHeading', run(text), properties=align)}</w:tc>"
        for (cell, align), text in zip(before, headings, strict=True)
    )
    body = ""
    for number, row in enumerate(rows):
        keep = "<w:keepNext/>" if number in kept else ""
        cells = (
            f"{cell}</w:tcPr>{paragraph('TableText', run(text), properties=keep + align)}</w:tc>"
            for (cell, align), text in zip(before, row, strict=True)
        )
        body += f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{''.join(cells)}</w:tr>"
    borders = "".join(f'<w:{side} w:val="single" w:sz="8" w:space="0" w:color="1B1B1B"/>' for side in ("top", "bottom"))
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblBorders>{borders}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/>'
        f'</w:tblCellMar><w:tblLook w:val="0020" w:firstRow="1"/>'
        f'<w:tblDescription w:val="{escape(alt)}"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
        f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{head}</w:tr>{body}</w:tbl>"
    )


def picture(relation: str, *, number: int, name: str, alt: str, width: int, height: int) -> str:
    """Write a run with a picture in line; its size is in English metric units, of which an inch has 914,400."""
    size = f'cx="{width}" cy="{height}"'
    about = f'id="{number}" name="{escape(name)}" descr="{escape(alt)}"'
    return (
        f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent {size}/><wp:docPr {about}/>'
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
        f'<pic:nvPicPr><pic:cNvPr {about}/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="{relation}"/>'
        f'<a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/>'
        '</a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
        "</wp:inline></w:drawing></w:r>"
    )
