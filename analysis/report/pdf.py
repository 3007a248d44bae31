"""The report as PDF: the same content as the page, typeset as a tagged PDF with vector figures and real tables."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from analysis.exhibits import Brief, Figure, Finding, Table, Text
from analysis.exhibits.fitting import measure_ems, paper_columns, share_out
from analysis.report.content import Code, Content, Numbered, Numbers, Output, Prose
from analysis.report.glyphs import describe, replace_unshown, uncommon_characters

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import typst

    from analysis.article import Article
    from analysis.exhibits import BriefPart, Exhibit
    from analysis.exhibits.formatting import Column
    from analysis.record import Citation
    from analysis.report.content import Block

__all__ = ["load_fonts", "typeset", "write_pdf"]

_TEMPLATE = Path(__file__).with_name("pdf.typ")
# PDF/UA forbids these, which typst finds only where their glyph is new.
_FORBIDDEN = re.compile("[\0\ufeff\ufffe]")
# Cells of so many characters stand on one line; wider columns share what is left, by their longest cell within bounds,
# if each gets so many ems.
_SHORT_CELL, _LEAST_SHARE, _LONGEST_CELL, _LEAST_EMS = 28, 70, 140, 12
# The template's text column and space beside a table's cells, in points; the size of a table's letters, also in tables
# of many columns; and how much wider these are than those that are measured, headings in bold.
_LINE_POINTS, _SPACE_POINTS = 465, 6.4
_POINTS, _SMALL_POINTS, _MAX_COLUMNS = 8, 7.2, 6
_WIDER, _BOLD_WIDER = 1.16, 1.28
# A text in each font of the template.
_PROBE = b"""#set document(title: "probe")
#set text(font: ("Libertinus Serif", "DejaVu Sans"))
#for t in json("texts.json") [
  #par[#t #emph(t) #strong(t)]
  #par[#text(font: "DejaVu Sans", t) #text(font: "DejaVu Sans", weight: "bold", t)]
  #{ show raw: set text(font: "DejaVu Sans Mono"); raw(t) }
]"""


def write_pdf(
    article: Article,
    content: Content,
    citation: Citation | None = None,
    *,
    closing: Sequence[tuple[str, str]] = (),
    progress: Callable[[str], None] | None = None,
) -> bytes:
    """Return an article's report as PDF; ``closing`` and ``progress`` are as for :func:`typeset`.

    The report's id is the article's unless a citation is given.
    """
    report_id = citation.report_id if citation else article.id
    facts = {
        "Publisher": article.publisher,
        "Published": article.published and article.published.replace("/", " to "),
        "How the date is known": article.inferred.get("published"),
        "How the text was read": article.inferred.get("text"),
        "Address": article.url,
    }
    title = article.title or article.id
    about = f"Tables, figures and a summary of “{title}”"
    made = f"Report {report_id}, made from the article whose text has the SHA-256 {article.sha256}."
    how: dict[str, Any] = {"closing": closing, "progress": progress}
    return typeset(content, facts, title=title, about=about, made=made, report_id=report_id, **how)


def typeset(
    content: Content,
    facts: dict[str, str | None],
    *,
    title: str,
    about: str,
    report_id: str,
    made: str = "",
    closing: Sequence[tuple[str, str]] = (),
    progress: Callable[[str], None] | None = None,
) -> bytes:
    """Return a report or a comparison as PDF/UA-1: fonts embedded, the same bytes each time.

    Parameters
    ----------
    content
        What the notebooks show.
    facts
        The facts below the title, by name; empty ones are left out.
    title, about, report_id
        The title, a description of the whole in a sentence, and the id at the head of each page.
    made
        A sentence at the end, on what it was made from.
    closing
        What stands after the appendix, each part a heading and a text in Markdown.
    progress
        Is told in a line which characters the fonts do not have, and what is shown in their place.

    Returns
    -------
    bytes
        The PDF file.

    Notes
    -----
    A character that cannot be shown never costs the report: :func:`analysis.report.glyphs.replace_unshown` replaces it
    by the nearest one or by a box. If typst refuses what is left, every character beyond Latin is replaced; if it still
    does, the PDF is one without tags.
    """
    report = {
        "title": title,
        "author": "Dateline",
        "description": about,
        "id": report_id,
        "version": version("dateline"),
        "made": made,
        "facts": [[name, fact] for name, fact in facts.items() if fact],
        **_contents(content),
        "closing": [{"title": heading, "nodes": _parse_markdown(text)} for heading, text in closing],
    }
    figures = {e.paths[0]: e.svg.encode() for e in content.exhibits if isinstance(e, Figure) and e.paths}
    tell = progress or (lambda _: None)
    shown, replaced = replace_unshown(report, _can_show)
    if replaced:
        tell(f"the PDF's fonts lack {describe(replaced)}")
    if boxed := _boxed_scripts(shown):
        tell(f"the PDF's fonts lack some letters of these scripts, each is a box: {', '.join(boxed)}")
    try:
        return _compile(shown, figures, tell)
    except RuntimeError as error:
        tell(f"the PDF shows Latin letters only, as {_first_line(error)}")
        latin = replace_unshown(report, lambda clusters: [False] * len(clusters))[0]
    try:
        return _compile(latin, figures, tell)
    except RuntimeError as error:
        tell(f"the PDF has no tags for screen readers, as {_first_line(error)}")
        return _compile(latin, figures, tell, standard=None)


def _compile(
    report: Any, figures: dict[str, bytes], tell: Callable[[str], None], *, standard: str | None = "ua-1"
) -> bytes:
    """Typeset the data of a report, and tell of warnings; typst's errors are RuntimeErrors."""
    import typst

    written, warnings = typst.compile_with_warnings(  # type: ignore[call-overload] # no annotation of a dict of files
        {"main": _TEMPLATE.read_bytes(), "report.json": json.dumps(report).encode(), **figures},
        format="pdf",
        font_paths=load_fonts(),
        pdf_standards=standard or [],
        timestamp=0,
    )
    for warning in warnings:
        tell(f"the PDF: {_first_line(warning)}")
    return cast("bytes", written)


def _can_show(texts: list[str], fonts: typst.Fonts | None = None) -> list[bool]:
    """Return which texts can stand in a tagged PDF in each of the template's fonts, by setting them."""
    import typst

    if any(map(_FORBIDDEN.search, texts)):
        allowed = iter(_can_show([text for text in texts if not _FORBIDDEN.search(text)], fonts))
        return [not _FORBIDDEN.search(text) and next(allowed) for text in texts]
    try:
        typst.compile(  # type: ignore[call-overload] # its annotations leave out a dict of files
            {"main": _PROBE, "texts.json": json.dumps(texts).encode()},
            format="pdf",
            font_paths=fonts or load_fonts(),
            pdf_standards="ua-1",
            timestamp=0,
        )
    except RuntimeError:
        if len(texts) <= 1:
            return [False] * len(texts)
        half = len(texts) // 2
        return _can_show(texts[:half], fonts) + _can_show(texts[half:], fonts)
    return [True] * len(texts)


def _boxed_scripts(report: Any) -> list[str]:
    """Return the scripts in a report for which there is only matplotlib's font of last resort, one box for all letters.

    One letter stands for all of its script, which is the first word of its name.
    """
    import typst

    letters = sorted(filter(str.isalpha, uncommon_characters(report)))
    unknown = [letter for letter in letters if ord(letter) not in _drawn()]
    of_scripts = {unicodedata.name(letter, "UNNAMED").split()[0].split("-")[0]: letter for letter in unknown}
    if not of_scripts:
        return []
    shown = _can_show(list(of_scripts.values()), typst.Fonts(include_system_fonts=False))
    return [script for script, is_shown in zip(of_scripts, shown, strict=True) if not is_shown]


@cache
def _drawn() -> frozenset[int]:
    """Return the code points that matplotlib's fonts have a shape of their own for."""
    from matplotlib.ft2font import FT2Font

    return frozenset(
        code
        for path in _font_folder().glob("*.ttf")
        if not path.name.startswith("LastResort")
        for code in FT2Font(str(path)).get_charmap()
    )


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


@cache
def load_fonts() -> typst.Fonts:
    """Return the fonts that are the same everywhere: typst's own and matplotlib's."""
    import typst

    return typst.Fonts(include_system_fonts=False, font_paths=[str(_font_folder())])


def _font_folder() -> Path:
    import matplotlib as mpl

    return Path(mpl.get_data_path()) / "fonts" / "ttf"


def _contents(content: Content) -> dict[str, Any]:
    """Return what a report shows as data for the template: what opens it, the body, and the appendix.

    The article is printed once, with the marks of the last text: that of the claims, where there are any.
    """
    texts = [exhibit for exhibit in content.exhibits if isinstance(exhibit, Text)]
    left_out = {text.id for text in texts[:-1]}
    sections = [(section, [step for step in section.steps if step.main]) for section in content.sections]
    rest = [(section, [step for step in section.steps if step.more]) for section in content.sections]
    return {
        "front": _blocks(content.front, left_out),
        "sections": [
            {
                "title": section.title,
                "steps": [{"title": step.title, "blocks": _blocks(step.main, left_out)} for step in steps],
            }
            for section, steps in sections
            if steps
        ],
        "appendix": [
            {
                "title": section.title,
                "steps": [
                    {
                        "title": step.title,
                        "blocks": _limit_heading_steps(_blocks(step.more, left_out), level=3 if step.title else 2),
                    }
                    for step in steps
                ],
            }
            for section, steps in rest
            if steps
        ],
    }


def _blocks(blocks: list[Block], left_out: set[str]) -> list[dict[str, Any]]:
    """Return blocks as data for the template, without code and without the texts that are left out."""
    shown = [block for block in blocks if not isinstance(block, Code)]
    return [_block(block) for block in shown if not (isinstance(block, Numbered) and block.exhibit.id in left_out)]


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


def _limit_heading_steps(blocks: list[dict[str, Any]], *, level: int) -> list[dict[str, Any]]:
    """Let headings go down one level at a time, as a tagged PDF must, from the level of the heading above them."""
    highest = level + 1
    for node in (node for block in blocks if block["kind"] == "prose" for node in block["nodes"]):
        if node["type"] == "heading":
            level = node["attrs"]["level"] = max(highest, min(node["attrs"]["level"] + 1, level + 1))
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
    if exhibit.instead:
        return data | {"kind": "none", "text": exhibit.instead}
    match exhibit:
        case Finding():
            return data | {"text": exhibit.text}
        case Brief():
            return data | {"parts": [_part(part) for part in exhibit.shown_parts()]}
        case Table():
            columns = paper_columns(exhibit)
            size = _POINTS if len(columns) <= _MAX_COLUMNS else _SMALL_POINTS
            return data | {
                "size": size,
                "columns": [
                    {"heading": column.heading, "number": column.is_number, "share": share}
                    for column, share in zip(columns, _shares(columns, size), strict=True)
                ],
                "rows": list(zip(*(column.cells for column in columns), strict=True)),
            }
        case Figure():
            return data | {"alt": exhibit.alt, "image": exhibit.paths[0]}
        case Text():
            return data | {"pieces": _pieces(exhibit)}
        case _:
            raise TypeError(f"an exhibit of kind {exhibit.kind!r} has no place of its own in a PDF")


def _shares(columns: list[Column], points: float) -> list[float]:
    """Return the share of the line that each column gets; 0 for one that is as wide as its cells.

    Short columns are as wide as their cells unless those of long texts would then be too narrow to read, or narrower
    than their longest words.
    """
    natural = [
        max(_BOLD_WIDER * measure_ems(c.heading), *(_WIDER * measure_ems(t) for t in c.cells), 1) for c in columns
    ]
    available = (_LINE_POINTS - len(columns) * _SPACE_POINTS) / points
    if sum(natural) <= available:
        return [0.0] * len(columns)
    longest = [0 if column.is_number else max(map(len, column.cells), default=0) for column in columns]
    is_long = [length > _SHORT_CELL for length in longest]
    least = sum(min(width, _LEAST_EMS) if long else width for width, long in zip(natural, is_long, strict=True))
    if any(is_long) and least <= available:
        asked = [float(min(max(length, _LEAST_SHARE), _LONGEST_CELL)) for length in longest]
        return [share if long else 0.0 for share, long in zip(asked, is_long, strict=True)]
    ems = share_out(available / _WIDER, columns, [width / _WIDER for width in natural])
    return [round(_WIDER * width * points + _SPACE_POINTS, 1) for width in ems]


def _part(part: BriefPart) -> dict[str, Any]:
    """Return a part of a brief as data for the template."""
    items = [[line._asdict() for line in item] for item in part.items]
    return {"part": part.part, "title": part.title, "items": items, "error": part.error, "none": part.none}


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
