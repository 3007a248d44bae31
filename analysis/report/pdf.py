"""The report as PDF: the same content as the page, typeset as a tagged PDF with vector figures and real tables."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from analysis.exhibits import Figure, Table, Text
from analysis.report.content import Code, Content, Numbered, Numbers, Output, Prose

if TYPE_CHECKING:
    import typst

    from analysis.article import Article
    from analysis.exhibits import Exhibit
    from analysis.report.content import Block

__all__ = ["typeset", "write_pdf"]

_TEMPLATE = Path(__file__).with_name("pdf.typ")
# Control characters and non-characters have no glyph, and a tagged PDF must not hold them; line ends and tabs may stay.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")


def write_pdf(article: Article, content: Content) -> bytes:
    """Return an article's report as PDF."""
    facts = {
        "Publisher": article.publisher,
        "Published": article.published and article.published.replace("/", " to "),
        "How the date is known": article.inferred.get("published"),
        "Address": article.url,
        "Report": article.id,
        "Article’s SHA-256": article.sha256,
    }
    title = article.title or article.id
    return typeset(
        content, facts, title=title, about=f"Tables, figures and a summary of “{title}”", report_id=article.id
    )


def typeset(content: Content, facts: dict[str, str | None], *, title: str, about: str, report_id: str) -> bytes:
    """Return a report or a comparison as PDF/UA-1: fonts embedded, the same bytes each time.

    Parameters
    ----------
    content
        What the notebooks show.
    facts
        The facts below the title, by name; empty ones are left out.
    title, about, report_id
        The title, a description of the whole in a sentence, and the id at the head of each page.

    Returns
    -------
    bytes
        The PDF file.
    """
    import typst

    report = {
        "title": title,
        "author": "Dateline",
        "description": about,
        "id": report_id,
        "version": version("dateline"),
        "facts": [[name, fact] for name, fact in facts.items() if fact],
        "sections": [
            {"title": section.title, "blocks": _limit_heading_steps(_blocks(section.blocks))}
            for section in content.sections
        ],
    }
    figures = {e.paths[0]: e.svg.encode() for e in content.exhibits if isinstance(e, Figure)}
    return typst.compile(  # type: ignore[call-overload] # its annotations leave out a dict of files
        {"main": _TEMPLATE.read_bytes(), "report.json": json.dumps(_printable(report)).encode(), **figures},
        format="pdf",
        font_paths=_fonts(),
        pdf_standards="ua-1",
        timestamp=0,
    )


@cache
def _fonts() -> typst.Fonts:
    """Return the fonts that are the same everywhere: typst's own and matplotlib's."""
    import matplotlib as mpl
    import typst

    return typst.Fonts(include_system_fonts=False, font_paths=[str(Path(mpl.get_data_path()) / "fonts" / "ttf")])


def _blocks(blocks: list[Block]) -> list[dict[str, Any]]:
    """Return the blocks of a section as data for the template, without code."""
    return [_block(block) for block in blocks if not isinstance(block, Code)]


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Prose():
            return {"kind": "prose", "nodes": _parse_markdown(block.markdown)}
        case Output():
            return {"kind": "output", "text": block.text}
        case Numbers():
            numbers = [{"value": number.formatted_value, "unit": number.unit} for number in block.numbers]
            return {"kind": "numbers", "numbers": numbers}
        case Numbered():
            return _exhibit(block.exhibit, block.label)
        case _:
            raise TypeError(f"a block of kind {block.kind!r} has no place in a PDF")


def _printable(value: Any) -> Any:
    """Replace what cannot be printed by the replacement character in every text of some JSON data."""
    match value:
        case str():
            return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", value)
        case dict():
            return {name: _printable(part) for name, part in value.items()}
        case list() | tuple():
            return [_printable(part) for part in value]
        case _:
            return value


def _limit_heading_steps(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Let headings go down one level at a time, as a tagged PDF must, from the section's own at level 1."""
    level = 1
    for node in (node for block in blocks if block["kind"] == "prose" for node in block["nodes"]):
        if node["type"] == "heading":
            level = node["attrs"]["level"] = max(2, min(node["attrs"]["level"], level + 1))
    return blocks


def _exhibit(exhibit: Exhibit, label: str) -> dict[str, Any]:
    """Return an exhibit as data for the template."""
    data = {
        "kind": exhibit.kind,
        "id": exhibit.id,
        "label": label,
        "caption": exhibit.caption,
        "notes": exhibit.all_notes(),
    }
    match exhibit:
        case Table():
            columns = exhibit.shown_columns()
            return data | {
                "columns": [{"heading": column.heading, "number": column.is_number} for column in columns],
                "rows": list(zip(*(column.cells for column in columns), strict=True)),
            }
        case Figure():
            return data | {"alt": exhibit.alt, "image": exhibit.paths[0]}
        case Text():
            return data | {"pieces": _pieces(exhibit)}
        case _:
            raise TypeError(f"an exhibit of kind {exhibit.kind!r} has no place of its own in a PDF")


def _pieces(exhibit: Text) -> list[dict[str, Any]]:
    """Return the pieces of a text, cut at its line ends too.

    Each has its text (a line feed for line ends), the labels of the marks that cover it, outermost first, and the marks
    that end with it, innermost first: the label, and how many marks are outside.
    """
    pieces: list[dict[str, Any]] = []
    for piece in exhibit.pieces():
        labels = [element.span.label for element in piece.elements]
        parts = [part for part in re.split(r"(\s*\n\s*)", piece.text) if part]
        pieces += [{"text": "\n" if "\n" in part else part, "marks": labels, "ending": []} for part in parts]
        pieces[-1]["ending"] = [
            {"label": element.span.label, "depth": piece.elements.index(element)}
            for element in piece.closing
            if element.is_last and element.span.label
        ]
    return pieces


def _parse_markdown(markdown: str) -> list[dict[str, Any]]:
    import mistune

    # Without a renderer the parser returns the tree, never a text.
    return cast(
        "list[dict[str, Any]]", mistune.create_markdown(renderer=None, plugins=["table", "footnotes"])(markdown)
    )
