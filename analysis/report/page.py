"""The report's page: everything in one HTML file, nothing loaded from elsewhere, nothing in it that acts."""

from __future__ import annotations

import html
import re
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis import exhibits
from analysis.report.citation import STYLES, cite_article, write_citation
from analysis.report.content import Code, Content, Numbers, Output, Prose
from analysis.report.fingerprint import hash_inline

if TYPE_CHECKING:
    from collections.abc import Callable

    from analysis.article import Article
    from analysis.report.citation import Citation
    from analysis.report.content import Block

_HERE = Path(__file__).resolve().parent


def write_page(article: Article, content: Content) -> str:
    """Write the page of an article's report."""
    from markupsafe import Markup

    spans = {span for exhibit in content.exhibits if isinstance(exhibit, exhibits.Table) for span in exhibit.spans()}
    text = Markup(_anchored(article.text, spans))  # noqa: S704 - escaped
    return render("page.html.j2", content, cite_article(article), article=article, text=text)


def render(template: str, content: Content, citation: Citation, **said: Any) -> str:
    """Write a page by a template.

    Parameters
    ----------
    template
        The template's name, in this folder.
    content, citation
        What the notebooks show, and how it is cited.
    said
        What else the template asks for.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    templates = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    style = (exhibits.stylesheet() + (_HERE / "page.css").read_text(encoding="utf-8")).replace("\n", " ")
    script = (_HERE / "page.js").read_text(encoding="utf-8")
    return templates.get_template(template).render(
        said,
        sections=[
            {"id": s.id, "title": s.title, "parts": [Markup(_html(b, citation)) for b in s.blocks]}  # noqa: S704 - escaped
            for s in content.sections
        ],
        citations={style: write_citation(citation, style) for style in STYLES},
        style=Markup(style),  # noqa: S704 - our own style sheets
        style_hash=hash_inline(style),
        script=Markup(script),  # noqa: S704 - our own script
        script_hash=hash_inline(script),
        version=version("dateline"),
    )


def _html(block: Block, citation: Citation) -> str:
    match block:
        case Prose():
            # The notebook's H1 is the section's heading; those below it move down with it.
            return _markdown()(re.sub(r"^(#+ )", r"#\1", block.markdown, flags=re.MULTILINE))
        case Code():
            return f'<details class="code"><summary>Code</summary>{_highlighted(block.source)}</details>'
        case Output():
            kind = "warning" if block.is_warning else "output"
            return f'<pre class="{kind}" tabindex="0">{html.escape(block.text)}</pre>'
        case Numbers():
            return f'<div class="numbers">{"".join(number.html() for number in block.numbers)}</div>'
        case _:
            exhibit = block.exhibit
            apa = html.escape(write_citation(citation.of_exhibit(exhibit, block.label)))
            link = f'<a href="#{exhibit.id}">#{exhibit.id}</a>'
            cite = f'<details class="cite"><summary>Cite</summary><p>{apa}</p><p>Link: {link}</p></details>'
            return exhibit.html(block.label, linked=True) + cite


def _anchored(text: str, spans: set[tuple[int, int]]) -> str:
    """Write a text as HTML in which every span is an element to link to.

    Elements nest: of two spans that cross, the later one's element ends with the earlier one's.

    >>> _anchored("a<b c", {(0, 3), (2, 5)})
    '<span id="c0-3">a&lt;<span id="c2-5">b</span></span> c'
    """
    pieces: list[str] = []
    open_ends: list[int] = []
    at = 0

    def write_up_to(place: int) -> None:
        nonlocal at
        pieces.append(html.escape(text[at:place]))
        at = max(at, place)

    def close_up_to(place: int) -> None:
        while open_ends and open_ends[-1] <= place:
            write_up_to(open_ends.pop())
            pieces.append("</span>")

    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        close_up_to(start)
        write_up_to(start)
        pieces.append(f'<span id="c{start}-{end}">')
        open_ends.append(min([end, *open_ends[-1:]]))
    close_up_to(len(text))
    write_up_to(len(text))
    return "".join(pieces)


@cache
def _markdown() -> Callable[[str], str]:
    import mistune

    return mistune.create_markdown(escape=True, plugins=["table", "footnotes"])


def _highlighted(code: str) -> str:
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    return highlight(code, PythonLexer(), HtmlFormatter(cssclass="hl")).replace("<pre>", '<pre tabindex="0">')
