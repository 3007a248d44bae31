"""The report on paper: the same content as the page, typeset as a tagged PDF with vector figures and real tables."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.exhibits import Figure, Table
from analysis.report.content import Code, Content, Numbers, Output, Prose

if TYPE_CHECKING:
    import typst

    from analysis.article import Article
    from analysis.exhibits import Exhibit, Text
    from analysis.report.content import Block

_TEMPLATE = Path(__file__).with_name("pdf.typ")
# What no font has a shape for, and a tagged PDF must not hold; line ends and tabs are white space.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")


def write_paper(article: Article, content: Content) -> bytes:
    """Typeset an article's report."""
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
    """Typeset what a report says: PDF/UA-1, fonts embedded, the same bytes each time.

    Parameters
    ----------
    content
        What the notebooks show.
    facts
        What stands below the title, by name; what is empty is left out.
    title, about, report_id
        The title, a sentence on the whole, and the id at the head of each page.
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
            {"title": section.title, "blocks": _in_steps([b for block in section.blocks if (b := _as_data(block))])}
            for section in content.sections
        ],
    }
    figures = {e.paths[0]: e.image.encode() for e in content.exhibits if isinstance(e, Figure)}
    return typst.compile(
        {"main": _TEMPLATE.read_bytes(), "report.json": json.dumps(_printable(report)).encode(), **figures},
        format="pdf",
        font_paths=_fonts(),
        pdf_standards="ua-1",
        timestamp=0,
    )


@cache
def _fonts() -> typst.Fonts:
    """Give the fonts that are the same everywhere: typst's own and matplotlib's."""
    import matplotlib as mpl
    import typst

    return typst.Fonts(include_system_fonts=False, font_paths=[str(Path(mpl.get_data_path()) / "fonts" / "ttf")])


def _as_data(block: Block) -> dict[str, Any] | None:
    """Give a block as data for the template; None for what stays off the paper."""
    match block:
        case Prose():
            return {"kind": "prose", "nodes": _tree(block.markdown)}
        case Code():
            return None
        case Output():
            return {"kind": "output", "text": block.text}
        case Numbers():
            numbers = [str(number).partition(" ")[::2] for number in block.numbers]
            return {"kind": "numbers", "numbers": [{"value": value, "unit": unit} for value, unit in numbers]}
        case _:
            return _exhibit_as_data(block.exhibit, block.label)


def _printable(value: Any) -> Any:
    """Put the replacement character for what cannot be printed, all through some data."""
    match value:
        case str():
            return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", value)
        case dict():
            return {name: _printable(part) for name, part in value.items()}
        case list() | tuple():
            return [_printable(part) for part in value]
        case _:
            return value


def _in_steps(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Let headings go down one level at a time, as a tagged PDF must, from the section's own at level 1."""
    level = 1
    for node in (node for block in blocks if block["kind"] == "prose" for node in block["nodes"]):
        if node["type"] == "heading":
            level = node["attrs"]["level"] = max(2, min(node["attrs"]["level"], level + 1))
    return blocks


def _exhibit_as_data(exhibit: Exhibit, label: str) -> dict[str, Any]:
    data = {
        "kind": exhibit.kind,
        "id": exhibit.id,
        "label": label,
        "caption": exhibit.caption,
        "notes": exhibit.all_notes(),
    }
    match exhibit:
        case Table():
            columns = exhibit.written()
            return data | {
                "columns": [{"heading": column.heading, "number": column.is_number} for column in columns],
                "rows": list(zip(*(column.cells for column in columns), strict=True)),
            }
        case Figure():
            return data | {"alt": exhibit.alt}
        case _:
            return data | {"pieces": _pieces(exhibit)}


def _pieces(exhibit: Text) -> list[dict[str, Any]]:
    """Cut a text at its marks and its line ends."""
    pieces, at = [], 0

    def add(text: str, *, label: str | None) -> None:
        for part in re.split(r"(\s*\n\s*)", text):
            if part:
                is_break = part.isspace() and "\n" in part
                pieces.append({"text": "\n" if is_break else part, "mark": label is not None, "label": label or ""})

    for start, end, label in exhibit.marks():
        add(exhibit.text[at:start], label=None)
        add(exhibit.text[start:end], label=label)
        at = end
    add(exhibit.text[at:], label=None)
    return pieces


def _tree(markdown: str) -> list[dict[str, Any]]:
    import mistune

    return mistune.create_markdown(renderer=None, plugins=["table", "footnotes"])(markdown)
