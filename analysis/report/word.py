"""The report as a Word document: headings, captions that Word numbers, tables, figures with alternative text.

It shows what opens the report and the body, as the PDF does, and leaves the appendix to the PDF and the workbook. One
function writes each kind of exhibit; :data:`_EXHIBITS` lists them.
"""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from analysis.exhibits import Brief, Figure, Finding, Table, Text
from analysis.exhibits.fitting import count_lines, measure_ems, paper_columns, paper_notes, share_out
from analysis.layout import REPORT_FILES
from analysis.report import wordml
from analysis.report.archive import write_zip
from analysis.report.content import Code, Numbered, Numbers, Output, Prose
from analysis.report.wordml import paragraph, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from docx.document import Document
    from mistune import Markdown

    from analysis.article import Article
    from analysis.exhibits import BriefLine, Exhibit
    from analysis.record import Citation
    from analysis.report.content import Block, Content

__all__ = ["compose_document", "write_document"]

_HERE = Path(__file__).resolve().parent
# A4, in twentieths of a point.
_PAGE_WIDTH, _PAGE_HEIGHT, _MARGIN = 11906, 16838, 1247
_TEXT_WIDTH = _PAGE_WIDTH - 2 * _MARGIN
#: A table's letters, and the space beside each column.
_TABLE_EM, _COLUMN_SPACE = 160, 140
#: The most lines of a table that is not broken by the end of a page, a fourth of which it takes.
_MAX_KEPT_LINES = 16
#: How much wider bold letters are.
_BOLD = 1.12
_EMUS_PER_TWIP = 635
#: As in the PDF, a picture is somewhat narrower than the text, and at most half a page high, so that less of the page
#: before it stays empty where it does not fit there; its smallest letters then have six points.
_PICTURE_WIDTH = round(0.9 * _TEXT_WIDTH) * _EMUS_PER_TWIP
_PICTURE_MOST_HEIGHT = 7300 * _EMUS_PER_TWIP
#: No document has a date of its own: this is the earliest that a zip file can hold.
_NO_TIME = datetime(1980, 1, 1, tzinfo=UTC).replace(tzinfo=None)
#: What python-docx's template has that a report does not need, by how its relation's type ends.
_NOT_NEEDED = ("/customXml", "/stylesWithEffects", "/webSettings", "/thumbnail", "/extended-properties")
_NUMBERING = (
    f'<w:numbering {wordml.NAMESPACES}><w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="singleLevel"/>'
    '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="•"/><w:lvlJc w:val="left"/>'
    '<w:pPr><w:ind w:left="360" w:hanging="260"/></w:pPr></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
)
#: The shading of marks by the first word of their label, as on the page.
_SHADES = {
    "person": "FDE3C8",
    "location": "D3ECFA",
    "facility": "DFE9EE",
    "organization": "D5F0E6",
    "norp": "F6DCEA",
    "date": "FBF6C5",
    "money": "ECE3F7",
} | dict(zip("12345678", "D3ECFA FDE3C8 D5F0E6 F6DCEA FBF6C5 ECE3F7 E3E3E3 F3DCD9".split(), strict=True))
_SHADE, _INNER_SHADE = "E8E8E8", "D0D0D0"
#: How much of a marked text is shown: some forty pages.
_MAX_TEXT_CHARS = 100_000
_MAX_LABELLED_LAYERS = 3
#: How kinds of text within a line look, in the order in which they count.
_STYLES = {"link": '<w:rStyle w:val="Hyperlink"/>', "codespan": '<w:rStyle w:val="CodeText"/>'}
_FACES = {"strong": "<w:b/>", "emphasis": "<w:i/>"}
#: How breaks of lines in Markdown are written.
_BREAKS = {"softbreak": " ", "linebreak": "\n"}
_LINE_END = re.compile(r"\s*\n\s*")


def write_document(
    article: Article,
    content: Content,
    pictures: Mapping[str, bytes],
    citation: Citation,
    *,
    closing: Sequence[tuple[str, str]] = (),
) -> bytes:
    """Return an article's report as a Word document: the same bytes each time.

    Parameters
    ----------
    article, content
        The article, and what the notebooks show of it.
    pictures
        The PNG of each figure, by its path in the report.
    citation
        How the report is cited.
    closing
        What stands at the end, each part a heading and a text in Markdown.

    Returns
    -------
    bytes
        The document (Office Open XML, ECMA-376). Tables leave out offsets, and say how many rows they do not show.
    """
    facts = {
        "Publisher": article.publisher,
        "Published": article.published and article.published.replace("/", " to "),
        "How the date is known": article.inferred.get("published"),
        "Address": article.url,
    }
    subject = ", ".join(filter(None, (article.publisher, article.published)))
    title = article.title or article.id
    return compose_document(content, pictures, facts, citation, title=title, subject=subject, closing=closing)


def compose_document(
    content: Content,
    pictures: Mapping[str, bytes],
    facts: Mapping[str, str | None],
    citation: Citation,
    *,
    title: str,
    subject: str = "",
    closing: Sequence[tuple[str, str]] = (),
) -> bytes:
    """Return a report or a comparison as a Word document, as :func:`write_document` does.

    Parameters
    ----------
    content, pictures, citation, closing
        As for :func:`write_document`.
    facts
        The facts below the title, by name; empty ones are left out.
    title, subject
        The title, and what the document is about, for its properties.
    """
    document = _empty_document()
    _set_properties(document, citation, title=title, subject=subject)
    writer = _Writer(document, pictures)
    body = [paragraph("Title", run(title))]
    facts = {**facts, "Report": citation.report_id, "Parameters": citation.parameters}
    body += [
        paragraph("Facts", run(f"{name}: ", "<w:b/>"), run(" ".join(fact.split())))
        for name, fact in facts.items()
        if fact
    ]
    if content.front:
        body.append(paragraph("Heading1", run("At one look")))
        body += [part for block in content.front for part in writer.block(block)]
    for section in content.sections:
        steps = [step for step in section.steps if step.main]
        body += [paragraph("Heading1", run(section.title))] if steps else []
        for step in steps:
            body += [paragraph("Heading2", run(step.title))] if step.title else []
            body += [part for block in step.main for part in writer.block(block)]
    for heading, markdown in closing:
        body += [paragraph("Heading1", run(heading)), *writer.prose(markdown)]
    footer = paragraph("Footer", run(f"{citation.report_id} · Dateline {version('dateline')} · page "), _page_number())
    _fill(document.sections[0].footer._element, [footer])  # noqa: SLF001 - its XML has no other name
    _fill(document.element.body, body)
    return _save(document)


class _Writer:
    """Writes the blocks of a report, with what they refer to: addresses, pictures, and numbers of bookmarks."""

    def __init__(self, document: Document, pictures: Mapping[str, bytes]) -> None:
        self._part, self._pictures, self._numbers = document.part, pictures, count(1)

    def block(self, block: Block) -> Iterable[str]:
        match block:
            case Prose():
                return self.prose(block.markdown)
            case Code():
                return []
            case Output():
                return [paragraph("Printed", run(block.text.rstrip("\n")))]
            case Numbers():
                said = [
                    part for n in block.numbers for part in (run(n.formatted_value, "<w:b/>"), run(f" {n.unit}   "))
                ]
                return [paragraph("Normal", *said)]
            case Numbered() if block.exhibit.instead:
                told = run(f" {block.exhibit.caption} {block.exhibit.instead}")
                return [paragraph("Normal", wordml.numbered_label(block.label), run(".", "<w:b/>"), told)]
            case Numbered():
                return [*_EXHIBITS[block.exhibit.kind](self, block.exhibit, block.label), *_notes(block.exhibit)]

    def table(self, table: Table, label: str) -> list[str]:
        columns = paper_columns(table)
        widths = _widths([[column.heading, *column.cells] for column in columns], columns)
        rows = list(zip(*(column.cells for column in columns), strict=True))
        numbers = [column.is_number for column in columns]
        headings = [column.heading for column in columns]
        kept = _kept_rows(rows, widths)
        written = wordml.table(headings, rows, widths=widths, is_number=numbers, kept=kept, alt=table.caption)
        return [self._caption(table, label, keep_with_next=True), written]

    def finding(self, finding: Finding, label: str) -> list[str]:
        del label
        return [paragraph("Normal", run(finding.text, "<w:b/>"))]

    def brief(self, brief: Brief, label: str) -> list[str]:
        del label
        written = []
        for part in brief.shown_parts():
            written.append(paragraph("Heading2", run(part.title)))
            lines = [line for item in part.items for line in item]
            written += [paragraph("ListBullet", *_line(line)) for line in lines]
            written += [] if lines else [paragraph("Normal", run(part.none))]
            written += [paragraph("Note", run(part.error))] if part.error else []
        return written

    def figure(self, figure: Figure, label: str) -> list[str]:
        png = self._pictures[next(path for path in figure.paths if path.endswith(".png"))]
        relation, image = self._part.get_or_add_image(io.BytesIO(png))
        scale = min(_PICTURE_WIDTH / image.width, _PICTURE_MOST_HEIGHT / image.height, 1)
        drawn = wordml.picture(
            relation,
            number=next(self._numbers),
            name=figure.id,
            alt=figure.alt,
            width=round(image.width * scale),
            height=round(image.height * scale),
        )
        return [paragraph("Picture", drawn), self._caption(figure, label, keep_with_next=False)]

    def text(self, text: Text, label: str) -> list[str]:
        paragraphs: list[list[str]] = [[]]
        # On paper no layer can be switched off: beside the words of many, labels would hide the text.
        is_labelled = len({mark.layer for mark in text.marks()}) <= _MAX_LABELLED_LAYERS
        for piece in text.pieces():
            if piece.start >= _MAX_TEXT_CHARS:
                paragraphs.append([run(f"… {len(text.text) - piece.start:,} more characters are left out here.")])
                break
            marks = [element.span.label for element in piece.elements]
            for n, line in enumerate(_LINE_END.split(piece.text)):
                if n:
                    paragraphs.append([])
                if line:
                    paragraphs[-1].append(run(line, _shading(marks)))
            ending = [e.span.label for e in piece.closing if e.is_last and e.span.label and is_labelled]
            paragraphs[-1] += [run(f" {mark}", '<w:rStyle w:val="MarkLabel"/>') for mark in ending]
        written = [paragraph("MarkedText", *runs) for runs in paragraphs if runs]
        return [*written, self._caption(text, label, keep_with_next=False)]

    def _caption(self, exhibit: Exhibit, label: str, *, keep_with_next: bool) -> str:
        number = next(self._numbers)
        return wordml.caption(label, exhibit.caption, name=exhibit.id, number=number, keep_with_next=keep_with_next)

    def prose(self, markdown: str) -> list[str]:
        """Write Markdown; its headings stand one level below that of a section."""
        return [part for node in _parse_markdown(markdown) for part in self._node(node)]

    def _node(self, node: dict[str, Any], style: str = "Normal") -> list[str]:
        match node["type"]:
            case "heading":
                level = min(max(node["attrs"]["level"], 2), 3)
                return [paragraph(f"Heading{level}", self._inline(node["children"]))]
            case "paragraph" | "block_text":
                return [paragraph(style, self._inline(node["children"]))]
            case "list_item":
                return [part for child in node["children"] for part in self._node(child, "ListBullet")]
            case "block_code":
                return [paragraph("Printed", run(node["raw"].rstrip("\n")))]
            case "table":
                return [*self._markdown_table(node), paragraph("Note")]
            case _:
                return [part for child in node.get("children", ()) for part in self._node(child, style)]

    def _markdown_table(self, node: dict[str, Any]) -> list[str]:
        head, *bodies = node["children"]
        rows = [[_plain(cell) for cell in row["children"]] for body in bodies for row in body["children"]]
        headings = [_plain(cell) for cell in head["children"]]
        widths = _widths([list(cells) for cells in zip(headings, *rows, strict=True)], None)
        numbers = [False] * len(headings)
        alt, kept = ", ".join(headings), _kept_rows(rows, widths)
        return [wordml.table(headings, rows, widths=widths, is_number=numbers, kept=kept, alt=alt)]

    def _inline(self, nodes: Iterable[dict[str, Any]], look: frozenset[str] = frozenset()) -> str:
        return "".join(self._inline_node(node, look) for node in nodes)

    def _inline_node(self, node: dict[str, Any], look: frozenset[str]) -> str:
        kind, url = node["type"], node.get("attrs", {}).get("url", "#")
        if kind in _BREAKS:
            return run(_BREAKS[kind])
        is_link = not url.startswith("#")
        if is_link or kind != "link":
            look |= {kind}
        # The schema has one style first, then bold, then italics.
        style = next((_STYLES[name] for name in _STYLES if name in look), "")
        properties = style + "".join(_FACES[name] for name in _FACES if name in look)
        inside = self._inline(node["children"], look) if "children" in node else run(node.get("raw", ""), properties)
        if not is_link:
            return inside
        return wordml.link(self._part.relate_to(url, _hyperlink_type(), is_external=True), inside)


#: How each kind of exhibit is written, by its kind.
_EXHIBITS: dict[str, Callable[[_Writer, Any, str], list[str]]] = {
    "brief": _Writer.brief,
    "finding": _Writer.finding,
    "table": _Writer.table,
    "figure": _Writer.figure,
    "text": _Writer.text,
}


def _line(line: BriefLine) -> list[str]:
    """Write a line of a brief: its name in bold, its note where it belongs."""
    name = run(line.name, "<w:b/>") if line.name else ""
    note = run(f" ({line.note})") if line.note else ""
    if line.is_spoken:
        return [name, note, run(f": {line.text}")]
    return [name, run(f" {line.text}" if line.name else line.text) if line.text else "", note]


def _notes(exhibit: Exhibit) -> list[str]:
    where = REPORT_FILES["workbook"]
    if isinstance(exhibit, Table) and not isinstance(exhibit, Brief):
        notes = paper_notes(exhibit, where=where)
    else:
        notes = exhibit.all_notes()
    # One paragraph, with space below it, which a table needs as well.
    lines = "\n".join(" ".join(note.split()) for note in notes)
    return [paragraph("Note", *filter(None, [lines and run(lines)]))] if lines or exhibit.kind == "table" else []


def _widths(texts: list[list[str]], columns: Any) -> list[int]:
    """Return the width of each column in twentieths of a point: as wide as its texts, or its part of the line."""
    from analysis.exhibits.formatting import Column

    columns = columns or [Column("", cells[0], is_number=False, cells=cells[1:]) for cells in texts]
    natural = [max(measure_ems(cells[0]) * _BOLD, *map(measure_ems, cells), 1) for cells in texts]
    available = (_TEXT_WIDTH - len(texts) * _COLUMN_SPACE) / _TABLE_EM
    ems = natural if sum(natural) <= available else share_out(available, columns, natural)
    return [round(width * _TABLE_EM) + _COLUMN_SPACE for width in ems]


def _kept_rows(rows: Sequence[Sequence[str]], widths: list[int]) -> set[int]:
    """Return the rows that stand on one page with the next: all of a table of few lines, else the ends."""
    widths_ems = [(width - _COLUMN_SPACE) / _TABLE_EM for width in widths]
    if sum(count_lines(row, widths_ems) for row in rows) <= _MAX_KEPT_LINES:
        return set(range(len(rows) - 1))
    # Neither a first nor a last row stands alone.
    return {0, len(rows) - 2} & set(range(len(rows) - 1))


def _shading(marks: list[str]) -> str:
    """Return the look of a part of a text by the innermost of its marks; one within another is underlined as well."""
    if not marks:
        return ""
    first_word = marks[-1].partition(" ")[0]
    fill = _SHADES.get(first_word, _INNER_SHADE if len(marks) > 1 else _SHADE)
    underline = '<w:u w:val="single"/>' if len(marks) > 1 else ""
    return f'{underline}<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>'


def _page_number() -> str:
    return f'<w:fldSimple w:instr=" PAGE ">{run("1")}</w:fldSimple>'


def _plain(node: dict[str, Any]) -> str:
    """Return the text of a node of Markdown."""
    return node.get("raw", "") or "".join(map(_plain, node.get("children", ())))


def _parse_markdown(markdown: str) -> list[dict[str, Any]]:
    # Without a renderer the parser returns the tree, never a text.
    return cast("list[dict[str, Any]]", _markdown_parser()(markdown))


@cache
def _markdown_parser() -> Markdown:
    import mistune

    return mistune.create_markdown(renderer=None, plugins=["table", "footnotes"])


@cache
def _hyperlink_type() -> str:
    from docx.opc.constants import RELATIONSHIP_TYPE

    return str(RELATIONSHIP_TYPE.HYPERLINK)


def _fill(element: Any, parts: Iterable[str]) -> None:
    """Put parts into the body of a document or a footer, before the properties of its last section."""
    from docx.oxml import parse_xml

    parsed = parse_xml(f"<w:body {wordml.NAMESPACES}>{''.join(parts)}</w:body>")
    kept = [child for child in element if child.tag.endswith("}sectPr")]
    element[:] = [*parsed, *kept]


def _empty_document() -> Document:
    """Return a document with our styles and page, and nothing of python-docx's template that it does not need."""
    import docx
    from docx.oxml import parse_xml
    from docx.oxml.ns import qn
    from docx.shared import Twips

    document = docx.Document()
    package = document.part.package
    for relations in (document.part.rels, package.rels):
        for name in [name for name, relation in relations.items() if relation.reltype.endswith(_NOT_NEEDED)]:
            del relations[name]
    for root, source in (
        (document.styles.element, (_HERE / "word-styles.xml").read_text(encoding="utf-8")),
        (document.part.numbering_part.element, _NUMBERING),
    ):
        root[:] = list(parse_xml(source))
    for setting in document.settings.element.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")
    section = document.sections[0]
    section.page_width, section.page_height = Twips(_PAGE_WIDTH), Twips(_PAGE_HEIGHT)
    for side in ("left", "right", "top", "bottom"):
        setattr(section, f"{side}_margin", Twips(_MARGIN))
    return document


def _save(document: Document) -> bytes:
    """Write a document as python-docx does, but with the same bytes each time."""
    from docx.opc.pkgwriter import PackageWriter

    entries: list[tuple[str, bytes]] = []
    writer: Any = _Entries(entries)
    package = document.part.package
    for part in package.iter_parts():
        part.before_marshal()
    # What python-docx offers to others writes the time.
    PackageWriter._write_content_types_stream(writer, package.parts)  # noqa: SLF001
    PackageWriter._write_pkg_rels(writer, package.rels)  # noqa: SLF001
    PackageWriter._write_parts(writer, package.parts)  # noqa: SLF001
    return write_zip(entries)


class _Entries:
    """What python-docx takes for the writer of a zip file."""

    def __init__(self, entries: list[tuple[str, bytes]]) -> None:
        self._entries = entries

    def write(self, address: Any, data: bytes) -> None:
        self._entries.append((address.membername, data))


def _set_properties(document: Document, citation: Citation, *, title: str, subject: str) -> None:
    """Set the document's core properties; python-docx holds each to 255 characters."""
    properties = document.core_properties
    made_by = f"Dateline {version('dateline')}"
    texts = {
        "title": title,
        "author": "; ".join(citation.attribution.authors) or made_by,
        "last_modified_by": made_by,
        "subject": subject,
        "keywords": "content analysis; news; text as data",
        "comments": "Made again from its report’s record: the same bytes each time.",
        "identifier": citation.report_id,
        "language": "en",
    }
    for name, text in texts.items():
        setattr(properties, name, wordml.allowed(text)[:255])
    properties.created = properties.modified = _NO_TIME
    properties.revision = 1
